#include "registry/ingest/rebuild.h"

#include <gtest/gtest.h>

#include <random>

#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

Result<RebuildReport> rebuild(TestRegistry& registry) {
  return write_value<RebuildReport>(*registry.store(),
                                    [](Session& session) { return rebuild_projections(session); });
}

/// Whatever arrives in whatever order: what is kept beside the events is what they say.
TEST(Rebuild, FindsNothingToChangeAfterRandomTraffic) {
  for (unsigned seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    TestRegistry registry;
    std::mt19937 random(seed);
    auto pick = [&random](int count) {
      return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    const std::vector<std::string> versions = {"1", "2", "3", "9", "10"};
    for (int i = 0; i < 60; ++i) {
      registry.clock().advance(std::chrono::seconds(1 + pick(30)));
      if (pick(8) == 0) {
        auto count = static_cast<std::ptrdiff_t>(1 + pick(4));
        ASSERT_TRUE(registry.push(pick(2) == 0 ? "app" : "web", pick(2) == 0 ? "" : "v1",
                                  {versions.begin(), versions.begin() + count}));
        continue;
      }
      registry_api::MigrationReport report = registry.report(
          "db" + std::to_string(pick(6)), "", versions[static_cast<size_t>(pick(5))]);
      report.dir_name = pick(3) == 0 ? ".atlas" : pick(2) == 0 ? "app" : "web";
      report.env_name = pick(2) == 0 ? "prod" : "staging";
      report.dry_run = pick(6) == 0;
      if (pick(5) == 0) {
        report.error = "boom";
      }
      if (pick(4) == 0) {
        report.end = *report.end - std::chrono::seconds(pick(200));
      }
      if (pick(4) != 0) {
        ASSERT_TRUE(registry.ingest(report));
        continue;
      }
      registry_api::MigrationSetReport set;
      set.id = "set" + std::to_string(i);
      set.planned = 1 + pick(2);
      set.start = set.end = registry.clock().now();
      set.completed = {report};
      ASSERT_TRUE(ingest_set(*registry, registry.caller(), set));
    }
    Result<RebuildReport> report = rebuild(registry);
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->difference_count, 0);
    for (const std::string& difference : report->differences) {
      ADD_FAILURE() << difference;
    }
    EXPECT_GT(report->events, 20);
  }
}

/// Every figure that a database's row and the counters have of events.
TEST(Rebuild, RepairsEachFigure) {
  TestRegistry registry;
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "1")));
  for (const std::string change :
       {"databases SET last_event_id = 77", "databases SET last_order = NULL",
        "databases SET last_failed = 1", "databases SET current_version = NULL",
        "databases SET last_deployment_at = 7", "databases SET listed_events = 7",
        "event_counts SET events = 7"}) {
    SCOPED_TRACE(change);
    ASSERT_TRUE(registry.store()->write(
        [&change](Session& session) { return session.run("UPDATE " + change); }));
    EXPECT_EQ(rebuild(registry).value().difference_count, 1);
    EXPECT_EQ(rebuild(registry).value().difference_count, 0);
  }
  ASSERT_TRUE(registry.store()->write(
      [](Session& session) { return session.run("UPDATE event_periods SET events = 7"); }));
  EXPECT_EQ(rebuild(registry).value().difference_count, 2) << "of its hour and of its day";
  EXPECT_EQ(rebuild(registry).value().difference_count, 0);
}

TEST(Rebuild, ADatabaseWithoutEventsSaysNothingOfAny) {
  TestRegistry registry;
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "1")));
  ASSERT_TRUE(registry.store()->write([](Session& session) -> Result<void> {
    TRY(session.run("DELETE FROM event_files"));
    return session.run("DELETE FROM events");
  }));
  ASSERT_TRUE(rebuild(registry));
  EXPECT_TRUE(registry.scalar("SELECT last_event_id FROM databases").is_null());
  EXPECT_TRUE(registry.scalar("SELECT current_version FROM databases").is_null());
  EXPECT_EQ(registry.scalar("SELECT listed_events FROM databases").number(), 0);
}

TEST(Rebuild, RepairsWhatWasChangedByHand) {
  TestRegistry registry;
  ASSERT_TRUE(registry.ingest(registry.report("a", "", "1")));
  ASSERT_TRUE(registry.ingest(registry.report("b", "", "2")));
  ASSERT_TRUE(registry.store()->write([](Session& session) -> Result<void> {
    TRY(session.run("UPDATE databases SET status = 'FAILED', current_version = '7'"));
    TRY(session.run("UPDATE repos SET databases_synced = 99"));
    return session.run("UPDATE event_counts SET events = 99");
  }));
  Result<RebuildReport> report = rebuild(registry);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->difference_count, 4);
  EXPECT_EQ(registry.database("a"), "PENDING 1");
  EXPECT_EQ(registry.database("b"), "SYNCED 2");
  EXPECT_EQ(rebuild(registry)->difference_count, 0);
}

TEST(Rebuild, NeedsAStoreThatNobodyUses) {
  TestRegistry registry;
  Result<RebuildReport> busy = rebuild_registry(registry.store().address());
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code(), ErrorCode::kBusy);
  Result<RebuildReport> missing = rebuild_registry({"", "/nonexistent"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace rhumb::registry
