#include <gtest/gtest.h>

#include "base/go_format.h"
#include "registry/content/ephemeral.h"
#include "registry/policy/policy_approvals.h"
#include "registry/policy/test_promotion.h"

namespace rhumb::registry {
namespace {

using registry_api::MigrationReport;
using std::chrono::hours;

/// The first line of its checksum file.
std::string hash_of(const std::vector<codec::ArchiveFile>& files) {
  return std::string(split(files.front().content, '\n').front());
}

TEST_F(PromotionTest, EnvironmentsThatComeAndGoAreNoPartOfAStage) {
  set_policy_json(R"([{"name": "staging", "envs": ["staging", "pr-*"]},
      {"name": "production", "envs": ["prod"], "requires": ["staging"]}])");
  deploy("s1", "2");
  ingest(run_of("pr-7", "preview", "1"));
  EXPECT_NE(ask("2"), "yes");
  ASSERT_TRUE(set_ephemeral(*registry_, registry_.caller(), {.glob = "pr-*", .hours = 24}));
  EXPECT_EQ(ask("2"), "yes");
}

TEST_F(PromotionTest, AVersionGoesOnWhereAllOfTheStageHasIt) {
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/0 databases)");
  deploy("s1", "3");
  EXPECT_EQ(ask("3"), "yes");
  deploy("s2", "2");
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (1/2 databases)");
  EXPECT_EQ(ask("2"), "yes") << "a later version contains it";
  deploy("s2", "3");
  EXPECT_EQ(ask("3"), "yes");
  EXPECT_EQ(ask(question("3", "prod-eu")), "yes");
  EXPECT_EQ(ask(question("9", "dev")), "yes") << "no stage covers it";
  EXPECT_EQ(ask(question("3", "staging")), "yes") << "the first stage requires nothing";
}

TEST_F(PromotionTest, OnlyRunsThatPassedCount) {
  MigrationReport failed = run_of("staging", "s1", "3");
  failed.error = "boom";
  ingest(failed);
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
  MigrationReport dry = run_of("staging", "s1", "3");
  dry.dry_run = true;
  ingest(dry);
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
  MigrationReport nothing = run_of("staging", "s1", "");
  nothing.from_version = "3";
  nothing.current_version = "3";
  ingest(nothing);
  EXPECT_EQ(ask("3"), "yes") << "NO_ACTION at the version";
}

TEST_F(PromotionTest, ALaterFailureDoesNotTakeAVersionBack) {
  deploy("s1", "2");
  MigrationReport failed = run_of("staging", "s1", "3");
  failed.from_version = "2";
  failed.current_version = "2";
  failed.error = "boom";
  ingest(failed);
  EXPECT_EQ(ask("2"), "yes");
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
}

TEST_F(PromotionTest, ARevertTakesAVersionBack) {
  deploy("s1", "3");
  const registry_api::RevertReport revert{.plan_id = {}, .run = run_of("staging", "s1", "2")};
  ASSERT_TRUE(ingest_revert(*registry_, registry_.caller(), revert));
  EXPECT_EQ(ask("3"), "production: version 3 has not passed in staging (0/1 databases)");
  EXPECT_EQ(ask("2"), "yes");
}

TEST_F(PromotionTest, TheSameNumberWithOtherContentIsRefused) {
  deploy("s1", "3");
  push({"1", "2", "3"}, " + 1");
  const std::string refusal =
      "production: version 3 has other content than what passed in staging (1/1 databases)";
  EXPECT_EQ(ask("3"), refusal);
  DeploymentQuestion unknown = question("3");
  unknown.dir_hash = "";
  EXPECT_EQ(ask(unknown), refusal) << "the latest state is what would run";
  unknown.dir_hash = "h1:of-a-folder-that-nobody-pushed";
  EXPECT_EQ(ask(unknown), refusal);
  MigrationReport nothing = run_of("staging", "s1", "");
  nothing.from_version = "3";
  nothing.current_version = "3";
  ingest(nothing);
  EXPECT_EQ(ask("3"), refusal) << "it was not executed";
  deploy("s1", "3");
  EXPECT_EQ(ask("3"), "yes");
}

