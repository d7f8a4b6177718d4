#include "registry/policy/freeze.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/go_format.h"
#include "base/text.h"
#include "hcl/evaluate.h"

namespace rhumb::registry {
namespace {

using std::chrono::minutes;
using std::chrono::weeks;

constexpr int64_t kMinutesOfDay = int64_t{24} * 60;
constexpr int64_t kMinutesOfWeek = 7 * kMinutesOfDay;
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

/// `Fri 16:00`, with blanks around it.
std::optional<int64_t> parse_minute(std::string_view text) {
  const auto parts = cut(trim(text), " ");
  const auto day = parts ? parse_day(parts->first) : std::nullopt;
  const auto time = parts ? parse_time_of_day(trim(parts->second)) : std::nullopt;
  return day && time ? std::optional((*day * kMinutesOfDay + *time) % kMinutesOfWeek)
                     : std::nullopt;
}

/// The end of a span and its zone: `Mon 08:00`, `Mon 08:00 Europe/Berlin`.
std::pair<std::string_view, std::string_view> cut_zone(std::string_view text) {
  const std::string_view end = trim(text);
  const size_t blank = end.find_last_of(' ');
  const bool has_zone =
      blank != std::string_view::npos && !parse_time_of_day(end.substr(blank + 1));
  return has_zone ? std::pair(end.substr(0, blank), end.substr(blank + 1))
                  : std::pair(end, std::string_view());
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

/// The last minute at which clocks that show `here` have shown the beginning of the span.
sys::LocalMinute latest_start(const WeeklySpan& span, sys::LocalMinute here) {
  const auto today = std::chrono::floor<std::chrono::days>(here);
  const auto monday = today - (std::chrono::weekday(today) - std::chrono::Monday);
  const sys::LocalMinute start = monday + minutes(span.from_minute);
  return start <= here ? start : start - weeks(1);
}

/// When the hours that hold at `now` end. Those of the weeks around it are looked at too: a clock
/// that is set back shows what is over, or has yet to begin, once more.
std::optional<sys::Instant> weekly_end(const WeeklySpan& span,
                                       const sys::TimeZone& zone,
                                       sys::Instant now) {
  const sys::LocalMinute start = latest_start(span, zone.local(now));
  const minutes length(minutes_between(span.from_minute, span.until_minute));
  std::optional<sys::Instant> end;
  for (const weeks shift : {weeks(-1), weeks(0), weeks(1)}) {
    const sys::Instant begins = zone.instants(start + shift).first;
    const sys::Instant ends = zone.instants(start + shift + length).last;
    if (begins <= now && now < ends) {
      end = std::max(ends, end.value_or(ends));
    }
  }
  return end;
}

Result<sys::TimeZone> load_zone(const std::string& name, const sys::TimeZones& zones) {
  return name.empty() ? sys::TimeZone::utc() : zones.load(name);
}

/// `2026-11-30 08:00 in Europe/Berlin`.
std::string local_text(sys::Instant instant, const sys::TimeZone& zone, const std::string& name) {
  const sys::LocalMinute shown = zone.local(instant);
  const auto day = std::chrono::floor<std::chrono::days>(shown);
  const std::chrono::year_month_day date(day);
  const int64_t minute = (shown - day).count();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} in {}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     minute / 60, minute % 60, name);
}

std::optional<ActiveFreeze> weekly_freeze(const WeeklySpan& span,
                                          int64_t now,
                                          const sys::TimeZones& zones) {
  const Result<sys::TimeZone> zone = load_zone(span.zone, zones);
  if (!zone) {
    return ActiveFreeze{.problem = fmt::format("it cannot be told when \"{}\" is: {}",
                                               to_text(span), zone.error().message())};
  }
  const auto end = weekly_end(span, *zone, sys::Instant(std::chrono::nanoseconds(now)));
  if (!end) {
    return std::nullopt;
  }
  return ActiveFreeze{.until = end->time_since_epoch().count(),
                      .local = span.zone.empty() ? "" : local_text(*end, *zone, span.zone)};
}

std::optional<ActiveFreeze> active_freeze(const Freeze& freeze,
                                          int64_t now,
                                          const sys::TimeZones& zones) {
  if (freeze.weekly) {
    return weekly_freeze(*freeze.weekly, now, zones);
  }
  return freeze.from <= now && now < freeze.until
             ? std::optional(ActiveFreeze{.until = freeze.until})
             : std::nullopt;
}

/// `Berlin` of `Europe/Berlin`.
std::string_view city_of(std::string_view zone) {
  return zone.substr(zone.find_last_of('/') + 1);
}

/// `Europe/Berlin` for `europe/berlin`, `Berlin` and `Europe/Berln`.
std::optional<std::string> suggest_zone(const std::string& name,
                                        const std::vector<std::string>& known) {
  for (const std::string& zone : known) {
    if (equal_fold_ascii(zone, name) || equal_fold_ascii(city_of(zone), name)) {
      return zone;
    }
  }
  return hcl::suggest_name(name, known);
}

}  // namespace

Result<WeeklySpan> parse_weekly_span(std::string_view text) {
  const auto ends = cut(text, "-");
  const auto [end, zone] = cut_zone(ends ? ends->second : std::string_view());
  const auto from = ends ? parse_minute(ends->first) : std::nullopt;
  const auto until = parse_minute(end);
  if (!from || !until || *from == *until) {
    return invalid("weekly freeze " + go_quote(text) +
                   " is none; write it as \"Fri 16:00 - Mon 08:00\", in UTC, or as \"Fri 16:00 - "
                   "Mon 08:00 Europe/Berlin\"");
  }
  const bool is_utc = zone.empty() || equal_fold_ascii(zone, "UTC");
  return WeeklySpan{*from, *until, std::string(is_utc ? std::string_view() : zone)};
}

std::string to_text(const WeeklySpan& span) {
  return minute_text(span.from_minute) + " - " + minute_text(span.until_minute) +
         (span.zone.empty() ? "" : " ") + span.zone;
}

std::vector<ActiveFreeze> active_freezes(const std::vector<Freeze>& freezes,
                                         int64_t now,
                                         const sys::TimeZones& zones) {
  std::vector<ActiveFreeze> out;
  for (const Freeze& freeze : freezes) {
    if (auto active = active_freeze(freeze, now, zones)) {
      active->reason = freeze.reason;
      out.push_back(*std::move(active));
    }
  }
  return out;
}

Result<void> check_zone(const Freeze& freeze, const sys::TimeZones& zones) {
  const std::string name = freeze.weekly ? freeze.weekly->zone : "";
  const Result<sys::TimeZone> zone = load_zone(name, zones);
  if (zone || zone.error().code() == ErrorCode::kUnsupported) {
    return zone ? Result<void>() : zone.error();
  }
  const auto suggestion = suggest_zone(name, zones.names());
  return invalid(zone.error().message() +
                 (suggestion ? fmt::format("; did you mean \"{}\"?", *suggestion) : ""));
}

}  // namespace rhumb::registry
