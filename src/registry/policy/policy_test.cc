#include "registry/policy/policy.h"

#include <gtest/gtest.h>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1'000'000'000;

int64_t instant(std::string_view text) {
  const auto time = parse_rfc3339(text);
  EXPECT_TRUE(time) << text;
  return time ? time->time_since_epoch().count() : 0;
}

const int64_t kNow = instant("2026-11-29T12:00:00Z");

/// A database that passed so many hours ago.
StageDatabase passed(std::string name, int64_t hours) {
  return {.name = std::move(name),
          .env_name = "staging",
          .current_version = "3",
          .passed_at = kNow - hours * kHour};
}
StageDatabase behind(std::string name, std::string version) {
  return {.name = std::move(name), .env_name = "staging", .current_version = std::move(version)};
}
StageDatabase other(std::string name) {
  return {.name = std::move(name),
          .env_name = "staging",
          .current_version = "3",
          .has_other_content = true};
}

struct Case {
  const char* name;
  const char* coverage;
  int64_t soak_hours;
  std::vector<StageDatabase> staging;
  std::vector<std::string> messages;
};

class PolicyTable : public testing::TestWithParam<Case> {};

std::vector<std::string> messages_of(const std::vector<PolicyReason>& reasons) {
  std::vector<std::string> out;
  for (const PolicyReason& reason : reasons) {
    out.push_back(reason.policy + ": " + reason.message);
  }
  return out;
}

TEST_P(PolicyTable, OneRequiredStage) {
  const Case& c = GetParam();
  PromotionStage stage{.name = "production", .envs = {"prod"}, .required = {"staging"}};
  stage.coverage = *parse_coverage(c.coverage);
  stage.soak_ns = c.soak_hours * kHour;
  DeploymentFacts facts{.version = "3", .now = kNow, .required = {{"staging", c.staging}}};
  std::vector<std::string> want;
  for (const std::string& message : c.messages) {
    want.push_back("production: " + message);
  }
  EXPECT_EQ(messages_of(judge(stage, facts)), want);
}

INSTANTIATE_TEST_SUITE_P(
    Stages,
    PolicyTable,
    testing::ValuesIn(std::vector<Case>{
        {"AllPassed", "ALL", 0, {passed("a", 1), passed("b", 1)}, {}},
        {"OneOfTwo",
         "ALL",
         0,
         {passed("a", 1), behind("b", "2")},
         {"version 3 has not passed in staging (1/2 databases)"}},
        {"NoDatabase", "ALL", 0, {}, {"version 3 has not passed in staging (0/0 databases)"}},
        {"AnyOfNone", "ANY", 0, {}, {"version 3 has not passed in staging (0/0 databases)"}},
        {"AnyOfTwo", "ANY", 0, {passed("a", 1), behind("b", "2")}, {}},
        {"HalfOfThreeRoundsUp",
         "50%",
         0,
         {passed("a", 1), behind("b", "2"), behind("c", "")},
         {"version 3 has not passed in staging (1/3 databases)"}},
        {"HalfOfTwo", "50%", 0, {passed("a", 1), behind("b", "2")}, {}},
        {"OtherContent",
         "ALL",
         0,
         {other("a")},
         {"version 3 has other content than what passed in staging (1/1 databases)"}},
        {"OtherContentAndBehind",
         "ALL",
         0,
         {other("a"), behind("b", "2"), passed("c", 1)},
         {"version 3 has other content than what passed in staging (1/3 databases)",
          "version 3 has not passed in staging (1/3 databases)"}},
        {"OtherContentWhereEnoughPassed", "ANY", 0, {other("a"), passed("b", 1)}, {}},
        {"Soaked", "ALL", 24, {passed("a", 24), passed("b", 30)}, {}},
        {"TheLastOfAllCounts",
         "ALL",
         24,
         {passed("a", 3), passed("b", 30)},
         {"version 3 has been in staging for 3h, 24h are required"}},
        {"TheFirstOfAnyCounts", "ANY", 24, {passed("a", 3), passed("b", 30)}, {}},
        {"PassedInTheFuture",
         "ALL",
         1,
         {passed("a", -3)},
         {"version 3 has been in staging for 0s, 1h are required"}},
    }),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Policy, EveryRequiredStageCounts) {
  const PromotionStage stage{
      .name = "production", .envs = {"prod"}, .required = {"dev", "staging"}};
  const DeploymentFacts facts{
      .version = "3", .now = kNow, .required = {{"dev", {behind("d", "1")}}, {"staging", {}}}};
  EXPECT_EQ(messages_of(judge(stage, facts)),
            (std::vector<std::string>{
                "production: version 3 has not passed in dev (0/1 databases)",
                "production: version 3 has not passed in staging (0/0 databases)"}));
}

