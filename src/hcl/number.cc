#include "hcl/number.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>

namespace rhumb::hcl {

// A finite value is (-1)^negative * mantissa * 2^exponent, the mantissa odd or zero, so that its
// bit length is the least precision that holds the value. All arithmetic is done exactly on big
// integers and rounded once at the end.
namespace mp = boost::multiprecision;
using mp::cpp_int;

struct Number::Rep {
  bool negative = false;
  bool infinite = false;
  cpp_int mantissa;
  int64_t exponent = 0;
  uint32_t precision = kIntegerPrecision;
};

namespace {

using Rep = Number::Rep;

int64_t bit_length(const cpp_int& value) {
  return value == 0 ? 0 : static_cast<int64_t>(mp::msb(value)) + 1;
}

unsigned shift_count(int64_t bits) {
  return static_cast<unsigned>(bits);
}

// Drops `bits` low bits, rounding to nearest, ties to even.
void round_off(cpp_int& mantissa, int64_t bits) {
  cpp_int kept = mantissa >> shift_count(bits);
  const bool half = mp::bit_test(mantissa, shift_count(bits - 1));
  const bool rest = half && static_cast<int64_t>(mp::lsb(mantissa)) < bits - 1;
  if (half && (rest || mp::bit_test(kept, 0))) {
    ++kept;
  }
  mantissa = std::move(kept);
}

Rep make_rep(bool negative, cpp_int mantissa, int64_t exponent, uint32_t precision) {
  const int64_t surplus = bit_length(mantissa) - static_cast<int64_t>(precision);
  if (surplus > 0) {
    round_off(mantissa, surplus);
    exponent += surplus;
  }
  if (mantissa == 0) {
    exponent = 0;
  } else if (const auto zeros = mp::lsb(mantissa); zeros > 0) {
    mantissa >>= zeros;
    exponent += static_cast<int64_t>(zeros);
  }
  return Rep{negative, false, std::move(mantissa), exponent, precision};
}

Error out_of_range() {
  return Error(ErrorCode::kLimit, "number out of range");
}

bool in_range(const Rep& rep) {
  const int64_t top = bit_length(rep.mantissa) + rep.exponent;
  return std::abs(top) <= Number::kMagnitudeBitMax &&
         std::abs(rep.exponent) <= Number::kMagnitudeBitMax;
}

cpp_int power_of(unsigned base, int64_t exponent) {
  return mp::pow(cpp_int(base), shift_count(exponent));
}

// mantissa / divisor rounded to `precision` bits.
Rep divide_rounded(bool negative,
                   cpp_int numerator,
                   const cpp_int& divisor,
                   int64_t exponent,
                   uint32_t precision) {
  const int64_t wanted = static_cast<int64_t>(precision) + 2;
  const int64_t shift =
      std::max<int64_t>(0, wanted - (bit_length(numerator) - bit_length(divisor)));
  numerator <<= shift_count(shift);
  cpp_int quotient;
  cpp_int remainder;
  mp::divide_qr(numerator, divisor, quotient, remainder);
  quotient <<= 1;
  if (remainder != 0) {
    quotient |= 1;
  }
  return make_rep(negative, std::move(quotient), exponent - shift - 1, precision);
}

// Both mantissas at the smaller of the two exponents.
int64_t align(const Rep& a, const Rep& b, cpp_int& a_mantissa, cpp_int& b_mantissa) {
  const int64_t exponent = std::min(a.exponent, b.exponent);
  a_mantissa = a.mantissa << shift_count(a.exponent - exponent);
  b_mantissa = b.mantissa << shift_count(b.exponent - exponent);
  return exponent;
}

int compare_magnitude(const Rep& a, const Rep& b) {
  if (a.infinite || b.infinite) {
    return static_cast<int>(a.infinite) - static_cast<int>(b.infinite);
  }
  const int64_t a_top =
      a.mantissa == 0 ? std::numeric_limits<int64_t>::min() : bit_length(a.mantissa) + a.exponent;
  const int64_t b_top =
      b.mantissa == 0 ? std::numeric_limits<int64_t>::min() : bit_length(b.mantissa) + b.exponent;
  if (a_top != b_top) {
    return a_top < b_top ? -1 : 1;
  }
  cpp_int left;
  cpp_int right;
  align(a, b, left, right);
  return left.compare(right) < 0 ? -1 : (left == right ? 0 : 1);
}

int sign_of(const Rep& rep) {
  if (!rep.infinite && rep.mantissa == 0) {
    return 0;
  }
  return rep.negative ? -1 : 1;
}

Rep add_reps(const Rep& a, const Rep& b, bool negate_b) {
  cpp_int left;
  cpp_int right;
  const int64_t exponent = align(a, b, left, right);
  const bool b_negative = b.negative != negate_b;
  const uint32_t precision = std::max(a.precision, b.precision);
  if (a.negative == b_negative) {
    return make_rep(a.negative, left + right, exponent, precision);
  }
  if (left == right) {
    return make_rep(false, 0, 0, precision);
  }
  if (left > right) {
    return make_rep(a.negative, left - right, exponent, precision);
  }
  return make_rep(b_negative, right - left, exponent, precision);
}

int digit_value(char c, int base) {
  int value = -1;
  if (c >= '0' && c <= '9') {
    value = c - '0';
  } else if (c >= 'a' && c <= 'z') {
    value = c - 'a' + 10;
  } else if (c >= 'A' && c <= 'Z') {
    value = c - 'A' + (base <= 36 ? 10 : 36);
  }
  return value < base ? value : -1;
}

std::string trimmed_digits(std::string digits, int64_t& point) {
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) {
    point = 0;
    return "";
  }
  point -= static_cast<int64_t>(first);
  digits.erase(0, first);
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

// The decimal text of mantissa * 2^exponent as an integer, with the power of ten that scales it.
cpp_int decimal_integer(const cpp_int& mantissa, int64_t exponent, int64_t& ten) {
  if (exponent >= 0) {
    ten = 0;
    return mantissa << shift_count(exponent);
  }
  ten = exponent;
  return mantissa * power_of(5, -exponent);
}

void increment_digits(std::string& digits, int64_t& point) {
  size_t i = digits.size();
  while (i > 0) {
    if (digits[i - 1] != '9') {
      ++digits[i - 1];
      return;
    }
    digits[i - 1] = '0';
    --i;
  }
  digits.insert(digits.begin(), '1');
  ++point;
}

// The fewest digits of `value` that no other number between `lower` and `upper` shares. The three
// texts have one length; the bounds themselves count when `inclusive`.
void shorten(std::string& value,
             const std::string& lower,
             const std::string& upper,
             bool inclusive,
             int64_t& point) {
  const auto rest_is_zero = [](const std::string& text, size_t from) {
    return text.find_first_not_of('0', from) == std::string::npos;
  };
  bool upper_above = false;  // upper's prefix exceeds value's prefix by more than one unit
  bool differs_by_one = false;
  for (size_t i = 0; i < value.size(); ++i) {
    const int v = value[i] - '0';
    const int u = upper[i] - '0';
    if (!upper_above) {
      const int gap = (differs_by_one ? 10 : 0) + u - v;
      differs_by_one = gap == 1;
      upper_above = gap > 1;
    }
    const bool lower_differs = value.compare(0, i + 1, lower, 0, i + 1) != 0;
    const bool ok_down = lower_differs || (inclusive && rest_is_zero(lower, i + 1));
    const bool ok_up =
        upper_above || (differs_by_one && (inclusive || !rest_is_zero(upper, i + 1)));
    if (!ok_down && !ok_up) {
      continue;
    }
    bool up = ok_up;
    if (ok_down && ok_up) {
      const bool last = i + 1 >= value.size();
      const int next = last ? 0 : value[i + 1] - '0';
      const bool half =
          next == 5 && rest_is_zero(value, i + 2 < value.size() ? i + 2 : value.size());
      up = half ? (v % 2 != 0) : next >= 5;
    }
    value.resize(i + 1);
    if (up) {
      increment_digits(value, point);
    }
    return;
  }
}

}  // namespace

Number::Number() : rep_(std::make_shared<const Rep>()) {}

Number Number::from_uint64(uint64_t value) {
  return Number(std::make_shared<const Rep>(make_rep(false, value, 0, kIntegerPrecision)));
}

Number Number::from_int64(int64_t value) {
  cpp_int magnitude(value);
  const bool negative = value < 0;
  if (negative) {
    magnitude = -magnitude;
  }
  return Number(
      std::make_shared<const Rep>(make_rep(negative, std::move(magnitude), 0, kIntegerPrecision)));
}

Number Number::from_double(double value) {
  if (std::isinf(value)) {
    return infinity(value < 0);
  }
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  const auto scaled = static_cast<uint64_t>(std::ldexp(fraction, 53));
  return Number(std::make_shared<const Rep>(
      make_rep(std::signbit(value), scaled, exponent - 53, kDoublePrecision)));
}

Number Number::infinity(bool negative) {
  return Number(std::make_shared<const Rep>(Rep{negative, true, 0, 0, kLiteralPrecision}));
}

Result<Number> Number::parse(std::string_view text) {
  const Error bad = invalid("a number is required");
  size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
    negative = text[at] == '-';
    ++at;
  }
  std::string digits;
  int64_t exponent = 0;
  bool point = false;
  bool any = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      digits += c;
      exponent -= point ? 1 : 0;
    } else {
      break;
    }
  }
  if (!any) {
    return bad;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool minus = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
      minus = text[at] == '-';
      ++at;
    }
    if (at == text.size()) {
      return bad;
    }
    int64_t written = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      written = std::min<int64_t>(written * 10 + (text[at] - '0'), kExponentMax + 1);
    }
    if (written > kExponentMax) {
      return out_of_range();
    }
    exponent += minus ? -written : written;
  }
  if (at != text.size()) {
    return bad;
  }
  if (static_cast<int64_t>(digits.size()) > kDigitMax) {
    return out_of_range();
  }
  const size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  cpp_int mantissa(digits.substr(first));  // leading zeros would mean octal
  if (exponent >= 0) {
    mantissa *= power_of(10, exponent);
    return Number(
        std::make_shared<const Rep>(make_rep(negative, std::move(mantissa), 0, kLiteralPrecision)));
  }
  return Number(std::make_shared<const Rep>(divide_rounded(
      negative, std::move(mantissa), power_of(10, -exponent), 0, kLiteralPrecision)));
}

