#include "base/go_format.h"
#include "driver/postgres/test_database.h"
#include "migrate/revision_store.h"
#include "migrate/test_revision.h"

namespace rhumb::migrate {
namespace {

using driver::error_of;

class PostgresRevisionTableTest : public driver::postgres::DatabaseTest {};

Revision sample() {
  Revision row = stopped_revision();
  row.error = "pq: no";
  return row;
}

TEST_F(PostgresRevisionTableTest, LivesWhereTheRuleSays) {
  run("CREATE SCHEMA bound");
  struct Case {
    std::string query;
    std::string flag;
    std::string schema;
  };
  const Case cases[] = {{"", "", "atlas_schema_revisions"},
                        {"search_path=bound", "", "bound"},
                        {"search_path=missing", "", "missing"},
                        {"search_path=bound", "public", "public"},
                        {"", "My \"own\"", "My \"own\""}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.schema);
    const auto connection = open(url(c.query));
    const auto store = open_revision_store(*connection, c.flag).value();
    EXPECT_EQ(store->schema(), c.schema);
    EXPECT_FALSE(*store->exists());
    ASSERT_EQ(error_of(store->ensure_table()), "");
    EXPECT_TRUE(*open_revision_store(*connection, c.flag).value()->exists());
    EXPECT_EQ(
        rows("SELECT schemaname FROM pg_tables WHERE tablename = 'atlas_schema_revisions' AND "
             "schemaname = '" +
             c.schema + "'"),
        c.schema + "\n");
  }
}

TEST_F(PostgresRevisionTableTest, StoresRowsAsOtherProgramsReadThem) {
  const auto store = open_revision_store(database(), "public").value();
  ASSERT_EQ(error_of(store->ensure_table()), "");
  ASSERT_EQ(error_of(store->write(sample())), "");
  EXPECT_EQ(*store->find("1"), sample());
  EXPECT_EQ(
      rows("SELECT version, description, type, applied, total, executed_at AT TIME ZONE 'UTC', "
           "execution_time, error, error_stmt, hash, partial_hashes, operator_version "
           "FROM atlas_schema_revisions"),
      "1|a|2|1|2|2026-01-02 03:04:05.007|42|pq: no|DROP TABLE nope;|aGFzaA==|"
      "[\"h1:Fo9K92y+zoKk\"]|Atlas CLI - development\n");
}

TEST_F(PostgresRevisionTableTest, ReadsTimesWhateverTheSessionSays) {
  const auto store = open_revision_store(database(), "public").value();
  ASSERT_EQ(error_of(store->ensure_table()), "");
  run("SET timezone = 'Asia/Kolkata'; SET datestyle = 'German'; SET search_path = ''");
  ASSERT_EQ(error_of(store->write(sample())), "");
  EXPECT_EQ(*store->find("1"), sample());
}

TEST_F(PostgresRevisionTableTest, AnUpdateKeepsDescriptionAndFirstTime) {
  const auto store = open_revision_store(database(), "public").value();
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
  later.description = "a";
  later.executed_at = sample().executed_at;
  EXPECT_EQ(*store->find("1"), later);
  EXPECT_EQ(rows("SELECT partial_hashes::text, error IS NULL FROM atlas_schema_revisions"),
            "null|f\n");
}

TEST_F(PostgresRevisionTableTest, AddsTheColumnsOfLaterPrograms) {
  run("CREATE TABLE atlas_schema_revisions (version varchar PRIMARY KEY, mine int); "
      "INSERT INTO atlas_schema_revisions VALUES ('0', 7)");
  const auto store = open_revision_store(database(), "public").value();
  EXPECT_EQ(store->read_all()->at(0).version, "0");
  ASSERT_EQ(error_of(store->ensure_table()), "");
  ASSERT_EQ(error_of(store->write(sample())), "");
  EXPECT_EQ(store->read_all()->size(), 2U);
  EXPECT_EQ(rows("SELECT mine FROM atlas_schema_revisions WHERE version = '0'"), "7\n");
}

TEST_F(PostgresRevisionTableTest, OrdersByBytesAndHidesTheIdentity) {
  const auto store = open_revision_store(database(), "public").value();
  ASSERT_EQ(error_of(store->ensure_table()), "");
  for (const char* version : {"a", "25", "2.5", "B"}) {
    Revision row = sample();
    row.version = version;
    ASSERT_EQ(error_of(store->write(row)), "");
  }
  EXPECT_EQ(*store->ensure_identity("id-1", sample().executed_at, "v"), "id-1");
  EXPECT_EQ(*store->ensure_identity("id-2", sample().executed_at, "v"), "id-1");
  EXPECT_EQ(*store->find_identity(), "id-1");
  std::string versions;
  for (const Revision& row : *store->read_all()) {
    versions += row.version + " ";
  }
  EXPECT_EQ(versions, "2.5 25 B a ");
  ASSERT_EQ(error_of(store->remove("25")), "");
  EXPECT_EQ(store->read_all()->size(), 3U);
}

// Whoever may use the schema need not be allowed to make one.
TEST_F(PostgresRevisionTableTest, NeedsNoRightToCreateSchemas) {
  const std::string role = name() + "_r";
  run("CREATE SCHEMA s; CREATE ROLE " + role + "; GRANT ALL ON SCHEMA s TO " + role);
  const auto connection = open(url("search_path=s"));
  driver::must_run(*connection, "SET ROLE " + role);
  EXPECT_EQ(error_of(open_revision_store(*connection, "").value()->ensure_table()), "");
  run("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

}  // namespace
}  // namespace rhumb::migrate
