#include "cli/case_report.h"

#include <gtest/gtest.h>

namespace rhumb::cli {
namespace {

using std::chrono::nanoseconds;

TEST(CaseReport, ShowsWhatACaseLoggedAndWhereItFailed) {
  const migrate::Case test{.name = "users/2"};
  migrate::CaseResult result{.duration = nanoseconds(3'400'000)};
  EXPECT_EQ(format_case(test, result, {}), "-- PASS: users/2 (3ms)\n");
  result.logs = {{.file = "a.test.hcl", .line = 3, .text = "seeded"},
                 {.file = "a.test.hcl", .line = 5, .text = "two\nlines\n"}};
  result.failure = {.file = "b.test.hcl", .line = 12, .text = "exec: differs\ngot:\n  1"};
  EXPECT_EQ(format_case(test, result, {}),
            "-- FAIL: users/2 (3ms)\n"
            "    a.test.hcl:3: seeded\n"
            "    a.test.hcl:5: two\n"
            "      lines\n"
            "    b.test.hcl:12:\n"
            "      Error: exec: differs\n"
            "        got:\n"
            "          1\n");
}

TEST(CaseReport, RoundsTheDuration) {
  struct Given {
    int64_t duration;
    const char* want;
  };
  const Given cases[] = {{319'499, "319µs"},
                         {999'400, "999µs"},
                         {1'000'000, "1ms"},
                         {1'234'567'890, "1.235s"},
                         {0, "0s"}};
  for (const Given& c : cases) {
    EXPECT_EQ(format_case({.name = "t"}, {.duration = nanoseconds(c.duration)}, {}),
              std::string("-- PASS: t (") + c.want + ")\n");
  }
}

TEST(CaseReport, ColoursTheWords) {
  const report::Style colours{.enabled = true};
  EXPECT_EQ(format_verdict(true, {}), "PASS\n");
  EXPECT_EQ(format_verdict(false, {}), "FAIL\n");
  EXPECT_EQ(format_verdict(true, colours), "\x1b[92mPASS\x1b[0m\n");
  EXPECT_EQ(format_skipped({.name = "t"}, {}), "-- SKIP: t\n");
}

}  // namespace
}  // namespace rhumb::cli