TEST_F(PromotionTest, WhatComesLaterInTheDirectoryDoesNotMatter) {
  deploy("s1", "3");
  push({"1", "2", "3", "4"});
  EXPECT_EQ(ask("3"), "yes");
  EXPECT_EQ(ask("4"), "production: version 4 has not passed in staging (0/1 databases)");
  // A client that cut the directory after the version.
  hash_ = hash_of(files_of({"1", "2", "3"}));
  EXPECT_EQ(ask("3"), "yes");
  hash_ = hash_of(files_of({"1", "2"}));
  EXPECT_EQ(ask("2"), "yes") << "never pushed on its own";
  hash_ = hash_of(files_of({"1", "2"}, " + 1"));
  EXPECT_EQ(ask("2"),
            "production: version 2 has other content than what passed in staging (1/1 "
            "databases)");
}

TEST_F(PromotionTest, ClientsThatNameNoDirectoryRanWhatWasPushedLast) {
  const std::string pushed = std::exchange(hash_, "");
  deploy("s1", "3");
  hash_ = pushed;
  EXPECT_EQ(ask("3"), "yes");
  push({"1", "2", "3"}, " + 1");
  EXPECT_EQ(ask("3"),
            "production: version 3 has other content than what passed in staging (1/1 "
            "databases)");
}

TEST_F(PromotionTest, DirectoriesThatWereNeverPushedCompareAsAWhole) {
  auto local = [&](const std::string& env, const std::string& hash) {
    MigrationReport report = run_of(env, "l", "3");
    report.dir_name = "local";
    report.extras.dir_hash = hash;
    return report;
  };
  ingest(local("staging", "h1:a"));
  const auto read = read_stages(*codec::parse_json(
      R"([{"name": "staging", "envs": ["staging"]},
          {"name": "production", "envs": ["prod"], "requires": ["staging"]}])"));
  ASSERT_TRUE(set_policy(*registry_, registry_.caller(), {.repo = {}, .stages = *read}));
  DeploymentQuestion asked = question("3");
  asked.repo = "local";
  asked.dir_hash = "h1:a";
  EXPECT_EQ(ask(asked), "yes");
  asked.dir_hash = "h1:b";
  EXPECT_EQ(ask(asked),
            "production: version 3 has other content than what passed in staging (1/1 "
            "databases)");
  asked.repo = "nobody-knows";
  EXPECT_EQ(ask(asked), "production: version 3 has not passed in staging (0/0 databases)")
      << "the policy of every other repository";
}

TEST_F(PromotionTest, SoakTimeCountsFromWhenTheRegistryLearnedOfIt) {
  set_policy_json(R"([{"name": "staging", "envs": ["staging"]},
    {"name": "production", "envs": ["prod"], "requires": ["staging"], "soak": "24h"}])");
  MigrationReport report = run_of("staging", "s1", "3");
  report.start = registry_.clock().now() - hours(48);  // whatever the client's clock says
  report.end = report.start;
  ingest(report);
  registry_.clock().advance(hours(1));
  EXPECT_EQ(ask("3"), "production: version 3 has been in staging for 1h1m, 24h are required");
  registry_.clock().advance(hours(23));
  EXPECT_EQ(ask("3"), "yes");
}

TEST_F(PromotionTest, FreezesWarningsAndOverrides) {
  deploy("s1", "3");
  const std::string now = registry_api::format_time(registry_.clock().now());
  const std::string end = registry_api::format_time(registry_.clock().now() + hours(2));
  const std::string freeze = R"([{"name": "production", "envs": ["prod"], "freezes": [{"from": ")" +
                             now + R"(", "until": ")" + end + R"(", "reason": "sale"}])";
  set_policy_json(freeze + "}]");
  const std::string refusal =
      "production: deployments to production are frozen until " + end + ": sale";
  EXPECT_EQ(ask("3"), refusal);
  EXPECT_EQ(audited("policy.block"), 1);
  set_policy_json(freeze + R"(, "onViolation": "WARN"}])");
  EXPECT_EQ(ask("3"), "yes, but " + refusal);
  EXPECT_EQ(audited("policy.block"), 1);
  set_policy_json(freeze + "}]");
  DeploymentQuestion urgent = question("3");
  urgent.override_reason = "the shop is down";
  EXPECT_EQ(ask(urgent), "yes, but " + refusal);
  EXPECT_EQ(audited("policy.override"), 1);
  registry_.caller().rights = Rights{{"report:write"}, {}};
  EXPECT_EQ(ask(urgent), "permission \"deployer-override\" is required");
  EXPECT_EQ(ask("3"), refusal);
  registry_.caller().rights.scopes.emplace_back("deployer-override");
  EXPECT_EQ(ask(urgent), "yes, but " + refusal);
  registry_.clock().advance(hours(2));
  EXPECT_EQ(ask("3"), "yes");
}

