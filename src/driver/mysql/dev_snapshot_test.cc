#include "driver/mysql/dev_snapshot.h"

#include "driver/mysql/test_server.h"

namespace rhumb::driver::mysql {
namespace {

class MysqlCleanTest : public MariadbTest {
 protected:
  std::string dirt(const CleanRules& rules = {}) {
    return must(connection().find_dirt(rules)).value_or("clean");
  }
  std::string dev_dirt() { return must(connection().find_dev_dirt()).value_or("clean"); }
  [[nodiscard]] std::string in_schema(const std::string& text) const {
    return text + " in schema \"" + name() + "\"";
  }
};

TEST_F(MysqlCleanTest, OnlyTablesCountBeforeTheFirstMigration) {
  const CleanRules rules{.revisions_schema = name(), .revisions_table = "atlas_schema_revisions"};
  EXPECT_EQ(dirt(rules), "clean");
  run("CREATE VIEW v AS SELECT 1");
  run("CREATE TABLE atlas_schema_revisions (version int)");
  EXPECT_EQ(dirt(rules), "clean");
  run("CREATE TABLE zebra (id int)");
  EXPECT_EQ(dirt(rules), in_schema("found table \"atlas_schema_revisions\""));
  run("CREATE TABLE Aardvark (id int)");
  EXPECT_EQ(dirt(rules), in_schema("found table \"Aardvark\""));
}

TEST_F(MysqlCleanTest, RevisionsElsewhereExcuseNoTable) {
  run("CREATE TABLE atlas_schema_revisions (version int)");
  EXPECT_EQ(dirt({.revisions_schema = "other", .revisions_table = "atlas_schema_revisions"}),
            in_schema("found table \"atlas_schema_revisions\""));
}

TEST_F(MysqlCleanTest, ADryRunCountsTheTableAsIfItWereThere) {
  run("CREATE TABLE b (id int)");
  EXPECT_EQ(dirt({.revisions_schema = name(),
                  .revisions_table = "atlas_schema_revisions",
                  .pretend_table = true}),
            in_schema("found table \"atlas_schema_revisions\""));
}

TEST_F(MysqlCleanTest, EveryKindOfObjectMakesADevDatabaseUnclean) {
  struct Case {
    const char* create;
    const char* drop;
    const char* want;
  };
  const Case cases[] = {
      {"CREATE VIEW v AS SELECT 1", "DROP VIEW v", "found view \"v\""},
      {"CREATE SEQUENCE s NOCACHE", "DROP SEQUENCE s", "found sequence \"s\""},
      {"CREATE PROCEDURE p() SELECT 1", "DROP PROCEDURE p", "found procedure \"p\""},
      {"CREATE FUNCTION f() RETURNS int RETURN 1", "DROP FUNCTION f", "found function \"f\""},
      {"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1", "DROP EVENT e",
       "found event \"e\""},
      {"CREATE TABLE t (id int)", "DROP TABLE t", "found table \"t\""}};
  EXPECT_EQ(dev_dirt(), "clean");
  for (const Case& c : cases) {
    run(c.create);
    EXPECT_EQ(dev_dirt(), in_schema(c.want));
    EXPECT_EQ(error_of(connection().snapshot()),
              "sql/migrate: connected database is not clean: " + in_schema(c.want));
    run(c.drop);
  }
}

TEST_F(MysqlCleanTest, RestoreLeavesNothingBehind) {
  const std::string before = rows("SELECT @@collation_database, @@sql_mode");
  const auto snapshot = must(connection().snapshot());
  run("ALTER DATABASE " + name() + " CHARACTER SET latin1");
  run("CREATE TABLE parent (id int PRIMARY KEY)");
  run("CREATE TABLE `a``child` (id int, FOREIGN KEY (id) REFERENCES parent (id))");
  run("CREATE TRIGGER g BEFORE INSERT ON parent FOR EACH ROW SET NEW.id = 1");
  run("CREATE VIEW v AS SELECT * FROM parent");
  run("CREATE SEQUENCE s NOCACHE");
  run("CREATE PROCEDURE p() SELECT 1");
  run("CREATE FUNCTION f() RETURNS int RETURN 1");
  run("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1");
  run("SET sql_mode = 'ANSI'");
  run("START TRANSACTION");
  run("USE mysql");
  EXPECT_EQ(error_of(snapshot->restore()), "");
  EXPECT_EQ(dev_dirt(), "clean");
  EXPECT_EQ(rows("SELECT @@collation_database, @@sql_mode"), before);
  EXPECT_EQ(rows("SELECT DATABASE(), @@foreign_key_checks"), name() + "|1\n");
}

TEST_F(MysqlCleanTest, RestoreBringsADroppedDatabaseBack) {
  const auto snapshot = must(connection().snapshot());
  run("DROP DATABASE " + name());
  EXPECT_EQ(error_of(snapshot->restore()), "");
  run("CREATE TABLE t (id int)");
  EXPECT_EQ(dev_dirt(), in_schema("found table \"t\""));
}

TEST_F(MysqlCleanTest, AServerIsCleanWithoutDatabasesOfUsers) {
  const std::string found = must(server().find_dev_dirt()).value_or("clean");
  EXPECT_EQ(found.substr(0, 14), "found schema \"");  // at least that of this test
}

}  // namespace
}  // namespace rhumb::driver::mysql
