#pragma once

#include <cstdint>
#include <string_view>

#include "gotmpl/value.h"

namespace rhumb::gotmpl {

/// A time on the wall clock of its own zone.
struct CivilTime {
  int year = 1;
  int month = 1;        ///< 1 to 12
  int day = 1;          ///< 1 to 31
  int day_of_year = 1;  ///< 1 to 366
  int weekday = 1;      ///< 0 is Sunday
  int hour = 0;
  int minute = 0;
  int second = 0;
  int nanosecond = 0;
};

[[nodiscard]] CivilTime to_civil(const Time& time);
/// Seconds since 1970, also of kZeroTime.
[[nodiscard]] int64_t unix_seconds(const Time& time);
/// Nanoseconds after that second.
[[nodiscard]] int64_t subsecond_ns(const Time& time);
[[nodiscard]] std::string_view month_name(int month);
[[nodiscard]] std::string_view weekday_name(int weekday);

}  // namespace rhumb::gotmpl
