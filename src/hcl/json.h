#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "hcl/value.h"

namespace rhumb::hcl {

/// The value as `jsonencode` writes it: compact, keys in byte order, `<`, `>` and `&` escaped.
/// Errors: kInvalid for infinities, capsules and unknown values.
[[nodiscard]] Result<std::string> format_value_json(const Value& value);

/// As format_value_json, as a JSON value.
[[nodiscard]] Result<codec::Json> to_json(const Value& value);

/// The value as `jsondecode` reads it: objects and tuples, numbers at 512 bits.
/// Errors: kLimit for numbers out of range.
[[nodiscard]] Result<Value> from_json(const codec::Json& json);

/// The value as `print` shows it: strings raw, numbers decimal, bools, everything else as JSON.
[[nodiscard]] Result<std::string> display_text(const Value& value);

}  // namespace rhumb::hcl
