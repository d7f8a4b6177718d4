#include "registry/ingest/ingest.h"

#include <gtest/gtest.h>

#include <thread>

#include "registry/ingest/ingest_prepare.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using registry_api::MigrationReport;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string status_of(TestRegistry& registry, int64_t event_id) {
  return registry.scalar("SELECT status FROM events WHERE id = ?", {event_id}).text();
}

TEST(Ingest, FirstReportMakesRepositoryEnvironmentAndDatabase) {
  TestRegistry registry;
  Result<IngestOutcome> outcome = registry.ingest(registry.report("a", "", "2"));
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(status_of(registry, outcome->event_id), "PASSED");
  EXPECT_EQ(registry.database("a"), "SYNCED 2");
  EXPECT_EQ(registry.scalar("SELECT slug || driver FROM repos").text(), "appsqlite");
  EXPECT_EQ(registry.scalar("SELECT name FROM databases").text(), "a.db");
  EXPECT_EQ(registry.scalar("SELECT databases_synced FROM repos").number(), 1);
}

TEST(Ingest, RepetitionIsTheSameEvent) {
  TestRegistry registry;
  MigrationReport report = registry.report("a", "", "2");
  Result<IngestOutcome> first = registry.ingest(report);
  registry.clock().advance(minutes(1));
  Result<IngestOutcome> again = registry.ingest(report);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->event_id, again->event_id);
  EXPECT_FALSE(first->repeated);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM events").number(), 1);
  EXPECT_EQ(registry.scalar("SELECT sum(events) FROM event_counts").number(), 1);
  EXPECT_EQ(
      registry.scalar("SELECT count(*) FROM audit WHERE action = 'deployment.report'").number(), 1);
}

TEST(Ingest, ClientIdWithAnotherBodyIsRefused) {
  TestRegistry registry;
  MigrationReport report = registry.report("a", "", "2");
  report.extras.report_id = "7e9f";
  ASSERT_TRUE(registry.ingest(report));
  ASSERT_TRUE(registry.ingest(report));
  report.log = "something else";
  Result<IngestOutcome> other = registry.ingest(report);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kConflict);
}

TEST(Ingest, StatusesOfEvents) {
  TestRegistry registry;
  auto at = [&registry](MigrationReport report) {
    registry.clock().advance(seconds(10));
    report.end = registry.clock().now();
    Result<IngestOutcome> outcome = registry.ingest(std::move(report));
    return outcome ? status_of(registry, outcome->event_id) : outcome.error().message();
  };
  MigrationReport baseline = registry.report("a", "1", "");
  baseline.current_version = "1";
  EXPECT_EQ(at(baseline), "PASSED");
  baseline.start = registry.clock().now();
  EXPECT_EQ(at(baseline), "NO_ACTION");
  MigrationReport failed = registry.report("a", "1", "2");
  failed.current_version = "1";
  failed.files->front().error = {"SELECT 2;", "no such table"};
  EXPECT_EQ(at(failed), "FAILED");
  EXPECT_EQ(registry.database("a"), "FAILED 1");
  MigrationReport dry = registry.report("a", "1", "2");
  dry.dry_run = true;
  dry.current_version = "1";
  EXPECT_EQ(at(dry), "DRY_RUN");
  EXPECT_EQ(registry.database("a"), "FAILED 1");
  EXPECT_EQ(at(registry.report("a", "1", "2")), "PASSED");
  EXPECT_EQ(registry.database("a"), "SYNCED 2");
}

TEST(Ingest, FailedCheckFailsTheEvent) {
  TestRegistry registry;
  MigrationReport report = registry.report("a", "", "2");
  registry_api::FileChecks checks;
  checks.name = "checks.sql";
  checks.checks = {{"SELECT 0", "assertion failed"}};
  report.files->front().checks = {checks};
  Result<IngestOutcome> outcome = registry.ingest(report);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(status_of(registry, outcome->event_id), "FAILED");
}

TEST(Ingest, LateReportIsStoredButChangesNothing) {
  TestRegistry registry;
  MigrationReport late = registry.report("a", "", "1");
  registry.clock().advance(minutes(10));
  ASSERT_TRUE(registry.ingest(registry.report("a", "1", "2")));
  ASSERT_TRUE(registry.ingest(late));
  EXPECT_EQ(registry.database("a"), "SYNCED 2");
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM events").number(), 2);
}

