#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"

namespace rhumb::migrate {

/// Whether a checkpoint, with that tag if there is one, can be added to a directory.
///
/// Errors: `checkpoint is not supported by <format>`; a tag that the directive can not carry;
/// kConflict, a tag that another checkpoint has.
/// Source: spec cli-migrate.md 3, migration-directory.md 5.
[[nodiscard]] Result<void> check_checkpoint(Format format,
                                            const DirectoryFiles& directory,
                                            const std::optional<std::string>& tag);

/// The checkpoint file with that tag. Errors: kNotFound, naming the tags that there are.
[[nodiscard]] Result<size_t> find_checkpoint(const std::vector<File>& files, std::string_view tag);

}  // namespace rhumb::migrate
