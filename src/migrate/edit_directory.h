#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/new_migration.h"

namespace rhumb::migrate {

struct ListOptions {
  bool is_short = false;   ///< versions instead of names
  bool is_latest = false;  ///< the last file only
};
/// One line per file, without line ends: what `migrate ls` prints.
[[nodiscard]] Result<std::vector<std::string>> list_files(const Directory& directory,
                                                          ListOptions options);

/// Removes a file, named by version or by name (the last one without), and the file that undoes it;
/// rewrites the checksum file. Returns the name of the file. Errors: as find_version; kNotFound
/// `migration directory is empty`.
[[nodiscard]] Result<std::string> remove_file(Directory& directory,
                                              std::optional<std::string_view> name);

/// Lets `edit` change a file, named by version or by name, and rewrites the checksum file.
/// Errors: as find_version, and those of `edit`; then nothing was changed.
[[nodiscard]] Result<void> edit_file(Directory& directory,
                                     std::string_view name,
                                     const ContentEdit& edit);

/// Gives files, named by version or by name, new versions later than those of all other files,
/// keeping their order, and with them the files that undo them; rewrites the checksum file.
///
/// The new names are all written before the first old one goes; when one cannot be, none stays.
/// Errors: as find_version; kInvalid when another file's version sorts behind every time stamp.
/// Source: spec cli-migrate.md 3.
[[nodiscard]] Result<void> rebase_files(Directory& directory,
                                        const std::vector<std::string>& names,
                                        std::chrono::sys_seconds now);

}  // namespace rhumb::migrate