TEST_F(PromotionTest, AFreezeFollowsTheClocksOfItsZone) {
  const auto one_day = [](std::string_view zone) {
    return fmt::format(R"([{{"name": "production", "envs": ["prod"], "freezes": [{{"weekly": )"
                       R"("Sun 00:00 - Sun 24:00 {}"}}]}}])",
                       zone);
  };
  registry_.clock().set(sys::Instant(*parse_rfc3339("2026-11-29T12:00:00Z")));
  set_policy_json(one_day("Asia/Kolkata"));
  EXPECT_EQ(ask("3"),
            "production: deployments to production are frozen until 2026-11-29T18:30:00Z "
            "(2026-11-30 00:00 in Asia/Kolkata)");
  registry_.clock().set(sys::Instant(*parse_rfc3339("2026-11-29T18:30:00Z")));
  EXPECT_EQ(ask("3"), "yes");
  const auto unknown = read_stages(*codec::parse_json(one_day("Asia/Kolkatta")));
  ASSERT_TRUE(unknown);
  const auto set = set_policy(*registry_, registry_.caller(), {.repo = "app", .stages = *unknown});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(set.error().message(),
            "stage \"production\": time zone \"Asia/Kolkatta\" is not in /usr/share/zoneinfo, "
            "where the package tzdata puts them; did you mean \"Asia/Kolkata\"?");
  // One that tzdata knew when the policy was written.
  ASSERT_TRUE(registry_.store()->write([&](Session& session) {
    return session.run("UPDATE promotion_policies SET stages = ?", {one_day("Asia/Kolkatta")});
  }));
  EXPECT_TRUE(ask("3").starts_with(
      "production: deployments to production are frozen, since it cannot be told when \"Sun 00:00 "
      "- Mon 00:00 Asia/Kolkatta\" is: time zone \"Asia/Kolkatta\" is not in "))
      << ask("3");
}

TEST_F(PromotionTest, ApprovalsAreOfOneContent) {
  set_policy_json(R"([{"name": "production", "envs": ["prod"], "approvals": 1}])");
  const std::string missing = "production: version 3 has 0 of 1 approvals for production";
  EXPECT_EQ(ask("3"), missing);
  auto approve = [&](const Caller& caller, const std::string& version,
                     const std::string& stage = "production") {
    const auto done = approve_version(
        *registry_, caller, {.repo = "app", .stage = stage, .version = version, .comment = "seen"});
    return done ? std::to_string(done->approvals) + "/" + std::to_string(done->needed)
                : done.error().message();
  };
  Caller other = registry_.caller();
  other.origin.actor = Actor{"BOT", 2, "approver"};
  other.rights = Rights{{"plan:approve"}, {}};
  EXPECT_EQ(approve(registry_.caller(), "3"),
            "version 3 cannot be approved by \"admin\", who pushed it");
  EXPECT_EQ(approve(other, "9"),
            "version 9 is not in the latest state of \"app\"; only what was "
            "pushed can be approved");
  EXPECT_EQ(approve(other, "3", "staging"), "stage \"staging\" not found in the policy of \"app\"");
  EXPECT_EQ(approve(other, "3"), "1/1");
  EXPECT_EQ(approve(other, "3"), "\"approver\" has approved version 3 for production already");
  EXPECT_EQ(ask("3"), "yes");
  EXPECT_EQ(ask("2"), "production: version 2 has 0 of 1 approvals for production");
  push({"1", "2", "3"}, " + 1");
  EXPECT_EQ(ask("3"), missing);
  other.rights.scopes.clear();
  EXPECT_EQ(approve(other, "2"), "permission \"plan:approve\" is required");
  EXPECT_EQ(audited("policy.approve"), 1);
}

}  // namespace
}  // namespace rhumb::registry
