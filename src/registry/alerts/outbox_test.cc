#include "registry/alerts/outbox.h"

#include <gtest/gtest.h>

#include "registry/alerts/alert_clock.h"
#include "registry/alerts/test_alerts.h"
#include "registry/content/ci_runs.h"
#include "registry/content/declarative_plans.h"
#include "registry/content/ephemeral.h"
#include "registry/content/schemas.h"
#include "registry/content/states.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::vector<std::string> only(std::initializer_list<const char*> names) {
  return {names.begin(), names.end()};
}

TEST_F(AlertTest, WithoutAWebhookNothingIsWritten) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.ingest(failing("a")));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM alerts").number(), 0);
  webhook({.events = only({"dir.pushed"})});
  ASSERT_TRUE(registry_.ingest(failing("b")));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM alerts").number(), 0);
  ASSERT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM alerts").number(), 1);
}

TEST_F(AlertTest, ADeploymentTellsWhatFailedWhereAndWhy) {
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  webhook();
  ASSERT_TRUE(registry_.ingest(failing("a")));
  EXPECT_EQ(told(), "deployment.failed database.failed");
  const ClaimedDelivery& delivery = sender_.sent.front();
  EXPECT_EQ(delivery.body.string_or_empty("event"), "deployment.failed");
  EXPECT_EQ(delivery.body.string_or_empty("org"), "default");
  EXPECT_EQ(delivery.body.string_or_empty("url"), "https://registry.test/deployments/1");
  EXPECT_EQ(
      codec::format_json(delivery.body.at("repo")),
      R"({"slug":"app","type":"MIGRATION_DIRECTORY","url":"https://registry.test/repos/app"})");
  EXPECT_EQ(delivery.body.at("actor").string_or_empty("name"), "admin");
  EXPECT_FALSE(delivery.body.string_or_empty("id").empty());
  const Json deployment = part("deployment", 0);
  EXPECT_EQ(deployment.string_or_empty("status"), "FAILED");
  EXPECT_EQ(deployment.string_or_empty("env"), "prod");
  EXPECT_EQ(codec::format_json(deployment.at("databases")), R"(["a.db"])");
  EXPECT_EQ(codec::format_json(deployment.at("failure")),
            R"({"file":"2_x.sql","statement":"SELECT 2;","text":"boom"})");
  const Json database = part("database", 1);
  EXPECT_EQ(database.string_or_empty("status"), "FAILED");
  EXPECT_EQ(database.string_or_empty("before"), "SYNCED");
}

TEST_F(AlertTest, EachStatusHasItsEvent) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  webhook({.events = only({"deployment.passed", "deployment.no_action", "deployment.dry_run"})});
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  EXPECT_EQ(told(), "deployment.passed");
  pass(seconds(1));
  registry_api::MigrationReport nothing = registry_.report("a", "1", "");
  nothing.current_version = "1";
  ASSERT_TRUE(registry_.ingest(nothing));
  EXPECT_EQ(told(), "deployment.no_action");
  pass(seconds(1));
  registry_api::MigrationReport dry = registry_.report("a", "1", "1");
  dry.dry_run = true;
  ASSERT_TRUE(registry_.ingest(dry));
  EXPECT_EQ(told(), "deployment.dry_run");
}

TEST_F(AlertTest, TheUsualEventsLeaveOutWhatChangesNothing) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  webhook();
  registry_api::MigrationReport dry = registry_.report("a", "", "1");
  dry.dry_run = true;
  ASSERT_TRUE(registry_.ingest(dry));
  EXPECT_EQ(told(), "database.pending");  // the database is new, and has nothing yet
}

TEST_F(AlertTest, AReportThatArrivesTwiceIsToldOnce) {
  webhook({.events = only({"deployment.failed"})});
  const registry_api::MigrationReport report = failing("a");
  ASSERT_TRUE(registry_.ingest(report));
  ASSERT_TRUE(registry_.ingest(report));
  EXPECT_EQ(told(), "deployment.failed");
}

TEST_F(AlertTest, WhatIsRefusedIsNotTold) {
  webhook();
  ASSERT_FALSE(registry_.store()->write([this](Session& session) -> Result<void> {
    Alert alert;
    alert.event = AlertEvent::kDirPushed;
    TRY(put_alert(*registry_, registry_.caller(), session, alert));
    return Error(ErrorCode::kConflict, "refused");
  }));
  EXPECT_EQ(told(), "");
}

