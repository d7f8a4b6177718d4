#include "driver/postgres/statement_class.h"

#include <gtest/gtest.h>

#include "driver/postgres/copy_script.h"

namespace rhumb::driver::postgres {
namespace {

TEST(PostgresStatementClass, KnowsWhatSharesATransaction) {
  for (const char* statement :
       {"INSERT INTO a VALUES (1)", "-- why\nupdate a set b = 1;", "MERGE INTO a USING b ON true",
        "CREATE TABLE a ()", "COMMENT ON DATABASE d IS 'x'", "GRANT CONNECT ON DATABASE d TO r",
        "CREATE FUNCTION f() RETURNS int AS $$ BEGIN; RETURN 1; END; $$ LANGUAGE plpgsql;",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;",
        "TRUNCATE a", "DROP INDEX i", "ALTER TABLE a ADD COLUMN \"concurrently\" int"}) {
    EXPECT_TRUE(commits_with_outcome(statement)) << statement;
  }
  for (const char* statement :
       {"", "-- only a comment", "SELECT 1", "WITH x AS (SELECT 1) INSERT INTO a SELECT 1",
        "DO $$ BEGIN COMMIT; END $$", "CALL p()", "VACUUM a", "CREATE DATABASE d",
        "ALTER SYSTEM SET a = 1", "DROP TABLESPACE t", "CREATE SUBSCRIPTION s",
        "CREATE INDEX CONCURRENTLY i ON a (b)", "DROP INDEX CONCURRENTLY i",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY", "INSERT INTO a VALUES (1); COMMIT",
        "BEGIN"}) {
    EXPECT_FALSE(commits_with_outcome(statement)) << statement;
  }
}

std::string describe(const std::optional<ConcurrentIndex>& found) {
  return !found ? "none"
                : std::string(found->creates ? "create " : "drop ") + found->schema + "/" +
                      found->table + "/" + found->index;
}

TEST(PostgresStatementClass, ReadsConcurrentIndexes) {
  const std::pair<const char*, const char*> cases[] = {
      {"CREATE INDEX CONCURRENTLY I ON T (a)", "create /t/i"},
      {"create unique index concurrently if not exists \"I\"\"x\" on only S.\"T\" (a)",
       "create s/T/I\"x"},
      {"/* a */ CREATE INDEX CONCURRENTLY i -- b\n ON t USING btree (a);", "create /t/i"},
      {"DROP INDEX CONCURRENTLY i", "drop //i"},
      {"DROP INDEX CONCURRENTLY IF EXISTS s.i CASCADE;", "drop s//i"},
      {"DROP INDEX CONCURRENTLY i, j", "none"},
      {"CREATE INDEX CONCURRENTLY ON t (a)", "none"},
      {"CREATE INDEX i ON t (a)", "none"},
      {"DROP INDEX i", "none"},
      {"REINDEX INDEX CONCURRENTLY i", "none"},
      {"CREATE INDEX CONCURRENTLY i ON", "none"},
      {"CREATE INDEX CONCURRENTLY i ON s.", "none"},
      {"DROP INDEX CONCURRENTLY", "none"},
      {"", "none"}};
  for (const auto& [statement, want] : cases) {
    EXPECT_EQ(describe(parse_concurrent_index(statement)), want) << statement;
  }
}

TEST(PostgresCopyScript, CutsTheDataOff) {
  const CopyScript rows = split_copy("COPY a (b) FROM stdin;\n1\n'2; \\N\n\\.");
  EXPECT_EQ(rows.statement, "COPY a (b) FROM stdin;\n");
  EXPECT_EQ(rows.data, "1\n'2; \\N\n");
  const CopyScript none = split_copy("COPY a FROM stdin;\n\\.");
  EXPECT_EQ(none.statement, "COPY a FROM stdin;\n");
  EXPECT_EQ(none.data, "");
  for (const char* text : {"COPY a TO '/tmp/x'", "SELECT 'COPY a FROM stdin;\n1\n\\.'", ""}) {
    EXPECT_EQ(split_copy(text).statement, text);
  }
}

}  // namespace
}  // namespace rhumb::driver::postgres
