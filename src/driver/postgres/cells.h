#pragma once

#include <string>
#include <string_view>

#include "driver/value.h"

namespace rhumb::driver::postgres {

/// The name of a built-in type by its number (`boolean`, `bigint`, `timestamptz`); empty for
/// others.
[[nodiscard]] std::string_view type_name(unsigned oid);

/// A cell in the server's text form as a Value: integers, floats and `bytea` by their type,
/// anything else as text.
[[nodiscard]] Value to_value(unsigned oid, std::string_view text);

}  // namespace rhumb::driver::postgres
