#include "gotmpl/number.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

#include "base/go_format.h"
#include "base/utf8.h"

namespace rhumb::gotmpl {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Underscores stand between digits, or between a base prefix and a digit.
bool underscores_are_placed_well(std::string_view text) {
  const char letter = text.size() >= 2 && text[0] == '0' ? static_cast<char>(text[1] | 0x20) : '\0';
  const bool prefixed = letter == 'x' || letter == 'o' || letter == 'b';
  const bool hexadecimal = letter == 'x';
  const auto counts = [=](char c) { return hexadecimal ? is_hex_digit(c) : is_digit(c); };
  char before = prefixed ? '0' : '\0';
  for (size_t i = prefixed ? 2 : 0; i < text.size(); ++i) {
    const char after = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '_' && (!counts(before) || !counts(after))) {
      return false;
    }
    before = text[i];
  }
  return true;
}

std::string without_underscores(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '_') {
      out += c;
    }
  }
  return out;
}

/// An unsigned integer in Go syntax: decimal, 0x, 0o, 0b, or octal after a leading zero.
std::optional<uint64_t> parse_unsigned(std::string_view text) {
  if (text.find('_') != std::string_view::npos && !underscores_are_placed_well(text)) {
    return std::nullopt;
  }
  const std::string digits = without_underscores(text);
  int base = 10;
  size_t prefix = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const char letter = static_cast<char>(digits[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    prefix = letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1;
  }
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data() + prefix, end, value, base);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> parse_signed(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const std::optional<uint64_t> magnitude = parse_unsigned(text);
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (!magnitude.has_value() || *magnitude > kMax + (negative ? 1 : 0)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(negative ? 0 - *magnitude : *magnitude);
}

std::optional<double> parse_float(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  if (text.find('_') != std::string_view::npos && !underscores_are_placed_well(text)) {
    return std::nullopt;
  }
  std::string digits = without_underscores(text);
  auto format = std::chars_format::general;
  if (digits.size() > 1 && digits[0] == '0' && (digits[1] | 0x20) == 'x') {
    if (digits.find_first_of("pP") == std::string::npos) {
      return std::nullopt;
    }
    format = std::chars_format::hex;
    digits.erase(0, 2);
  }
  if (digits.empty() || !(is_hex_digit(digits[0]) || digits[0] == '.')) {
    return std::nullopt;
  }
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, format);
  if (stop != end || (error != std::errc() && error != std::errc::result_out_of_range)) {
    return std::nullopt;
  }
  if (error == std::errc::result_out_of_range) {
    value =
        std::strtod((format == std::chars_format::hex ? "0x" + digits : digits).c_str(), nullptr);
    if (std::isinf(value)) {
      return std::nullopt;
    }
  }
  return negative ? -value : value;
}

/// Marks the integer kinds that hold exactly the float.
void add_integers(NumberLiteral& number) {
  const double value = number.float_value;
  if (!number.is_int && value >= -0x1p63 && value < 0x1p63 && std::trunc(value) == value) {
    number.is_int = true;
    number.int_value = static_cast<int64_t>(value);
  }
  if (!number.is_uint && value >= 0 && value < 0x1p64 && std::trunc(value) == value) {
    number.is_uint = true;
    number.uint_value = static_cast<uint64_t>(value);
  }
}

NumberLiteral complex_number(double real, double imaginary) {
  NumberLiteral number;
  number.is_complex = true;
  number.complex_value = {real, imaginary};
  if (imaginary == 0) {
    number.is_float = true;
    number.float_value = real;
    add_integers(number);
  }
  return number;
}

/// One part of `1+2i`, as Go's scanner reads it.
Result<double> parse_complex_part(std::string_view text) {
  if (text.find_first_of("0123456789_.") == std::string_view::npos ||
      text.find_first_of("oO") != std::string_view::npos) {
    return invalid("syntax error scanning complex number");
  }
  const std::optional<double> value = parse_float(text);
  if (!value.has_value()) {
    return invalid("strconv.ParseFloat: parsing " + go_quote(text) + ": invalid syntax");
  }
  return *value;
}

Result<NumberLiteral> parse_complex(std::string_view text) {
  const size_t sign = text.find_last_of("+-");
  const bool in_exponent = sign > 0 && (text[sign - 1] | 0x20) == 'e';
  const size_t split = in_exponent ? text.find_last_of("+-", sign - 1) : sign;
  const double real = TRY(parse_complex_part(text.substr(0, split)));
  const double imaginary = TRY(parse_complex_part(text.substr(split, text.size() - split - 1)));
  return complex_number(real, imaginary);
}

/// The code of a numeric escape, `x41`, `101`, `u00e9`, whose digits must fill `text`.
std::optional<char32_t> numeric_escape(std::string_view text) {
  const bool octal = is_digit(text[0]);
  const std::string_view digits = octal ? text : text.substr(1);
  const size_t length = octal ? 3 : text[0] == 'x' ? 2 : text[0] == 'u' ? 4 : 8;
  uint32_t code = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, code, octal ? 8 : 16);
  if (digits.size() != length || error != std::errc() || stop != end) {
    return std::nullopt;
  }
  const bool byte = octal || text[0] == 'x';
  if (byte ? code > 0xFF : (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))) {
    return std::nullopt;
  }
  return static_cast<char32_t>(code);
}

