#pragma once

#include <string>
#include <string_view>

namespace rhumb::gotmpl {

/// Go's unicode.IsLetter and unicode.IsDigit: categories L and Nd.
[[nodiscard]] bool is_letter(char32_t rune);
[[nodiscard]] bool is_digit(char32_t rune);

/// Go's strings.ToUpper and strings.ToLower: character by character; bytes that are not UTF-8
/// become U+FFFD.
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);

}  // namespace rhumb::gotmpl
