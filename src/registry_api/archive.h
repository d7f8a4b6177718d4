#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// How a migration directory travels: an uncompressed tar of plain files.
/// Source: spec migration-directory.md 7; POSIX.1-2001 pax interchange format.
namespace rhumb::registry_api {

struct ArchiveFile {
  std::string name;
  std::string bytes;
  bool operator==(const ArchiveFile&) const = default;
};

struct ArchiveLimits {
  size_t archive_bytes_max = size_t{32} << 20;
  size_t file_bytes_max = size_t{8} << 20;
  size_t files_max = 20'000;
  bool allow_folders = false;  ///< names may hold `/`: the flyway layout
};

/// The archive of these files, in their order: ustar headers, mode 0600, no owner, no times; names
/// over 100 bytes or not ASCII in a PAX record; two zero blocks at the end and no more padding.
[[nodiscard]] std::string write_archive(const std::vector<ArchiveFile>& files);

/// The files of an archive in its order; ustar, PAX and GNU long names are read.
///
/// Errors: kInvalid for what is no tar, a wrong header checksum, a file cut short, anything but a
/// plain file, a name that is absolute, leaves its folder or occurs twice; kLimit past a limit.
Result<std::vector<ArchiveFile>> read_archive(std::string_view archive,
                                              const ArchiveLimits& limits = {});

}  // namespace rhumb::registry_api