Result<Number> Number::parse_integer(std::string_view text, int base) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) {
    return invalid("no digits");
  }
  if (static_cast<int64_t>(text.size()) > kDigitMax) {
    return out_of_range();
  }
  cpp_int value = 0;
  for (const char c : text) {
    const int digit = digit_value(c, base);
    if (digit < 0) {
      return invalid("not a digit");
    }
    value = value * base + digit;
  }
  const auto bits = static_cast<uint32_t>(bit_length(value));
  return Number(std::make_shared<const Rep>(
      make_rep(negative && value != 0, std::move(value), 0, std::max(bits, kIntegerPrecision))));
}

bool Number::is_infinite() const {
  return rep_->infinite;
}
bool Number::is_negative() const {
  return rep_->negative;
}
bool Number::is_zero() const {
  return sign() == 0;
}
bool Number::is_integer() const {
  return !rep_->infinite && rep_->exponent >= 0;
}
int Number::sign() const {
  return sign_of(*rep_);
}
uint32_t Number::precision() const {
  return rep_->precision;
}

std::optional<int64_t> Number::to_int64() const {
  if (!is_integer() || bit_length(rep_->mantissa) + rep_->exponent > 64) {
    return std::nullopt;
  }
  cpp_int value = rep_->mantissa << shift_count(rep_->exponent);
  if (rep_->negative) {
    value = -value;
  }
  if (value < std::numeric_limits<int64_t>::min() || value > std::numeric_limits<int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<int64_t>(value);
}

double Number::to_double() const {
  const double sign_factor = rep_->negative ? -1.0 : 1.0;
  if (rep_->infinite) {
    return sign_factor * std::numeric_limits<double>::infinity();
  }
  const Rep rounded = make_rep(false, rep_->mantissa, rep_->exponent, kDoublePrecision);
  const auto mantissa = static_cast<double>(static_cast<uint64_t>(rounded.mantissa));
  return sign_factor * std::ldexp(mantissa, static_cast<int>(rounded.exponent));
}

DecimalDigits Number::exact_digits() const {
  DecimalDigits out;
  out.negative = rep_->negative;
  if (rep_->infinite || rep_->mantissa == 0) {
    return out;
  }
  int64_t ten = 0;
  std::string digits = decimal_integer(rep_->mantissa, rep_->exponent, ten).str();
  out.point = ten + static_cast<int64_t>(digits.size());
  out.digits = trimmed_digits(std::move(digits), out.point);
  return out;
}

DecimalDigits Number::shortest_digits() const {
  DecimalDigits out;
  out.negative = rep_->negative;
  if (rep_->infinite || rep_->mantissa == 0) {
    return out;
  }
  // One more bit than the precision, so that the lowest bit is half a unit in the last place.
  const int64_t shift = static_cast<int64_t>(rep_->precision) + 1 - bit_length(rep_->mantissa);
  const cpp_int middle = rep_->mantissa << shift_count(shift);
  const int64_t exponent = rep_->exponent - shift;
  const bool inclusive = !mp::bit_test(middle, 1);
  int64_t ten = 0;
  std::string value = decimal_integer(middle, exponent, ten).str();
  std::string lower = decimal_integer(middle - 1, exponent, ten).str();
  const std::string upper = decimal_integer(middle + 1, exponent, ten).str();
  value.insert(0, upper.size() - value.size(), '0');
  lower.insert(0, upper.size() - lower.size(), '0');
  out.point = ten + static_cast<int64_t>(upper.size());
  shorten(value, lower, upper, inclusive, out.point);
  out.digits = trimmed_digits(std::move(value), out.point);
  return out;
}

std::string Number::to_text() const {
  if (rep_->infinite) {
    return rep_->negative ? "-Inf" : "+Inf";
  }
  if (rep_->precision >= kIntegerPrecision) {
    if (const auto small = to_int64(); small && *small != 0) {
      return std::to_string(*small);
    }
  }
  const DecimalDigits decimal = shortest_digits();
  const std::string out = decimal.negative ? "-" : "";
  const auto size = static_cast<int64_t>(decimal.digits.size());
  if (size == 0) {
    return out + "0";
  }
  if (decimal.point <= 0) {
    return out + "0." + std::string(static_cast<size_t>(-decimal.point), '0') + decimal.digits;
  }
  if (decimal.point >= size) {
    return out + decimal.digits + std::string(static_cast<size_t>(decimal.point - size), '0');
  }
  const auto whole = static_cast<size_t>(decimal.point);
  return out + decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
}

std::string Number::integer_text(int base) const {
  const cpp_int value =
      rep_->exponent >= 0 ? cpp_int(rep_->mantissa << shift_count(rep_->exponent)) : cpp_int(0);
  if (base == 10) {
    return value.str();
  }
  if (base != 2) {
    std::string text = value.str(0, base == 8 ? std::ios_base::oct : std::ios_base::hex);
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
  }
  std::string bits;
  for (int64_t i = bit_length(value); i > 0; --i) {
    bits += mp::bit_test(value, shift_count(i - 1)) ? '1' : '0';
  }
  return bits.empty() ? "0" : bits;
}

Number Number::negate() const {
  Rep rep = *rep_;
  rep.negative = !rep.negative;
  return Number(std::make_shared<const Rep>(std::move(rep)));
}

Number Number::abs() const {
  return is_negative() ? negate() : *this;
}

Number Number::truncate() const {
  if (rep_->infinite || rep_->exponent >= 0) {
    return *this;
  }
  cpp_int whole = rep_->mantissa >> shift_count(-rep_->exponent);
  return Number(
      std::make_shared<const Rep>(make_rep(rep_->negative, std::move(whole), 0, rep_->precision)));
}

Number Number::floor() const {
  const Number whole = truncate();
  if (whole == *this || !is_negative()) {
    return whole;
  }
  const Rep one = make_rep(false, 1, 0, rep_->precision);
  return Number(std::make_shared<const Rep>(add_reps(*whole.rep_, one, true)));
}

Number Number::ceil() const {
  return negate().floor().negate();
}

Result<Number> Number::add(const Number& a, const Number& b) {
  if (a.is_infinite() || b.is_infinite()) {
    if (a.is_infinite() && b.is_infinite() && a.is_negative() != b.is_negative()) {
      return invalid("can't compute sum of opposing infinities");
    }
    return a.is_infinite() ? a : b;
  }
  Rep sum = add_reps(*a.rep_, *b.rep_, false);
  return Number(std::make_shared<const Rep>(std::move(sum)));
}

Result<Number> Number::subtract(const Number& a, const Number& b) {
  if (a.is_infinite() && b.is_infinite() && a.is_negative() == b.is_negative()) {
    return invalid("can't subtract infinity from itself");
  }
  if (a.is_infinite() || b.is_infinite()) {
    return a.is_infinite() ? a : b.negate();
  }
  return Number(std::make_shared<const Rep>(add_reps(*a.rep_, *b.rep_, true)));
}

Result<Number> Number::multiply(const Number& a, const Number& b) {
  const bool negative = a.is_negative() != b.is_negative();
  if (a.is_infinite() || b.is_infinite()) {
    if (a.is_zero() || b.is_zero()) {
      return invalid("can't multiply zero by infinity");
    }
    return infinity(negative);
  }
  Rep product = make_rep(negative, a.rep_->mantissa * b.rep_->mantissa,
                         a.rep_->exponent + b.rep_->exponent, kLiteralPrecision);
  product.precision = std::max(
      {a.rep_->precision, b.rep_->precision, static_cast<uint32_t>(bit_length(product.mantissa))});
  if (!in_range(product)) {
    return out_of_range();
  }
  return Number(std::make_shared<const Rep>(std::move(product)));
}

Result<Number> Number::divide(const Number& a, const Number& b) {
  const bool negative = a.is_negative() != b.is_negative();
  if ((a.is_zero() && b.is_zero()) || (a.is_infinite() && b.is_infinite())) {
    return invalid("can't divide zero by zero or infinity by infinity");
  }
  if (a.is_infinite() || b.is_zero()) {
    return infinity(negative);
  }
  const uint32_t precision = std::max(a.rep_->precision, b.rep_->precision);
  if (b.is_infinite()) {
    return Number(std::make_shared<const Rep>(make_rep(negative, 0, 0, precision)));
  }
  Rep quotient = divide_rounded(negative, a.rep_->mantissa, b.rep_->mantissa,
                                a.rep_->exponent - b.rep_->exponent, precision);
  if (!in_range(quotient)) {
    return out_of_range();
  }
  return Number(std::make_shared<const Rep>(std::move(quotient)));
}

Result<Number> Number::modulo(const Number& a, const Number& b) {
  if (a.is_infinite() || b.is_infinite()) {
    return multiply(a, b);
  }
  if (b.is_zero()) {
    return a;
  }
  const Number quotient = TRY(divide(a, b));
  const Number product = TRY(multiply(b, quotient.truncate()));
  return subtract(a, product);
}

std::strong_ordering Number::operator<=>(const Number& other) const {
  const int left = sign();
  const int right = other.sign();
  if (left != right) {
    return left <=> right;
  }
  const int magnitude = compare_magnitude(*rep_, *other.rep_);
  return (left < 0 ? -magnitude : magnitude) <=> 0;
}

bool Number::operator==(const Number& other) const {
  return (*this <=> other) == std::strong_ordering::equal;
}

}  // namespace rhumb::hcl
