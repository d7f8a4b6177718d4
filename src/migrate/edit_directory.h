#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"

namespace rhumb::migrate {

struct ListOptions {
  bool is_short = false;   ///< versions instead of names
  bool is_latest = false;  ///< the last file only
};
/// One line per file, without line ends: what `migrate ls` prints.
[[nodiscard]] Result<std::vector<std::string>> list_files(const Directory& directory,
                                                          ListOptions options);

/// Removes a file, named by version or by name (empty: the last one), and the file that undoes it;
/// rewrites the checksum file. Returns the name of the file. Errors: as find_version; kNotFound
/// `migration directory is empty`.
[[nodiscard]] Result<std::string> remove_file(Directory& directory, std::string_view name);

/// Gives files, named by version or by name, new versions later than those of all other files,
/// keeping their order; rewrites the checksum file.
///
/// Errors: as find_version; kInvalid when another file's version sorts behind every time stamp.
/// Source: spec cli-migrate.md 3.
[[nodiscard]] Result<void> rebase_files(Directory& directory,
                                        const std::vector<std::string>& names,
                                        std::chrono::sys_seconds now);

}  // namespace rhumb::migrate
