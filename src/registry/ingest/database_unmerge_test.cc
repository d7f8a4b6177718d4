#include "registry/ingest/database_unmerge.h"

#include "registry/api/test_api.h"
#include "registry/ingest/database_identity.h"
#include "registry/ingest/ingest.h"
#include "registry/ingest/rebuild.h"

namespace rhumb::registry {
namespace {

using std::chrono::seconds;

constexpr const char* kUnmerge =
    "mutation u($id: ID!) { unmergeDatabase(id: $id) { database { id status currentVersion "
    "mergedInto duplicateOf } from { id status currentVersion duplicateOf } deployments setEntries "
    "drifts } }";

/// Databases 1, 2 and 3 of one identifier, at places of these names and at versions 1, 2 and 2.
class DatabaseUnmergeTest : public ApiTest {
 protected:
  DatabaseUnmergeTest() {
    EXPECT_TRUE(registry_.push("app", "", {"1", "2", "3"}));
    report("one", "1");
    report("two", "2");
    report("three", "2");
  }

  registry_api::MigrationReport report_at(const std::string& place, const std::string& to) {
    registry_.clock().advance(seconds(2));
    registry_api::MigrationReport report = registry_.report("a", "", to);
    report.target.url = "sqlite://" + place + "/a.db";
    return report;
  }
  void report(const std::string& place, const std::string& to) {
    EXPECT_TRUE(registry_.ingest(report_at(place, to)));
  }
  void merge(int64_t id, int64_t into) {
    const Result<MergeFigures> merged =
        merge_databases(*registry_, registry_.caller(), {1, id, into});
    EXPECT_TRUE(merged) << (merged ? "" : merged.error().message());
  }
  Json unmerge(const char* id) {
    return data(kUnmerge, Json::object({{"id", id}})).at("unmergeDatabase");
  }
  std::string refused(const char* id) { return failure(kUnmerge, Json::object({{"id", id}})); }
  void archive(const char* id) {
    input("mutation a($input: ArchiveInput!) { archiveDatabase(input: $input) { id } }",
          Json::object({{"id", id}}));
  }
  void expect_rebuilt() {
    const Result<RebuildReport> report = write_value<RebuildReport>(
        *registry_.store(), [](Session& session) { return rebuild_projections(session); });
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->difference_count, 0)
        << (report->differences.empty() ? "" : report->differences.front());
  }
  /// `id version/deployments>merged_into`, with `*` when it is archived, of each database.
  std::string databases() {
    const Result<Rows> rows = read_value<Rows>(*registry_.store(), [](Session& session) {
      return session.query(
          "SELECT d.id || ' ' || coalesce(d.current_version, '') || '/' || (SELECT count(*) FROM "
          "events e WHERE e.database_id = d.id) || coalesce('>' || CAST(d.merged_into AS TEXT), "
          "'') "
          "|| CASE WHEN d.archived_at IS NULL THEN '' ELSE '*' END FROM databases d ORDER BY d.id");
    });
    std::string out;
    for (const Row& database : *rows) {
      out += (out.empty() ? "" : ", ") + database[0].text();
    }
    return out;
  }
  /// What databases and their deployments and drifts say. Of several copies any may be named.
  std::string everything() {
    const Result<Rows> rows = read_value<Rows>(*registry_.store(), [](Session& session) {
      return session.query(
          "SELECT d.id || ' ' || d.first_seen || ' ' || d.last_report || ' ' || "
          "coalesce(CAST(d.archived_at AS TEXT), '-') || ' ' || "
          "coalesce(CAST(d.last_event_id AS TEXT), '-') || ' ' || coalesce(d.current_version, '-') "
          "|| ' ' || d.status || ' ' || d.listed_events || ' ' || (SELECT count(*) FROM events e "
          "WHERE e.database_id = d.id) || ' ' || (SELECT count(*) FROM drifts f WHERE "
          "f.database_id = d.id) FROM databases d ORDER BY d.id");
    });
    std::string out;
    for (const Row& database : *rows) {
      out += database[0].text() + "\n";
    }
    return out + counters();
  }
  std::string counters() {
    return registry_
        .scalar(
            "SELECT databases_synced || ' ' || databases_pending || ' ' || databases_failed FROM "
            "repos")
        .text();
  }
};

TEST_F(DatabaseUnmergeTest, EverythingIsAsItWas) {
  const std::string before = everything();
  merge(1, 2);
  EXPECT_NE(everything(), before);
  EXPECT_EQ(text(unmerge("1")),
            R"({"database":{"id":"1","status":"PENDING","currentVersion":"1","mergedInto":null,)"
            R"("duplicateOf":"2"},"from":{"id":"2","status":"PENDING","currentVersion":"2",)"
            R"("duplicateOf":"3"},"deployments":1,"setEntries":0,"drifts":0})");
  EXPECT_EQ(everything(), before);
  expect_rebuilt();
  EXPECT_TRUE(audited().ends_with("database.unmerge database.unmerge")) << audited();
  EXPECT_EQ(registry_
                .scalar("SELECT object || before_json FROM audit WHERE action = 'database.unmerge' "
                        "ORDER BY seq LIMIT 1")
                .text(),
            R"(database/1{"name":"a.db","url":"sqlite://one/a.db","status":"PENDING",)"
            R"("currentVersion":"","archived":true,"mergedInto":2,"duplicateOf":null,)"
            R"("keptApart":false})");
}

TEST_F(DatabaseUnmergeTest, EitherMayHaveBeenMergedIntoTheOther) {
  archive("3");
  for (const char* place : {"one", "two"}) {
    report(place, "3");
  }
  const std::string before = everything();
  merge(1, 2);
  unmerge("1");
  EXPECT_EQ(everything(), before);
  merge(2, 1);
  unmerge("2");
  EXPECT_EQ(everything(), before);
  expect_rebuilt();
}

TEST_F(DatabaseUnmergeTest, WhatWasReportedSinceGoesBackByItsPlace) {
  merge(1, 2);
  report("one", "3");
  EXPECT_EQ(databases(), "1 /0>2*, 2 3/3, 3 2/1");
  report("two", "2");
  unmerge("1");
  EXPECT_EQ(databases(), "1 3/2, 2 2/2, 3 2/1");
  EXPECT_EQ(counters(), "1 2 0");
  report("one", "3");
  report("two", "3");
  EXPECT_EQ(databases(), "1 3/3, 2 3/3, 3 2/1") << "each place speaks for itself again";
  expect_rebuilt();
}

TEST_F(DatabaseUnmergeTest, EntriesOfSetsGoBack) {
  merge(1, 2);
  registry_api::MigrationSetReport set;
  set.id = "s";
  set.planned = 2;
  set.completed = {report_at("one", "3"), report_at("two", "3")};
  set.start = set.end = registry_.clock().now();
  ASSERT_TRUE(ingest_set(*registry_, registry_.caller(), set));
  const Json back = unmerge("1");
  EXPECT_EQ(back.find_int("setEntries"), 1);
  EXPECT_EQ(back.find_int("deployments"), 1);
  EXPECT_EQ(databases(), "1 3/2, 2 3/2, 3 2/1");
  expect_rebuilt();
}

TEST_F(DatabaseUnmergeTest, OneOfAChainComesBackAlone) {
  merge(1, 2);
  merge(2, 3);
  EXPECT_EQ(databases(), "1 /0>3*, 2 /0>3*, 3 2/3");
  unmerge("2");
  EXPECT_EQ(databases(), "1 /0>3*, 2 2/1, 3 2/2") << "what was merged into it stays";
  unmerge("1");
  EXPECT_EQ(databases(), "1 1/1, 2 2/1, 3 2/1");
  merge(1, 3);
  unmerge("1");
  EXPECT_EQ(databases(), "1 1/1, 2 2/1, 3 2/1") << "as often as somebody likes";
  expect_rebuilt();
}

TEST_F(DatabaseUnmergeTest, WhatWasArchivedStaysSoUnlessItReports) {
  archive("1");
  merge(1, 2);
  unmerge("1");
  EXPECT_EQ(databases(), "1 1/1*, 2 2/1, 3 2/1");
  merge(1, 2);
  report("one", "2");
  unmerge("1");
  EXPECT_EQ(databases(), "1 2/2, 2 2/1, 3 2/1");
  EXPECT_EQ(counters(), "0 3 0");
  expect_rebuilt();
}

TEST_F(DatabaseUnmergeTest, DriftsGoBackWithWhatToldOfThem) {
  const auto drift = [this](int64_t database, std::string_view column, int64_t cause, bool open) {
    EXPECT_TRUE(registry_.store()->write([&](Session& session) {
      return session.run(
          "INSERT INTO drifts (org_id, database_id, expected_hash, actual_hash, source, "
          "detected_at, resolved_at, " +
              std::string(column) + ") VALUES (1, ?, 'a', 'b', 'report', 7, ?, ?)",
          {database, open ? Value() : Value(8), cause});
    }));
  };
  const char* push =
      "mutation p($input: PushSnapshotInput!) { pushSnapshot(input: $input) { url } }";
  input(push, Json::object({{"url", "sqlite://one/a.db"},
                            {"extID", "a"},
                            {"hashMatch", false},
                            {"snapshot", Json::object({{"hash", "x"}, {"hcl", ""}})}}));
  drift(1, "event_id", 1, true);
  drift(2, "event_id", 2, true);
  merge(1, 2);
  drift(2, "snapshot_id", 1, false);
  const Json back = unmerge("1");
  EXPECT_EQ(back.find_int("drifts"), 2);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM drifts WHERE database_id = 1").number(), 2);
  EXPECT_EQ(registry_
                .scalar("SELECT count(*) FROM drifts WHERE database_id = 2 AND resolved_at IS "
                        "NULL")
                .number(),
            1);
}

TEST_F(DatabaseUnmergeTest, WhoseIdentifiersDifferTellOfNothing) {
  registry_api::MigrationReport other = registry_.report("b", "", "2");
  other.target.url = "sqlite://four/a.db";
  ASSERT_TRUE(registry_.ingest(other));
  merge(4, 3);
  const Json back = unmerge("4");
  EXPECT_EQ(text(back.at("database").at("duplicateOf")), "null");
  EXPECT_EQ(text(back.at("from").at("duplicateOf")), "\"2\"");
}

TEST_F(DatabaseUnmergeTest, SplitOnesStaySplit) {
  ASSERT_TRUE(split_databases(*registry_, registry_.caller(), {1, 1, 2}));
  merge(1, 2);
  EXPECT_EQ(text(unmerge("1").at("database").at("duplicateOf")), "null");
}

TEST_F(DatabaseUnmergeTest, RefusalsChangeNothing) {
  EXPECT_EQ(refused("1"), "CONFLICT database 1 was not merged into another one");
  EXPECT_EQ(refused("9"), "NOT_FOUND database 9 not found");
  EXPECT_EQ(refused("x"), "NOT_FOUND database not found");
  EXPECT_EQ(refused(""), "NOT_FOUND database not found");
  EXPECT_TRUE(failure(kUnmerge).starts_with("INVALID variable"));
  merge(1, 2);
  const std::string before = everything();
  ASSERT_TRUE(registry_.store()->write([](Session& session) {
    return session.run("UPDATE databases SET merged_archived = NULL WHERE id = 1");
  }));
  EXPECT_EQ(refused("1"),
            "CONFLICT database 1 was merged by a release that did not note what was whose; it "
            "stays part of database 2");
  allow_only({"cloud:read", "report:write"});
  EXPECT_EQ(refused("1"), "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(everything(), before);
}

TEST_F(DatabaseUnmergeTest, OtherOrganizationsHaveNone) {
  merge(1, 2);
  leave_organization();
  EXPECT_EQ(refused("1"), "NOT_FOUND database 1 not found");
}

}  // namespace
}  // namespace rhumb::registry
