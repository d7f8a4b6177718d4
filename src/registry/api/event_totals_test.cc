#include "registry/api/event_totals.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "registry/content/down_plans.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kDayNs = 24 * kHourNs;

std::string end_text(const std::optional<int64_t>& end) {
  return end.has_value() ? std::to_string(*end) : "";
}

std::string describe(const StretchParts& parts) {
  std::string out;
  for (const Periods& periods : parts.periods) {
    out +=
        fmt::format("{}h {}..{} ", periods.hours, end_text(periods.first), end_text(periods.last));
  }
  for (const Rest& rest : parts.rests) {
    out += fmt::format("rest {}..{} ", rest.from, rest.to);
  }
  return out.empty() ? out : out.substr(0, out.size() - 1);
}

struct Case {
  const char* name;
  Stretch stretch;
  const char* want;
};

TEST(EventTotals, SplitsAStretchIntoDaysHoursAndRests) {
  const std::array cases = {
      Case{"everything", {}, "24h .."},
      Case{"a day", {3 * kDayNs, 4 * kDayNs}, "24h 3..3"},
      Case{"a day of another time zone",
           {3 * kDayNs - 2 * kHourNs, 4 * kDayNs - 2 * kHourNs},
           "1h 70..93"},
      Case{"days and hours",
           {2 * kDayNs - 2 * kHourNs, 5 * kDayNs + kHourNs},
           "24h 2..4 1h 46..47 1h 120..120"},
      Case{"hours and rests",
           {kHourNs + 7, 4 * kHourNs + 9},
           "1h 2..3 rest 3600000000007..7200000000000 rest 14400000000000..14400000000009"},
      Case{"less than an hour", {kDayNs + 1, kDayNs + 5}, "rest 86400000000001..86400000000005"},
      Case{"from a day on", {5 * kDayNs, std::nullopt}, "24h 5.."},
      Case{"up to an hour", {std::nullopt, 5 * kDayNs + kHourNs}, "24h ..4 1h 120..120"},
      Case{"nothing", {kDayNs, kDayNs}, ""},
      Case{"less than nothing", {kDayNs, 0}, ""},
      Case{"around 1970", {-kDayNs + 1, kDayNs}, "24h 0..0"},
      Case{"before 1970", {-2 * kDayNs + 1, -kDayNs + 1}, "24h -1..-1"},
      Case{"all that fits", {std::numeric_limits<int64_t>::min(), kDayNs}, "24h ..0"}};
  for (const Case& one : cases) {
    EXPECT_EQ(describe(split_stretch(one.stretch)), one.want) << one.name;
  }
}

TEST(EventTotals, TouchedDaysIncludeThoseThatAreTouchedALittle) {
  const auto days = [](const Stretch& stretch) {
    const Periods touched = touched_days(stretch);
    return end_text(touched.first) + ".." + end_text(touched.last);
  };
  EXPECT_EQ(days({}), "..");
  EXPECT_EQ(days({3 * kDayNs, 4 * kDayNs}), "3..3");
  EXPECT_EQ(days({3 * kDayNs - 1, 4 * kDayNs + 1}), "2..4");
  EXPECT_EQ(days({-kDayNs, 1}), "-1..0");
  EXPECT_EQ(days({std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}),
            "..106751");
}

}  // namespace
}  // namespace rhumb::registry
