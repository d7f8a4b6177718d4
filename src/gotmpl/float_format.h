#pragma once

#include <string>

namespace rhumb::gotmpl {

/// Go's strconv.FormatFloat for the verbs that base does not have: `b` (4503599627370496p-52) and
/// `x` (0x1.8p+00); `precision` -1 is exact. Other verbs go to format_go_float.
[[nodiscard]] std::string format_float_verb(double value, char verb, int precision);

/// What the sharp flag adds to a printed number: a decimal point always, and for `g` the zeros at
/// the end up to `precision` digits (-1: 6). `number` starts with its sign.
[[nodiscard]] std::string with_point_and_zeros(std::string number, char verb, int precision);

}  // namespace rhumb::gotmpl
