#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

namespace rhumb::project {

/// Reads a promotion policy as people write it: `stage` blocks, in order. `name` is that of the
/// file, for messages.
///
/// Shape: a list of PromotionStageInput as JSON. Words such as `ALL` and `WARN` stand for
/// themselves, with or without quotes. What the values mean is left to the registry.
/// Errors: `file.hcl:3,5-10: Summary; Detail` for syntax, unknown blocks and arguments, values of
/// another type. Source: spec registry.md 6.1.
[[nodiscard]] Result<codec::Json> read_policy_file(std::string_view name, const std::string& text);

/// Writes `stages`, as the registry sends them, so that read_policy_file reads the same.
[[nodiscard]] std::string format_policy_file(const codec::Json& stages);

}  // namespace rhumb::project
