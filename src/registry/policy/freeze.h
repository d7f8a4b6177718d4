#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

/// Times in which nothing is deployed. Pure.
namespace rhumb::registry {

/// The same hours of every week, in UTC, by minutes since Monday 00:00. It may run over the end of
/// the week.
struct WeeklySpan {
  int64_t from_minute = 0;
  int64_t until_minute = 0;
  bool operator==(const WeeklySpan&) const = default;
};
/// Reads `Fri 16:00 - Mon 08:00`. Errors: kInvalid that shows such a text.
Result<WeeklySpan> parse_weekly_span(std::string_view text);
[[nodiscard]] std::string to_text(const WeeklySpan& span);

/// One freeze: between two instants (nanoseconds since 1970, the second not included), or weekly.
struct Freeze {
  int64_t from = 0;
  int64_t until = 0;
  std::optional<WeeklySpan> weekly{};
  std::string reason{};
  bool operator==(const Freeze&) const = default;
};
/// When the freeze that holds at `now` ends; nothing when none does.
[[nodiscard]] std::optional<int64_t> frozen_until(const Freeze& freeze, int64_t now);

}  // namespace rhumb::registry
