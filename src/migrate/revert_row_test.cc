#include "migrate/revert_row.h"

#include <gtest/gtest.h>

#include <vector>

namespace rhumb::migrate {
namespace {

TEST(RevertRow, AStopReadsBack) {
  const RevertPoint stop{
      .statement = 12, .total = 13, .after = "h1:ab=", .error = "no: such, table"};
  const std::string text = format_revert_stop(stop);
  EXPECT_EQ(text, "rhumb: down statement 12 of 13 stopped, after h1:ab=: no: such, table");
  const std::optional<RevertPoint> point = parse_revert_point(text);
  ASSERT_TRUE(point);
  EXPECT_EQ(point->statement, 12U);
  EXPECT_EQ(point->total, 13U);
  EXPECT_EQ(point->after, "h1:ab=");
  EXPECT_EQ(point->error, "no: such, table");
  EXPECT_FALSE(point->intent);
  EXPECT_EQ(format_revert_stop({.statement = 1, .total = 2, .error = "x, outcome unknown"}),
            "rhumb: down statement 1 of 2 stopped: x, outcome unknown");
  EXPECT_EQ(parse_revert_point("rhumb: down statement 1 of 2 stopped: x, outcome unknown")->error,
            "x, outcome unknown");
}

TEST(RevertRow, AnIntentIsAPointAsWell) {
  const std::string text = format_intent({.statement = 2,
                                          .total = 3,
                                          .started_at = "2026-01-02T03:04:05Z",
                                          .holder = "down ann@host:7",
                                          .after = "h1:ab=",
                                          .down = true});
  EXPECT_EQ(
      text,
      "rhumb: down statement 2 of 3 started at 2026-01-02T03:04:05Z by down ann@host:7, after "
      "h1:ab=, outcome unknown");
  const std::optional<RevertPoint> point = parse_revert_point(text);
  ASSERT_TRUE(point);
  EXPECT_EQ(point->statement, 2U);
  EXPECT_EQ(point->after, "h1:ab=");
  EXPECT_TRUE(point->intent);
}

TEST(RevertRow, OtherErrorsAreNone) {
  const std::vector<std::string> cases = {
      "",
      "no such table",
      "rhumb: statement 2 of 3 started at 2026-01-02T03:04:05Z by a, outcome unknown",
      "rhumb: down statement ",
      "rhumb: down statement 1 of 2 stopped",
      "rhumb: down statement 0 of 2 stopped: x",
      "rhumb: down statement 1 of  stopped: x",
      "rhumb: down statement x of 2 stopped: x",
      "rhumb: down statement 1 of 2x stopped: x",
      "rhumb: down statement 1 of 2 stopped, later: x",
  };
  for (const std::string& text : cases) {
    EXPECT_FALSE(parse_revert_point(text)) << text;
  }
}

TEST(RevertRow, CountsByDirection) {
  const Revision row{.applied = 7, .total = 7, .error = "rhumb: down statement 3 of 4 stopped: x"};
  EXPECT_EQ(count_done(&row, Direction::kUp), 7U);
  EXPECT_EQ(count_done(&row, Direction::kDown), 2U);
  EXPECT_EQ(count_done(nullptr, Direction::kDown), 0U);
}

}  // namespace
}  // namespace rhumb::migrate
