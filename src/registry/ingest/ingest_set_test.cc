#include <gtest/gtest.h>

#include <algorithm>

#include "registry/ingest/ingest.h"
#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

using registry_api::MigrationReport;
using registry_api::MigrationSetReport;
using registry_api::SetStep;
using std::chrono::seconds;

class SetTest : public testing::Test {
 protected:
  MigrationSetReport set(std::vector<MigrationReport> completed, int64_t planned) {
    MigrationSetReport out;
    out.id = "set-1";
    out.planned = planned;
    out.start = registry_.clock().now() - seconds(5);
    out.end = registry_.clock().now();
    SetStep step;
    step.text = "Start migration for targets";
    step.start = step.end = out.start;
    out.log = {step};
    out.completed = std::move(completed);
    return out;
  }
  Result<IngestOutcome> ingest(MigrationSetReport report) {
    return ingest_set(*registry_, registry_.caller(), std::move(report));
  }
  std::string set_row() {
    return registry_
        .scalar(
            "SELECT e.status || ' ' || s.succeeded || '/' || s.planned || ' ' || "
            "coalesce(e.version, '-') FROM events e JOIN sets s ON s.event_id = e.id")
        .text();
  }
  int64_t count(std::string_view sql) { return registry_.scalar(sql).number(); }

  TestRegistry registry_;
};

TEST_F(SetTest, TakesItsNumberBeforeItsEntries) {
  Result<IngestOutcome> outcome =
      ingest(set({registry_.report("a", "", "9"), registry_.report("b", "", "10")}, 2));
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->event_id, 1);
  EXPECT_EQ(set_row(), "PASSED 2/2 10");
  EXPECT_EQ(count("SELECT count(*) FROM events WHERE set_id = 1"), 2);
  EXPECT_EQ(count("SELECT sum(events) FROM event_counts"), 1);
  EXPECT_EQ(registry_.database("a"), "PENDING 9");
  EXPECT_EQ(registry_.database("b"), "SYNCED 10");
}

TEST_F(SetTest, RepetitionIsTheSameSet) {
  MigrationSetReport report = set({registry_.report("a", "", "1")}, 1);
  Result<IngestOutcome> first = ingest(report);
  registry_.clock().advance(seconds(60));
  Result<IngestOutcome> again = ingest(report);
  ASSERT_TRUE(first && again);
  EXPECT_EQ(first->event_id, again->event_id);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(count("SELECT count(*) FROM events"), 2);
}

/// Enough of them for what is asked ahead to be asked; see IngestJob::ask_for().
TEST_F(SetTest, EntriesOfOneTargetFollowEachOther) {
  std::vector<MigrationReport> entries;
  for (const char* to : {"1", "2", "3"}) {
    for (int target = 0; target < 40; ++target) {
      MigrationReport entry = registry_.report("t" + std::to_string(target), "", to);
      *entry.end += seconds(to[0] - '0');
      *entry.start += seconds(to[0] - '0');
      entries.push_back(std::move(entry));
    }
  }
  std::ranges::sort(entries, {}, [](const MigrationReport& entry) { return entry.target.id; });
  const auto outcome = ingest(set(std::move(entries), 120));
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(count("SELECT count(*) FROM databases"), 40);
  EXPECT_EQ(count("SELECT count(*) FROM databases WHERE current_version = '3'"), 40);
  EXPECT_EQ(count("SELECT databases_synced FROM repos"), 40);
  EXPECT_EQ(count("SELECT count(*) FROM events WHERE set_id = 1"), 120);
  EXPECT_EQ(count("SELECT count(DISTINCT database_id) FROM events WHERE set_id = 1"), 40);
}

TEST_F(SetTest, TargetsOfOneNameGetNamesOfTheirOwn) {
  std::vector<MigrationReport> entries;
  for (int target = 0; target < 6; ++target) {
    entries.push_back(registry_.report("t" + std::to_string(target), "", "1"));
    entries.back().target.url = "sqlite://" + std::to_string(target) + "/same.db";
  }
  ASSERT_TRUE(ingest(set(std::move(entries), 6)));
  EXPECT_EQ(count("SELECT count(DISTINCT name) FROM databases"), 6);
}

TEST_F(SetTest, UnreachedTargetsFailTheSet) {
  MigrationReport failed = registry_.report("a", "", "1");
  failed.error = "boom";
  MigrationSetReport report = set({failed}, 2);
  report.error = "Error: boom";
  ASSERT_TRUE(ingest(report));
  EXPECT_EQ(set_row(), "FAILED 0/2 1");
}

TEST_F(SetTest, ChunksAreMerged) {
  MigrationSetReport first = set({registry_.report("a", "", "1")}, 2);
  MigrationSetReport second = first;
  second.completed = {registry_.report("b", "", "1")};
  ASSERT_TRUE(ingest(first));
  EXPECT_EQ(set_row(), "FAILED 1/2 1");
  ASSERT_TRUE(ingest(second));
  EXPECT_EQ(set_row(), "PASSED 2/2 1");
  EXPECT_EQ(count("SELECT sum(events) FROM event_counts"), 1);
  EXPECT_EQ(count("SELECT events FROM event_counts WHERE status = 'PASSED'"), 1);
}

