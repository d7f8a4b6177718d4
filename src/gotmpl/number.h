#pragma once

#include <complex>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "gotmpl/token.h"

namespace rhumb::gotmpl {

/// A number in a template: every Go kind that can hold it. `1e3` is an int and a float, `-1` no
/// uint, `'a'` all of them.
struct NumberLiteral {
  bool is_int = false;
  bool is_uint = false;
  bool is_float = false;
  bool is_complex = false;
  int64_t int_value = 0;
  uint64_t uint_value = 0;
  double float_value = 0;
  std::complex<double> complex_value;
};

/// Reads a kNumber, kComplex or kCharConstant token.
/// Errors: kInvalid `illegal number syntax: "1__0"`, `integer overflow: "08"`,
/// `malformed character constant: 'ab'`, `invalid syntax`.
[[nodiscard]] Result<NumberLiteral> parse_number(std::string_view text, TokenKind kind);

}  // namespace rhumb::gotmpl
