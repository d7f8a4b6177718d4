#include "registry/content/ephemeral.h"

#include <fmt/format.h>

#include "registry/api/test_api.h"
#include "registry/ingest/rebuild.h"
#include "registry/maintenance.h"

namespace rhumb::registry {
namespace {

using std::chrono::hours;

constexpr const char* kSet =
    "mutation s($input: SetEphemeralEnvironmentsInput!) { setEphemeralEnvironments(input: $input) "
    "{ glob hours environments } }";
constexpr const char* kDelete =
    "mutation d($glob: String!) { deleteEphemeralEnvironments(glob: $glob) { success } }";
constexpr const char* kProtect =
    "mutation u($input: UpdateEnvironmentInput!) { updateEnvironment(input: $input) { "
    "ephemeralHours } }";

/// A database of prod at the head, and one of pr-7 that is behind.
class EphemeralTest : public ApiTest {
 protected:
  EphemeralTest() {
    EXPECT_TRUE(registry_.push("app", "", {"1", "2"}));
    report("prod", "2");
    report("pr-7", "1");
  }

  void report(const std::string& env, const std::string& to, const std::string& repo = "app") {
    registry_.clock().advance(std::chrono::seconds(2));
    registry_api::MigrationReport report = registry_.report(repo + env, "", to);
    report.env_name = env;
    report.dir_name = repo;
    EXPECT_TRUE(registry_.ingest(report));
  }
  static Json rule(const std::string& glob, int64_t ttl) {
    return Json::object({{"glob", glob}, {"hours", ttl}});
  }
  static Json named(const std::string& glob) { return Json::object({{"glob", glob}}); }
  std::string counters(const std::string& repo = "app") {
    return registry_
        .scalar(
            "SELECT databases_synced || ' ' || databases_pending || ' ' || databases_failed || "
            "' ' || reported_version FROM repos WHERE slug = ?",
            {repo})
        .text();
  }
  /// Names of databases that are listed, each with whether it is ephemeral.
  std::string listed(const std::string& filter = "") {
    return text(data("{ databases" + filter + " { databases { envName ephemeral } } }")
                    .at("databases")
                    .at("databases"));
  }
  int64_t expire() {
    return expire_databases(*registry_.store(), registry_->now(), {}).value_or(-1);
  }
  void expect_rebuilt() {
    const Result<RebuildReport> report = write_value<RebuildReport>(
        *registry_.store(), [](Session& session) { return rebuild_projections(session); });
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->difference_count, 0)
        << (report->differences.empty() ? "" : report->differences.front());
  }
};

TEST_F(EphemeralTest, DatabasesOfOneAreInNoFigure) {
  EXPECT_EQ(counters(), "1 1 0 2");
  EXPECT_EQ(text(input(kSet, rule("pr-*", 72))),
            R"({"setEphemeralEnvironments":{"glob":"pr-*","hours":72,"environments":1}})");
  EXPECT_EQ(counters(), "1 0 0 2");
  report("pr-8", "1");  // a new one
  report("pr-7", "2");
  report("pr-7", "1");
  ASSERT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
  EXPECT_EQ(counters(), "0 1 0 2");
  EXPECT_EQ(listed(), R"([{"envName":"pr-7","ephemeral":true},{"envName":"pr-8","ephemeral":true},)"
                      R"({"envName":"prod","ephemeral":false}])");
  EXPECT_EQ(listed("(input: {ephemeral: false})"), R"([{"envName":"prod","ephemeral":false}])");
  EXPECT_EQ(text(data("{ environments { name ephemeralHours } }")),
            R"({"environments":[{"name":"pr-7","ephemeralHours":72},{"name":"pr-8",)"
            R"("ephemeralHours":72},{"name":"prod","ephemeralHours":null}]})");
  expect_rebuilt();
  data(kDelete, named("pr-*"));
  EXPECT_EQ(counters(), "0 3 0 2");
  EXPECT_EQ(text(data("{ ephemeralEnvironments { glob } }")), R"({"ephemeralEnvironments":[]})");
  expect_rebuilt();
}

TEST_F(EphemeralTest, VersionOfAPreviewIsNotWhatOthersLackBehind) {
  report("prod", "1", "told");
  input(kSet, rule("pr-*", 72));
  report("pr-9", "5", "told");
  EXPECT_EQ(counters("told"), "1 0 0 1");
  expect_rebuilt();
  data(kDelete, named("pr-*"));
  EXPECT_EQ(counters("told"), "1 1 0 5");
  input(kSet, rule("pr-*", 72));
  EXPECT_EQ(counters("told"), "1 0 0 1");
}

TEST_F(EphemeralTest, SilentOneIsArchivedAndComesBackWithAReport) {
  input(kSet, rule("pr-*", 24));
  registry_.clock().advance(hours(23));
  EXPECT_EQ(expire(), 0);
  registry_.clock().advance(hours(1));
  EXPECT_EQ(expire(), 1);
  EXPECT_EQ(expire(), 0);
  EXPECT_EQ(listed(), R"([{"envName":"prod","ephemeral":false}])");
  EXPECT_EQ(registry_
                .scalar("SELECT actor_kind || ' ' || object || ' ' || after_json FROM audit WHERE "
                        "action = 'database.archive'")
                .text(),
            R"(SYSTEM database/2 {"archived":true,"silentHours":24})");
  EXPECT_EQ(counters(), "1 0 0 2");
  expect_rebuilt();
  report("pr-7", "2");
  EXPECT_EQ(listed("(input: {ephemeral: true})"), R"([{"envName":"pr-7","ephemeral":true}])");
  EXPECT_EQ(counters(), "1 0 0 2");
  expect_rebuilt();
}

TEST_F(EphemeralTest, MoreThanOneTransactionTakesAreAllArchived) {
  input(kSet, rule("pr-*", 1));
  ASSERT_TRUE(registry_.store()->write([](Session& session) {
    return session.run(
        "INSERT INTO databases (org_id, repo_id, env_id, ext_id, schema_name, name, url, driver, "
        "first_seen, last_report, atlas_version, status) WITH RECURSIVE n (i) AS (SELECT 1 UNION "
        "ALL SELECT i + 1 FROM n WHERE i < 450) SELECT org_id, repo_id, env_id, 'x' || i, '', 'x' "
        "|| i, url, driver, first_seen, last_report, atlas_version, status FROM databases JOIN n "
        "ON 1 = 1 WHERE databases.id = 2");
  }));
  registry_.clock().advance(hours(2));
  EXPECT_EQ(expire(), 451);
}

TEST_F(EphemeralTest, TheJobsOfARegistryArchive) {
  input(kSet, rule("pr-*", 1));
  registry_.clock().advance(hours(2));
  for (const MaintenanceJob& job : registry_jobs(*registry_)) {
    ASSERT_TRUE(job.run({})) << job.name;
  }
  EXPECT_EQ(listed(), R"([{"envName":"prod","ephemeral":false}])");
}

TEST_F(EphemeralTest, LongestTimeCountsAndProtectedOnesStay) {
  input(kSet, rule("pr-*", 24));
  input(kSet, rule("p*", 48));
  EXPECT_EQ(counters(), "0 0 0 ");
  EXPECT_EQ(text(data("{ environments { name ephemeralHours } }")),
            R"({"environments":[{"name":"pr-7","ephemeralHours":48},{"name":"prod",)"
            R"("ephemeralHours":48}]})");
  EXPECT_EQ(text(input(kProtect, Json::object({{"name", "prod"}, {"protected", true}}))),
            R"({"updateEnvironment":{"ephemeralHours":null}})");
  EXPECT_EQ(counters(), "1 0 0 2");
  expect_rebuilt();
}

TEST_F(EphemeralTest, MergedAndArchivedByHandAreNotCountedEither) {
  input(kSet, rule("pr-*", 72));
  registry_api::MigrationReport copy = registry_.report("apppr-7", "", "2");
  copy.env_name = "pr-7";
  copy.target.url = "sqlite://copy/x.db";
  ASSERT_TRUE(registry_.ingest(copy));
  input("mutation m($input: MergeDatabasesInput!) { mergeDatabases(input: $input) { drifts } }",
        Json::object({{"id", "2"}, {"into", "3"}}));
  EXPECT_EQ(counters(), "1 0 0 2");
  const char* archive =
      "mutation a($input: ArchiveInput!) { archiveDatabase(input: $input) { id } }";
  input(archive, Json::object({{"id", "3"}}));
  input(archive, Json::object({{"id", "3"}, {"archived", false}}));
  EXPECT_EQ(counters(), "1 0 0 2");
  expect_rebuilt();
}

TEST_F(EphemeralTest, EveryChangeIsAudited) {
  input(kSet, rule("pr-*", 24));
  input(kSet, rule("pr-*", 24));  // again: nothing more
  input(kSet, rule("pr-*", 48));
  data(kDelete, named("pr-*"));
  EXPECT_TRUE(audited().ends_with("settings.ephemeral settings.ephemeral settings.ephemeral"))
      << audited();
  EXPECT_EQ(registry_
                .scalar("SELECT object || before_json || after_json FROM audit ORDER BY seq DESC "
                        "LIMIT 1")
                .text(),
            R"(environment/pr-*{"hours":48}{"hours":null})");
}

TEST_F(EphemeralTest, RefusalsChangeNothing) {
  EXPECT_EQ(input_failure(kSet, rule("pr-*", 0)), "INVALID hours must be from 1 to 8784");
  EXPECT_EQ(input_failure(kSet, rule("pr-*", 8785)), "INVALID hours must be from 1 to 8784");
  EXPECT_EQ(input_failure(kSet, rule(" ", 1)), "INVALID glob must not be empty");
  EXPECT_TRUE(input_failure(kSet, rule(std::string(256, 'x'), 1)).starts_with("INVALID glob"));
  EXPECT_EQ(failure(kDelete, named("x")),
            "NOT_FOUND no environments are ephemeral by the glob \"x\"");
  expect_checked(kSet, rule("x", 1), {"glob", "hours"});
  for (int i = 0; i < kEphemeralGlobsMax; ++i) {
    input(kSet, rule(fmt::format("x-{}", i), 1));
  }
  EXPECT_TRUE(input_failure(kSet, rule("pr-*", 1)).starts_with("LIMIT an organization has at most"))
      << input_failure(kSet, rule("pr-*", 1));
  EXPECT_EQ(counters(), "1 1 0 2");
}

TEST_F(EphemeralTest, OthersMayNot) {
  allow_only({"cloud:read", "report:write"});
  EXPECT_EQ(input_failure(kSet, rule("pr-*", 1)), "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(failure(kDelete, named("x")), "FORBIDDEN permission \"admin\" is required");
}

TEST_F(EphemeralTest, OtherOrganizationsHaveTheirOwn) {
  leave_organization();
  input(kSet, rule("*", 1));
  EXPECT_EQ(counters(), "1 1 0 2");
  registry_.clock().advance(hours(2));
  EXPECT_EQ(expire(), 0);
}

}  // namespace
}  // namespace rhumb::registry
