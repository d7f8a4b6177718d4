#include "registry/content/down_plans.h"

#include <gtest/gtest.h>

#include "registry/ingest/ingest.h"
#include "registry/ingest/rebuild.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using registry_api::MigrationReport;
using registry_api::RevertPlan;
using std::chrono::hours;
using std::chrono::minutes;

/// A repository whose reverts need an approval, and the database `a` at version 3.
class DownPlansTest : public testing::Test {
 protected:
  DownPlansTest() {
    EXPECT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
    run("UPDATE repos SET protect_down = 1");
    apply("3");
    approver_ = registry_.caller();
    approver_.origin.actor = Actor{"BOT", 2, "approver"};
    approver_.rights = Rights{{"plan:approve"}, {}};
  }

  void run(const std::string& sql) {
    EXPECT_TRUE((*registry_.store()).write([&](Session& session) { return session.run(sql, {}); }));
  }
  void apply(const std::string& version) {
    registry_.clock().advance(minutes(1));
    ASSERT_TRUE(registry_.ingest(registry_.report("a", "", version)));
  }
  static RevertPlan request() {
    RevertPlan plan = TestRegistry::revert_plan("3", "2");
    plan.target.url = "sqlite://u:hunter2@a.db";
    plan.files[0].statements.emplace_back("-- postgres://u:hunter2@h/db");
    return plan;
  }
  /// The plan's number and status, or why there is none.
  std::string ask(RevertPlan plan = request()) {
    return show(request_plan(*registry_, registry_.caller(), std::move(plan)));
  }
  std::string decide(const Caller& caller, bool approves, int64_t id = 1) {
    return show(decide_plan(*registry_, caller,
                            {.plan_id = id, .approves = approves, .comment = "because"}));
  }
  std::string found() {
    const auto plan = read_value<std::optional<DownPlan>>(
        *registry_.store(),
        [&](Session& session) { return find_plan(session, 1, "digest", registry_->now()); });
    EXPECT_TRUE(plan);
    return *plan ? show(Result<DownPlan>(**plan)) : "none";
  }
  std::string revert(const std::function<void(registry_api::RevertReport&)>& change = {}) {
    registry_.clock().advance(minutes(1));
    registry_api::RevertReport report{.plan_id = "digest", .run = registry_.report("a", "3", "2")};
    if (change) {
      change(report);
    }
    const auto outcome = ingest_revert(*registry_, registry_.caller(), std::move(report));
    return outcome ? std::to_string(outcome->event_id) : outcome.error().message();
  }
  static std::string show(const Result<DownPlan>& plan) {
    return plan ? std::to_string(plan->id) + " " + plan->status : plan.error().message();
  }
  int64_t count(const std::string& sql) {
    return registry_.scalar("SELECT count(*) FROM " + sql).number();
  }

  TestRegistry registry_;
  Caller approver_;
};

TEST_F(DownPlansTest, IsAskedForApprovedAndCarriedOutOnce) {
  EXPECT_EQ(found(), "none");
  EXPECT_EQ(ask(), "1 PENDING_USER");
  EXPECT_EQ(ask(), "1 PENDING_USER");
  EXPECT_EQ(found(), "1 PENDING_USER");
  EXPECT_EQ(decide(approver_, true), "1 APPROVED");
  EXPECT_EQ(found(), "1 APPROVED");
  EXPECT_EQ(revert(), "2");
  EXPECT_EQ(found(), "1 APPLIED");
  EXPECT_EQ(registry_.database("a"), "PENDING 2");
  EXPECT_EQ(registry_.scalar("SELECT kind || status || version FROM events WHERE id = 2").text(),
            "DOWNPASSED2");
  EXPECT_EQ(registry_.scalar("SELECT event_id FROM down_plans").number(), 2);
  EXPECT_EQ(count("audit WHERE action IN ('down.request', 'down.approve') AND object = 'plan/1'"),
            2);
  EXPECT_TRUE(read_value<AuditHead>(*registry_.store(),
                                    [](Session& session) { return verify_audit(session); }));
}

TEST_F(DownPlansTest, WhoAskedMayAbortButNotApprove) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  EXPECT_EQ(decide(registry_.caller(), true),
            "plan 1 cannot be approved by \"admin\", who asked for it");
  registry_.caller().rights = Rights{{"report:write"}, {}};
  EXPECT_EQ(decide(registry_.caller(), false), "1 ABORTED");
  EXPECT_EQ(found(), "1 ABORTED");
  EXPECT_EQ(decide(approver_, true), "plan 1 is ABORTED and cannot be approved");
}

TEST_F(DownPlansTest, RepositoryMayAllowSelfApproval) {
  run("UPDATE repos SET plan_self_approval = 1");
  ASSERT_EQ(ask(), "1 PENDING_USER");
  EXPECT_EQ(decide(registry_.caller(), true), "1 APPROVED");
}

