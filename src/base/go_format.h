#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

/// Text forms that follow the Go standard library, because programs that read our output match
/// them.
namespace rhumb {

/// Go's `%q` of a string: double quotes, Go escapes, unprintable characters as \u or \U.
/// Source: spec revisions.md 7; categories from utf8proc 2.8 (Unicode 15, as Go 1.22).
[[nodiscard]] std::string go_quote(std::string_view text);
/// Go's `%+q`: as go_quote, with everything outside ASCII escaped.
[[nodiscard]] std::string go_quote_ascii(std::string_view text);
/// Go's `%q` of a character, in single quotes.
[[nodiscard]] std::string go_quote_rune(char32_t rune);
/// Reverses go_quote; also takes backquoted text. Errors: kInvalid `invalid syntax`.
[[nodiscard]] Result<std::string> go_unquote(std::string_view quoted);
/// Whether Go's unicode.IsPrint holds: categories L, M, N, P, S and U+0020.
[[nodiscard]] bool go_is_print(char32_t rune);

/// Go's Duration.String: `57.097µs`, `1.5s`, `1m3.5s`, `1h0m0s`, `0s`.
[[nodiscard]] std::string format_go_duration(std::chrono::nanoseconds duration);
/// Go's time.ParseDuration with its error texts (`time: invalid duration "x"`, ...).
[[nodiscard]] Result<std::chrono::nanoseconds> parse_go_duration(std::string_view text);

/// Go's strconv.FormatFloat(value, format, precision, 64). `format` is one of e E f g G; precision
/// -1 asks for the fewest digits that read back as the same number. NaN, +Inf, -Inf as Go writes
/// them.
[[nodiscard]] std::string format_go_float(double value, char format, int precision);
/// Go's encoding/json form of a float: exponent only below 1e-6 or from 1e21 on.
[[nodiscard]] std::string format_go_json_float(double value);

/// RFC 3339 with nanoseconds, trailing zeros of the fraction trimmed; `offset` of 0 prints `Z`.
[[nodiscard]] std::string format_rfc3339_nano(std::chrono::sys_time<std::chrono::nanoseconds> time,
                                              std::chrono::minutes offset = {});
/// RFC 3339 with any fraction and offset, to an instant. Errors: kInvalid, the text quoted.
[[nodiscard]] Result<std::chrono::sys_time<std::chrono::nanoseconds>> parse_rfc3339(
    std::string_view text);

}  // namespace rhumb
