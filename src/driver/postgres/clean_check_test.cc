#include "driver/postgres/clean_check.h"

#include "driver/postgres/test_database.h"

namespace rhumb::driver::postgres {
namespace {

constexpr char kRevisions[] = "atlas_schema_revisions";

class PostgresCleanCheckTest : public DatabaseTest {
 protected:
  std::string dirt(Connection& connection, const std::string& schema, bool pretend = false) {
    const auto found = connection.find_dirt(
        {.revisions_schema = schema, .revisions_table = kRevisions, .pretend_table = pretend});
    return found ? found->value_or("clean") : found.error().message();
  }
  std::string dev_dirt(Connection& connection) {
    const auto found = connection.find_dev_dirt();
    return found ? found->value_or("clean") : found.error().message();
  }
};

TEST_F(PostgresCleanCheckTest, LooksAtTheBoundSchema) {
  const auto bound = open(url("search_path=public"));
  EXPECT_EQ(dirt(*bound, "public"), "clean");
  run("CREATE SCHEMA other; CREATE TABLE other.o (); CREATE VIEW v AS SELECT 1");
  EXPECT_EQ(dirt(*bound, "public"), "clean");
  run("CREATE TABLE atlas_schema_revisions ()");
  EXPECT_EQ(dirt(*bound, "public"), "clean");
  EXPECT_EQ(dirt(*bound, "other"), "found table \"atlas_schema_revisions\" in schema \"public\"");
  run("CREATE TABLE b (); CREATE TABLE \"Z\" ()");
  EXPECT_EQ(dirt(*bound, "public"), "found table \"Z\" in schema \"public\"");
}

TEST_F(PostgresCleanCheckTest, CountsThePretendedTable) {
  const auto bound = open(url("search_path=public"));
  run("CREATE TABLE t ()");
  EXPECT_EQ(dirt(*bound, "public"), "found table \"t\" in schema \"public\"");
  EXPECT_EQ(dirt(*bound, "public", true),
            "found table \"atlas_schema_revisions\" in schema \"public\"");
  EXPECT_EQ(dirt(database(), "public"), "found table \"t\" in schema \"public\"");
  EXPECT_EQ(dirt(database(), "public", true), "found 2 tables in schema \"public\"");
}

TEST_F(PostgresCleanCheckTest, LooksAtEverySchema) {
  EXPECT_EQ(dirt(database(), kRevisions), "clean");
  run("CREATE SCHEMA atlas_schema_revisions; CREATE TABLE atlas_schema_revisions.\"" +
      std::string(kRevisions) + "\" ()");
  EXPECT_EQ(dirt(database(), kRevisions), "clean");
  run("CREATE TABLE t ()");
  EXPECT_EQ(dirt(database(), kRevisions), "found schema \"public\"");
  run("DROP TABLE t; CREATE SCHEMA zero");
  EXPECT_EQ(dirt(database(), kRevisions), "found schema \"zero\"");
  run("CREATE TABLE atlas_schema_revisions.x ()");
  EXPECT_EQ(dirt(database(), kRevisions), "found 2 tables in schema \"atlas_schema_revisions\"");
}

TEST_F(PostgresCleanCheckTest, CountsEveryObjectOfADevDatabase) {
  struct Case {
    std::string create;
    std::string kind_and_name;
  };
  const Case cases[] = {
      {"CREATE TABLE t (a serial)", "table \"t\""},
      {"CREATE VIEW \"V x\" AS SELECT 1", "view \"V x\""},
      {"CREATE MATERIALIZED VIEW m AS SELECT 1", "materialized view \"m\""},
      {"CREATE SEQUENCE s", "sequence \"s\""},
      {"CREATE TYPE e AS ENUM ('a')", "enum \"e\""},
      {"CREATE TYPE c AS (a int)", "type \"c\""},
      {"CREATE DOMAIN d AS int", "domain \"d\""},
      {"CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'", "function \"f\""},
      {"CREATE PROCEDURE p() LANGUAGE sql AS ''", "procedure \"p\""},
      {"CREATE AGGREGATE g(int) (SFUNC = int4pl, STYPE = int)", "aggregate \"g\""},
      {"CREATE COLLATION l FROM \"C\"", "collation \"l\""},
      {"CREATE TEXT SEARCH CONFIGURATION x (COPY = simple)", "text search configuration \"x\""}};
  const auto bound = open(url("search_path=public"));
  for (const Case& c : cases) {
    SCOPED_TRACE(c.create);
    const Result<std::unique_ptr<Snapshot>> snapshot = database().snapshot();
    ASSERT_TRUE(snapshot.has_value()) << error_of(snapshot);
    run(c.create);
    EXPECT_EQ(dev_dirt(database()), "found " + c.kind_and_name + " in schema \"public\"");
    EXPECT_EQ(dev_dirt(*bound), "found " + c.kind_and_name + " in connected schema");
    const Result<void> restored = (*snapshot)->restore();
    EXPECT_TRUE(restored.has_value()) << error_of(restored);
    EXPECT_EQ(dev_dirt(database()), "clean");
  }
}

TEST_F(PostgresCleanCheckTest, NamesOtherSchemasOfADevDatabase) {
  run("CREATE SCHEMA s");
  EXPECT_EQ(dev_dirt(database()), "found schema \"s\"");
  EXPECT_EQ(dev_dirt(*open(url("search_path=public"))), "clean");
  EXPECT_EQ(error_of(database().snapshot()),
            "sql/migrate: connected database is not clean: found schema \"s\"");
}

TEST_F(PostgresCleanCheckTest, RestoresADevDatabase) {
  run("CREATE EXTENSION pg_trgm");
  const auto snapshot = database().snapshot();
  ASSERT_TRUE(snapshot.has_value()) << error_of(snapshot);
  run("CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x', c serial)");
  run("CREATE TABLE u (a int REFERENCES t); CREATE TABLE part (a int) PARTITION BY LIST (a)");
  run("CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1); CREATE STATISTICS st ON a, b FROM "
      "t");
  run("CREATE SCHEMA s; CREATE VIEW s.v AS SELECT * FROM t; CREATE EXTENSION hstore");
  run("CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'");
  run("CREATE EVENT TRIGGER et ON sql_drop EXECUTE FUNCTION e(); CREATE PUBLICATION p");
  run("SELECT set_config('search_path', '', false)");
  run("BEGIN; CREATE TABLE public.open ()");
  const Result<void> restored = (*snapshot)->restore();
  ASSERT_TRUE(restored.has_value()) << error_of(restored);
  EXPECT_EQ(dev_dirt(database()), "clean");
  EXPECT_EQ(rows("SELECT extname FROM pg_extension ORDER BY 1"), "pg_trgm\nplpgsql\n");
  EXPECT_EQ(rows("SELECT count(*) FROM pg_event_trigger"), "0\n");
  EXPECT_EQ(rows("SELECT count(*) FROM pg_publication"), "0\n");
  EXPECT_EQ(rows("SHOW search_path"), "\"$user\", public\n");
}

TEST_F(PostgresCleanCheckTest, RestoresADroppedSchema) {
  const auto bound = open(url("search_path=public"));
  const auto snapshot = bound->snapshot();
  must_run(*bound, "DROP SCHEMA public; CREATE SCHEMA mine; CREATE TABLE mine.t ()");
  ASSERT_TRUE((*snapshot)->restore().has_value());
  EXPECT_EQ(rows("SELECT nspname FROM pg_namespace WHERE nspname IN ('public', 'mine')"),
            "public\n");
}

}  // namespace
}  // namespace rhumb::driver::postgres
