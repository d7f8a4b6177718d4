#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "hcl/value.h"
#include "migrate/memory_directory.h"

namespace rhumb::project {

/// Looks for a template variable that is named like a secret (`pass`, `secret`, `token`, `key`,
/// `credential`) and lands outside string literals in a file without `atlas:sensitive`: reports
/// hide literals only. Nothing when there is none; else a sentence without the value.
/// Source: spec reporting.md 5.3.
[[nodiscard]] Result<std::optional<std::string>> find_secret_variable(
    const migrate::MemoryDirectory& directory, const hcl::Value& vars);

}  // namespace rhumb::project