TEST_F(SetTest, ContradictionsAreRefusedAndLeaveNothing) {
  MigrationSetReport first = set({registry_.report("a", "", "1")}, 1);
  first.log.push_back(first.log.front());
  ASSERT_TRUE(ingest(first));
  auto refused = [&](const std::function<void(MigrationSetReport&)>& change) {
    MigrationSetReport other = first;
    change(other);
    Result<IngestOutcome> outcome = ingest(other);
    return !outcome && outcome.error().code() == ErrorCode::kConflict;
  };
  EXPECT_TRUE(refused([](MigrationSetReport& r) { r.planned = 2; }));
  EXPECT_TRUE(refused([](MigrationSetReport& r) { r.start = *r.start + seconds(1); }));
  EXPECT_TRUE(refused([](MigrationSetReport& r) { r.log.front().text = "other"; }));
  EXPECT_TRUE(refused([](MigrationSetReport& r) { r.completed.front().log = "other"; }));
  EXPECT_EQ(set_row(), "PASSED 1/1 1");
}

TEST_F(SetTest, LiveSetRunsThenCloses) {
  registry_api::BeginSet begin;
  begin.id = "set-1";
  begin.planned = 2;
  begin.start = registry_.clock().now() - seconds(5);
  begin.env_name = "prod";
  begin.dir_name = "app";
  begin.targets = {"sqlite://u:secret@a.db", "sqlite://b.db"};
  std::vector<LiveEvent> seen;
  LiveHub::Subscription subscription =
      registry_->live.subscribe([&seen](const LiveEvent& event) { seen.push_back(event); });
  Result<IngestOutcome> begun = ingest_begin(*registry_, registry_.caller(), begin);
  ASSERT_TRUE(begun) << begun.error().message();
  EXPECT_EQ(set_row(), "RUNNING 0/2 -");
  EXPECT_EQ(registry_.scalar("SELECT targets FROM sets").text(),
            R"(["sqlite://u:xxxxx@a.db","sqlite://b.db"])");
  Result<IngestOutcome> again = ingest_begin(*registry_, registry_.caller(), begin);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);

  MigrationSetReport update = set({registry_.report("a", "", "1")}, 2);
  update.end.reset();
  ASSERT_TRUE(ingest(update));
  EXPECT_EQ(set_row(), "RUNNING 1/2 1");
  update.completed.push_back(registry_.report("b", "", "1"));
  update.end = registry_.clock().now();
  Result<IngestOutcome> closed = ingest(update);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->event_id, begun->event_id);
  EXPECT_EQ(set_row(), "PASSED 2/2 1");
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.front().status, "RUNNING");
  EXPECT_EQ(seen.back().status, "PASSED");
  EXPECT_EQ(seen.back().set_id, begun->event_id);
  EXPECT_EQ(seen.size(), 5U);  // begun; entry, set; entry, set
}

TEST_F(SetTest, SetWithoutEntriesBelongsToWhatItsLogNames) {
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  MigrationSetReport report = set({}, 1);
  report.error = "Error: checksum mismatch";
  SetStep step = report.log.front();
  step.text = "Run migration: 1";
  step.end.reset();
  step.error = true;
  step.log = {{"Target URL: sqlite://a.db", {}},
              {"Migration directory: mem://app", {}},
              {"Error: checksum mismatch", {}}};
  report.log.push_back(step);
  ASSERT_TRUE(ingest(report));
  EXPECT_EQ(set_row(), "FAILED 0/1 -");
  EXPECT_EQ(registry_
                .scalar("SELECT r.slug || ' ' || n.name FROM events e JOIN repos r ON r.id = "
                        "e.repo_id JOIN environments n ON n.id = e.env_id WHERE e.id = 2")
                .text(),
            "app prod");
}

TEST_F(SetTest, MixedSetBelongsToTheNamedRepository) {
  MigrationReport local = registry_.report("a", "", "1");
  local.dir_name = ".atlas";
  ASSERT_TRUE(ingest(set({local, registry_.report("b", "", "1")}, 2)));
  EXPECT_EQ(registry_
                .scalar("SELECT r.slug FROM events e JOIN repos r ON r.id = e.repo_id "
                        "WHERE e.id = 1")
                .text(),
            "app");
}

TEST_F(SetTest, Bounds) {
  MigrationSetReport report = set({}, 10'001);
  EXPECT_FALSE(ingest(report));
  report = set({}, -1);
  EXPECT_FALSE(ingest(report));
  report = set({}, 1);
  report.id = "";
  EXPECT_FALSE(ingest(report));
  report.id = std::string(256, 'x');
  EXPECT_FALSE(ingest(report));
  EXPECT_EQ(count("SELECT count(*) FROM events"), 0);
}

}  // namespace
}  // namespace rhumb::registry