TEST(Ingest, ClockFarAheadDoesNotShutOutLaterReports) {
  TestRegistry registry;
  MigrationReport ahead = registry.report("a", "", "1");
  ahead.end = registry.clock().now() + hours(5);
  ASSERT_TRUE(registry.ingest(ahead));
  registry.clock().advance(minutes(1));
  ASSERT_TRUE(registry.ingest(registry.report("a", "1", "2")));
  EXPECT_EQ(registry.database("a"), "SYNCED 2");
}

TEST(Ingest, DatabaseThatLagsAnotherIsPending) {
  TestRegistry registry;
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "2")));
  ASSERT_TRUE(registry.ingest(registry.report("b", "", "10")));
  EXPECT_EQ(registry.database("a"), "PENDING 2");
  EXPECT_EQ(registry.database("b"), "SYNCED 10");
  EXPECT_EQ(registry.scalar("SELECT databases_synced * 10 + databases_pending FROM repos").number(),
            11);
}

TEST(Ingest, PushMeasuresEveryDatabase) {
  TestRegistry registry;
  ASSERT_TRUE(registry.push("app", "", {"1", "2"}));
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "2")));
  ASSERT_TRUE(registry.ingest(registry.report("b", "", "9")));
  EXPECT_EQ(registry.database("a"), "SYNCED 2");
  EXPECT_EQ(registry.database("b"), "PENDING 9");
  EXPECT_EQ(registry.scalar("SELECT unknown_version FROM databases WHERE ext_id = 'b'").number(),
            1);
  ASSERT_TRUE(registry.push("app", "", {"1", "2", "9"}));
  EXPECT_EQ(registry.database("a"), "PENDING 2");
  EXPECT_EQ(registry.database("b"), "SYNCED 9");
  ASSERT_TRUE(registry.push("app", "v9", {"1", "2"}));
  EXPECT_EQ(registry.database("b"), "SYNCED 9");
}

TEST(Ingest, SameIdAtAnotherPlaceIsACopyUnlessTheOldOneIsSilent) {
  TestRegistry registry;
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "1")));
  registry.clock().advance(hours(1));
  MigrationReport moved = registry.report("a", "", "1");
  moved.target.url = "sqlite://elsewhere/a.db";
  ASSERT_TRUE(registry.ingest(moved));
  EXPECT_EQ(
      registry.scalar("SELECT count(*) FROM databases WHERE duplicate_of IS NOT NULL").number(), 2);
  EXPECT_EQ(registry.scalar("SELECT name FROM databases WHERE id = 2").text(), "a.db@elsewhere");
  registry.clock().advance(hours(48));
  MigrationReport again = registry.report("a", "", "1");
  again.target.url = "sqlite://third/a.db";
  ASSERT_TRUE(registry.ingest(again));
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM databases").number(), 2);
}

TEST(Ingest, ProvisionalTargetTakesTheRealIdLater) {
  TestRegistry registry;
  MigrationReport dry = registry.report("made-up", "", "1");
  dry.dry_run = true;
  dry.extras.provisional_target = true;
  dry.target.url = "sqlite://a.db";
  ASSERT_TRUE(registry.ingest(dry));
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "1")));
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM databases").number(), 1);
  EXPECT_EQ(registry.scalar("SELECT ext_id FROM databases").text(), "a");
  registry.clock().advance(minutes(1));
  dry.start = registry.clock().now();
  ASSERT_TRUE(registry.ingest(dry));
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM databases").number(), 1);
  EXPECT_EQ(registry.scalar("SELECT ext_id FROM databases").text(), "a");
}

TEST(Ingest, SecretsAreNotStored) {
  TestRegistry registry;
  MigrationReport report = registry.report("a", "", "1");
  report.target.url = "sqlite://u:hunter2@app.db?_auth_pass=hunter2";
  report.error = "open mysql://u:hunter2@h/db: refused";
  report.log = "dial mysql://u:hunter2@h";
  report.files->front().content = "SELECT dblink('postgres://u:hunter2@h/db');";
  report.files->front().error = {"x mysql://u:hunter2@h", "y mysql://u:hunter2@h"};
  ASSERT_TRUE(registry.ingest(report));
  EXPECT_EQ(registry.scalar("SELECT url FROM databases").text(),
            "sqlite://u:xxxxx@app.db?_auth_pass=xxxxx");
  for (const char* sql :
       {"SELECT count(*) FROM events WHERE error LIKE '%hunter%'",
        "SELECT count(*) FROM event_files WHERE error_stmt || error_text LIKE '%hunter%'",
        "SELECT count(*) FROM audit WHERE after_json LIKE '%hunter%'",
        "SELECT count(*) FROM databases WHERE name || url LIKE '%hunter%'"}) {
    EXPECT_EQ(registry.scalar(sql).number(), 0) << sql;
  }
  EXPECT_EQ(registry.store().count_with("SELECT data FROM bodies", "hunter"), 0);
}

