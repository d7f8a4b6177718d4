#include "driver/postgres/catalog.h"

#include "driver/postgres/test_database.h"

namespace rhumb::driver::postgres {
namespace {

class PostgresCatalogTest : public DatabaseTest {
 protected:
  std::string intent(const std::string& statement) {
    const Result<Intent> found = database().classify(statement);
    if (!found) {
      return found.error().message();
    }
    switch (found->kind) {
      case IntentClass::kCommitsWithOutcome:
        return "commits";
      case IntentClass::kAbsentBefore:
        return found->object_kind + " " + found->object_name + " absent";
      case IntentClass::kPresentBefore:
        return found->object_kind + " " + found->object_name + " present";
      case IntentClass::kUnknown:
        break;
    }
    return "unknown";
  }
  std::string describe(const std::string& statement) {
    return database().describe_target(statement).value_or("failed");
  }
};

TEST_F(PostgresCatalogTest, PromisesWhatTheCatalogCanProve) {
  run("CREATE SCHEMA s; CREATE TABLE t (a int); CREATE TABLE s.\"T\" (a int); CREATE INDEX i ON t "
      "(a)");
  EXPECT_EQ(intent("CREATE TABLE x ()"), "commits");
  EXPECT_EQ(intent("CREATE INDEX CONCURRENTLY j ON t (a)"), "index public.j absent");
  EXPECT_EQ(intent("CREATE INDEX CONCURRENTLY \"J\" ON s.\"T\" (a)"), "index s.\"J\" absent");
  EXPECT_EQ(intent("CREATE INDEX CONCURRENTLY i ON t (a)"), "unknown");
  EXPECT_EQ(intent("CREATE INDEX CONCURRENTLY i ON s.\"T\" (a)"), "index s.i absent");
  EXPECT_EQ(intent("CREATE INDEX CONCURRENTLY j ON missing (a)"), "unknown");
  EXPECT_EQ(intent("DROP INDEX CONCURRENTLY I"), "index public.i present");
  EXPECT_EQ(intent("DROP INDEX CONCURRENTLY j"), "unknown");
  EXPECT_EQ(intent("REINDEX INDEX CONCURRENTLY i"), "unknown");
  EXPECT_TRUE(database().object_exists("index", "public.i").value());
  EXPECT_FALSE(database().object_exists("index", "s.\"J\"").value());
}

TEST_F(PostgresCatalogTest, RefusesAnInvalidIndex) {
  run("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
  EXPECT_FALSE(database().execute("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)").has_value());
  EXPECT_EQ(error_of(database().object_exists("index", "public.i")),
            "index \"public.i\" is invalid, an interrupted statement left it so\n"
            "  DROP INDEX CONCURRENTLY public.i: drop it, then run again\n"
            "  REINDEX INDEX CONCURRENTLY public.i: rebuild it, then run again");
}

TEST_F(PostgresCatalogTest, DescribesTargets) {
  run("CREATE SCHEMA s; CREATE TABLE \"T\" (\"Col\" int CONSTRAINT c CHECK (true)); "
      "CREATE VIEW s.v AS SELECT 1; CREATE TYPE e AS ENUM ('x')");
  const std::pair<const char*, const char*> cases[] = {
      {"CREATE TABLE \"T\" ()", "table \"T\" exists"},
      {"DROP TABLE x", "table \"x\" does not exist"},
      {"CREATE VIEW s.v AS SELECT 2", "view \"v\" exists"},
      {"CREATE VIEW V AS SELECT 2", "view \"V\" does not exist"},
      {"CREATE SCHEMA S", "schema \"S\" exists"},
      {"DROP TYPE e", "type \"e\" exists"},
      {"ALTER TABLE \"T\" ADD COLUMN \"Col\" int", "column \"Col\" of table \"T\" exists"},
      {"ALTER TABLE \"T\" DROP COLUMN z", "column \"z\" of table \"T\" does not exist"},
      {"ALTER TABLE \"T\" DROP CONSTRAINT c", "constraint \"c\" of table \"T\" exists"},
      {"DROP TABLE a, b", "cannot tell"},
      {"VACUUM", "cannot tell"}};
  for (const auto& [statement, want] : cases) {
    EXPECT_EQ(describe(statement), want) << statement;
  }
}

}  // namespace
}  // namespace rhumb::driver::postgres
