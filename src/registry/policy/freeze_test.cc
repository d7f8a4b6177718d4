#include "registry/policy/freeze.h"

#include <gtest/gtest.h>

#include "base/go_format.h"

namespace rhumb::registry {
namespace {

struct Case {
  const char* name;
  const char* span;
  const char* now;
  const char* until;  ///< empty: not frozen
  const char* local = "";
};

class WeeklyTable : public testing::TestWithParam<Case> {};

int64_t instant(std::string_view text) {
  const auto time = parse_rfc3339(text);
  EXPECT_TRUE(time) << text;
  return time ? time->time_since_epoch().count() : 0;
}

Freeze weekly(std::string_view span) {
  const auto read = parse_weekly_span(span);
  EXPECT_TRUE(read) << span;
  return {.weekly = read ? *read : WeeklySpan{}};
}

TEST_P(WeeklyTable, OneMoment) {
  const Case& c = GetParam();
  const Freeze freeze = weekly(c.span);
  const auto active = active_freezes({freeze}, instant(c.now), sys::TimeZones::of_machine());
  std::vector<ActiveFreeze> want;
  if (*c.until != '\0') {
    want.push_back({.until = instant(c.until), .local = c.local});
  }
  EXPECT_EQ(active, want);
  EXPECT_EQ(*parse_weekly_span(to_text(*freeze.weekly)), *freeze.weekly);
}

INSTANTIATE_TEST_SUITE_P(
    Utc,
    WeeklyTable,
    testing::ValuesIn(std::vector<Case>{
        {"Before", "Fri 16:00 - Mon 08:00", "2026-11-27T15:59:59Z", ""},
        {"AtOnce", "Fri 16:00 - Mon 08:00", "2026-11-27T16:00:00Z", "2026-11-30T08:00:00Z"},
        {"ToTheLast", "Fri 16:00 - Mon 08:00", "2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z"},
        {"Over", "Fri 16:00 - Mon 08:00", "2026-11-30T08:00:00Z", ""},
        {"NoBlanks", "fri 16:00-mon 08:00", "2026-11-29T00:00:00Z", "2026-11-30T08:00:00Z"},
        {"OneDay", "Tue 09:00 - Tue 17:30", "2026-12-01T17:29:00Z", "2026-12-01T17:30:00Z"},
        {"OneDayOver", "Tue 09:00 - Tue 17:30", "2026-12-01T17:30:00Z", ""},
        {"MidnightOfTheNext", "Sun 00:00 - Sun 24:00", "2026-11-29T12:00:00Z",
         "2026-11-30T00:00:00Z"},
        {"SaidSo", "Sun 00:00 - Sun 24:00 utc", "2026-11-29T12:00:00Z", "2026-11-30T00:00:00Z"},
        {"NoDaylightSaving", "Sun 02:00 - Sun 03:00", "2026-10-25T02:30:00Z",
         "2026-10-25T03:00:00Z"},
    }),
    [](const auto& tested) { return std::string(tested.param.name); });

// Clocks in Berlin go from 02:00 to 03:00 at 01:00Z on 29 March 2026, and from 03:00 to 02:00 at
// 01:00Z on 25 October.
INSTANTIATE_TEST_SUITE_P(
    Berlin,
    WeeklyTable,
    testing::ValuesIn(std::vector<Case>{
        {"BeginsInWinter", "Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-11-27T14:59:59Z", ""},
        {"FrozenInWinter", "Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-11-27T15:00:00Z",
         "2026-11-30T07:00:00Z", "2026-11-30 08:00 in Europe/Berlin"},
        {"EndsInWinter", "Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-11-30T07:00:00Z", ""},
        {"FrozenInSummer", "Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-07-03T14:00:00Z",
         "2026-07-06T06:00:00Z", "2026-07-06 08:00 in Europe/Berlin"},
        {"EndsInSummer", "Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-07-06T06:00:00Z", ""},
        {"OverTheGap", "Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-03-27T15:00:00Z",
         "2026-03-30T06:00:00Z", "2026-03-30 08:00 in Europe/Berlin"},
        {"OverTheRepetition", "Fri 16:00 - Mon 08:00 Europe/Berlin", "2026-10-23T14:00:00Z",
         "2026-10-26T07:00:00Z", "2026-10-26 08:00 in Europe/Berlin"},
        {"BeginsInTheGap", "Sun 02:30 - Sun 06:00 Europe/Berlin", "2026-03-29T01:00:00Z",
         "2026-03-29T04:00:00Z", "2026-03-29 06:00 in Europe/Berlin"},
        {"NotBeforeTheGap", "Sun 02:30 - Sun 06:00 Europe/Berlin", "2026-03-29T00:59:59Z", ""},
        {"EndsInTheGap", "Sun 00:00 - Sun 02:30 Europe/Berlin", "2026-03-29T00:59:59Z",
         "2026-03-29T01:00:00Z", "2026-03-29 03:00 in Europe/Berlin"},
        {"EndedInTheGap", "Sun 00:00 - Sun 02:30 Europe/Berlin", "2026-03-29T01:00:00Z", ""},
        {"WhollyInTheGap", "Sun 02:10 - Sun 02:50 Europe/Berlin", "2026-03-29T01:00:00Z", ""},
        {"EndsTwice", "Sun 00:00 - Sun 02:30 Europe/Berlin", "2026-10-25T01:29:59Z",
         "2026-10-25T01:30:00Z", "2026-10-25 02:30 in Europe/Berlin"},
        {"StillBetweenItsEnds", "Sun 00:00 - Sun 02:30 Europe/Berlin", "2026-10-25T00:45:00Z",
         "2026-10-25T01:30:00Z", "2026-10-25 02:30 in Europe/Berlin"},
        {"EndedTwice", "Sun 00:00 - Sun 02:30 Europe/Berlin", "2026-10-25T01:30:00Z", ""},
        {"BeginsAtTheFirst", "Sun 02:30 - Sun 06:00 Europe/Berlin", "2026-10-25T00:30:00Z",
         "2026-10-25T05:00:00Z", "2026-10-25 06:00 in Europe/Berlin"},
        {"GoesOnWhenTheClockIsSetBack", "Sun 02:30 - Sun 06:00 Europe/Berlin",
         "2026-10-25T01:10:00Z", "2026-10-25T05:00:00Z", "2026-10-25 06:00 in Europe/Berlin"},
        {"NotBeforeTheFirst", "Sun 02:30 - Sun 06:00 Europe/Berlin", "2026-10-25T00:29:59Z", ""},
        {"WhollyInTheRepetition", "Sun 02:10 - Sun 02:50 Europe/Berlin", "2026-10-25T01:05:00Z",
         "2026-10-25T01:50:00Z", "2026-10-25 02:50 in Europe/Berlin"},
    }),
    [](const auto& tested) { return std::string(tested.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Elsewhere,
    WeeklyTable,
    testing::ValuesIn(std::vector<Case>{
        {"SouthInItsSummer", "Fri 16:00 - Mon 08:00 Australia/Sydney", "2026-01-09T05:00:00Z",
         "2026-01-11T21:00:00Z", "2026-01-12 08:00 in Australia/Sydney"},
        {"SouthInItsWinter", "Fri 16:00 - Mon 08:00 Australia/Sydney", "2026-07-10T06:00:00Z",
         "2026-07-12T22:00:00Z", "2026-07-13 08:00 in Australia/Sydney"},
        {"SouthNotYet", "Fri 16:00 - Mon 08:00 Australia/Sydney", "2026-07-10T05:59:59Z", ""},
        {"SouthRepeated", "Sun 00:00 - Sun 02:30 Australia/Sydney", "2026-04-04T16:29:00Z",
         "2026-04-04T16:30:00Z", "2026-04-05 02:30 in Australia/Sydney"},
        {"HalfAnHourOff", "Mon 09:00 - Mon 17:00 Asia/Kolkata", "2026-11-30T03:30:00Z",
         "2026-11-30T11:30:00Z", "2026-11-30 17:00 in Asia/Kolkata"},
        {"HalfAnHourOffNotYet", "Mon 09:00 - Mon 17:00 Asia/Kolkata", "2026-11-30T03:29:59Z", ""},
        {"SetBackByHalfAnHour", "Sun 01:40 - Sun 04:00 Australia/Lord_Howe", "2026-04-04T14:40:00Z",
         "2026-04-04T17:30:00Z", "2026-04-05 04:00 in Australia/Lord_Howe"},
        {"MondayComesEarlier", "Mon 00:00 - Mon 06:00 Pacific/Kiritimati", "2026-11-29T10:00:00Z",
         "2026-11-29T16:00:00Z", "2026-11-30 06:00 in Pacific/Kiritimati"},
        {"OverTheEndOfTheWeek", "Sun 22:00 - Mon 06:00 America/New_York", "2026-11-30T04:00:00Z",
         "2026-11-30T11:00:00Z", "2026-11-30 06:00 in America/New_York"},
    }),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Freeze, BetweenTwoInstants) {
  const int64_t from = instant("2026-12-20T00:00:00Z");
  const int64_t until = instant("2027-01-02T00:00:00Z");
  const std::vector<Freeze> freezes = {{.from = from, .until = until, .reason = "year end"}};
  const sys::TimeZones zones("/nowhere");
  EXPECT_TRUE(active_freezes(freezes, from - 1, zones).empty());
  EXPECT_EQ(active_freezes(freezes, from, zones),
            (std::vector<ActiveFreeze>{{.until = until, .reason = "year end"}}));
  EXPECT_TRUE(active_freezes(freezes, until, zones).empty());
}

TEST(Freeze, AZoneThatCannotBeReadFreezes) {
  const Freeze freeze = weekly("Fri 16:00 - Mon 08:00 Europe/Berlin");
  const int64_t wednesday = instant("2026-12-02T12:00:00Z");
  const sys::TimeZones none("/nowhere");
  const auto active = active_freezes({freeze}, wednesday, none);
  ASSERT_EQ(active.size(), 1U);
  EXPECT_EQ(active.front().problem,
            "it cannot be told when \"Fri 16:00 - Mon 08:00 Europe/Berlin\" is: time zone "
            "\"Europe/Berlin\" cannot be read: there is no directory /nowhere; install the package "
            "tzdata");
  EXPECT_TRUE(active_freezes({weekly("Fri 16:00 - Mon 08:00")}, wednesday, none).empty());
  EXPECT_EQ(check_zone(freeze, none).error().code(), ErrorCode::kUnsupported);
  EXPECT_TRUE(check_zone(weekly("Fri 16:00 - Mon 08:00 UTC"), none));
}

TEST(Freeze, AZoneThatThereIsNotIsNamed) {
  struct Row {
    const char* zone;
    const char* meant;  ///< empty: nobody knows
  };
  const sys::TimeZones zones = sys::TimeZones::of_machine();
  for (const Row& row :
       {Row{"Europe/Berln", "Europe/Berlin"}, Row{"europe/berlin", "Europe/Berlin"},
        Row{"Berlin", "Europe/Berlin"}, Row{"new_york", "America/New_York"}, Row{"Mars/Base", ""},
        Row{"../../etc/passwd", ""}, Row{"localtime", ""}}) {
    const Freeze freeze = weekly(std::string("Fri 16:00 - Mon 08:00 ") + row.zone);
    const auto checked = check_zone(freeze, zones);
    ASSERT_FALSE(checked) << row.zone;
    EXPECT_EQ(checked.error().code(), ErrorCode::kInvalid);
    const std::string& message = checked.error().message();
    EXPECT_TRUE(message.starts_with("time zone " + go_quote(row.zone) + " is ")) << message;
    const size_t asks = message.find("; did you mean ");
    EXPECT_EQ(asks == std::string::npos ? "" : message.substr(asks),
              *row.meant == '\0' ? "" : "; did you mean " + go_quote(row.meant) + "?");
  }
  EXPECT_TRUE(check_zone(weekly("Fri 16:00 - Mon 08:00 Europe/Berlin"), zones));
}

TEST(Freeze, TextsThatAreNoSpans) {
  for (const char* text :
       {"", "Fri", "Fri 16:00", "Fri 16:00 - Fri 16:00", "Fri 24:01 - Sat 00:00",
        "Fri 16:60 - Sat 00:00", "Fr 16:00 - Sa 08:00", "Fri 6:00 - Mon 08:00",
        "Fri 16:00 - Mon 08:00 - Tue 00:00", "16:00 - 08:00", "Fri 16:00 Europe/Berlin - Mon 08:00",
        "Fri 16:00 - Mon Europe/Berlin", "Fri 16:00 - Mon 08:00 Europe/Berlin UTC",
        "Fri 16:00 - Fri 16:00 Europe/Berlin"}) {
    EXPECT_FALSE(parse_weekly_span(text)) << text;
  }
}

}  // namespace
}  // namespace rhumb::registry
