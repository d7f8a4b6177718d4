#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rhumb::hcl {

/// Decimal digits of a number: 0.DIGITS * 10^point. Zero has no digits.
struct DecimalDigits {
  bool negative = false;
  std::string digits;  ///< no leading and no trailing zeros
  int64_t point = 0;
};

/// A binary float that knows its own precision in bits; may be infinite, zero keeps its sign.
///
/// Shape: cheap to copy (one pointer), immutable. Results round to nearest, ties to even.
/// Errors: kInvalid for operations without a result (0 / 0), kLimit (`number out of range`) for
/// text with more than kDigitMax digits or an exponent beyond kExponentMax, and for results whose
/// magnitude needs more than kMagnitudeBitMax bits.
/// Source: spec project-file.md 4.1.
class Number {
 public:
  static constexpr uint32_t kLiteralPrecision = 512;
  static constexpr uint32_t kIntegerPrecision = 64;
  static constexpr uint32_t kDoublePrecision = 53;
  static constexpr int64_t kDigitMax = 10'000;
  static constexpr int64_t kExponentMax = 10'000;
  static constexpr int64_t kMagnitudeBitMax = 140'000;

  /// Zero, 64 bits.
  Number();

  [[nodiscard]] static Number from_int64(int64_t value);
  [[nodiscard]] static Number from_uint64(uint64_t value);
  /// 53 bits; `value` must not be NaN.
  [[nodiscard]] static Number from_double(double value);
  [[nodiscard]] static Number infinity(bool negative);
  /// Decimal text, as `-1.5e3`, at 512 bits. Blanks, `0x`, a lone point are kInvalid.
  [[nodiscard]] static Result<Number> parse(std::string_view text);
  /// Digits of `base` (2 to 62) with an optional sign, as an integer at 64 bits or as many as it
  /// needs. Up to base 36 letters count in either case; above, lower-case ones come first.
  [[nodiscard]] static Result<Number> parse_integer(std::string_view text, int base);

  [[nodiscard]] bool is_infinite() const;
  [[nodiscard]] bool is_negative() const;  ///< also of negative zero
  [[nodiscard]] bool is_zero() const;
  [[nodiscard]] bool is_integer() const;  ///< false for infinities
  [[nodiscard]] int sign() const;         ///< -1, 0, 1
  [[nodiscard]] uint32_t precision() const;

  [[nodiscard]] std::optional<int64_t> to_int64() const;
  [[nodiscard]] double to_double() const;
  /// The shortest decimal that reads back to the same value at its own precision, no exponent.
  /// Infinities are `Inf` and `-Inf`.
  [[nodiscard]] std::string to_text() const;
  /// Digits of an integer in base 2, 8, 10 or 16 (lower case), without sign.
  [[nodiscard]] std::string integer_text(int base) const;
  [[nodiscard]] DecimalDigits shortest_digits() const;
  [[nodiscard]] DecimalDigits exact_digits() const;

  [[nodiscard]] Number negate() const;
  [[nodiscard]] Number abs() const;
  [[nodiscard]] Number ceil() const;
  [[nodiscard]] Number floor() const;
  [[nodiscard]] Number truncate() const;

  [[nodiscard]] static Result<Number> add(const Number& a, const Number& b);
  [[nodiscard]] static Result<Number> subtract(const Number& a, const Number& b);
  [[nodiscard]] static Result<Number> multiply(const Number& a, const Number& b);
  [[nodiscard]] static Result<Number> divide(const Number& a, const Number& b);
  [[nodiscard]] static Result<Number> modulo(const Number& a, const Number& b);

  /// Exact, whatever the precisions; zeros are equal.
  std::strong_ordering operator<=>(const Number& other) const;
  bool operator==(const Number& other) const;

  struct Rep;

 private:
  explicit Number(std::shared_ptr<const Rep> rep) : rep_(std::move(rep)) {}

  std::shared_ptr<const Rep> rep_;  // shared: immutable, copied with every value
};

}  // namespace rhumb::hcl
