#include "migrate/row_intent.h"

#include <gtest/gtest.h>

namespace rhumb::migrate {
namespace {

using driver::IntentClass;

RowIntent sample(driver::Intent intent) {
  return {.statement = 2,
          .total = 3,
          .started_at = "2026-01-02T03:04:05Z",
          .holder = "apply ann@host:7 since 2026-01-02T03:04:00Z",
          .intent = std::move(intent)};
}

TEST(RowIntent, HasTheTextOfTheSpecification) {
  EXPECT_EQ(format_intent(sample({})),
            "rhumb: statement 2 of 3 started at 2026-01-02T03:04:05Z by apply ann@host:7 since "
            "2026-01-02T03:04:00Z, outcome unknown");
  RowIntent later = sample({.kind = IntentClass::kCommitsWithOutcome});
  later.after = "h1:abc=";
  EXPECT_EQ(format_intent(later),
            "rhumb: statement 2 of 3 started at 2026-01-02T03:04:05Z by apply ann@host:7 since "
            "2026-01-02T03:04:00Z, after h1:abc=, commits with its outcome");
}

TEST(RowIntent, ReadsWhatItWrites) {
  const driver::Intent intents[] = {
      {},
      {.kind = IntentClass::kCommitsWithOutcome, .object_kind = "", .object_name = ""},
      {.kind = IntentClass::kAbsentBefore, .object_kind = "table", .object_name = "t"},
      {.kind = IntentClass::kPresentBefore, .object_kind = "index", .object_name = "a, b \"c"},
  };
  for (const driver::Intent& intent : intents) {
    for (const bool down : {false, true}) {
      for (const char* after : {"", "h1:Fo9K92y+zoKk="}) {
        RowIntent want = sample(intent);
        want.down = down;
        want.after = after;
        const auto parsed = parse_intent(format_intent(want));
        ASSERT_TRUE(parsed.has_value()) << format_intent(want);
        EXPECT_EQ(format_intent(*parsed), format_intent(want));
        EXPECT_EQ(parsed->holder, want.holder);
        EXPECT_EQ(parsed->after, want.after);
        EXPECT_EQ(parsed->intent.object_name, intent.object_name);
      }
    }
  }
}

TEST(RowIntent, OrdinaryErrorsAreNone) {
  for (const char* error : {"", "no such table: nope", "rhumb: ", "rhumb: statement 2 of 3",
                            "rhumb: statement x of 3 started at a by b, outcome unknown",
                            "rhumb: statement 0 of 3 started at a by b, outcome unknown",
                            "rhumb: statement 2 of 3 started at a, outcome unknown",
                            "statement 2 of 3 started at a by b, outcome unknown"}) {
    EXPECT_FALSE(parse_intent(error).has_value()) << error;
  }
}

TEST(RowIntent, CutsStatementsAtACharacter) {
  EXPECT_EQ(intent_statement("abc"), "abc");
  const std::string long_text = std::string(8191, 'x') + "é";
  EXPECT_EQ(intent_statement(long_text), std::string(8191, 'x'));
  EXPECT_EQ(intent_statement(std::string(9000, 'x')).size(), 8192U);
}

}  // namespace
}  // namespace rhumb::migrate
