#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gotmpl/value.h"

namespace rhumb::gotmpl {

/// Go's fmt.Sprintf. Mistakes are printed in place: `%!d(string=x)`, `%!d(MISSING)`,
/// `%!(EXTRA int=1)`, `%!(NOVERB)`, `%!d(BADINDEX)`, `%!(BADWIDTH)`, `%!(BADPREC)`.
/// Source: documentation of Go's package fmt; verbs v T t b c d o O q x X U e E f F g G s p.
[[nodiscard]] std::string format_printf(std::string_view format, std::span<const Value> args);

/// Go's fmt.Sprint: blanks between operands when neither is a string.
[[nodiscard]] std::string format_print(std::span<const Value> args);

/// Go's fmt.Sprintln: blanks between all operands and a newline.
[[nodiscard]] std::string format_println(std::span<const Value> args);

/// One value as `%v` prints it.
[[nodiscard]] std::string format_value(const Value& value);

}  // namespace rhumb::gotmpl