/// The character that an escape stands for; `text` follows the backslash and is cut off here.
std::optional<char32_t> take_escape(std::string_view& text) {
  constexpr std::string_view kLetters = "abfnrtv\\'";
  constexpr std::string_view kCodes = "\a\b\f\n\r\t\v\\'";
  if (text.empty()) {
    return std::nullopt;
  }
  if (const size_t at = kLetters.find(text[0]); at != std::string_view::npos) {
    text.remove_prefix(1);
    return static_cast<char32_t>(kCodes[at]);
  }
  const char first = text[0];
  const bool octal = first >= '0' && first <= '7';
  const size_t length = octal ? 3 : first == 'x' ? 3 : first == 'u' ? 5 : first == 'U' ? 9 : 0;
  if (length == 0 || text.size() < length) {
    return std::nullopt;
  }
  const std::optional<char32_t> code = numeric_escape(text.substr(0, length));
  text.remove_prefix(length);
  return code;
}

Result<NumberLiteral> parse_character(std::string_view quoted) {
  std::string_view text = quoted.substr(1);
  std::optional<char32_t> rune;
  if (text.starts_with('\\')) {
    text.remove_prefix(1);
    rune = take_escape(text);
  } else if (!text.empty() && text[0] != '\'') {
    const DecodedRune next = decode_rune(text);
    rune = next.rune;
    text.remove_prefix(next.size);
  }
  if (!rune.has_value()) {
    return invalid("invalid syntax");
  }
  if (text != "'") {
    return invalid("malformed character constant: " + std::string(quoted));
  }
  NumberLiteral number;
  number.is_float = true;
  number.float_value = *rune;
  add_integers(number);
  return number;
}

}  // namespace

Result<NumberLiteral> parse_number(std::string_view text, TokenKind kind) {
  if (kind == TokenKind::kCharConstant) {
    return parse_character(text);
  }
  if (kind == TokenKind::kComplex) {
    return parse_complex(text);
  }
  if (text.ends_with('i')) {
    const std::optional<double> imaginary = parse_float(text.substr(0, text.size() - 1));
    if (!imaginary.has_value()) {
      return invalid("illegal number syntax: " + go_quote(text));
    }
    return complex_number(0.0, *imaginary);
  }
  NumberLiteral number;
  if (const auto value = parse_unsigned(text)) {
    number.is_uint = true;
    number.uint_value = *value;
  }
  if (const auto value = parse_signed(text)) {
    number.is_int = true;
    number.int_value = *value;
    number.is_uint = number.is_uint || *value == 0;
  }
  if (number.is_int || number.is_uint) {
    number.is_float = true;
    number.float_value = number.is_int ? static_cast<double>(number.int_value)
                                       : static_cast<double>(number.uint_value);
    return number;
  }
  const std::optional<double> value = parse_float(text);
  if (!value.has_value()) {
    return invalid("illegal number syntax: " + go_quote(text));
  }
  if (text.find_first_of(".eEpP") == std::string_view::npos) {
    return invalid("integer overflow: " + go_quote(text));
  }
  number.is_float = true;
  number.float_value = *value;
  add_integers(number);
  return number;
}

}  // namespace rhumb::gotmpl
