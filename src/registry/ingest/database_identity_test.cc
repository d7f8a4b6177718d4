#include "registry/ingest/database_identity.h"

#include "registry/api/test_api.h"
#include "registry/ingest/ingest.h"
#include "registry/ingest/rebuild.h"

namespace rhumb::registry {
namespace {

using std::chrono::hours;

constexpr const char* kPreview =
    "query p($input: MergeDatabasesInput!) { databaseMerge(input: $input) { database { id } into { "
    "id } deployments setEntries drifts plans instances snapshots former } }";
constexpr const char* kMerge =
    "mutation m($input: MergeDatabasesInput!) { mergeDatabases(input: $input) { database { id "
    "mergedInto duplicateOf status } into { id mergedInto duplicateOf status currentVersion } "
    "deployments setEntries drifts } }";
constexpr const char* kSplit =
    "mutation s($input: SplitDatabasesInput!) { splitDatabases(input: $input) { id duplicateOf } }";

/// Two databases with one identifier: the older one failed, the newer one is at the head.
class DatabaseIdentityTest : public ApiTest {
 protected:
  DatabaseIdentityTest() {
    EXPECT_TRUE(registry_.push("app", "", {"1", "2"}));
    registry_api::MigrationReport failed = report_at("one", "1");
    failed.error = "boom";
    EXPECT_TRUE(registry_.ingest(failed));
    report("two", "2");
  }

