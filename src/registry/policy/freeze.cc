#include "registry/policy/freeze.h"

#include <fmt/format.h>

#include <array>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kMinuteNs = int64_t{60} * 1'000'000'000;
constexpr int64_t kMinutesOfDay = int64_t{24} * 60;
constexpr int64_t kMinutesOfWeek = 7 * kMinutesOfDay;
constexpr int64_t kFirstDay = 3;  // 1970 began on a Thursday
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

std::optional<int64_t> parse_day(std::string_view text) {
  for (size_t i = 0; i < kDays.size(); ++i) {
    if (equal_fold_ascii(text, kDays[i])) {
      return static_cast<int64_t>(i);
    }
  }
  return std::nullopt;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// `08:30`, also `24:00`, as minutes.
std::optional<int64_t> parse_time_of_day(std::string_view text) {
  const bool well_formed = text.size() == 5 && is_digit(text[0]) && is_digit(text[1]) &&
                           text[2] == ':' && is_digit(text[3]) && is_digit(text[4]);
  if (!well_formed) {
    return std::nullopt;
  }
  const int64_t hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int64_t minute = (text[3] - '0') * 10 + (text[4] - '0');
  const int64_t total = hour * 60 + minute;
  return minute < 60 && total <= kMinutesOfDay ? std::optional(total) : std::nullopt;
}

std::optional<int64_t> parse_minute(std::string_view text) {
  const auto parts = cut(trim(text), " ");
  const auto day = parts ? parse_day(parts->first) : std::nullopt;
  const auto time = parts ? parse_time_of_day(trim(parts->second)) : std::nullopt;
  return day && time ? std::optional((*day * kMinutesOfDay + *time) % kMinutesOfWeek)
                     : std::nullopt;
}

std::string minute_text(int64_t minute) {
  return fmt::format("{} {:02}:{:02}", kDays[static_cast<size_t>(minute / kMinutesOfDay)],
                     minute % kMinutesOfDay / 60, minute % 60);
}

/// Minutes from `start` on to `end`, around the week; a whole week when they are one.
int64_t minutes_between(int64_t start, int64_t end) {
  const int64_t difference = (end - start + kMinutesOfWeek) % kMinutesOfWeek;
  return difference == 0 ? kMinutesOfWeek : difference;
}

std::optional<int64_t> weekly_end(const WeeklySpan& span, int64_t now) {
  const int64_t minutes = now / kMinuteNs;
  const int64_t minute = (minutes + kFirstDay * kMinutesOfDay) % kMinutesOfWeek;
  const int64_t elapsed = (minute - span.from_minute + kMinutesOfWeek) % kMinutesOfWeek;
  const int64_t length = minutes_between(span.from_minute, span.until_minute);
  return elapsed < length ? std::optional((minutes - elapsed + length) * kMinuteNs) : std::nullopt;
}

}  // namespace

Result<WeeklySpan> parse_weekly_span(std::string_view text) {
  const auto ends = cut(text, "-");
  const auto from = ends ? parse_minute(ends->first) : std::nullopt;
  const auto until = ends ? parse_minute(ends->second) : std::nullopt;
  if (!from || !until || *from == *until) {
    return invalid("weekly freeze " + go_quote(text) +
                   " is none; write it as \"Fri 16:00 - Mon 08:00\", in UTC");
  }
  return WeeklySpan{*from, *until};
}

std::string to_text(const WeeklySpan& span) {
  return minute_text(span.from_minute) + " - " + minute_text(span.until_minute);
}

std::optional<int64_t> frozen_until(const Freeze& freeze, int64_t now) {
  if (freeze.weekly) {
    return weekly_end(*freeze.weekly, now);
  }
  return freeze.from <= now && now < freeze.until ? std::optional(freeze.until) : std::nullopt;
}

}  // namespace rhumb::registry
