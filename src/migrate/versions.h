#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"

namespace rhumb::migrate {

/// Where a replay of these files starts: the last checkpoint, or the first file.
[[nodiscard]] size_t replay_start(const std::vector<File>& files);

/// The last file of that version. Errors: kNotFound
/// `sql/migrate: migration with version "V" not found[. Did you mean "W"?]`.
[[nodiscard]] Result<size_t> find_version(const std::vector<File>& files, std::string_view version);

/// The file a person named by version or by file name, for `rm`, `edit` and `rebase`; errors as
/// find_version.
[[nodiscard]] Result<size_t> find_file(const std::vector<File>& files, std::string_view name);

}  // namespace rhumb::migrate
