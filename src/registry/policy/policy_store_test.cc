#include <gtest/gtest.h>

#include "registry/policy/test_promotion.h"

namespace rhumb::registry {
namespace {

TEST_F(PromotionTest, ChangesAreAudited) {
  EXPECT_EQ(audited("policy.set"), 1);
  set_policy_json(R"([{"name": "production", "envs": ["prod"]}])");
  EXPECT_EQ(registry_
                .scalar("SELECT before_json LIKE '%staging%' AND after_json NOT LIKE '%staging%' "
                        "FROM audit WHERE action = 'policy.set' ORDER BY seq DESC")
                .number(),
            1);
  protect("prod");
  protect("prod");
  EXPECT_EQ(audited("policy.environment"), 1) << "the second changes nothing";
  EXPECT_TRUE(registry_->policies.has_any(1, registry_->now()));
  ASSERT_TRUE(delete_policy(*registry_, registry_.caller(), 1));
  EXPECT_EQ(delete_policy(*registry_, registry_.caller(), 1).error().message(), "policy not found");
  EXPECT_EQ(audited("policy.delete"), 1);
  EXPECT_TRUE(registry_->policies.has_any(1, registry_->now())) << "an environment is protected";
  ASSERT_TRUE(update_environment(*registry_, registry_.caller(),
                                 {.name = "prod", .rank = 3, .is_protected = false}));
  EXPECT_FALSE(registry_->policies.has_any(1, registry_->now()));
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(),
                                    [](Session& session) { return verify_audit(session); }));
}

TEST_F(PromotionTest, PoliciesAreReadAsTheyAreWritten) {
  const std::string written =
      R"([{"name":"a","envs":["dev"],"requires":[],"coverage":"ALL","soak":null,"approvals":0,)"
      R"("onViolation":"FAIL","freezes":[]},)"
      R"({"name":"b","envs":["prod","prod-*"],"requires":["a"],"coverage":"80%","soak":"1h30m",)"
      R"("approvals":2,"onViolation":"WARN","freezes":[)"
      R"({"from":"2026-12-20T00:00:00Z","until":"2027-01-02T00:00:00Z","weekly":null,"reason":"x"},)"
      R"({"from":null,"until":null,"weekly":"Fri 16:00 - Mon 08:00","reason":null},)"
      R"({"from":null,"until":null,"weekly":"Fri 16:00 - Mon 08:00 Asia/Kolkata","reason":null}]}])";
  const auto stages = read_stages(*codec::parse_json(written));
  ASSERT_TRUE(stages) << stages.error().message();
  EXPECT_EQ(codec::format_json(to_json(*stages)), written);
}

TEST_F(PromotionTest, PoliciesThatMakeNoSense) {
  struct Row {
    const char* stages;
    const char* error;
  };
  const Row rows[] = {
      {"[]", "a policy needs at least one stage"},
      {R"([{"envs": ["a"]}])", "stage name must not be empty"},
      {R"([{"name": "a", "envs": []}])", "stage \"a\": it needs at least one environment"},
      {R"([{"name": "a", "envs": ["x"]}, {"name": "a", "envs": ["y"]}])",
       "stage \"a\": another stage has that name"},
      {R"([{"name": "a", "envs": ["x"], "requires": ["a"]}])",
       "stage \"a\": it requires \"a\", which is no stage before it"},
      {R"([{"name": "a", "envs": ["x"], "requires": ["b"]}, {"name": "b", "envs": ["y"]}])",
       "stage \"a\": it requires \"b\", which is no stage before it"},
      {R"([{"name": "a", "envs": ["x"], "coverage": "half"}])",
       "stage \"a\": coverage \"half\" is none; use ALL, ANY or a percentage such as 80%"},
      {R"([{"name": "a", "envs": ["x"], "soak": "a day"}])",
       "stage \"a\": soak \"a day\" is none; write a duration such as 24h or 90m"},
      {R"([{"name": "a", "envs": ["x"], "soak": "-1h"}])",
       "stage \"a\": soak \"-1h\" is none; write a duration such as 24h or 90m"},
      {R"([{"name": "a", "envs": ["x"], "approvals": -1}])",
       "stage \"a\": approvals must be from 0 to 100"},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{}]}])",
       "stage \"a\": a freeze has a time from and a later time until, or is weekly"},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{"weekly": "Fri"}]}])",
       "stage \"a\": weekly freeze \"Fri\" is none; write it as \"Fri 16:00 - Mon 08:00\", in UTC, "
       "or as \"Fri 16:00 - Mon 08:00 Europe/Berlin\""},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{"from": "2026-12-02T00:00:00Z",
            "until": "2026-12-01T00:00:00Z"}]}])",
       "stage \"a\": a freeze has a time from and a later time until, or is weekly"},
      {R"([{"name": "a", "envs": ["x"], "freezes": [{"from": "2026-12-01T00:00:00Z",
            "until": "2026-12-02T00:00:00Z", "weekly": "Fri 16:00 - Mon 08:00"}]}])",
       "stage \"a\": a freeze has a time from and a later time until, or is weekly"},
  };
  for (const Row& row : rows) {
    const auto stages = read_stages(*codec::parse_json(row.stages));
    ASSERT_FALSE(stages) << row.stages;
    EXPECT_EQ(stages.error().message(), row.error);
  }
}

}  // namespace
}  // namespace rhumb::registry
