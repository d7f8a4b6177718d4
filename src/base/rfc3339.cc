#include <array>
#include <optional>

#include "base/go_format.h"

namespace rhumb {
namespace {

using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;

constexpr size_t kFractionDigits = 9;

bool take(std::string_view& text, char c) {
  const bool found = text.starts_with(c);
  text.remove_prefix(found ? 1 : 0);
  return found;
}

/// Takes exactly `count` decimal digits that are no more than `max`.
std::optional<int> take_number(std::string_view& text, size_t count, int max) {
  if (text.size() < count) {
    return std::nullopt;
  }
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value <= max ? std::optional(value) : std::nullopt;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4, 9999);
  if (!year || !take(text, '-')) {
    return std::nullopt;
  }
  const auto month = take_number(text, 2, 12);
  if (!month || !take(text, '-')) {
    return std::nullopt;
  }
  const auto day = take_number(text, 2, 31);
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

std::optional<std::chrono::seconds> take_time(std::string_view& text) {
  const auto hour = take_number(text, 2, 23);
  if (!hour || !take(text, ':')) {
    return std::nullopt;
  }
  const auto minute = take_number(text, 2, 59);
  if (!minute || !take(text, ':')) {
    return std::nullopt;
  }
  const auto second = take_number(text, 2, 59);
  if (!second) {
    return std::nullopt;
  }
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
}

/// Digits past the ninth are cut off.
std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) {
    return std::chrono::nanoseconds{0};
  }
  int64_t value = 0;
  size_t digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits, text.remove_prefix(1)) {
    if (digits < kFractionDigits) {
      value = value * 10 + (text[0] - '0');
    }
  }
  if (digits == 0) {
    return std::nullopt;
  }
  for (; digits < kFractionDigits; ++digits) {
    value *= 10;
  }
  return std::chrono::nanoseconds{value};
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, 'Z')) {
    return std::chrono::minutes{0};
  }
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  const auto hours = take_number(text, 2, 23);
  if (!hours || !take(text, ':')) {
    return std::nullopt;
  }
  const auto minutes = take_number(text, 2, 59);
  if (!minutes) {
    return std::nullopt;
  }
  const std::chrono::minutes offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

std::optional<Instant> parse_instant(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, 'T')) {
    return std::nullopt;
  }
  const auto time = take_time(text);
  if (!time) {
    return std::nullopt;
  }
  const auto fraction = take_fraction(text);
  if (!fraction) {
    return std::nullopt;
  }
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) {
    return std::nullopt;
  }
  const std::chrono::sys_seconds second = *date + *time - *offset;
  // Nanoseconds since 1970 in 64 bits reach from 1677 to 2262; the last second is left out.
  if (second <= std::chrono::ceil<std::chrono::seconds>(Instant::min()) ||
      second >= std::chrono::floor<std::chrono::seconds>(Instant::max())) {
    return std::nullopt;
  }
  return second + *fraction;
}

/// The last `count` decimal digits of a number that is not negative.
void append_digits(std::string& out, int64_t number, size_t count) {
  std::array<char, kFractionDigits> digits{};
  for (size_t i = count; i-- > 0; number /= 10) {
    digits[i] = static_cast<char>('0' + number % 10);
  }
  out.append(digits.data(), count);
}

}  // namespace

std::string format_rfc3339_nano(Instant time, std::chrono::minutes offset) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const int64_t fraction = (time - second).count();
  const std::chrono::sys_seconds local = second + offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  std::string out;
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, clock.hours().count(), 2);
  out += ':';
  append_digits(out, clock.minutes().count(), 2);
  out += ':';
  append_digits(out, clock.seconds().count(), 2);
  if (fraction != 0) {
    out += '.';
    append_digits(out, fraction, kFractionDigits);
    out.erase(out.find_last_not_of('0') + 1);
  }
  if (offset.count() == 0) {
    return out += 'Z';
  }
  const int64_t minutes = offset.count() < 0 ? -offset.count() : offset.count();
  out += offset.count() < 0 ? '-' : '+';
  append_digits(out, minutes / 60, 2);
  out += ':';
  append_digits(out, minutes % 60, 2);
  return out;
}

Result<Instant> parse_rfc3339(std::string_view text) {
  const auto instant = parse_instant(text);
  if (!instant) {
    return invalid("parsing time " + go_quote(text) +
                   ": not an RFC 3339 time between 1678 and 2261, such as 2024-05-31T15:04:05Z");
  }
  return *instant;
}

}  // namespace rhumb
