#include "sys/time_zones.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/go_format.h"
#include "sys/files.h"

namespace rhumb::sys {
namespace {

struct Case {
  const char* name;
  const char* zone;
  const char* local;  ///< RFC 3339, what the clocks show, as if it were UTC
  const char* first;
  const char* last;
};

class ZoneTable : public testing::TestWithParam<Case> {};

Instant instant(std::string_view text) {
  const auto time = parse_rfc3339(text);
  EXPECT_TRUE(time) << text;
  return time ? Instant(time->time_since_epoch()) : Instant();
}

LocalMinute minute(std::string_view text) {
  return LocalMinute(std::chrono::floor<std::chrono::minutes>(instant(text)).time_since_epoch());
}

TEST_P(ZoneTable, OneMinute) {
  const Case& c = GetParam();
  const auto zone = TimeZones::of_machine().load(c.zone);
  ASSERT_TRUE(zone) << zone.error().message();
  const MinuteInstants found = zone->instants(minute(c.local));
  EXPECT_EQ(found, (MinuteInstants{instant(c.first), instant(c.last)}));
  const bool is_skipped = zone->local(found.first) != minute(c.local);
  EXPECT_EQ(is_skipped, std::string_view(c.name).starts_with("Skipped"));
  EXPECT_EQ(zone->local(found.last + std::chrono::seconds(59)), zone->local(found.last));
}

INSTANTIATE_TEST_SUITE_P(Zones,
                         ZoneTable,
                         testing::ValuesIn(std::vector<Case>{
                             {"Winter", "Europe/Berlin", "2026-01-05T08:00:00Z",
                              "2026-01-05T07:00:00Z", "2026-01-05T07:00:00Z"},
                             {"Summer", "Europe/Berlin", "2026-07-06T08:00:00Z",
                              "2026-07-06T06:00:00Z", "2026-07-06T06:00:00Z"},
                             {"LastBeforeTheGap", "Europe/Berlin", "2026-03-29T01:59:00Z",
                              "2026-03-29T00:59:00Z", "2026-03-29T00:59:00Z"},
                             {"SkippedFirst", "Europe/Berlin", "2026-03-29T02:00:00Z",
                              "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
                             {"SkippedMiddle", "Europe/Berlin", "2026-03-29T02:30:00Z",
                              "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
                             {"FirstAfterTheGap", "Europe/Berlin", "2026-03-29T03:00:00Z",
                              "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
                             {"Repeated", "Europe/Berlin", "2026-10-25T02:30:00Z",
                              "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
                             {"AfterTheRepetition", "Europe/Berlin", "2026-10-25T03:00:00Z",
                              "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"},
                             {"SouthernSummer", "Australia/Sydney", "2026-01-05T08:00:00Z",
                              "2026-01-04T21:00:00Z", "2026-01-04T21:00:00Z"},
                             {"SouthernRepeated", "Australia/Sydney", "2026-04-05T02:30:00Z",
                              "2026-04-04T15:30:00Z", "2026-04-04T16:30:00Z"},
                             {"SkippedInTheSouth", "Australia/Sydney", "2026-10-04T02:30:00Z",
                              "2026-10-03T16:00:00Z", "2026-10-03T16:00:00Z"},
                             {"HalfAnHourOff", "Asia/Kolkata", "2026-07-06T08:00:00Z",
                              "2026-07-06T02:30:00Z", "2026-07-06T02:30:00Z"},
                             {"SetBackByHalfAnHour", "Australia/Lord_Howe", "2026-04-05T01:45:00Z",
                              "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"},
                             {"BeyondTheTable", "Europe/Berlin", "2096-07-02T08:00:00Z",
                              "2096-07-02T06:00:00Z", "2096-07-02T06:00:00Z"},
                             {"BeforeTheEpoch", "Europe/Berlin", "1960-01-04T08:00:00Z",
                              "1960-01-04T07:00:00Z", "1960-01-04T07:00:00Z"},
                             {"Universal", "Etc/UTC", "2026-03-29T02:30:00Z",
                              "2026-03-29T02:30:00Z", "2026-03-29T02:30:00Z"},
                         }),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(TimeZones, UtcNeedsNoFiles) {
  const Instant now = instant("2026-10-25T01:30:29Z");
  EXPECT_EQ(TimeZone::utc().local(now), minute("2026-10-25T01:30:00Z"));
  EXPECT_EQ(TimeZone::utc().instants(minute("2026-10-25T01:30:00Z")).last,
            instant("2026-10-25T01:30:00Z"));
}

TEST(TimeZones, Names) {
  for (const char* name : {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5",
                           "America/Port-au-Prince", "EST5EDT"}) {
    EXPECT_TRUE(TimeZones::is_name(name)) << name;
  }
  const std::string too_long(65, 'A');
  for (const std::string_view name :
       {std::string_view(""), std::string_view("/etc/passwd"), std::string_view("Europe//Berlin"),
        std::string_view("Europe/"), std::string_view("Europe/../Europe/Berlin"),
        std::string_view("localtime"), std::string_view("posix/Europe/Berlin"),
        std::string_view("Libc:localtime"), std::string_view("Europe/Ber lin"),
        std::string_view("Europe/Berlin\0", 14), std::string_view(too_long)}) {
    EXPECT_FALSE(TimeZones::is_name(name)) << name;
    EXPECT_EQ(TimeZones::of_machine().load(std::string(name)).error().code(), ErrorCode::kInvalid);
  }
}

TEST(TimeZones, ListsTheNamesOfThePackage) {
  const std::vector<std::string> names = TimeZones::of_machine().names();
  EXPECT_TRUE(std::ranges::is_sorted(names));
  for (const char* name : {"Europe/Berlin", "Asia/Calcutta", "Asia/Kolkata"}) {
    EXPECT_TRUE(std::ranges::binary_search(names, std::string(name))) << name;
  }
}

TEST(TimeZones, WhatIsMissingIsNamed) {
  const auto folder = TemporaryDirectory::create();
  ASSERT_TRUE(folder);
  const std::string& path = folder->path();
  const TimeZones empty(path);
  EXPECT_TRUE(empty.names().empty());
  EXPECT_EQ(
      empty.load("Europe/Berlin").error().message(),
      "time zone \"Europe/Berlin\" is not in " + path + ", where the package tzdata puts them");
  ASSERT_TRUE(make_directories(path + "/Europe"));
  EXPECT_EQ(empty.load("Europe").error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomic(path + "/Europe/Berlin", "TZif2, and nothing more"));
  EXPECT_EQ(empty.load("Europe/Berlin").error().message(),
            "time zone \"Europe/Berlin\" cannot be read: " + path +
                "/Europe/Berlin is no zone; install the package tzdata anew");
  EXPECT_EQ(TimeZones(path + "/none").load("Europe/Berlin").error().message(),
            "time zone \"Europe/Berlin\" cannot be read: there is no directory " + path +
                "/none; install the package tzdata");
}

}  // namespace
}  // namespace rhumb::sys
