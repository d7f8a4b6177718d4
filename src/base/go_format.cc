#include "base/go_format.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace rhumb {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The shortest decimal that reads back as a double: `digits` with a point before the first one,
/// times 10^`exponent`.
struct ShortestDecimal {
  std::string digits;
  int exponent = 0;
};

ShortestDecimal shortest_decimal(double magnitude) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude,
                                          std::chars_format::scientific);
  RHUMB_CHECK(error == std::errc(), "17 digits and an exponent fit");
  const std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  const size_t e = text.find('e');
  ShortestDecimal out;
  for (const char c : text.substr(0, e)) {
    if (is_digit(c)) {
      out.digits += c;
    }
  }
  std::string_view exponent = text.substr(e + 1);
  if (exponent.front() == '+') {
    exponent.remove_prefix(1);
  }
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.exponent);
  out.exponent += 1;
  return out;
}

std::string layout_fixed(const ShortestDecimal& decimal) {
  const auto& [digits, exponent] = decimal;
  if (exponent <= 0) {
    return digits == "0" ? digits
                         : "0." + std::string(static_cast<size_t>(-exponent), '0') + digits;
  }
  const auto whole = static_cast<size_t>(exponent);
  if (digits.size() <= whole) {
    return digits + std::string(whole - digits.size(), '0');
  }
  return digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string layout_scientific(const ShortestDecimal& decimal) {
  const int exponent = decimal.digits == "0" ? 0 : decimal.exponent - 1;
  std::string out = decimal.digits.substr(0, 1);
  if (decimal.digits.size() > 1) {
    out += "." + decimal.digits.substr(1);
  }
  return out + fmt::format("e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
}

std::string format_shortest(double magnitude, char format) {
  const ShortestDecimal decimal = shortest_decimal(magnitude);
  // Observed with Go 1.26: 100000 is written out, 1e+06 and 1.23456789e+08 are not.
  constexpr int kGeneralExponentMax = 6;
  const int exponent = decimal.exponent - 1;
  const bool scientific = format == 'e' || (format == 'g' && magnitude != 0 &&
                                            (exponent < -4 || exponent >= kGeneralExponentMax));
  return scientific ? layout_scientific(decimal) : layout_fixed(decimal);
}

std::string format_rounded(double magnitude, char format, int precision) {
  const auto style = format == 'e'   ? std::chars_format::scientific
                     : format == 'f' ? std::chars_format::fixed
                                     : std::chars_format::general;
  constexpr size_t kWholeDigitsMax = 320;
  std::string out(kWholeDigitsMax + static_cast<size_t>(precision), '\0');
  const auto [end, error] =
      std::to_chars(out.data(), out.data() + out.size(), magnitude, style, precision);
  RHUMB_CHECK(error == std::errc(), "309 digits before the point and `precision` after it fit");
  out.resize(static_cast<size_t>(end - out.data()));
  return out;
}

}  // namespace

std::string format_go_float(double value, char format, int precision) {
  if (std::isnan(value)) {
    return "NaN";
  }
  const bool negative = std::signbit(value);
  if (std::isinf(value)) {
    return negative ? "-Inf" : "+Inf";
  }
  const bool upper = format == 'E' || format == 'G';
  const char style = upper ? static_cast<char>(format - 'A' + 'a') : format;
  const double magnitude = std::fabs(value);
  std::string out = precision < 0 ? format_shortest(magnitude, style)
                                  : format_rounded(magnitude, style, precision);
  if (upper) {
    if (const size_t e = out.find('e'); e != std::string::npos) {
      out[e] = 'E';
    }
  }
  return negative ? "-" + out : out;
}

std::string format_go_json_float(double value) {
  const double magnitude = std::fabs(value);
  const bool scientific = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
  std::string out = format_go_float(value, scientific ? 'e' : 'f', -1);
  // One digit of a negative exponent stands alone: e-9, not e-09.
  if (const size_t at = out.find("e-0"); at != std::string::npos) {
    out.erase(at + 2, 1);
  }
  return out;
}

}  // namespace rhumb