  registry_api::MigrationReport report_at(const std::string& place, const std::string& to) {
    registry_.clock().advance(std::chrono::seconds(2));
    registry_api::MigrationReport report = registry_.report("a", "", to);
    report.target.url = "sqlite://" + place + "/a.db";
    return report;
  }
  void report(const std::string& place, const std::string& to) {
    EXPECT_TRUE(registry_.ingest(report_at(place, to)));
  }
  static Json merging(const char* id, const char* into) {
    return Json::object({{"id", id}, {"into", into}});
  }
  static Json splitting(const char* id, const char* from) {
    return Json::object({{"id", id}, {"from", from}});
  }
  void expect_rebuilt() {
    const Result<RebuildReport> report = write_value<RebuildReport>(
        *registry_.store(), [](Session& session) { return rebuild_projections(session); });
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->difference_count, 0)
        << (report->differences.empty() ? "" : report->differences.front());
  }
  std::string row(std::string_view sql) { return registry_.scalar(sql).text(); }
  /// `id>merged_into~duplicate_of` of each database, and how many deployments each has.
  std::string databases() {
    const Result<Rows> rows = read_value<Rows>(*registry_.store(), [](Session& session) {
      return session.query(
          "SELECT d.id || '>' || coalesce(CAST(d.merged_into AS TEXT), '-') || '~' || "
          "coalesce(CAST(d.duplicate_of AS TEXT), '-') || ':' || (SELECT count(*) FROM events e "
          "WHERE e.database_id = d.id) FROM databases d ORDER BY d.id");
    });
    std::string out;
    for (const Row& database : *rows) {
      out += (out.empty() ? "" : " ") + database[0].text();
    }
    return out;
  }
  std::string counters() {
    return row(
        "SELECT databases_synced || ' ' || databases_pending || ' ' || databases_failed FROM "
        "repos");
  }
};

TEST_F(DatabaseIdentityTest, WhatOneHasGoesToTheOther) {
  EXPECT_EQ(databases(), "1>-~2:1 2>-~1:1");
  EXPECT_EQ(counters(), "1 0 1");
  EXPECT_EQ(text(input(kPreview, merging("1", "2"))),
            R"({"databaseMerge":{"database":{"id":"1"},"into":{"id":"2"},"deployments":1,)"
            R"("setEntries":0,"drifts":0,"plans":0,"instances":0,"snapshots":0,"former":0}})");
  EXPECT_EQ(databases(), "1>-~2:1 2>-~1:1") << "a question changes nothing";
  EXPECT_EQ(text(input(kMerge, merging("1", "2"))),
            R"({"mergeDatabases":{"database":{"id":"1","mergedInto":"2","duplicateOf":null,)"
            R"("status":"PENDING"},"into":{"id":"2","mergedInto":null,"duplicateOf":null,)"
            R"("status":"SYNCED","currentVersion":"2"},"deployments":1,"setEntries":0,)"
            R"("drifts":0}})");
  EXPECT_EQ(databases(), "1>2~-:0 2>-~-:2");
  EXPECT_EQ(counters(), "1 0 0");
  expect_rebuilt();
  EXPECT_TRUE(audited().ends_with("database.merge database.merge")) << audited();
  EXPECT_EQ(row("SELECT object || after_json FROM audit WHERE action = 'database.merge' ORDER BY "
                "seq LIMIT 1"),
            R"(database/1{"name":"a.db","url":"sqlite://one/a.db","status":"PENDING",)"
            R"("currentVersion":"","archived":true,"mergedInto":2,"duplicateOf":null,)"
            R"("keptApart":false})");
}

TEST_F(DatabaseIdentityTest, NewestDeploymentSpeaksWhicheverRowItIsOf) {
  input(kMerge, merging("2", "1"));
  EXPECT_EQ(databases(), "1>-~-:2 2>1~-:0");
  EXPECT_EQ(row("SELECT status || current_version FROM databases WHERE id = 1"), "SYNCED2");
  EXPECT_EQ(counters(), "1 0 0");
  expect_rebuilt();
}

TEST_F(DatabaseIdentityTest, ReportsOfEitherPlaceReachTheOneThatStays) {
  input(kMerge, merging("1", "2"));
  report("one", "2");
  report("two", "2");
  registry_.clock().advance(hours(48));
  report("one", "2");
  report("two", "2");
  EXPECT_EQ(databases(), "1>2~-:0 2>-~-:6");
  EXPECT_EQ(row("SELECT url FROM databases WHERE id = 2"), "sqlite://two/a.db");
  report("three", "2");
  EXPECT_EQ(databases(), "1>2~-:0 2>-~3:6 3>-~2:1") << "a third place is a copy of the whole";
  expect_rebuilt();
}

TEST_F(DatabaseIdentityTest, OldNumbersLeadToTheNewOne) {
  input(kMerge, merging("1", "2"));
  EXPECT_EQ(text(data("{ database(input: {extID: \"a\"}) { id } }")), R"({"database":{"id":"2"}})");
  EXPECT_EQ(text(data("{ databases(input: {archived: true}) { databases { id mergedInto } } }")),
            R"({"databases":{"databases":[{"id":"1","mergedInto":"2"}]}})");
  EXPECT_EQ(input_failure("mutation a($input: ArchiveInput!) { archiveDatabase(input: $input) { id "
                          "} }",
                          Json::object({{"id", "1"}, {"archived", false}})),
            "CONFLICT database 1 was merged into database 2; what it had is there");
}

TEST_F(DatabaseIdentityTest, ThirdCopyTellsOfTheOneThatStays) {
  report("three", "1");
  EXPECT_EQ(databases(), "1>-~2:1 2>-~1:1 3>-~2:1");
  input(kMerge, merging("2", "1"));
  EXPECT_EQ(databases(), "1>-~3:2 2>1~-:0 3>-~1:1");
  EXPECT_EQ(text(input(kPreview, merging("1", "3")).at("databaseMerge").at("former")), "1");
  input(kMerge, merging("1", "3"));
  EXPECT_EQ(databases(), "1>3~-:0 2>3~-:0 3>-~-:3");
  expect_rebuilt();
}

TEST_F(DatabaseIdentityTest, ArchivedOneComesBackWithOneThatLives) {
  const char* archive =
      "mutation a($input: ArchiveInput!) { archiveDatabase(input: $input) { id } }";
  input(archive, Json::object({{"id", "2"}}));
  input(kMerge, merging("1", "2"));
  EXPECT_EQ(counters(), "1 0 0");
  expect_rebuilt();
}

TEST_F(DatabaseIdentityTest, DriftThatWasFoundLastStaysOpen) {
  for (const int64_t id : {1, 2}) {
    ASSERT_TRUE(registry_.store()->write([id](Session& session) {
      return session.run(
          "INSERT INTO drifts (org_id, database_id, expected_hash, actual_hash, source, "
          "detected_at) VALUES (1, ?, 'a', 'b', 'report', 7)",
          {id});
    }));
  }
  input(kMerge, merging("2", "1"));
  EXPECT_EQ(row("SELECT count(*) || ' ' || count(resolved_at) || ' ' || min(database_id) || ' ' || "
                "max(database_id) FROM drifts"),
            "2 1 1 1");
}

TEST_F(DatabaseIdentityTest, EntriesOfSetsGoToo) {
  ASSERT_TRUE(registry_.store()->write(
      [](Session& session) { return session.run("UPDATE events SET set_id = 9 WHERE id = 1"); }));
  const Json merged = input(kMerge, merging("1", "2")).at("mergeDatabases");
  EXPECT_EQ(merged.find_int("setEntries"), 1);
  EXPECT_EQ(merged.find_int("deployments"), 0);
  EXPECT_EQ(row("SELECT count(*) || '' FROM events WHERE set_id = 9 AND database_id = 2"), "1");
}

TEST_F(DatabaseIdentityTest, DifferentOnesTellOfEachOtherNoMore) {
  EXPECT_EQ(text(input(kSplit, splitting("1", "2"))),
            R"({"splitDatabases":[{"id":"1","duplicateOf":null},{"id":"2","duplicateOf":null}]})");
  report("one", "2");
  report("two", "2");
  registry_.clock().advance(hours(48));
  report("three", "2");
  EXPECT_EQ(databases(), "1>-~-:2 2>-~3:2 3>-~2:1") << "a new place takes neither of them over";
  report("one", "2");
  report("two", "2");
  EXPECT_EQ(databases(), "1>-~-:3 2>-~3:3 3>-~2:1");
  const std::string before = audited();
  EXPECT_TRUE(before.find("database.split database.split") != std::string::npos) << before;
  input(kSplit, splitting("2", "1"));  // again: nothing more
  EXPECT_EQ(audited(), before);
  expect_rebuilt();
}

TEST_F(DatabaseIdentityTest, SnapshotsOfDifferentOnesAreNotMixed) {
  input(kSplit, splitting("1", "2"));
  const char* push =
      "mutation p($input: PushSnapshotInput!) { pushSnapshot(input: $input) { url } }";
  for (const char* place : {"one", "two"}) {
    input(push, Json::object({{"url", std::string("sqlite://") + place + "/a.db"},
                              {"extID", "a"},
                              {"hashMatch", false},
                              {"snapshot", Json::object({{"hash", place}, {"hcl", ""}})}}));
  }
  EXPECT_EQ(row("SELECT count(*) || '' FROM instances"), "2");
}

TEST_F(DatabaseIdentityTest, ThirdCopyIsStillToldOf) {
  report("three", "1");  // tells of 2, which tells of 1
  input(kSplit, splitting("1", "2"));
  EXPECT_EQ(databases(), "1>-~-:1 2>-~3:1 3>-~2:1");
}

TEST_F(DatabaseIdentityTest, RefusalsChangeNothing) {
  registry_api::MigrationReport other = registry_.report("b", "", "2");
  ASSERT_TRUE(registry_.ingest(other));  // 3: another identifier
  other = registry_.report("c", "", "2");
  other.env_name = "stage";
  ASSERT_TRUE(registry_.ingest(other));  // 4
  other = registry_.report("d", "", "2");
  other.dir_name = "other";
  ASSERT_TRUE(registry_.ingest(other));  // 5
  other = registry_.report("e", "", "2");
  other.target.schema = "more";
  ASSERT_TRUE(registry_.ingest(other));  // 6
  const struct {
    const char* name;
    const char* other;
    const char* want;
  } cases[] = {
      {"twice", "1", "INVALID database 1 is named twice; name two databases"},
      {"missing", "9", "NOT_FOUND database 9 not found"},
      {"text", "x", "NOT_FOUND database not found"},
      {"environment", "4",
       R"(CONFLICT databases 1 and 4 are of different environments: "prod" and "stage")"},
      {"repository", "5",
       R"(CONFLICT databases 1 and 5 are of different repositories: "app" and "other")"},
      {"schema", "6", R"(CONFLICT databases 1 and 6 are of different schemas: "main" and "more")"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(input_failure(kMerge, merging("1", c.other)), c.want) << c.name;
    EXPECT_EQ(input_failure(kSplit, splitting("1", c.other)), c.want) << c.name;
    EXPECT_EQ(input_failure(kPreview, merging("1", c.other)), c.want) << c.name;
  }
  EXPECT_EQ(input_failure(kSplit, splitting("1", "3")),
            R"(CONFLICT databases 1 and 3 are of different identifiers: "a" and "b")");
  input(kMerge, merging("1", "2"));
  EXPECT_EQ(input_failure(kMerge, merging("1", "3")),
            "CONFLICT database 1 was merged into database 2");
  EXPECT_EQ(input_failure(kMerge, merging("3", "1")),
            "CONFLICT database 1 was merged into database 2");
  expect_checked(kMerge, merging("1", "2"), {"id", "into"});
  expect_checked(kSplit, splitting("1", "2"), {"id", "from"});
}

TEST_F(DatabaseIdentityTest, OthersMayNot) {
  allow_only({"cloud:read", "report:write"});
  EXPECT_EQ(input_failure(kMerge, merging("1", "2")), "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(input_failure(kSplit, splitting("1", "2")),
            "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(input_failure(kPreview, merging("1", "2")), "");
  EXPECT_EQ(databases(), "1>-~2:1 2>-~1:1");
}

TEST_F(DatabaseIdentityTest, OtherOrganizationsHaveNone) {
  leave_organization();
  EXPECT_EQ(input_failure(kMerge, merging("1", "2")), "NOT_FOUND database 1 not found");
  EXPECT_EQ(input_failure(kSplit, splitting("1", "2")), "NOT_FOUND database 1 not found");
  EXPECT_EQ(input_failure(kPreview, merging("1", "2")), "NOT_FOUND database 1 not found");
}

TEST_F(DatabaseIdentityTest, AnotherIdentifierOfOneDatabaseStandsForIt) {
  registry_api::MigrationReport made_anew = registry_.report("b", "", "2");
  made_anew.target.url = "sqlite://two/a.db";
  ASSERT_TRUE(registry_.ingest(made_anew));
  input(kMerge, merging("3", "2"));
  registry_.clock().advance(std::chrono::seconds(2));
  made_anew.end = registry_.clock().now();
  ASSERT_TRUE(registry_.ingest(made_anew));
  EXPECT_EQ(databases(), "1>-~2:1 2>-~1:3 3>2~-:0");
  EXPECT_EQ(text(data("{ database(input: {extID: \"b\"}) { id } }")), R"({"database":{"id":"2"}})");
}

/// What the store was asked for ahead of the second entry is not so any more.
TEST_F(DatabaseIdentityTest, EntriesOfASetAtAFormerPlaceAndAtThePresentOneFollowEachOther) {
  const auto at_former = [this](const char* to) {
    registry_.clock().advance(std::chrono::seconds(2));
    registry_api::MigrationReport report = registry_.report("b", "", to);
    report.target.url = "sqlite://three/b.db";
    return report;
  };
  ASSERT_TRUE(registry_.ingest(at_former("1")));
  input(kMerge, merging("3", "2"));
  const auto report_set = [this](const char* id, const registry_api::MigrationReport& first,
                                 const registry_api::MigrationReport& second) {
    registry_api::MigrationSetReport set;
    set.id = id;
    set.planned = 2;
    set.start = first.start;
    set.end = first.end;
    set.completed = {first, second};
    EXPECT_TRUE(ingest_set(*registry_, registry_.caller(), set));
    return row("SELECT current_version FROM databases WHERE id = 2");
  };
  const registry_api::MigrationReport earlier_here = report_at("two", "1");
  EXPECT_EQ(report_set("former first", at_former("2"), earlier_here), "2");
  const registry_api::MigrationReport earlier_there = at_former("1");
  EXPECT_EQ(report_set("present first", report_at("two", "2"), earlier_there), "2");
  expect_rebuilt();
}

}  // namespace
}  // namespace rhumb::registry
