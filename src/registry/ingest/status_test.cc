#include "registry/ingest/status.h"

#include <gtest/gtest.h>

namespace rhumb::registry {
namespace {

TEST(VersionOrder, PositionThenNumberThenBytes) {
  VersionOrder order({"1", "10", "2", "x"});
  struct Case {
    const char* name;
    const char* a;
    const char* b;
    int want;
  };
  const Case cases[] = {
      {"directory order beats numbers", "10", "2", -1},
      {"numbers outside the directory", "9", "10", -1},
      {"one in the directory is not enough", "2", "9", -1},
      {"longer than any integer", "99999999999999999999998", "99999999999999999999999", -1},
      {"leading zeros do not count", "009", "10", -1},
      {"same number, other spelling, still ordered", "01", "1", -1},
      {"bytes when one is no number", "2.5", "10", 1},
      {"nothing is least", "", "0", -1},
      {"equal", "7", "7", 0},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(order.compare(c.a, c.b), c.want) << c.name;
    EXPECT_EQ(order.compare(c.b, c.a), -c.want) << c.name;
  }
}

TEST(EventStatus, RulesInOrder) {
  struct Case {
    const char* name;
    EventFacts facts;
    EventStatus want;
  };
  const Case cases[] = {
      {"nothing pending", {}, EventStatus::kNoAction},
      {"baseline only", {.moved_version = true}, EventStatus::kPassed},
      {"files ran", {.ran_files = true}, EventStatus::kPassed},
      {"failed before any file", {.failed = true}, EventStatus::kFailed},
      {"failed in a file", {.failed = true, .ran_files = true}, EventStatus::kFailed},
      {"dry run with failed checks", {.dry_run = true, .failed = true}, EventStatus::kDryRun},
      {"dry run", {.dry_run = true, .ran_files = true}, EventStatus::kDryRun},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(event_status(c.facts), c.want) << c.name;
  }
}

TEST(SetStatus, Rules) {
  struct Case {
    const char* name;
    SetFacts facts;
    EventStatus want;
    int64_t succeeded;
  };
  const Case cases[] = {
      {"all passed", {.planned = 2, .passed = 2}, EventStatus::kPassed, 2},
      {"passed and nothing to do",
       {.planned = 2, .passed = 1, .no_action = 1},
       EventStatus::kPassed,
       2},
      {"nothing to do", {.planned = 2, .no_action = 2}, EventStatus::kNoAction, 2},
      {"one failed", {.planned = 2, .passed = 1, .entries_failed = 1}, EventStatus::kFailed, 1},
      {"one never reached", {.planned = 3, .passed = 2}, EventStatus::kFailed, 2},
      {"error of the set", {.failed = true, .planned = 1, .passed = 1}, EventStatus::kFailed, 1},
      {"could not start", {.failed = true, .planned = 1}, EventStatus::kFailed, 0},
      {"dry runs", {.planned = 2, .dry_run = 2}, EventStatus::kDryRun, 2},
      {"dry run with error",
       {.planned = 2, .dry_run = 2, .dry_run_with_error = 1},
       EventStatus::kDryRun,
       1},
      {"still running", {.running = true, .planned = 3, .passed = 1}, EventStatus::kRunning, 1},
      {"nothing planned", {}, EventStatus::kNoAction, 0},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(set_status(c.facts), c.want) << c.name;
    EXPECT_EQ(c.facts.succeeded(), c.succeeded) << c.name;
  }
}

TEST(DatabaseStatus, AgainstTheHead) {
  const std::vector<std::string> versions = {"1", "2", "3"};
  const RepoHead pushed{true, "3", std::make_shared<const VersionOrder>(versions)};
  const RepoHead empty{true, "", nullptr};
  const RepoHead reports{false, "20", nullptr};
  const RepoHead schema{true, "3", pushed.versions, false};
  struct Case {
    const char* name;
    DatabaseFacts facts;
    const RepoHead* head;
    DatabaseProjection want;
  };
  const Case cases[] = {
      {"latest", {"3", false}, &pushed, {DatabaseStatus::kSynced, false, 0}},
      {"behind", {"1", false}, &pushed, {DatabaseStatus::kPending, false, 2}},
      {"nothing applied", {"", false}, &pushed, {DatabaseStatus::kPending, false, 3}},
      {"ahead", {"4", false}, &pushed, {DatabaseStatus::kPending, true, std::nullopt}},
      {"failed though latest", {"3", true}, &pushed, {DatabaseStatus::kFailed, false, 0}},
      {"failed and behind", {"2", true}, &pushed, {DatabaseStatus::kFailed, false, 1}},
      {"empty directory", {"", false}, &empty, {DatabaseStatus::kSynced, false, 0}},
      {"empty directory, edited history",
       {"1", false},
       &empty,
       {DatabaseStatus::kPending, true, std::nullopt}},
      {"reports: greatest", {"20", false}, &reports, {}},
      {"reports: behind", {"9", false}, &reports, {DatabaseStatus::kPending, false, std::nullopt}},
      {"reports: baseline beyond", {"21", false}, &reports, {}},
      {"schema: latest", {"3", false}, &schema, {DatabaseStatus::kSynced, false, std::nullopt}},
      {"schema: behind", {"1", false}, &schema, {DatabaseStatus::kPending, false, std::nullopt}},
      {"schema: nothing applied",
       {"", false},
       &schema,
       {DatabaseStatus::kPending, false, std::nullopt}},
      {"schema: unknown", {"4", false}, &schema, {DatabaseStatus::kPending, true, std::nullopt}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(project_database(c.facts, *c.head), c.want) << c.name;
  }
}

TEST(OrderTime, DistrustsAClockFarAhead) {
  constexpr int64_t kMinute = int64_t{60} * 1'000'000'000;
  constexpr int64_t kNow = 1000 * kMinute;
  EXPECT_EQ(order_time(kNow - kMinute, kNow), kNow - kMinute);
  EXPECT_EQ(order_time(kNow + 5 * kMinute, kNow), kNow + 5 * kMinute);
  EXPECT_EQ(order_time(kNow + 5 * kMinute + 1, kNow), kNow);
  EXPECT_EQ(order_time(std::nullopt, kNow), kNow);
}

TEST(StatusNames, RoundTrip) {
  for (std::string_view text : {"PASSED", "FAILED", "NO_ACTION", "DRY_RUN", "RUNNING", "ABORTED"}) {
    ASSERT_TRUE(parse_event_status(text).has_value()) << text;
    EXPECT_EQ(to_text(*parse_event_status(text)), text);
  }
  EXPECT_FALSE(parse_event_status("passed").has_value());
  EXPECT_FALSE(parse_database_status("").has_value());
}

}  // namespace
}  // namespace rhumb::registry