TEST(Policy, DetailsNameWhatIsMissing) {
  const PromotionStage stage{.name = "production", .envs = {"prod"}, .required = {"staging"}};
  const DeploymentFacts facts{
      .version = "3",
      .now = kNow,
      .required = {{"staging", {passed("a", 1), behind("b", "2"), behind("c", ""), other("d")}}}};
  const auto reasons = judge(stage, facts);
  ASSERT_EQ(reasons.size(), 2U);
  EXPECT_EQ(join(reasons[1].details, "\n"),
            "b of staging is at version 2\nc of staging is at no version\nd of staging ran another "
            "content of it");
}

TEST(Policy, ApprovalsAndFreezes) {
  PromotionStage stage{.name = "production", .envs = {"prod"}};
  stage.approvals = 2;
  DeploymentFacts facts{.version = "3", .now = kNow, .required = {}, .approvals = 1};
  facts.freezes = {{.until = kNow + kHour, .reason = "year end"},
                   {.until = kNow + 12 * kHour},
                   {.until = kNow + 19 * kHour, .local = "2026-11-30 08:00 in Europe/Berlin"},
                   {.problem = "the clock is gone", .reason = "weekend"}};
  EXPECT_EQ(messages_of(judge(stage, facts)),
            (std::vector<std::string>{
                "production: version 3 has 1 of 2 approvals for production",
                "production: deployments to production are frozen until 2026-11-29T13:00:00Z: year "
                "end",
                "production: deployments to production are frozen until 2026-11-30T00:00:00Z",
                "production: deployments to production are frozen until 2026-11-30T07:00:00Z "
                "(2026-11-30 08:00 in Europe/Berlin)",
                "production: deployments to production are frozen, since the clock is gone: "
                "weekend"}));
  facts.approvals = 2;
  facts.freezes.clear();
  EXPECT_TRUE(judge(stage, facts).empty());
}

TEST(Policy, AWarningBlocksNothing) {
  PromotionStage stage{.name = "production", .envs = {"prod"}, .required = {"staging"}};
  const DeploymentFacts facts{.version = "3", .now = kNow, .required = {{"staging", {}}}};
  EXPECT_TRUE(is_blocked(judge(stage, facts)));
  stage.action = PolicyAction::kWarn;
  EXPECT_EQ(judge(stage, facts).size(), 1U);
  EXPECT_FALSE(is_blocked(judge(stage, facts)));
  EXPECT_FALSE(is_blocked({}));
}

TEST(Policy, TheFirstStageThatFitsCounts) {
  const PromotionPolicy policy{.id = 1,
                               .repo = {},
                               .stages = {{.name = "canary", .envs = {"prod-eu1"}},
                                          {.name = "production", .envs = {"prod", "prod-*"}}}};
  EXPECT_EQ(policy.find_stage_of("prod-eu1")->name, "canary");
  EXPECT_EQ(policy.find_stage_of("prod-us")->name, "production");
  EXPECT_EQ(policy.find_stage_of("prod")->name, "production");
  EXPECT_EQ(policy.find_stage_of("production"), nullptr);
  EXPECT_EQ(policy.find_stage("canary")->name, "canary");
  EXPECT_EQ(policy.find_stage("prod"), nullptr);
}

TEST(Policy, Coverage) {
  struct Row {
    const char* text;
    const char* shown;
    int64_t of_one;
    int64_t of_seven;
  };
  for (const Row& row : {Row{"ALL", "ALL", 1, 7}, Row{"any", "ANY", 1, 1}, Row{"100%", "ALL", 1, 7},
                         Row{"80%", "80%", 1, 6}, Row{"80", "80%", 1, 6}, Row{"1%", "1%", 1, 1}}) {
    const auto coverage = parse_coverage(row.text);
    ASSERT_TRUE(coverage) << row.text;
    EXPECT_EQ(to_text(*coverage), row.shown);
    EXPECT_EQ(coverage->needed_of(1), row.of_one) << row.text;
    EXPECT_EQ(coverage->needed_of(7), row.of_seven) << row.text;
    EXPECT_EQ(coverage->needed_of(0), 1) << row.text;
  }
  for (const char* text : {"", "%", "0%", "101%", "-1%", "80 %", "8o%", "all of them", "1e1%"}) {
    EXPECT_FALSE(parse_coverage(text)) << text;
  }
}

TEST(Policy, Spans) {
  EXPECT_EQ(format_span(24 * kHour), "24h");
  EXPECT_EQ(format_span(kHour + kHour / 2), "1h30m");
  EXPECT_EQ(format_span(kHour / 6), "10m");
  EXPECT_EQ(format_span(1'500'000'000), "1s");
  EXPECT_EQ(format_span(kHour + 1'000'000'000), "1h0m1s");
  EXPECT_EQ(format_span(0), "0s");
}

}  // namespace
}  // namespace rhumb::registry
