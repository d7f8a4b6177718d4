#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

/// A regular file in an archive; `name` may be any text but empty.
struct ArchiveFile {
  std::string name;
  std::string content;

  bool operator==(const ArchiveFile&) const = default;
};

/// An uncompressed archive of regular files, in the order given: USTAR headers with mode 0600, no
/// owner and no time, so that the same files always give the same bytes; names that are longer than
/// 100 bytes or not ASCII have a PAX header before theirs.
/// Source: spec migration-directory.md 8; POSIX.1-2017 pax, "ustar Interchange Format".
[[nodiscard]] std::string write_tar(const std::vector<ArchiveFile>& files);

struct TarOptions {
  bool allow_directories_in_names = false;  ///< `sub/name`, as Flyway directories have
  /// Entries of folders are left out and `./` before names too: what `tar -cf x.tar folder` writes.
  bool passes_over_folders = false;
};

/// Reads USTAR, PAX, GNU and old tar archives; the files come in the archive's order.
///
/// Errors: kInvalid when the archive is damaged or has no end mark; when an entry is no regular
/// file; when a name is empty, absolute, holds `/` (unless allowed) or a part `..` or `.`, or NUL;
/// kConflict when a name occurs twice.
[[nodiscard]] Result<std::vector<ArchiveFile>> read_tar(std::string_view archive,
                                                        const TarOptions& options = {});

}  // namespace rhumb::codec
