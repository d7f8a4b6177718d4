#include "migrate/revision_store.h"

#include <gtest/gtest.h>

#include "base/go_format.h"
#include "driver/sqlite/test_database.h"
#include "migrate/revision_table.h"
#include "migrate/test_revision.h"

namespace rhumb::migrate {
namespace {

using driver::error_of;
using driver::must_run;
using driver::rows_of;
using driver::sqlite::must_open;

Revision sample() {
  Revision row = stopped_revision();
  row.error = "no such table: nope";
  return row;
}

TEST(RevisionStore, StoresRowsAsOtherProgramsReadThem) {
  const auto connection = must_open(":memory:");
  const auto store = open_revision_store(*connection, "").value();
  EXPECT_FALSE(*store->exists());
  ASSERT_EQ(error_of(store->ensure_table()), "");
  EXPECT_TRUE(*store->exists());
  ASSERT_EQ(error_of(store->write(sample())), "");
  EXPECT_EQ(
      rows_of(*connection,
              "SELECT *, typeof(partial_hashes), typeof(executed_at) FROM "
              "atlas_schema_revisions"),
      "1|a|2|1|2|2026-01-02 03:04:05.007+00:00|42|no such table: nope|DROP TABLE nope;|aGFzaA==|"
      "[\"h1:Fo9K92y+zoKk\"]|Atlas CLI - development|blob|text\n");
  EXPECT_EQ(*store->find("1"), sample());
  EXPECT_EQ(*store->find("2"), std::nullopt);
}

TEST(RevisionStore, InsertRefusesAVersionThatHasARow) {
  const auto connection = must_open(":memory:");
  const auto store = open_revision_store(*connection, "").value();
  ASSERT_EQ(error_of(store->ensure_table()), "");
  ASSERT_EQ(error_of(store->insert(sample())), "");
  Revision other = sample();
  other.total = 9;
  EXPECT_EQ(error_of(store->insert(other)),
            "sql/migrate: write revision: UNIQUE constraint failed: "
            "atlas_schema_revisions.version");
  EXPECT_EQ(*store->find("1"), sample());
}

TEST(RevisionStore, TheLastVersionIsTheGreatestByBytes) {
  const auto connection = must_open(":memory:");
  const auto store = open_revision_store(*connection, "").value();
  EXPECT_EQ(*store->last_version(), "");
  ASSERT_EQ(error_of(store->ensure_table()), "");
  ASSERT_EQ(*store->ensure_identity("id", {}, "op"), "id");
  EXPECT_EQ(*store->last_version(), "");
  for (const char* version : {"25", "2.5", "B", "a", "A"}) {
    Revision row = sample();
    row.version = version;
    ASSERT_EQ(error_of(store->insert(row)), "");
  }
  EXPECT_EQ(*store->last_version(), "a");
}

TEST(RevisionStore, HasTheColumnsOfTheSpecification) {
  const auto connection = must_open(":memory:");
  const auto store = open_revision_store(*connection, "main").value();
  ASSERT_EQ(error_of(store->ensure_table()), "");
  EXPECT_EQ(rows_of(*connection,
                    "SELECT name, lower(type), [notnull], dflt_value, pk FROM "
                    "pragma_table_info('atlas_schema_revisions')"),
            "version|text|1||1\ndescription|text|1||0\ntype|integer|1|2|0\napplied|integer|1|0|0\n"
            "total|integer|1|0|0\nexecuted_at|datetime|1||0\nexecution_time|integer|1||0\n"
            "error|text|0||0\nerror_stmt|text|0||0\nhash|text|1||0\npartial_hashes|json|0||0\n"
            "operator_version|text|1||0\n");
}

TEST(RevisionStore, AnUpdateKeepsDescriptionAndFirstTime) {
  const auto connection = must_open(":memory:");
  const auto store = open_revision_store(*connection, "").value();
  ASSERT_EQ(error_of(store->ensure_table()), "");
  ASSERT_EQ(error_of(store->write(sample())), "");
  Revision later = sample();
  later.description = "other";
  later.executed_at = {};
  later.applied = 2;
  later.error.clear();
  later.error_stmt.clear();
  later.partial_hashes.clear();
  ASSERT_EQ(error_of(store->write(later)), "");
  Revision want = later;
  want.description = "a";
  want.executed_at = sample().executed_at;
  EXPECT_EQ(*store->find("1"), want);
  EXPECT_EQ(rows_of(*connection,
                    "SELECT partial_hashes, error IS NULL, error_stmt IS NULL FROM "
                    "atlas_schema_revisions"),
            "null|0|0\n");
}

TEST(RevisionStore, ReadsAndUpgradesAnOlderTable) {
  const auto connection = must_open(":memory:");
  must_run(
      *connection,
      "CREATE TABLE atlas_schema_revisions (version text NOT NULL PRIMARY KEY, description text "
      "NOT NULL, type integer NOT NULL DEFAULT 2, applied integer NOT NULL DEFAULT 0, total "
      "integer NOT NULL DEFAULT 0, executed_at datetime NOT NULL, execution_time integer NOT "
      "NULL, error text NULL, hash text NOT NULL, operator_version text NOT NULL, note text); "
      "INSERT INTO atlas_schema_revisions VALUES ('2','b',2,1,1,'2024-01-01 "
      "00:00:00+02:00',5,NULL,'x','old','mine'), ('10','a',2,1,1,'2024-01-01',5,'','x','old','')");
  const auto store = open_revision_store(*connection, "").value();
  const auto revisions = store->read_all();
  ASSERT_TRUE(revisions.has_value());
  ASSERT_EQ(revisions->size(), 2U);
  EXPECT_EQ((*revisions)[0].version, "10") << "by bytes";
  EXPECT_EQ((*revisions)[1].executed_at.offset, std::chrono::minutes(120));
  EXPECT_EQ(format_rfc3339_nano((*revisions)[1].executed_at.at), "2023-12-31T22:00:00Z");
  EXPECT_EQ((*revisions)[1].error_stmt, "");
  EXPECT_EQ(
      rows_of(*connection, "SELECT count(*) FROM pragma_table_info('atlas_schema_revisions')"),
      "11\n")
      << "reading does not write";
  EXPECT_FALSE(*store->is_complete());
  ASSERT_EQ(error_of(store->ensure_table()), "");
  EXPECT_TRUE(*store->is_complete());
  EXPECT_EQ(
      rows_of(*connection, "SELECT count(*) FROM pragma_table_info('atlas_schema_revisions')"),
      "13\n");
  EXPECT_EQ(rows_of(*connection, "SELECT note FROM atlas_schema_revisions WHERE version = '2'"),
            "mine\n");
  EXPECT_EQ(error_of(store->ensure_table()), "");
}

TEST(RevisionStore, TheIdentityRowIsNoRevision) {
  const auto connection = must_open(":memory:");
  const auto store = open_revision_store(*connection, "").value();
  EXPECT_EQ(*store->find_identity(), std::nullopt);
  ASSERT_EQ(error_of(store->ensure_table()), "");
  EXPECT_EQ(*store->find_identity(), std::nullopt);
  EXPECT_EQ(*store->ensure_identity("first", {}, "v"), "first");
  EXPECT_EQ(*store->ensure_identity("second", {}, "v"), "first");
  EXPECT_EQ(*store->find_identity(), "first");
  EXPECT_TRUE(store->read_all()->empty());
  EXPECT_EQ(error_of(store->find(kIdentityVersion)),
            "cannot read revision-table identifier as revision");
  EXPECT_EQ(error_of(store->remove(kIdentityVersion)),
            "cannot delete revision-table identifier as revision");
  EXPECT_EQ(error_of(store->write({.version = std::string(kIdentityVersion)})),
            "cannot write revision-table identifier as revision");
  EXPECT_EQ(rows_of(*connection, "SELECT type, hash, partial_hashes FROM atlas_schema_revisions"),
            "2||null\n");
}

TEST(RevisionStore, SqliteHasOneSchemaOnly) {
  const auto connection = must_open(":memory:");
  EXPECT_EQ(error_of(open_revision_store(*connection, "other")),
            "cannot store revisions-table in a separate schema (\"other\") with SQLite driver");
  const auto reader = open_revision_reader(*connection, "other").value();
  EXPECT_FALSE(*reader->exists());
  EXPECT_TRUE(reader->read_all()->empty());
  EXPECT_FALSE(*has_ambiguous_revisions(*connection, ""));
}

TEST(RevisionStore, SaysWhatCouldNotBeWritten) {
  const auto connection = must_open(":memory:");
  must_run(*connection, "PRAGMA query_only = on");
  const auto store = open_revision_store(*connection, "").value();
  EXPECT_EQ(error_of(store->ensure_table()),
            "sql/schema: create \"atlas_schema_revisions\" table: attempt to write a readonly "
            "database");
  EXPECT_EQ(error_of(store->write(sample())),
            "sql/migrate: write revision: no such table: atlas_schema_revisions");
}

struct TimeCase {
  const char* stored;
  const char* instant;
  int offset_minutes;
};

TEST(StoredTime, TakesTheFormsOfOtherPrograms) {
  const TimeCase cases[] = {
      {"2024-01-02 03:04:05.123456789+05:30", "2024-01-01T21:34:05.123456789Z", 330},
      {"2024-01-02 03:04:05-07:00", "2024-01-02T10:04:05Z", -420},
      {"2024-01-02T03:04:05Z", "2024-01-02T03:04:05Z", 0},
      {"2024-01-02 03:04:05.5", "2024-01-02T03:04:05.5Z", 0},
      {"2024-01-02 03:04", "2024-01-02T03:04:00Z", 0},
      {"2024-01-02", "2024-01-02T00:00:00Z", 0},
      {"yesterday", "1970-01-01T00:00:00Z", 0},
      {"", "1970-01-01T00:00:00Z", 0},
  };
  for (const TimeCase& c : cases) {
    const StoredTime time = parse_stored_time(c.stored);
    EXPECT_EQ(format_rfc3339_nano(time.at), c.instant) << c.stored;
    EXPECT_EQ(time.offset.count(), c.offset_minutes) << c.stored;
  }
}

TEST(Hashes, AreReadLeniently) {
  EXPECT_EQ(parse_hashes("[\"a\",\"b\"]"), (std::vector<std::string>{"a", "b"}));
  for (const char* none : {"null", "", "{}", "[1]", "[\"a\"", "[]"}) {
    EXPECT_TRUE(parse_hashes(none).empty()) << none;
  }
  EXPECT_EQ(format_hashes({}), "null");
}

}  // namespace
}  // namespace rhumb::migrate
