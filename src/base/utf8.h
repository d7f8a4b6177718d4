#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rhumb {

/// One decoded character. Not valid UTF-8: `rune` is U+FFFD, `size` is 1 and `valid` is false.
struct DecodedRune {
  char32_t rune = 0;
  size_t size = 0;
  bool valid = true;
};

/// The first character of `text`, which must not be empty; overlong forms, surrogates and values
/// past U+10FFFF are not valid.
[[nodiscard]] DecodedRune decode_rune(std::string_view text);
void append_rune(std::string& out, char32_t rune);
[[nodiscard]] bool is_valid_utf8(std::string_view text);
[[nodiscard]] size_t count_runes(std::string_view text);
/// Where the character begins that the byte at `at` belongs to: the last place up to there where
/// the text can be cut. `at` is less than the size.
[[nodiscard]] size_t rune_start(std::string_view text, size_t at);

}  // namespace rhumb