TEST(Ingest, NamesHaveBounds) {
  TestRegistry registry;
  const std::string too_long(256, 'x');
  auto refused = [&registry](const std::function<void(MigrationReport&)>& change) {
    MigrationReport report = registry.report("a", "", "1");
    change(report);
    Result<IngestOutcome> outcome = registry.ingest(report);
    return !outcome && outcome.error().code() == ErrorCode::kInvalid;
  };
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.env_name = too_long; }));
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.dir_name = too_long; }));
  EXPECT_TRUE(refused([](MigrationReport& r) { r.dir_name = " "; }));
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.project_name = too_long; }));
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.atlas_version = too_long; }));
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.target.id = too_long; }));
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.target.schema = too_long; }));
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.to_version = too_long; }));
  EXPECT_TRUE(refused([&](MigrationReport& r) { r.files->front().name = too_long; }));
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM events").number(), 0);
}

TEST(Ingest, LongLogsKeepBothEnds) {
  std::string log = "begin" + std::string(kLogMax, 'x') + "end";
  std::string cut = cut_middle(log, kLogMax);
  EXPECT_TRUE(cut.starts_with("begin"));
  EXPECT_TRUE(cut.ends_with("end"));
  EXPECT_NE(cut.find("... 8 bytes left out ..."), std::string::npos);
  EXPECT_EQ(cut_middle("äöü", 5), "ä\n... 2 bytes left out ...\nü");
}

TEST(Ingest, RightsAreNeeded) {
  TestRegistry registry;
  registry.caller().rights = Rights{{"report:write"}, {}};
  Result<IngestOutcome> unknown = registry.ingest(registry.report("a", "", "1"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message(), "permission \"repo:create\" is required");
  registry.caller().rights = Rights{{"report:write", "repo:create"}, {}};
  EXPECT_TRUE(registry.ingest(registry.report("a", "", "1")));
  registry.caller().rights = Rights{{"dir:read"}, {}};
  Result<IngestOutcome> denied = registry.ingest(registry.report("b", "", "1"));
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code(), ErrorCode::kDenied);
}

TEST(Ingest, DanglingDeploymentsDoNotMeasureEachOther) {
  TestRegistry registry;
  MigrationReport one = registry.report("a", "", "1");
  MigrationReport two = registry.report("b", "", "2");
  one.dir_name = two.dir_name = ".atlas";
  ASSERT_TRUE(registry.ingest(one));
  ASSERT_TRUE(registry.ingest(two));
  EXPECT_EQ(registry.database("a"), "SYNCED 1");
  EXPECT_EQ(registry.scalar("SELECT hidden FROM repos").number(), 1);
}

TEST(Ingest, ManyAtOnceLoseNothing) {
  TestRegistry registry;
  constexpr int kThreads = 6;
  constexpr int kEach = 20;
  std::vector<MigrationReport> reports;
  for (int i = 0; i < kThreads * kEach; ++i) {
    reports.push_back(registry.report("db" + std::to_string(i % 30), "", std::to_string(i + 1)));
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        // Everyone also sends a neighbour's report again.
        EXPECT_TRUE(registry.ingest(reports[static_cast<size_t>(t * kEach + i)]));
        EXPECT_TRUE(registry.ingest(reports[static_cast<size_t>((t * kEach + i + 1) % 120)]));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM events").number(), 120);
  EXPECT_EQ(registry.scalar("SELECT sum(events) FROM event_counts").number(), 120);
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM databases").number(), 30);
  EXPECT_TRUE(read_value<AuditHead>(*registry.store(),
                                    [](Session& session) { return verify_audit(session); }));
}

/// Of bytes that no engine makes smaller: its indexes have to take what is left.
TEST(Ingest, AddressesOfAnyLengthAreTaken) {
  TestRegistry registry;
  std::string path;
  for (uint64_t state = 1; path.size() < 60'000;) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    path += static_cast<char>('a' + (state >> 33U) % 26);
  }
  for (const char* name : {"1", "2", "1"}) {
    MigrationReport report = registry.report("", "", "1");
    report.target.url = "sqlite://" + path + name;
    registry.clock().advance(seconds(1));
    report.end = registry.clock().now();
    const auto outcome = registry.ingest(report);
    ASSERT_TRUE(outcome) << outcome.error().message();
  }
  EXPECT_EQ(registry.scalar("SELECT count(*) FROM databases").number(), 2);
}

}  // namespace
}  // namespace rhumb::registry
