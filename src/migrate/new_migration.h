#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/plan_writer.h"

namespace rhumb::migrate {

/// `YYYYMMDDhhmmss` in UTC.
[[nodiscard]] std::string format_version(std::chrono::sys_seconds time);

/// The time in such a version, or nothing for any other text.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_version(std::string_view version);

/// A version for a new file: that of `now`, raised by seconds until no file has it.
[[nodiscard]] Result<std::string> free_version(const Directory& directory,
                                               std::chrono::sys_seconds now);

/// Writes files and then the checksum file. Errors: `open <path>: no such file or directory` for a
/// name with a slash.
[[nodiscard]] Result<void> write_files(Directory& directory, const std::vector<NewFile>& files);

/// What a new file is to hold, given what it would hold.
using ContentEdit = std::function<Result<std::string>(const NewFile& file)>;

/// Writes an empty migration in the directory's format; `name` is taken verbatim, may be empty.
/// `edit`, when there is one, changes each file before anything is written; its errors leave the
/// directory as it was. Returns the names of the new files. Source: spec cli-migrate.md 2.3.
[[nodiscard]] Result<std::vector<std::string>> new_migration(Directory& directory,
                                                             std::string_view name,
                                                             std::chrono::sys_seconds now,
                                                             const ContentEdit& edit = {});

}  // namespace rhumb::migrate
