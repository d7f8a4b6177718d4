#include "gotmpl/time_methods.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/go_format.h"
#include "gotmpl/civil_time.h"

namespace rhumb::gotmpl {
namespace {

using Args = std::span<const Value>;
using Nanoseconds = std::chrono::nanoseconds;
__extension__ using Wide = __int128;  // sums and products of two 64-bit numbers

Function method(std::vector<Param> params, std::function<Value(Args)> body) {
  return {.params = std::move(params),
          .call = [body = std::move(body)](Args args) -> Result<Value> { return body(args); }};
}

Function constant(Value value) {
  return method({}, [value = std::move(value)](Args) { return value; });
}

Param time_param() {
  return Param::typed("time.Time");
}
Param duration_param() {
  return Param::typed("time.Duration");
}

Value moved(const Time& time, TimeZone zone) {
  Time copy = time;
  copy.zone = std::move(zone);
  return Value::time(std::move(copy));
}

/// The sum, held at the ends of the range as Go's Sub does.
Nanoseconds difference(const Time& a, const Time& b) {
  const int64_t limit_seconds = std::numeric_limits<int64_t>::max() / 1'000'000'000;
  const int64_t seconds = unix_seconds(a) - unix_seconds(b);
  if (seconds >= limit_seconds) {
    return Nanoseconds::max();
  }
  if (seconds <= -limit_seconds) {
    return Nanoseconds::min();
  }
  return Nanoseconds(seconds * 1'000'000'000 + subsecond_ns(a) - subsecond_ns(b));
}

Time added(const Time& time, Nanoseconds by) {
  Time copy = time;
  int64_t sum = 0;
  const int64_t from = time.instant.time_since_epoch().count();
  if (time.instant != kZeroTime && !__builtin_add_overflow(from, by.count(), &sum)) {
    copy.instant = std::chrono::sys_time<Nanoseconds>(Nanoseconds(sum));
  }
  return copy;
}

/// What is left of the time above the last multiple of `unit`.
int64_t rest_of(const Time& time, Nanoseconds unit) {
  // Go counts multiples from the zero time, which matters for units that do not divide a day.
  const Wide zero_to_epoch = static_cast<Wide>(62135596800) * 1'000'000'000;
  const Wide since_zero = zero_to_epoch + time.instant.time_since_epoch().count();
  return static_cast<int64_t>(since_zero % unit.count());
}

Time truncated(const Time& time, Nanoseconds unit) {
  if (unit.count() <= 0 || time.instant == kZeroTime) {
    return time;
  }
  return added(time, Nanoseconds(-rest_of(time, unit)));
}

Time rounded_time(const Time& time, Nanoseconds unit) {
  if (unit.count() <= 0 || time.instant == kZeroTime) {
    return time;
  }
  const int64_t rest = rest_of(time, unit);
  const bool down = rest < unit.count() - rest;
  return added(time, Nanoseconds(down ? -rest : unit.count() - rest));
}

/// The same time of day some years, months and days later; days past a month's end run on.
Time date_added(const Time& time, int64_t years, int64_t months, int64_t days) {
  // Beyond six centuries every result lies outside what nanoseconds can count.
  const auto within = [](int64_t count, int64_t limit) {
    return count >= -limit && count <= limit;
  };
  if (!within(years, 600) || !within(months, 7'200) || !within(days, 220'000)) {
    return time;
  }
  const CivilTime civil = to_civil(time);
  const int64_t month_count = (civil.year + years) * 12 + civil.month - 1 + months;
  const int64_t month = ((month_count % 12) + 12) % 12;
  const auto year = static_cast<int>((month_count - month) / 12);
  const auto first_of = [](int y, int64_t m) {
    return std::chrono::sys_days(std::chrono::year(y) /
                                 std::chrono::month(static_cast<unsigned>(m)) / 1);
  };
  const auto target = first_of(year, month + 1) + std::chrono::days(civil.day - 1 + days);
  const auto today = first_of(civil.year, civil.month) + std::chrono::days(civil.day - 1);
  constexpr int64_t kDaysMax = 106'751;  // as many as 64 bits of nanoseconds hold
  const int64_t moved_by = (target - today).count();
  return std::abs(moved_by) > kDaysMax ? time : added(time, std::chrono::days(moved_by));
}

/// The nearest multiple of `unit`, halves away from zero, held at the ends of the range.
int64_t rounded(int64_t ns, int64_t unit) {
  if (unit <= 0) {
    return ns;
  }
  const Wide rest = ns % unit;
  const Wide away = ns < 0 ? -unit : unit;
  const bool up = 2 * (rest < 0 ? -rest : rest) >= unit;
  const Wide sum = ns - rest + (up ? away : 0);
  if (sum > std::numeric_limits<int64_t>::max()) {
    return std::numeric_limits<int64_t>::max();
  }
  return sum < std::numeric_limits<int64_t>::min() ? std::numeric_limits<int64_t>::min()
                                                   : static_cast<int64_t>(sum);
}

Value named(int64_t number, const char* type, std::string_view text) {
  return Value(number).with_type(type).with_text(std::string(text));
}

std::optional<Function> time_clock(const CivilTime& civil, std::string_view name) {
  const std::array<std::pair<std::string_view, int>, 7> numbers = {
      {{"Year", civil.year},
       {"Day", civil.day},
       {"YearDay", civil.day_of_year},
       {"Hour", civil.hour},
       {"Minute", civil.minute},
       {"Second", civil.second},
       {"Nanosecond", civil.nanosecond}}};
  for (const auto& [key, number] : numbers) {
    if (key == name) {
      return constant(number);
    }
  }
  if (name == "Month") {
    return constant(named(civil.month, "time.Month", month_name(civil.month)));
  }
  if (name == "Weekday") {
    return constant(named(civil.weekday, "time.Weekday", weekday_name(civil.weekday)));
  }
  return std::nullopt;
}

std::optional<Function> time_unix(const Time& time, std::string_view name) {
  const int64_t seconds = unix_seconds(time);
  const int64_t ns = subsecond_ns(time);
  const auto wide = [](int64_t number) {
    return constant(Value::integer(number, IntKind::kInt64));
  };
  if (name == "Unix") {
    return wide(seconds);
  }
  if (name == "UnixMilli") {
    return wide(seconds * 1000 + ns / 1'000'000);
  }
  if (name == "UnixMicro") {
    return wide(seconds * 1'000'000 + ns / 1000);
  }
  if (name == "UnixNano") {
    return wide(time.instant.time_since_epoch().count());
  }
  return std::nullopt;
}

std::optional<Function> time_relation(const Time& time, std::string_view name) {
  if (name == "Before") {
    return method({time_param()},
                  [time](Args args) { return Value(time.instant < args[0].as_time().instant); });
  }
  if (name == "After") {
    return method({time_param()},
                  [time](Args args) { return Value(time.instant > args[0].as_time().instant); });
  }
  if (name == "Equal") {
    return method({time_param()},
                  [time](Args args) { return Value(time.instant == args[0].as_time().instant); });
  }
  if (name == "Compare") {
    return method({time_param()}, [time](Args args) {
      const auto other = args[0].as_time().instant;
      return Value(time.instant < other ? -1 : static_cast<int>(time.instant > other));
    });
  }
  if (name == "Sub") {
    return method({time_param()}, [time](Args args) {
      return Value::duration(difference(time, args[0].as_time()));
    });
  }
  if (name == "Add") {
    return method({duration_param()}, [time](Args args) {
      return Value::time(added(time, Nanoseconds(args[0].as_int())));
    });
  }
  if (name == "Truncate") {
    return method({duration_param()}, [time](Args args) {
      return Value::time(truncated(time, Nanoseconds(args[0].as_int())));
    });
  }
  if (name == "Round") {
    return method({duration_param()}, [time](Args args) {
      return Value::time(rounded_time(time, Nanoseconds(args[0].as_int())));
    });
  }
  if (name == "AddDate") {
    return method({Param::integer(), Param::integer(), Param::integer()}, [time](Args args) {
      return Value::time(date_added(time, args[0].as_int(), args[1].as_int(), args[2].as_int()));
    });
  }
  return std::nullopt;
}

}  // namespace

std::optional<Function> time_method(const Time& time, std::string_view name) {
  if (name == "Format") {
    return method({Param::text()},
                  [time](Args args) { return Value(format_time(time, args[0].as_string())); });
  }
  if (name == "String") {
    return constant(format_time(time, kTimeStringLayout));
  }
  if (name == "IsZero") {
    return constant(time.instant == kZeroTime);
  }
  if (name == "UTC") {
    return constant(moved(time, TimeZone{}));
  }
  if (name == "Local") {
    return constant(moved(time, time.local));
  }
  if (name == "Location") {
    return constant(Struct("*time.Location").text(time.zone.location).value());
  }
  for (auto* find : {time_unix, time_relation}) {
    if (std::optional<Function> found = find(time, name); found.has_value()) {
      return found;
    }
  }
  return time_clock(to_civil(time), name);
}

std::optional<Function> duration_method(Nanoseconds duration, std::string_view name) {
  const int64_t ns = duration.count();
  const auto wide = [](int64_t number) {
    return constant(Value::integer(number, IntKind::kInt64));
  };
  const auto whole_and_rest = [ns](int64_t unit) {
    const int64_t whole = ns / unit;
    return static_cast<double>(whole) + static_cast<double>(ns % unit) / static_cast<double>(unit);
  };
  if (name == "String") {
    return constant(format_go_duration(duration));
  }
  if (name == "Nanoseconds") {
    return wide(ns);
  }
  if (name == "Microseconds") {
    return wide(ns / 1000);
  }
  if (name == "Milliseconds") {
    return wide(ns / 1'000'000);
  }
  if (name == "Seconds") {
    return constant(whole_and_rest(1'000'000'000));
  }
  if (name == "Minutes") {
    return constant(whole_and_rest(60'000'000'000));
  }
  if (name == "Hours") {
    return constant(whole_and_rest(3'600'000'000'000));
  }
  if (name == "Abs") {
    return constant(Value::duration(duration == Nanoseconds::min() ? Nanoseconds::max()
                                                                   : std::chrono::abs(duration)));
  }
  if (name == "Truncate") {
    return method({duration_param()}, [ns](Args args) {
      const int64_t unit = args[0].as_int();
      return Value::duration(Nanoseconds(unit <= 0 ? ns : ns - ns % unit));
    });
  }
  if (name == "Round") {
    return method({duration_param()}, [ns](Args args) {
      return Value::duration(Nanoseconds(rounded(ns, args[0].as_int())));
    });
  }
  return std::nullopt;
}

}  // namespace rhumb::gotmpl
