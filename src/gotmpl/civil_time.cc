#include "gotmpl/civil_time.h"

#include <array>
#include <chrono>

namespace rhumb::gotmpl {
namespace {

constexpr int64_t kZeroTimeSeconds = -62135596800;  // 0001-01-01T00:00:00Z

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

}  // namespace

int64_t unix_seconds(const Time& time) {
  if (time.instant == kZeroTime) {
    return kZeroTimeSeconds;
  }
  return std::chrono::floor<std::chrono::seconds>(time.instant).time_since_epoch().count();
}

int64_t subsecond_ns(const Time& time) {
  if (time.instant == kZeroTime) {
    return 0;
  }
  return (time.instant - std::chrono::floor<std::chrono::seconds>(time.instant)).count();
}

CivilTime to_civil(const Time& time) {
  const std::chrono::sys_seconds wall(std::chrono::seconds(unix_seconds(time)) + time.zone.offset);
  const auto date = std::chrono::floor<std::chrono::days>(wall);
  const std::chrono::year_month_day ymd(date);
  const std::chrono::hh_mm_ss clock(wall - date);
  const auto new_year = std::chrono::sys_days(ymd.year() / std::chrono::January / 1);
  return {.year = static_cast<int>(ymd.year()),
          .month = static_cast<int>(static_cast<unsigned>(ymd.month())),
          .day = static_cast<int>(static_cast<unsigned>(ymd.day())),
          .day_of_year = static_cast<int>((date - new_year).count()) + 1,
          .weekday = static_cast<int>(std::chrono::weekday(date).c_encoding()),
          .hour = static_cast<int>(clock.hours().count()),
          .minute = static_cast<int>(clock.minutes().count()),
          .second = static_cast<int>(clock.seconds().count()),
          .nanosecond = static_cast<int>(subsecond_ns(time))};
}

std::string_view month_name(int month) {
  return kMonths.at(static_cast<size_t>(month - 1));
}

std::string_view weekday_name(int weekday) {
  return kWeekdays.at(static_cast<size_t>(weekday));
}

}  // namespace rhumb::gotmpl