TEST_F(DownPlansTest, NothingIsDecidedTwice) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  ASSERT_EQ(decide(approver_, true), "1 APPROVED");
  EXPECT_EQ(decide(approver_, true), "plan 1 is APPROVED and cannot be approved");
  EXPECT_EQ(decide(approver_, false), "1 ABORTED");
  EXPECT_EQ(decide(approver_, false), "plan 1 is ABORTED and cannot be aborted");
  EXPECT_EQ(decide(approver_, false, 9), "plan not found");
}

TEST_F(DownPlansTest, TwoApprovalsComeFromTwo) {
  run("UPDATE repos SET plan_approvals = 2");
  ASSERT_EQ(ask(), "1 PENDING_USER");
  EXPECT_EQ(decide(approver_, true), "1 PENDING_USER");
  EXPECT_EQ(decide(approver_, true), "\"approver\" has approved plan 1 already");
  Caller other = approver_;
  other.origin.actor = Actor{"BOT", 3, "other"};
  EXPECT_EQ(decide(other, true), "1 APPROVED");
}

TEST_F(DownPlansTest, RightsAreNeeded) {
  Caller stranger = approver_;
  stranger.rights = Rights{{"report:write"}, {}};
  ASSERT_EQ(ask(), "1 PENDING_USER");
  EXPECT_EQ(decide(stranger, true), "permission \"plan:approve\" is required");
  EXPECT_EQ(decide(stranger, false), "permission \"plan:approve\" is required");
  stranger.rights = Rights{{}, {Grant{"APPROVER", "app", {}, "staging"}}};
  EXPECT_EQ(decide(stranger, true), "permission \"plan:approve\" is required");
  stranger.rights = Rights{{}, {Grant{"APPROVER", "app", {}, "prod"}}};
  EXPECT_EQ(decide(stranger, true), "1 APPROVED");
  registry_.caller().rights = Rights{{"dir:read"}, {}};
  EXPECT_EQ(ask(), "permission \"report:write\" is required");
}

TEST_F(DownPlansTest, OtherContentUnderTheSameIdIsRefused) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  RevertPlan other = request();
  other.files[0].statements[0] = "DROP TABLE d";
  EXPECT_EQ(ask(other), "extID \"digest\" was used for another plan");
  other = request();
  other.atlas_version = "v2";  // of another client, and the same revert
  other.context = registry_api::DeployContext{"CLI", "2"};
  EXPECT_EQ(ask(other), "1 PENDING_USER");
}

TEST_F(DownPlansTest, DatabaseThatMovesEndsTheApproval) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  ASSERT_EQ(decide(approver_, true), "1 APPROVED");
  apply("3");
  EXPECT_EQ(found(), "1 APPROVED");
  apply("4");
  EXPECT_EQ(registry_.scalar("SELECT status FROM down_plans").text(), "ABORTED");
  EXPECT_EQ(count("audit WHERE action = 'down.abort' AND after_json LIKE '%deployment/3%'"), 1);
  apply("3");
  EXPECT_EQ(found(), "none");
  EXPECT_EQ(ask(), "2 PENDING_USER");
}

TEST_F(DownPlansTest, SameRevertAfterAnotherDeploymentIsAskedForAgain) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  ASSERT_EQ(decide(approver_, true), "1 APPROVED");
  ASSERT_EQ(revert(), "2");
  apply("3");
  EXPECT_EQ(found(), "none");
  EXPECT_EQ(ask(), "2 PENDING_USER");
}

TEST_F(DownPlansTest, ReportOfTheRevertThatArrivesLateStillCounts) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  ASSERT_EQ(decide(approver_, true), "1 APPROVED");
  registry_.clock().advance(minutes(1));
  const registry_api::RevertReport late{.plan_id = "digest",
                                        .run = registry_.report("a", "3", "2")};
  apply("3");
  EXPECT_EQ(found(), "1 APPROVED");
  ASSERT_TRUE(ingest_revert(*registry_, registry_.caller(), late));
  EXPECT_EQ(found(), "none");
  EXPECT_EQ(registry_.database("a"), "SYNCED 3");
}

TEST_F(DownPlansTest, FailedRevertKeepsItsApprovalWhileTheDatabaseStays) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  ASSERT_EQ(decide(approver_, true), "1 APPROVED");
  EXPECT_EQ(revert([](auto& report) {
              report.run.current_version = "3";
              report.run.error = "boom";
            }),
            "2");
  EXPECT_EQ(found(), "1 APPROVED");
  EXPECT_EQ(registry_.database("a"), "FAILED 3");
  EXPECT_EQ(revert(), "3");
  EXPECT_EQ(found(), "1 APPLIED");
}

TEST_F(DownPlansTest, UndecidedPlansExpire) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  registry_.clock().advance(hours(72));
  EXPECT_EQ(found(), "1 ABORTED");
  EXPECT_EQ(decide(approver_, true),
            "plan 1 is ABORTED (it was not decided, or not carried out, in time) and cannot be "
            "approved");
  registry_.clock().advance(hours(71));
  EXPECT_EQ(ask(), "1 ABORTED");
  registry_.clock().advance(hours(1));
  EXPECT_EQ(found(), "none");
  EXPECT_EQ(ask(), "2 PENDING_USER");
}

