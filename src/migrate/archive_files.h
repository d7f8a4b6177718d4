#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrate/memory_directory.h"
#include "migrate/plan_writer.h"

namespace rhumb::migrate {

/// What a directory is sent as: the checksum file if there is one, then each file in order.
/// Source: spec migration-directory.md 8.
[[nodiscard]] Result<std::vector<NewFile>> archived_files(const Directory& directory);

/// The directory of files that were received.
///
/// Errors: kInvalid for a name that is empty, absolute, leaves its folder, holds `/` (but for
/// flyway), or occurs twice.
[[nodiscard]] Result<std::shared_ptr<MemoryDirectory>> directory_of_files(
    std::string url, Format format, const std::vector<NewFile>& files);

/// The archive of a directory, and the directory of an archive.
///
/// Errors: those of the functions above, and of codec::read_tar.
[[nodiscard]] Result<std::string> pack_directory(const Directory& directory);
[[nodiscard]] Result<std::shared_ptr<MemoryDirectory>> unpack_directory(std::string url,
                                                                        Format format,
                                                                        std::string_view archive);

}  // namespace rhumb::migrate
