#include <gtest/gtest.h>

#include <functional>

#include "registry/content/repo_settings.h"
#include "registry/policy/permit.h"
#include "registry/policy/test_promotion.h"

namespace rhumb::registry {
namespace {

using registry_api::MigrationReport;
using std::chrono::hours;
using std::chrono::minutes;

TEST_F(PromotionTest, WhoMayAskAndWhoMayDeploy) {
  protect("prod");
  deploy("s1", "3");
  Caller& caller = registry_.caller();
  struct Row {
    Rights rights;
    std::string answer;
    std::string only_asking;
  };
  const std::string refused =
      "protected environment: \"admin\" may not deploy \"app\" to \"prod\", which is protected";
  const std::string no_rights = "permission \"report:write\" is required";
  const Row rows[] = {
      {{{"report:write"}, {}}, "yes", "yes"},
      {{{"cloud:read"}, {}}, no_rights, refused},
      {{{}, {{"DEVELOPER", {}, {}, {}}}}, refused, refused},
      {{{}, {{"DEPLOYER", {}, {}, {}}}}, "yes", "yes"},
      {{{}, {{"DEPLOYER", {}, {}, "prod"}}}, "yes", "yes"},
      {{{}, {{"DEPLOYER", {}, {}, "staging"}}}, no_rights, no_rights},
      {{{}, {{"VIEWER", {}, {}, {}}}}, no_rights, refused},
      {{{}, {{"OWNER", {}, {}, {}}}}, "yes", "yes"},
      {{{}, {}}, no_rights, no_rights},
  };
  for (size_t i = 0; i < std::size(rows); ++i) {
    caller.rights = rows[i].rights;
    DeploymentQuestion asked = question("3");
    EXPECT_EQ(ask(asked), rows[i].answer) << i;
    asked.targets.clear();
    EXPECT_EQ(ask(asked), rows[i].only_asking) << i;
  }
}

TEST_F(PromotionTest, ARepositoryCanProtectItsDeploymentsEverywhere) {
  RepoChange change;
  change.flows.deploy = true;
  ASSERT_TRUE(update_repo(*registry_, registry_.caller(), 1, change));
  deploy("s1", "3");
  EXPECT_EQ(check(question("3"))->permits.size(), 1U);
  registry_.caller().rights = Rights{{}, {{"DEVELOPER", {}, {}, {}}}};
  EXPECT_EQ(ask(question("3")),
            "protected environment: \"admin\" may not deploy \"app\" to \"prod\", which is "
            "protected");
  registry_.caller().rights = Rights{{}, {{"OWNER", {}, {}, {}}}};
  change.flows.deploy = false;
  ASSERT_TRUE(update_repo(*registry_, registry_.caller(), 1, change));
  EXPECT_TRUE(check(question("3"))->permits.empty());
}

TEST_F(PromotionTest, PermitsAreForProtectedEnvironmentsOnly) {
  deploy("s1", "3");
  DeploymentQuestion asked = question("3");
  asked.targets.push_back({"p2", "", "sqlite://p2.db"});
  EXPECT_TRUE(check(asked)->permits.empty());
  protect("prod");
  const auto answer = check(asked);
  ASSERT_EQ(answer->permits.size(), 2U);
  EXPECT_EQ(answer->permits[0].target_id, "p1");
  EXPECT_EQ(answer->permits[1].target_id, "p2");
  EXPECT_NE(answer->permits[0].permit, answer->permits[1].permit);
  EXPECT_EQ(answer->permits[0].expires_at - registry_->now(), kPermitLifetimeNs);
  asked.dry_run = true;
  EXPECT_TRUE(check(asked)->permits.empty());
  EXPECT_TRUE(check(question("9"))->permits.empty()) << "refused";
}

TEST_F(PromotionTest, TargetsAreFoundByTheirAddress) {
  deploy("s1", "3");
  protect("prod");
  auto run = [&](const std::string& id, const std::string& url) {
    MigrationReport report = run_of("prod", id, "2");
    report.target.url = url;
    ingest(report);
  };
  run("p1", "postgres://u:xxxxx@db:5432/a?sslmode=disable");
  run("p2", "postgres://u:xxxxx@db:5432/b?search_path=one");
  run("p3", "postgres://u:xxxxx@db:5432/b?search_path=two");
  DeploymentQuestion asked = question("3");
  asked.targets = {{"", "", "postgres://u:secret@db:5432/a"},
                   {"", "", "postgres://u:xxxxx@db:5432/b?search_path=two"},
                   {"", "", "postgres://u:xxxxx@db:5432/b"},
                   {"", "", "postgres://u:xxxxx@db:5432/nobody"},
                   {"p9", "public", "postgres://u:xxxxx@db:5432/a"}};
  const auto answer = check(asked);
  ASSERT_TRUE(answer) << answer.error().message();
  std::vector<std::string> ids;
  for (const IssuedPermit& permit : answer->permits) {
    ids.push_back(permit.permit.empty() ? "-" : permit.target_id);
  }
  EXPECT_EQ(join(ids, " "), "p1 p3 - - p9");
}

struct Misuse {
  const char* name;
  std::function<void(MigrationReport&)> change;
  const char* reason;  // empty: it is let in
};

class PermitMisuse : public PromotionTest, public testing::WithParamInterface<Misuse> {};

TEST_P(PermitMisuse, IsFlagged) {
  const Misuse& misuse = GetParam();
  deploy("s1", "3");
  protect("prod");
  protect("prod-eu");
  registry_.clock().advance(hours(3));
  const auto answer = check(question("3"));
  ASSERT_TRUE(answer && answer->permits.size() == 1);
  registry_.clock().advance(minutes(2));
  MigrationReport report = run_of("prod", "p1", "3");
  report.extras.permit = answer->permits[0].permit;
  misuse.change(report);
  const std::string flags = flags_of(ingest(report));
  const bool flagged = *misuse.reason != '\0';
  EXPECT_EQ(flagged, !flags.empty()) << flags;
  EXPECT_NE(flags.find(misuse.reason), std::string::npos) << flags;
  EXPECT_EQ(audited("deployment.policy_violation"), flagged ? 1 : 0);
  EXPECT_EQ(registry_.scalar("SELECT status FROM events ORDER BY id DESC").text(),
            report.error ? "FAILED" : "PASSED")
      << "it is stored all the same";
}

void move(MigrationReport& report, std::chrono::nanoseconds by) {
  *report.start += by;
  *report.end += by;
}

INSTANTIATE_TEST_SUITE_P(
    Runs,
    PermitMisuse,
    testing::ValuesIn(std::vector<Misuse>{
        {"Used", [](MigrationReport&) {}, ""},
        {"FailedRun", [](MigrationReport& r) { r.error = "boom"; }, ""},
        {"None", [](MigrationReport& r) { r.extras.permit.reset(); }, "it has no permit"},
        {"Empty", [](MigrationReport& r) { r.extras.permit = ""; }, "it has no permit"},
        {"AnotherTarget", [](MigrationReport& r) { r.target.id = "p2"; },
         "its permit is for another database"},
        {"AnotherSchema", [](MigrationReport& r) { r.target.schema = "other"; },
         "its permit is for another database"},
        {"AnotherEnvironment", [](MigrationReport& r) { r.env_name = "prod-eu"; },
         R"(its permit is for the environment \"prod\")"},
        {"AnotherHash", [](MigrationReport& r) { r.extras.dir_hash = "h1:other"; },
         "its permit is for another content"},
        {"NoHash", [](MigrationReport& r) { r.extras.dir_hash.reset(); },
         "its permit is for another content"},
        {"AnotherVersion", [](MigrationReport& r) { r.to_version = "2"; },
         "its permit is for version 3"},
        {"AnotherRepository", [](MigrationReport& r) { r.dir_name = "other"; },
         "its permit is for another repository"},
        {"Garbage", [](MigrationReport& r) { r.extras.permit = "x"; }, "was not issued here"},
        {"GarbageInTwoParts", [](MigrationReport& r) { r.extras.permit = "e30.AAAA"; },
         "was not issued here"},
        {"Forged",
         [](MigrationReport& r) {
           std::string& permit = *r.extras.permit;
           permit[10] = permit[10] == 'A' ? 'B' : 'A';
         },
         "was not issued here"},
        {"SignatureOfSomebodyElse",
         [](MigrationReport& r) {
           const PermitKey other{.id = 1};
           const auto parts = cut(*r.extras.permit, ".");
           const auto forged =
               sign_permit(other, {.bond = {.org_id = 1, .repo = "app", .env = "prod"}});
           r.extras.permit =
               std::string(parts->first) + "." + std::string(cut(*forged, ".")->second);
         },
         "was not issued here"},
        {"BeforeItWasIssued",
         [](MigrationReport& r) {
           *r.start -= hours(2);
           *r.end -= hours(1);
         },
         "its permit was valid from"},
        {"ClockThatIsALittleBehind", [](MigrationReport& r) { move(r, -minutes(4)); }, ""},
        {"ClockThatIsFarBehind", [](MigrationReport& r) { move(r, -hours(9)); }, ""},
        {"ClockThatIsFarAhead", [](MigrationReport& r) { move(r, hours(9)); }, ""},
    }),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_F(PromotionTest, APermitIsGoodForItsLifeWithoutTheRegistry) {
  deploy("s1", "3");
  protect("prod");
  const auto answer = check(question("3"));
  ASSERT_EQ(answer->permits.size(), 1U);
  auto run = [&](std::chrono::nanoseconds started_after, std::chrono::nanoseconds took,
                 std::chrono::nanoseconds clock_error) {
    MigrationReport report = run_of("prod", "p1", "3");
    report.extras.permit = answer->permits[0].permit;
    report.start = registry_api::Time(std::chrono::nanoseconds(answer->permits[0].expires_at -
                                                               kPermitLifetimeNs)) +
                   started_after + clock_error;
    report.end = *report.start + took;
    return report;
  };
  registry_.clock().advance(hours(30));
  EXPECT_EQ(flags_of(ingest(run(minutes(14), hours(3), minutes(0)))), "")
      << "started in time, delivered a day later";
  EXPECT_NE(flags_of(ingest(run(minutes(21), minutes(1), minutes(0)))), "") << "started too late";
  EXPECT_EQ(flags_of(ingest(run(minutes(14), minutes(1), minutes(5)))), "")
      << "as much as clocks may differ";
}

TEST_F(PromotionTest, ALongRunIsJudgedByOurClockToo) {
  deploy("s1", "3");
  protect("prod");
  MigrationReport report = run_of("prod", "p1", "3");
  report.extras.permit = check(question("3"))->permits[0].permit;
  registry_.clock().advance(hours(5));
  report.start = registry_.clock().now() - hours(5) + hours(9);  // nine hours ahead
  report.end = registry_.clock().now() + hours(9);
  EXPECT_EQ(flags_of(ingest(report)), "");
}

TEST_F(PromotionTest, WhoSkipsTheCheckIsFoundOut) {
  deploy("s1", "2");
  const std::string flags = flags_of(ingest(run_of("prod", "p1", "3")));
  EXPECT_NE(flags.find("version 3 has not passed in staging (0/1 databases)"), std::string::npos);
  EXPECT_EQ(flags_of(ingest(run_of("prod", "p2", "2"))), "");
  EXPECT_EQ(flags_of(ingest(run_of("staging", "s2", "3"))), "");
  MigrationReport dry = run_of("prod", "p1", "3");
  dry.dry_run = true;
  EXPECT_EQ(flags_of(ingest(dry)), "");
  MigrationReport refused = run_of("prod", "p1", "3");
  refused.files->clear();
  refused.error = "was blocked";
  EXPECT_EQ(flags_of(ingest(refused)), "") << "nothing was executed";
  EXPECT_EQ(audited("deployment.policy_violation"), 1);
}

TEST_F(PromotionTest, WhatWasDeployedBeforeThereWasARuleBreaksNone) {
  registry_.clock().advance(hours(1));
  protect("prod");
  MigrationReport report = run_of("prod", "p1", "3");
  *report.start -= hours(3);
  EXPECT_EQ(flags_of(ingest(report)), "") << "another tool's, perhaps";
  *report.start += hours(3) - minutes(30);
  report.target.id = "p2";
  const std::string flags = flags_of(ingest(report));
  EXPECT_EQ(flags.find("it has no permit"), std::string::npos) << flags;
  EXPECT_NE(flags.find("version 3 has not passed"), std::string::npos) << flags;
  ASSERT_TRUE(update_environment(*registry_, registry_.caller(),
                                 {.name = "prod", .rank = 1, .is_protected = {}}));
  report.target.id = "p3";
  *report.start += minutes(30);
  EXPECT_NE(flags_of(ingest(report)).find("it has no permit"), std::string::npos);
}

TEST_F(PromotionTest, AnOverrideIsNoViolation) {
  deploy("s1", "2");
  DeploymentQuestion urgent = question("3");
  urgent.override_reason = "the shop is down";
  const auto answer = check(urgent);
  ASSERT_EQ(answer->permits.size(), 1U) << "of an environment that is not protected";
  MigrationReport report = run_of("prod", "p1", "3");
  report.extras.permit = answer->permits[0].permit;
  EXPECT_EQ(flags_of(ingest(report)), "");
}

TEST_F(PromotionTest, EveryTargetOfASetIsLookedAt) {
  deploy("s1", "3");
  protect("prod");
  registry_api::MigrationSetReport set;
  set.id = "set-1";
  set.planned = 2;
  set.start = registry_.clock().now();
  set.end = registry_.clock().now();
  set.completed = {run_of("prod", "p1", "3"), run_of("prod", "p2", "3")};
  set.completed[0].extras.permit = check(question("3"))->permits[0].permit;
  set.completed[1].extras.permit = set.completed[0].extras.permit;
  const auto outcome = ingest_set(*registry_, registry_.caller(), set);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(
      registry_
          .scalar("SELECT count(*) FROM events WHERE set_id = ? AND policy_violations IS NULL",
                  {outcome->event_id})
          .number(),
      1);
  EXPECT_EQ(audited("deployment.policy_violation"), 1);
}

}  // namespace
}  // namespace rhumb::registry