TEST_F(AlertTest, FiltersNarrowByRepositoryEnvironmentAndStatus) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.push("app-two", "", {"1"}));
  webhook({.repo = "app", .events = only({"deployment.passed"})});
  webhook({.repo = "app-*", .events = only({"deployment.passed"})});
  webhook({.events = only({"deployment.passed"}), .envs = only({"stag*"})});
  webhook(
      {.events = only({"deployment.passed", "deployment.failed"}), .statuses = only({"FAILED"})});
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  EXPECT_EQ(told(), "deployment.passed");
  EXPECT_EQ(sender_.sent[0].webhook.id, 1);
  registry_api::MigrationReport two = registry_.report("b", "", "1");
  two.dir_name = "app-two";
  two.env_name = "staging";
  ASSERT_TRUE(registry_.ingest(two));
  EXPECT_EQ(told(), "deployment.passed deployment.passed");
  EXPECT_EQ(sender_.sent[0].webhook.id, 2);
  EXPECT_EQ(sender_.sent[1].webhook.id, 3);
  ASSERT_TRUE(registry_.ingest(failing("c")));
  EXPECT_EQ(told(), "deployment.failed");
  EXPECT_EQ(sender_.sent[0].webhook.id, 4);
}

TEST_F(AlertTest, WhatComesAndGoesIsNotToldToBePending) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.ingest(registry_.report("db", "", "1")));
  ASSERT_TRUE(set_ephemeral(*registry_, registry_.caller(), {.glob = "prod", .hours = 24}));
  webhook();
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry_.ingest(failing("other")));
  EXPECT_EQ(told(), "dir.pushed deployment.failed");
}

TEST_F(AlertTest, APushMovesManyDatabasesAndIsOneMessageForEachEnvironment) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  for (int i = 0; i < 30; ++i) {
    registry_api::MigrationReport report = registry_.report("db" + std::to_string(i), "", "1");
    report.env_name = i < 25 ? "prod" : "staging";
    ASSERT_TRUE(registry_.ingest(report));
  }
  webhook();
  ASSERT_TRUE(registry_.push("app", "", {"1", "2"}));
  EXPECT_EQ(told(), "dir.pushed database.pending database.pending");
  const Json prod = part("database", 1);
  EXPECT_EQ(prod.string_or_empty("env"), "prod");
  EXPECT_EQ(prod.find_int("count"), 25);
  EXPECT_EQ(prod.at("databases").size(), 20U);
  EXPECT_EQ(part("database", 2).find_int("count"), 5);
}

TEST_F(AlertTest, TagsAndSchemasTellOfThemselves) {
  webhook();
  ASSERT_TRUE(registry_.push("app", "v1", {"1"}));
  EXPECT_EQ(told(), "dir.pushed");
  EXPECT_EQ(part("push").string_or_empty("tag"), "v1");
  ASSERT_TRUE(registry_.push("app", "v1", {"1"}));
  EXPECT_EQ(told(), "") << "nothing changed";
  ASSERT_TRUE(registry_.push("app", "v1", {"1", "2"}));
  EXPECT_EQ(told(), "tag.moved dir.pushed");
  ASSERT_TRUE(move_tag(*registry_, registry_.caller(), {.slug = "app", .tag = "v1", .to = "1"}));
  EXPECT_EQ(told(), "tag.moved");
  EXPECT_EQ(part("push").string_or_empty("version"), "1");
  SchemaPush schema;
  schema.slug = "shop";
  schema.hash = "h";
  schema.hcl = "schema \"main\" {}";
  ASSERT_TRUE(push_schema(*registry_, registry_.caller(), schema));
  EXPECT_EQ(told(), "schema.pushed");
}

TEST_F(AlertTest, CiRunsTellWhatTheyFound) {
  webhook();
  CiReport report;
  report.slug = "app";
  report.status = "FAILED";
  report.payload = *codec::parse_json(
      R"j({"Files":[{"Name":"2_b.sql","Error":"broken"},{"Name":"3_c.sql","Reports":[)j"
      R"j({"Diagnostics":[{"Text":"drops a column","Code":"DS103"}]}]}]})j");
  ASSERT_TRUE(store_ci_run(*registry_, registry_.caller(), report));
  EXPECT_EQ(told(), "ci.failed");
  EXPECT_EQ(codec::format_json(part("ciRun").at("problems")),
            R"j(["2_b.sql: broken","3_c.sql: drops a column (DS103)"])j");
  report.status = "SUCCESSFUL";
  ASSERT_TRUE(store_ci_run(*registry_, registry_.caller(), report));
  EXPECT_EQ(told(), "ci.passed");
  report.status = "UNKNOWN";
  ASSERT_TRUE(store_ci_run(*registry_, registry_.caller(), report));
  EXPECT_EQ(told(), "");
}

