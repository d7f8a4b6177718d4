#include <utf8proc.h>

#include <algorithm>
#include <optional>

#include "base/go_format.h"
#include "base/utf8.h"

namespace rhumb {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr char32_t kRuneMax = 0x10FFFF;

void append_hex(std::string& out, char32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += kHexDigits[(value >> shift) & 0xF];
  }
}

/// The letter of a two-character escape such as \n, if `rune` has one.
std::optional<char> short_escape(char32_t rune) {
  switch (rune) {
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return std::nullopt;
  }
}

struct QuoteStyle {
  char mark;
  bool ascii_only;
};

void append_escaped(std::string& out, char32_t rune, QuoteStyle style) {
  if (rune == static_cast<char32_t>(style.mark) || rune == '\\') {
    out += '\\';
    out += static_cast<char>(rune);
  } else if (const auto letter = short_escape(rune)) {
    out += '\\';
    out += *letter;
  } else if (rune < 0x20 || rune == 0x7F) {
    out += "\\x";
    append_hex(out, rune, 2);
  } else if (rune < 0x80 || (!style.ascii_only && go_is_print(rune))) {
    append_rune(out, rune);
  } else if (rune < 0x10000) {
    out += "\\u";
    append_hex(out, rune, 4);
  } else {
    out += "\\U";
    append_hex(out, rune, 8);
  }
}

std::string quote(std::string_view text, QuoteStyle style) {
  std::string out(1, style.mark);
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    const DecodedRune decoded = decode_rune(text);
    if (decoded.valid) {
      append_escaped(out, decoded.rune, style);
    } else {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text[0]), 2);
    }
    text.remove_prefix(decoded.size);
  }
  out += style.mark;
  return out;
}

std::optional<char32_t> digit_value(char c, char32_t base) {
  char32_t value = base;
  if (c >= '0' && c <= '9') {
    value = static_cast<char32_t>(c - '0');
  } else if (c >= 'a' && c <= 'f') {
    value = static_cast<char32_t>(c - 'a' + 10);
  } else if (c >= 'A' && c <= 'F') {
    value = static_cast<char32_t>(c - 'A' + 10);
  }
  return value < base ? std::optional(value) : std::nullopt;
}

/// Takes exactly `count` digits of `base` off the front of `text`.
std::optional<char32_t> take_digits(std::string_view& text, size_t count, char32_t base) {
  if (text.size() < count) {
    return std::nullopt;
  }
  char32_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto digit = digit_value(text[i], base);
    if (!digit) {
      return std::nullopt;
    }
    value = value * base + *digit;
  }
  text.remove_prefix(count);
  return value;
}

bool append_byte(std::string& out, std::optional<char32_t> value) {
  if (!value || *value > 0xFF) {
    return false;
  }
  out += static_cast<char>(*value);
  return true;
}

bool append_scalar(std::string& out, std::optional<char32_t> value) {
  if (!value || *value > kRuneMax || (*value >= 0xD800 && *value <= 0xDFFF)) {
    return false;
  }
  append_rune(out, *value);
  return true;
}

/// Reads what follows a backslash; false when it is no escape of a text quoted with `mark`.
bool take_escape(std::string_view& text, char mark, std::string& out) {
  if (text.empty()) {
    return false;
  }
  const char letter = text[0];
  if (letter >= '0' && letter <= '7') {
    return append_byte(out, take_digits(text, 3, 8));
  }
  text.remove_prefix(1);
  constexpr std::string_view kLetters = "abfnrtv";
  constexpr std::string_view kValues = "\a\b\f\n\r\t\v";
  if (const size_t at = kLetters.find(letter); at != std::string_view::npos) {
    out += kValues[at];
    return true;
  }
  switch (letter) {
    case 'x':
      return append_byte(out, take_digits(text, 2, 16));
    case 'u':
      return append_scalar(out, take_digits(text, 4, 16));
    case 'U':
      return append_scalar(out, take_digits(text, 8, 16));
    default:
      out += letter;
      return letter == '\\' || letter == mark;
  }
}

bool take_character(std::string_view& text, char mark, std::string& out) {
  const char c = text[0];
  if (c == mark || c == '\n') {
    return false;
  }
  if (c == '\\') {
    text.remove_prefix(1);
    return take_escape(text, mark, out);
  }
  const DecodedRune decoded = decode_rune(text);
  append_rune(out, decoded.rune);
  text.remove_prefix(decoded.size);
  return true;
}

Error invalid_syntax() {
  return invalid("invalid syntax");
}

}  // namespace

bool go_is_print(char32_t rune) {
  if (rune == ' ') {
    return true;
  }
  if (rune > kRuneMax) {
    return false;
  }
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(rune));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_SO;
}

std::string go_quote(std::string_view text) {
  return quote(text, {.mark = '"', .ascii_only = false});
}

std::string go_quote_ascii(std::string_view text) {
  return quote(text, {.mark = '"', .ascii_only = true});
}

std::string go_quote_rune(char32_t rune) {
  const bool surrogate = rune >= 0xD800 && rune <= 0xDFFF;
  std::string out = "'";
  append_escaped(out, rune > kRuneMax || surrogate ? 0xFFFD : rune,
                 {.mark = '\'', .ascii_only = false});
  return out + "'";
}

Result<std::string> go_unquote(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != quoted.back()) {
    return invalid_syntax();
  }
  const char mark = quoted.front();
  std::string_view body = quoted.substr(1, quoted.size() - 2);
  if (mark == '`') {
    if (body.find('`') != std::string_view::npos) {
      return invalid_syntax();
    }
    std::string raw(body);
    std::erase(raw, '\r');
    return raw;
  }
  if (mark != '"' && mark != '\'') {
    return invalid_syntax();
  }
  std::string out;
  size_t count = 0;
  for (; !body.empty(); ++count) {
    if (!take_character(body, mark, out)) {
      return invalid_syntax();
    }
  }
  if (mark == '\'' && count != 1) {
    return invalid_syntax();
  }
  return out;
}

}  // namespace rhumb
