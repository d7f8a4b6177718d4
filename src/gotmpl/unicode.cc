#include "gotmpl/unicode.h"

#include <utf8proc.h>

#include "base/utf8.h"

namespace rhumb::gotmpl {
namespace {

utf8proc_category_t category(char32_t rune) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(rune));
}

template <typename Map>
std::string map_runes(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const DecodedRune next = decode_rune(text);
    append_rune(out, static_cast<char32_t>(map(static_cast<utf8proc_int32_t>(next.rune))));
    text.remove_prefix(next.size);
  }
  return out;
}

}  // namespace

bool is_letter(char32_t rune) {
  switch (category(rune)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return true;
    default:
      return false;
  }
}

bool is_digit(char32_t rune) {
  return category(rune) == UTF8PROC_CATEGORY_ND;
}

std::string to_upper(std::string_view text) {
  // Go keeps the sharp s: its capital form is no simple mapping in the Unicode data.
  constexpr utf8proc_int32_t kSharpS = 0xDF;
  return map_runes(
      text, [](utf8proc_int32_t rune) { return rune == kSharpS ? rune : utf8proc_toupper(rune); });
}

std::string to_lower(std::string_view text) {
  return map_runes(text, utf8proc_tolower);
}

}  // namespace rhumb::gotmpl