TEST_F(AlertTest, PlansWaitAndAreApproved) {
  SchemaPush schema;
  schema.slug = "shop";
  schema.hash = "h";
  schema.hcl = "schema \"main\" {}";
  ASSERT_TRUE(push_schema(*registry_, registry_.caller(), schema));
  webhook();
  DeclarativePlanPush plan;
  plan.schema_slug = "shop";
  plan.name = "add";
  plan.from_hash = "a";
  plan.to_hash = "b";
  plan.migration = "CREATE TABLE t (id int);";
  ASSERT_TRUE(push_declarative_plan(*registry_, registry_.caller(), plan));
  EXPECT_EQ(told(), "plan.pending");
  ASSERT_TRUE(approve_declarative_plan(*registry_, registry_.caller(), {"shop", "add"}));
  EXPECT_EQ(told(), "plan.approved");
  ASSERT_TRUE(approve_declarative_plan(*registry_, registry_.caller(), {"shop", "add"}));
  EXPECT_EQ(told(), "");
}

TEST_F(AlertTest, DriftIsFoundAndResolved) {
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  webhook({.events = only({"drift.detected", "drift.resolved"})});
  pass(seconds(1));
  registry_api::MigrationReport report = registry_.report("a", "1", "");
  report.current_version = "1";
  report.extras.drift = registry_api::Drift{"DRIFTED", "ALTER TABLE t ADD c int;"};
  ASSERT_TRUE(registry_.ingest(report));
  EXPECT_EQ(told(), "drift.detected");
  EXPECT_EQ(part("drift").string_or_empty("diff"), "ALTER TABLE t ADD c int;");
  pass(seconds(1));
  report = registry_.report("a", "1", "");
  report.current_version = "1";
  report.extras.drift = registry_api::Drift{"OK", {}};
  ASSERT_TRUE(registry_.ingest(report));
  EXPECT_EQ(told(), "drift.resolved");
}

// ------------------------------------------------------------------------------------------ sets

class AlertSetTest : public AlertTest {
 protected:
  void SetUp() override { ASSERT_TRUE(registry_.push("app", "", {"1", "2"})); }

  registry_api::MigrationSetReport set(std::vector<registry_api::MigrationReport> entries,
                                       bool ended = true) {
    registry_api::MigrationSetReport out;
    out.id = "6b1f2c54-0000-4000-8000-000000000001";
    out.planned = 4;
    out.start = start_;
    if (ended) {
      out.end = registry_.clock().now();
    }
    out.completed = std::move(entries);
    return out;
  }
  void report(const registry_api::MigrationSetReport& set_report) {
    const auto stored = ingest_set(*registry_, registry_.caller(), set_report);
    ASSERT_TRUE(stored.has_value()) << stored.error().message();
  }

  registry_api::OptionalTime start_ = registry_.clock().now();
};

TEST_F(AlertSetTest, IsOneMessageForWhoIsToldOfSets) {
  webhook({.events = only({"deployment.passed", "deployment.failed", "deployment_set.finished"})});
  report(set({failing("a"), failing("b"), failing("c", "other"), registry_.report("d", "", "2")}));
  EXPECT_EQ(told(), "deployment_set.finished");
  const Json told_set = part("deploymentSet");
  EXPECT_EQ(told_set.string_or_empty("status"), "FAILED");
  EXPECT_EQ(told_set.find_int("planned"), 4);
  EXPECT_EQ(told_set.find_int("succeeded"), 1);
  EXPECT_EQ(told_set.find_int("failed"), 3);
  ASSERT_EQ(told_set.at("failures").size(), 2U);
  EXPECT_EQ(told_set.at("failures").at(0).find_int("count"), 2);
  EXPECT_EQ(told_set.at("failures").at(0).string_or_empty("text"), "boom");
  pass(hours(2));
  EXPECT_EQ(told(), "");
}

