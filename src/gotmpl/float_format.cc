#include "gotmpl/float_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "base/go_format.h"

namespace rhumb::gotmpl {
namespace {

constexpr int kMantissaBits = 52;
constexpr int kExponentBias = 1023;
constexpr uint64_t kMantissaMask = (uint64_t{1} << kMantissaBits) - 1;

struct Parts {
  uint64_t mantissa;  ///< with the leading one of normal numbers
  int exponent;       ///< value = mantissa * 2^exponent
};

Parts split_double(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  const auto raw = static_cast<int>((bits >> kMantissaBits) & 0x7FF);
  const uint64_t fraction = bits & kMantissaMask;
  if (raw == 0) {
    return {.mantissa = fraction, .exponent = 1 - kExponentBias - kMantissaBits};
  }
  return {.mantissa = fraction | (uint64_t{1} << kMantissaBits),
          .exponent = raw - kExponentBias - kMantissaBits};
}

std::string format_binary(double value) {
  const Parts parts = split_double(value);
  return fmt::format("{}{}p{:+}", std::signbit(value) ? "-" : "", parts.mantissa, parts.exponent);
}

std::string format_hex(double value, bool capitals, int precision) {
  const Parts parts = split_double(value);
  constexpr int kDigits = 15;  // hexadecimal digits behind the point, after the shift below
  int exponent = 0;
  uint64_t mantissa = 0;
  if (parts.mantissa != 0) {
    const int shift = std::countl_zero(parts.mantissa) - 3;  // the leading one to bit 60
    mantissa = parts.mantissa << shift;
    exponent = parts.exponent - shift + 4 * kDigits;
  }
  if (precision >= 0 && precision < kDigits) {
    const int drop = 4 * (kDigits - precision);
    const uint64_t half = uint64_t{1} << (drop - 1);
    const uint64_t rest = mantissa & ((uint64_t{1} << drop) - 1);
    mantissa >>= drop;
    if (rest > half || (rest == half && (mantissa & 1) != 0)) {
      ++mantissa;
    }
    mantissa <<= drop;
    if ((mantissa >> 61) != 0) {
      mantissa >>= 1;
      ++exponent;
    }
  }
  const uint64_t lead = mantissa >> 60;
  std::string digits = fmt::format("{:015x}", mantissa & ((uint64_t{1} << 60) - 1));
  if (precision < 0) {
    digits.resize(digits.find_last_not_of('0') + 1);
  } else {
    digits.resize(static_cast<size_t>(precision), '0');
  }
  std::string out =
      fmt::format("{}0x{}{}{}p{}{:02}", std::signbit(value) ? "-" : "", lead,
                  digits.empty() ? "" : ".", digits, exponent < 0 ? '-' : '+', std::abs(exponent));
  if (capitals) {
    for (char& c : out) {
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return out;
}

}  // namespace

std::string format_float_verb(double value, char verb, int precision) {
  const bool own = verb == 'b' || verb == 'x' || verb == 'X';
  if (!own || !std::isfinite(value)) {
    return format_go_float(value, own ? 'g' : verb, precision);
  }
  return verb == 'b' ? format_binary(value) : format_hex(value, verb == 'X', precision);
}

std::string with_point_and_zeros(std::string number, char verb, int precision) {
  const bool hex = verb == 'x' || verb == 'X';
  const bool counts = verb == 'g' || verb == 'G' || verb == 'x';
  int missing = counts ? (precision < 0 ? 6 : precision) : 0;
  const size_t tail_at = number.find_first_of(hex ? "pP" : "eEpP", 1);
  const std::string tail = tail_at == std::string::npos ? "" : number.substr(tail_at);
  number.resize(std::min(tail_at, number.size()));
  bool seen_nonzero = false;
  for (size_t i = 1; i < number.size(); ++i) {
    if (number[i] == '.') {
      continue;
    }
    seen_nonzero = seen_nonzero || number[i] != '0';
    missing -= seen_nonzero ? 1 : 0;
  }
  if (number.find('.') == std::string::npos) {
    if (number.size() == 2 && number[1] == '0') {
      --missing;
    }
    number += '.';
  }
  if (missing > 0) {
    number.append(static_cast<size_t>(missing), '0');
  }
  return number + tail;
}

}  // namespace rhumb::gotmpl
