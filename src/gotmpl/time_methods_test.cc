#include "gotmpl/time_methods.h"

#include <gtest/gtest.h>

#include <chrono>

#include "gotmpl/template.h"

namespace rhumb::gotmpl {
namespace {

using namespace std::chrono_literals;

// Expected values were printed by Go 1.26 for the same time and layouts.
const Time kTime = {
    .instant = std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + 9h + 34min + 5s + 120034us,
    .zone = {.offset = 330min, .abbreviation = "IST", .location = "Local"},
    .local = {.offset = 330min, .abbreviation = "IST", .location = "Local"}};

TEST(FormatTime, ReplacesElementsOfTheReferenceTime) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"Mon Jan _2 15:04:05 MST 2006", "Thu Feb 29 15:04:05 IST 2024"},
      {"2006-01-02T15:04:05.999999999Z07:00", "2024-02-29T15:04:05.120034+05:30"},
      {"02/1/06 3:4:5PM pm -07 -0700 -07:00:00 Z0700 002 __2 .000 ,999999 .0000",
       "29/2/24 3:4:5PM pm +05 +0530 +05:30:00 +0530 060  60 .120 ,120034 .1200"},
      {"January Monday Janet Mondays Monx _2006 20060102 150405.000 05.00x 15h",
       "February Thursday Janet Thursdays Monx _2024 20240229 150405.120 05.12x 15h"},
      {"Z07:00:00 Z070000 -070000 Z07 2 22 222 1 11 111 PMpm .9 .99 .0 ,0 .09 .90 5 55 555",
       "+05:30:00 +053000 +053000 +05 29 2929 292929 2 22 222 PMpm .1 .12 .1 ,1 .09 .90 5 55 555"},
  };
  for (const auto& [layout, want] : cases) {
    EXPECT_EQ(format_time(kTime, layout), want);
  }
}

TEST(FormatTime, CallsAZoneWithoutANameByItsOffset) {
  Time time = kTime;
  time.zone.abbreviation = "";
  EXPECT_EQ(format_time(time, "15:04 -0700 MST"), "15:04 +0530 +0530");
  time.zone.offset = -90min;
  EXPECT_EQ(format_time(time, "MST"), "-0130");
}

std::string run(const std::string& text) {
  const Result<Template> parsed = parse_template("t", text, {});
  std::string out;
  const Value root = Value::map({{"t", Value::time(kTime)},
                                 {"zero", Value::time(kZeroTime)},
                                 {"d", Value::duration(1500ms)}});
  const Result<void> result = execute(*parsed, root, out);
  return result.has_value() ? out : out + "!" + result.error().message();
}

TEST(TimeMethods, AnswerAsGoDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"{{.t}}", "2024-02-29 15:04:05.120034 +0530 IST"},
      {"{{.t.UTC}} {{.t.UTC.Location}} {{.t.Location}}",
       "2024-02-29 09:34:05.120034 +0000 UTC UTC Local"},
      {"{{.t.UTC.Local}}", "2024-02-29 15:04:05.120034 +0530 IST"},
      {"{{.t.Year}} {{.t.Month}} {{.t.Day}} {{.t.Weekday}} {{.t.YearDay}} {{.t.Unix}} "
       "{{.t.UnixNano}}",
       "2024 February 29 Thursday 60 1709199245 1709199245120034000"},
      {"{{printf \"%d %T\" .t.Month .t.Month}}", "2 time.Month"},
      {"{{.t.Sub (.t.Add -61000000000)}} {{.t.Before .t}} {{.t.Equal .t.UTC}} {{eq .t .t.UTC}}",
       "1m1s false true false"},
      {"{{.t.Truncate 3600000000000}}", "2024-02-29 14:30:00 +0530 IST"},
      {"{{.t.Round 3600000000000}}", "2024-02-29 15:30:00 +0530 IST"},
      {"{{.t.AddDate 0 1 1}}", "2024-03-30 15:04:05.120034 +0530 IST"},
      {"{{.t.AddDate 1 0 0}}", "2025-03-01 15:04:05.120034 +0530 IST"},
      {"{{.t.IsZero}} {{.zero.IsZero}} {{.zero}}", "false true 0001-01-01 00:00:00 +0000 UTC"},
      {"{{.d}} {{.d.Seconds}} {{.d.Milliseconds}} {{.d.String}} {{.d.Round 1000000000}}",
       "1.5s 1.5 1500 1.5s 2s"},
      {"{{printf \"%v %d %s\" .d .d .d}}", "1.5s 1500000000 1.5s"},
      {"{{if .t}}t{{end}}{{if .zero}}z{{end}}{{if .d}}d{{end}}", "tzd"},
      {"{{.t.Nope}}",
       "!template: t:1:4: executing \"t\" at <.t.Nope>: can't evaluate field Nope in "
       "type interface {}"},
      {"{{.t.Sub 1}}",
       "!template: t:1:9: executing \"t\" at <1>: can't handle 1 for arg of type time.Time"},
  };
  for (const auto& [text, want] : cases) {
    EXPECT_EQ(run(text), want) << text;
  }
}

TEST(TimeMethods, StayInRange) {
  EXPECT_EQ(run("{{.t.AddDate 9223372036854775807 -9223372036854775807 1}}"),
            "2024-02-29 15:04:05.120034 +0530 IST");
  EXPECT_EQ(run("{{.t.Sub .zero}} {{.zero.Sub .t}}"),
            "2562047h47m16.854775807s -2562047h47m16.854775808s");
  EXPECT_EQ(run("{{(.t.Add 9223372036854775807).Year}}"), "2024");
}

}  // namespace
}  // namespace rhumb::gotmpl
