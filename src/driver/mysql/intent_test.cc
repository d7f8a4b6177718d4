#include "driver/mysql/intent.h"

#include "driver/mysql/test_server.h"

namespace rhumb::driver::mysql {
namespace {

class MysqlIntentTest : public MariadbTest {
 protected:
  std::string classify(std::string_view statement) {
    const Intent intent = must(connection().classify(statement));
    switch (intent.kind) {
      case IntentClass::kCommitsWithOutcome:
        return "commits with its outcome";
      case IntentClass::kAbsentBefore:
        return intent.object_kind + " " + intent.object_name + " absent before";
      case IntentClass::kPresentBefore:
        return intent.object_kind + " " + intent.object_name + " present before";
      case IntentClass::kUnknown:
        return "outcome unknown";
    }
    return "";
  }
};

TEST(MysqlAtomicDdl, DependsOnTheVersion) {
  EXPECT_TRUE(has_atomic_ddl(Engine::kMariadb, 100600));
  EXPECT_FALSE(has_atomic_ddl(Engine::kMariadb, 100519));
  EXPECT_TRUE(has_atomic_ddl(Engine::kMysql, 80036));
  EXPECT_FALSE(has_atomic_ddl(Engine::kMysql, 50744));
  EXPECT_FALSE(has_atomic_ddl(Engine::kTidb, 80011));
}

TEST_F(MysqlIntentTest, PromisesWhatTheCatalogCanShow) {
  run("CREATE TABLE t (id int PRIMARY KEY, c int, INDEX i (c)) ENGINE=InnoDB");
  struct Case {
    const char* statement;
    const char* want;
  };
  const Case cases[] = {
      {"CREATE TABLE u (id int)", "table u absent before"},
      {"CREATE TABLE t (id int)", "table t present before"},
      {"DROP TABLE t", "table t present before"},
      {"ALTER TABLE t ADD COLUMN d int", "column t.d absent before"},
      {"ALTER TABLE t DROP COLUMN c", "column t.c present before"},
      {"ALTER TABLE t ADD INDEX j (c)", "index t.j absent before"},
      {"DROP INDEX i ON t", "index t.i present before"},
      {"ALTER TABLE t ADD CONSTRAINT k CHECK (c > 0)", "constraint t.k absent before"},
      {"CREATE VIEW v AS SELECT 1", "view v absent before"},
      {"CREATE TABLE IF NOT EXISTS u (id int)", "outcome unknown"},
      {"ALTER TABLE t MODIFY c bigint", "outcome unknown"},
      {"ALTER TABLE missing ADD COLUMN c int", "outcome unknown"},
      {"SET @a = 1", "outcome unknown"}};
  for (const Case& c : cases) {
    EXPECT_EQ(classify(c.statement), c.want) << c.statement;
  }
}

TEST_F(MysqlIntentTest, LooksAtTheEngineOfATable) {
  run("CREATE TABLE safe (id int) ENGINE=InnoDB");
  run("CREATE TABLE loose (id int) ENGINE=MyISAM");
  run("CREATE VIEW v AS SELECT * FROM safe");
  EXPECT_EQ(classify("INSERT INTO safe VALUES (1)"), "commits with its outcome");
  EXPECT_EQ(classify("INSERT INTO " + name() + ".safe VALUES (1)"), "commits with its outcome");
  EXPECT_EQ(classify("INSERT INTO loose VALUES (1)"), "outcome unknown");
  EXPECT_EQ(classify("UPDATE v SET id = 1"), "outcome unknown");
  EXPECT_EQ(classify("DELETE FROM missing"), "outcome unknown");
  EXPECT_EQ(classify("ALTER TABLE loose ADD COLUMN c int"), "outcome unknown");
  run("ALTER TABLE safe ENGINE=MyISAM");
  EXPECT_EQ(classify("INSERT INTO safe VALUES (1)"), "outcome unknown");
}

TEST_F(MysqlIntentTest, TriggersMayWriteElsewhere) {
  run("CREATE TABLE t (id int) ENGINE=InnoDB");
  run("CREATE TABLE log (id int) ENGINE=MyISAM");
  run("CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id)");
  EXPECT_EQ(classify("INSERT INTO t VALUES (1)"), "outcome unknown");
}

TEST_F(MysqlIntentTest, NamesAnotherDatabaseThatTheFileHasChosen) {
  const std::string other = name() + "_b";
  must_run(server(), "CREATE DATABASE " + other);
  run("USE " + other);
  EXPECT_EQ(classify("CREATE TABLE t (id int)"), "table " + other + ".t absent before");
  run("CREATE TABLE t (id int)");
  EXPECT_TRUE(must(open()->object_exists("table", other + ".t")));
  EXPECT_FALSE(must(open()->object_exists("table", "t")));
  must_run(server(), "DROP DATABASE " + other);
}

TEST_F(MysqlIntentTest, NamesOfTablesAreThoseOfFiles) {
  run("CREATE TABLE Apples (id int, Colour int)");
  EXPECT_TRUE(must(connection().object_exists("table", "Apples")));
  EXPECT_TRUE(must(connection().object_exists("column", "Apples.colour")));
  if (rows("SELECT @@lower_case_table_names") == "0\n") {
    EXPECT_FALSE(must(connection().object_exists("table", "apples")));
  }
  EXPECT_EQ(error_of(connection().object_exists("table", "a b")),
            "sql/mysql: \"a b\" is no name of a table");
}

TEST_F(MysqlIntentTest, DescribesWhatTheCatalogShows) {
  run("CREATE TABLE t (id int)");
  EXPECT_EQ(must(connection().describe_target("DROP TABLE IF EXISTS t")), "table \"t\" exists");
  EXPECT_EQ(must(connection().describe_target("ALTER TABLE t ADD COLUMN c int")),
            "column \"c\" of table \"t\" does not exist");
  EXPECT_EQ(must(connection().describe_target("UPDATE t SET id = 1")), "cannot tell");
}

}  // namespace
}  // namespace rhumb::driver::mysql