TEST_F(AlertSetTest, AlikeFailuresAreOneMessageForWhoIsToldOfDeploymentsOnly) {
  webhook({.events = only({"deployment.passed", "deployment.failed"})});
  report(set({failing("a"), failing("b"), failing("c", "other"), registry_.report("d", "", "2")}));
  EXPECT_EQ(told(), "deployment.failed deployment.failed deployment.passed");
  EXPECT_EQ(part("deployment", 0).find_int("count"), 2);
  EXPECT_EQ(codec::format_json(part("deployment", 0).at("databases")), R"(["a.db","b.db"])");
  EXPECT_EQ(part("deployment", 1).find_int("count"), 1);
}

TEST_F(AlertSetTest, AFailureOfARunningSetIsToldSoonAndPassesWithItsEnd) {
  webhook({.events = only({"deployment.passed", "deployment.failed"})});
  webhook({.events = only({"deployment.passed", "deployment.failed", "deployment_set.finished"})});
  registry_api::MigrationReport first = failing("a");
  report(set({first}, false));
  EXPECT_EQ(told(), "") << "it waits for others like it";
  registry_api::MigrationReport second = failing("b");
  registry_api::MigrationReport third = registry_.report("c", "", "2");
  report(set({first, second, third}, false));
  pass(seconds(11));
  EXPECT_EQ(told(), "deployment.failed deployment.failed") << "one for each webhook";
  EXPECT_EQ(part("deployment").find_int("count"), 2);
  pass(minutes(10));
  EXPECT_EQ(told(), "");
  registry_api::MigrationReport fourth = registry_.report("d", "", "2");
  report(set({first, second, third, fourth}));
  EXPECT_EQ(told(), "deployment.passed deployment_set.finished");
  EXPECT_EQ(part("deployment", 0).find_int("count"), 2);
}

TEST_F(AlertSetTest, DatabasesOfASetMoveTogether) {
  webhook({.events = only({"database.failed"})});
  report(set({failing("a"), failing("b", "other")}));
  EXPECT_EQ(told(), "database.failed");
  EXPECT_EQ(part("database").find_int("count"), 2);
}

TEST_F(AlertSetTest, ManyTargetsAreNamedOnlyInPart) {
  webhook({.events = only({"deployment.failed"})});
  std::vector<registry_api::MigrationReport> entries;
  for (int i = 0; i < 60; ++i) {
    entries.push_back(failing("t" + std::to_string(i)));
  }
  report(set(entries));
  EXPECT_EQ(told(), "deployment.failed");
  EXPECT_EQ(part("deployment").find_int("count"), 60);
  EXPECT_EQ(part("deployment").at("databases").size(), 20U);
}

// ------------------------------------------------------------------------------------------ time

TEST_F(AlertTest, TokensTellOfTheirEndOnce) {
  webhook();
  const int64_t now = registry_->now();
  constexpr int64_t kDay = int64_t{24} * 3600 * 1'000'000'000;
  ASSERT_TRUE(registry_.store()->write([&](Session& session) -> Result<void> {
    for (const int64_t days : {30, 2}) {
      NewToken token;
      token.org_id = 1;
      token.bot_id = 1;
      token.expires_at = now + days * kDay;
      token.created_by = "admin";
      token.now = now;
      TRY(store_token(session, make_bot_token(), token));
    }
    return {};
  }));
  ASSERT_TRUE(tell_what_time_brings(*registry_));
  EXPECT_EQ(told(), "");
  pass(hours(25));
  ASSERT_TRUE(tell_what_time_brings(*registry_));
  EXPECT_EQ(told(), "token.expiring") << "the one of two days";
  pass(hours(24 * 23));
  ASSERT_TRUE(tell_what_time_brings(*registry_));
  ASSERT_TRUE(tell_what_time_brings(*registry_));
  EXPECT_EQ(told(), "token.expiring");
  EXPECT_EQ(part("token").find_int("days"), 7);
  pass(hours(24 * 5 + 1));
  ASSERT_TRUE(tell_what_time_brings(*registry_));
  EXPECT_EQ(told(), "token.expiring");
  EXPECT_EQ(part("token").find_int("days"), 1);
}

TEST_F(AlertTest, WhatWasToldAMonthAgoIsForgotten) {
  webhook();
  ASSERT_TRUE(registry_.push("app", "", {"1"}));
  EXPECT_EQ(told(), "dir.pushed");
  pass(hours(24 * 29));
  ASSERT_TRUE(tell_what_time_brings(*registry_));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM webhook_deliveries").number(), 1);
  pass(hours(25));
  ASSERT_TRUE(tell_what_time_brings(*registry_));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM webhook_deliveries").number(), 0);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM alerts").number(), 0);
}

}  // namespace
}  // namespace rhumb::registry