TEST_F(DownPlansTest, ApprovedPlanHasTheWholeTimeAgain) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  registry_.clock().advance(hours(71));
  ASSERT_EQ(decide(approver_, true), "1 APPROVED");
  registry_.clock().advance(hours(71));
  EXPECT_EQ(found(), "1 APPROVED");
  registry_.clock().advance(hours(1));
  EXPECT_EQ(found(), "1 ABORTED");
}

TEST_F(DownPlansTest, RevertsAreRepeatableAndDryRunsChangeNothing) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  ASSERT_EQ(decide(approver_, true), "1 APPROVED");
  EXPECT_EQ(revert([](auto& report) { report.run.dry_run = true; }), "2");
  EXPECT_EQ(found(), "1 APPROVED");
  EXPECT_EQ(registry_.database("a"), "SYNCED 3");
  registry_api::RevertReport report{.plan_id = "digest", .run = registry_.report("a", "3", "2")};
  for (int i = 0; i < 2; ++i) {
    const auto outcome = ingest_revert(*registry_, registry_.caller(), report);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->event_id, 3);
    EXPECT_EQ(outcome->repeated, i == 1);
  }
  report.run.extras.report_id = "7e9f";
  EXPECT_TRUE(ingest_revert(*registry_, registry_.caller(), report));
  report.plan_id = "other";
  const auto other = ingest_revert(*registry_, registry_.caller(), report);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kConflict);
}

TEST_F(DownPlansTest, RunWithoutEnvironmentIsFiledWhereTheDatabaseIsKnown) {
  RevertPlan plan = request();
  plan.env_name.clear();
  EXPECT_EQ(ask(plan), "1 PENDING_USER");
  EXPECT_EQ(revert([](auto& report) { report.run.env_name.clear(); }), "2");
  EXPECT_EQ(registry_.database("a"), "PENDING 2");
  EXPECT_EQ(count("environments"), 1);
}

TEST_F(DownPlansTest, SecretsAreNotStoredAndNamesHaveBounds) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  EXPECT_EQ(count("down_plans WHERE target_url LIKE '%hunter%'"), 0);
  EXPECT_EQ(count("audit WHERE after_json LIKE '%hunter%'"), 0);
  EXPECT_EQ(registry_.store().count_with("SELECT data FROM bodies", "hunter"), 0);
  const std::string too_long(256, 'x');
  auto refusal = [&](const std::function<void(RevertPlan&)>& change) {
    RevertPlan plan = request();
    change(plan);
    return ask(plan);
  };
  EXPECT_EQ(refusal([](auto& p) { p.id.clear(); }), "extID must not be empty");
  EXPECT_EQ(refusal([](auto& p) { p.target.id.clear(); }), "target.id must not be empty");
  EXPECT_EQ(refusal([](auto& p) { p.dir_name = "other"; }), "dir \"other\" not found");
  EXPECT_EQ(refusal([](auto& p) { p.files.clear(); }),
            "files: a plan reverts at least one version");
  for (std::string RevertPlan::* member :
       {&RevertPlan::id, &RevertPlan::dir_name, &RevertPlan::env_name, &RevertPlan::atlas_version,
        &RevertPlan::from_version, &RevertPlan::to_version}) {
    EXPECT_NE(refusal([&](auto& p) { p.*member = too_long; }).find("must not be longer"),
              std::string::npos);
  }
}

TEST_F(DownPlansTest, ListsShowWhatHasRunOut) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  registry_.clock().advance(hours(72));
  RevertPlan other = request();
  other.id = "other";
  ASSERT_EQ(ask(other), "2 PENDING_USER");
  auto list = [&](const std::vector<std::string>& statuses, std::optional<int64_t> repo = {}) {
    const auto page = read_value<PlanPage>(*registry_.store(), [&](Session& session) {
      return list_plans(session, {.org_id = 1, .repo_id = repo, .statuses = statuses}, Page(),
                        registry_->now());
    });
    std::string out;
    for (const DownPlan& plan : page->plans) {
      out += show(Result<DownPlan>(plan)) + " ";
    }
    return out + std::to_string(page->facts.total);
  };
  EXPECT_EQ(list({}), "2 PENDING_USER 1 ABORTED 2");
  EXPECT_EQ(list({"ABORTED", "APPLIED"}), "1 ABORTED 1");
  EXPECT_EQ(list({"PENDING_USER"}, 1), "2 PENDING_USER 1");
  EXPECT_EQ(list({}, 9), "0");
}

TEST_F(DownPlansTest, RebuildFindsTheSameAfterReverts) {
  ASSERT_EQ(ask(), "1 PENDING_USER");
  ASSERT_EQ(revert(), "2");
  const auto report = write_value<RebuildReport>(
      *registry_.store(), [](Session& session) { return rebuild_projections(session); });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->difference_count, 0);
}

}  // namespace
}  // namespace rhumb::registry
