#include "gotmpl/verb_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/go_format.h"
#include "base/utf8.h"
#include "gotmpl/float_format.h"

namespace rhumb::gotmpl {
namespace {

constexpr char32_t kRuneMax = 0x10FFFF;
constexpr char32_t kReplacement = 0xFFFD;

char32_t to_rune(uint64_t bits) {
  return bits > kRuneMax ? kReplacement : static_cast<char32_t>(bits);
}

std::string digits_of(uint64_t number, unsigned base, bool capitals) {
  const char* alphabet = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  do {
    out += alphabet[number % base];
    number /= base;
  } while (number != 0);
  std::ranges::reverse(out);
  return out;
}

/// Whether a raw string literal can hold the text.
bool can_backquote(std::string_view text) {
  while (!text.empty()) {
    const DecodedRune next = decode_rune(text);
    const bool control = (next.rune < 0x20 && next.rune != '\t') || next.rune == 0x7F;
    if (!next.valid || control || next.rune == '`' || next.rune == 0xFEFF) {
      return false;
    }
    text.remove_prefix(next.size);
  }
  return true;
}

}  // namespace

std::string VerbFormat::pad_with(std::string_view text, bool zeros) const {
  const size_t length = count_runes(text);
  const auto width = static_cast<size_t>(std::max(flags_.width, 0));
  if (!flags_.has_width || length >= width) {
    return std::string(text);
  }
  const std::string padding(width - length, zeros && !flags_.minus ? '0' : ' ');
  return flags_.minus ? std::string(text) + padding : padding + std::string(text);
}

std::string VerbFormat::pad(std::string_view text) const {
  return pad_with(text, flags_.zero);
}

int VerbFormat::integer_digits_min(bool with_sign) const {
  if (flags_.has_precision) {
    return flags_.precision;
  }
  const bool fills = flags_.zero && !flags_.minus && flags_.has_width;
  return fills ? flags_.width - (with_sign ? 1 : 0) : 0;
}

std::string VerbFormat::integer(uint64_t bits, bool is_signed, unsigned base, char32_t verb) const {
  const bool negative = is_signed && static_cast<int64_t>(bits) < 0;
  const uint64_t magnitude = negative ? 0 - bits : bits;
  if (flags_.has_precision && flags_.precision == 0 && magnitude == 0) {
    return pad_with("", false);
  }
  std::string digits = digits_of(magnitude, base, verb == 'X');
  const char* sign = negative ? "-" : flags_.plus ? "+" : flags_.space ? " " : "";
  const int digits_min = integer_digits_min(*sign != '\0');
  if (digits_min > static_cast<int>(digits.size())) {
    digits.insert(0, static_cast<size_t>(digits_min) - digits.size(), '0');
  }
  if (flags_.sharp && base == 2) {
    digits.insert(0, "0b");
  } else if (flags_.sharp && base == 8 && digits.front() != '0') {
    digits.insert(0, "0");
  } else if (flags_.sharp && base == 16) {
    digits.insert(0, verb == 'X' ? "0X" : "0x");
  }
  if (verb == 'O') {
    digits.insert(0, "0o");
  }
  return pad_with(sign + digits, false);
}

std::string VerbFormat::character(uint64_t bits) const {
  std::string out;
  append_rune(out, to_rune(bits));
  return pad(out);
}

std::string VerbFormat::quoted_character(uint64_t bits) const {
  char32_t rune = to_rune(bits);
  if (rune >= 0xD800 && rune <= 0xDFFF) {
    rune = kReplacement;
  }
  if (!flags_.plus || rune <= 0x7F) {
    return pad(go_quote_rune(rune));
  }
  const auto number = static_cast<uint32_t>(rune);
  return pad(rune > 0xFFFF ? fmt::format("'\\U{:08x}'", number)
                           : fmt::format("'\\u{:04x}'", number));
}

std::string VerbFormat::code_point(uint64_t bits) const {
  const int digits = flags_.has_precision ? std::max(flags_.precision, 4) : 4;
  std::string out = digits_of(bits, 16, true);
  if (static_cast<int>(out.size()) < digits) {
    out.insert(0, static_cast<size_t>(digits) - out.size(), '0');
  }
  out.insert(0, "U+");
  if (flags_.sharp && bits <= kRuneMax && go_is_print(static_cast<char32_t>(bits))) {
    out += " '";
    append_rune(out, static_cast<char32_t>(bits));
    out += "'";
  }
  return pad_with(out, false);
}

std::string VerbFormat::real(double value, char verb, int precision) const {
  if (flags_.has_precision) {
    precision = flags_.precision;
  }
  std::string number = format_float_verb(value, verb == 'F' ? 'f' : verb, precision);
  if (number[0] != '-' && number[0] != '+') {
    number.insert(0, "+");
  }
  if (flags_.space && number[0] == '+' && !flags_.plus) {
    number[0] = ' ';
  }
  if (number[1] == 'I' || number[1] == 'N') {
    const bool no_sign = number[0] == '+' && !flags_.plus;
    const bool nan = number[1] == 'N' && !flags_.space && !flags_.plus;
    return pad_with(number.substr(no_sign && (nan || number[1] == 'I') ? 1 : 0), false);
  }
  if (flags_.sharp && verb != 'b') {
    number = with_point_and_zeros(std::move(number), verb, precision);
  }
  if (!flags_.plus && number[0] == '+') {
    return pad(number.substr(1));
  }
  const auto width = static_cast<size_t>(std::max(flags_.width, 0));
  if (flags_.zero && !flags_.minus && flags_.has_width && width > number.size()) {
    return number[0] + std::string(width - number.size(), '0') + number.substr(1);
  }
  return pad(number);
}

std::string VerbFormat::complex(std::complex<double> value, char verb, int precision) const {
  VerbFlags signed_flags = flags_;
  signed_flags.plus = true;
  return "(" + real(value.real(), verb, precision) +
         VerbFormat(signed_flags).real(value.imag(), verb, precision) + "i)";
}

std::string_view VerbFormat::cut_to_precision(std::string_view text) const {
  if (!flags_.has_precision) {
    return text;
  }
  size_t end = 0;
  for (int count = 0; count < flags_.precision && end < text.size(); ++count) {
    end += decode_rune(text.substr(end)).size;
  }
  return text.substr(0, end);
}

std::string VerbFormat::text(std::string_view value) const {
  return pad(cut_to_precision(value));
}

std::string VerbFormat::quoted(std::string_view value) const {
  value = cut_to_precision(value);
  if (flags_.sharp && can_backquote(value)) {
    return pad("`" + std::string(value) + "`");
  }
  return pad(flags_.plus ? go_quote_ascii(value) : go_quote(value));
}

std::string VerbFormat::hex(std::string_view value, bool capitals) const {
  if (flags_.has_precision) {
    value = value.substr(0, static_cast<size_t>(std::max(flags_.precision, 0)));
  }
  const char* alphabet = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
  const char* prefix = flags_.sharp ? (capitals ? "0X" : "0x") : "";
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (flags_.space && i > 0) {
      out += ' ';
    }
    if (i == 0 || flags_.space) {
      out += prefix;
    }
    const auto byte = static_cast<unsigned char>(value[i]);
    out += alphabet[byte >> 4];
    out += alphabet[byte & 0xF];
  }
  return pad(out);
}

}  // namespace rhumb::gotmpl
