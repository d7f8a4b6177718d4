#include "history/read_history.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "driver/sqlite/test_database.h"
#include "history/test_tables.h"

namespace rhumb::history {
namespace {

using driver::error_of;
using driver::must;
using driver::must_run;

class ReadHistoryTest : public testing::Test {
 protected:
  /// A new, empty database.
  driver::Connection& database() {
    connections_.push_back(must(driver::sqlite::open_source(
        folder_.file("db" + std::to_string(connections_.size())) + ".db")));
    return *connections_.back();
  }
  driver::Connection& database_of(std::string_view tool) {
    driver::Connection& connection = database();
    make_tables(connection, *std::ranges::find(tool_tables(), tool, &ToolTables::tool),
                kSqliteSpelling);
    return connection;
  }
  static History read(driver::Connection& connection, const std::string& scope = {}) {
    return must(read_history(connection, must(locate_history(connection, {})), scope));
  }

 private:
  driver::sqlite::TestFolder folder_;
  std::vector<std::unique_ptr<driver::Connection>> connections_;
};

TEST_F(ReadHistoryTest, ReadsTheTableOfEveryTool) {
  ASSERT_EQ(tool_tables().size(), all_tools().size());
  for (const ToolTables& tables : tool_tables()) {
    driver::Connection& connection = database();
    make_tables(connection, tables, kSqliteSpelling);
    expect_history(connection, tables);
  }
}

TEST_F(ReadHistoryTest, CountsTheLastRowOfAMigration) {
  const History history = read(database_of("flyway"));
  EXPECT_EQ(log_text(stand(history.tool, history.log).entries),
            "1|start|start|baseline|2024-01-02T03:04:05Z|sa|0s||\n"
            "10|pets|V10__pets.sql|applied|2024-01-02T03:04:06Z|sa|12ms|-767656381|\n"
            "2|late|V2__late.sql|applied|2024-01-03T03:04:06Z|sa|1ms|7|\n"
            "R__views.sql|views|R__views.sql|applied|2024-01-04T03:04:07Z|sa|1ms|9|\n"
            "11|gone|U11__gone.sql|reverted|2024-01-04T03:04:09Z|sa|1ms|4|\n"
            "12|bad|V12__bad.sql|failed|2024-01-05T03:04:07Z|sa|30ms|5|success is false\n");
}

TEST_F(ReadHistoryTest, TellsWhatStandsBesideTheTable) {
  EXPECT_EQ(read(database_of("rails")).environment, "production");
  driver::Connection& liquibase = database_of("liquibase");
  EXPECT_EQ(read(liquibase).running, "");
  must_run(liquibase,
           "UPDATE DATABASECHANGELOGLOCK SET LOCKED = 1, LOCKEDBY = 'host (10.0.0.1)', "
           "LOCKGRANTED = '2024-01-02 03:04:05'");
  EXPECT_EQ(read(liquibase).running, "host (10.0.0.1) since 2024-01-02 03:04:05");
}

TEST_F(ReadHistoryTest, MarksADirtyVersion) {
  driver::Connection& migrate = database_of("golang-migrate");
  must_run(migrate, "UPDATE schema_migrations SET dirty = 1");
  const History history = read(migrate);
  EXPECT_EQ(history.log.front().state, EntryState::kFailed);
  EXPECT_EQ(stand(history.tool, history.log).version(), "");
}

TEST_F(ReadHistoryTest, KeepsOneScope) {
  driver::Connection& django = database_of("django");
  EXPECT_EQ(read(django, "auth").log.size(), 1U);
  const Located located = must(locate_history(django, {}));
  EXPECT_EQ(error_of(read_history(django, located, "blog")),
            "the history has nothing of \"blog\"; it has auth, shop");
}

TEST_F(ReadHistoryTest, TakesMillisecondsAsPrismaWritesThemOnSqlite) {
  driver::Connection& prisma = database_of("prisma");
  must_run(prisma, "DELETE FROM _prisma_migrations");
  must_run(prisma,
           "INSERT INTO _prisma_migrations VALUES ('a', 'c', 1704067201500, '1_init', NULL, "
           "NULL, 1704067200000, 1)");
  EXPECT_EQ(log_text(read(prisma).log), "1|init|1_init|applied|2024-01-01T00:00:01.5Z||1.5s|c|\n");
}

TEST_F(ReadHistoryTest, ReadsAnEmptyTable) {
  driver::Connection& goose = database_of("goose");
  must_run(goose, "DELETE FROM goose_db_version");
  EXPECT_TRUE(read(goose).log.empty());
}

struct LocateCase {
  std::string name;
  std::vector<std::string> statements;
  Whereabouts where;
  std::string want;  ///< the tool, or the error
};

TEST_F(ReadHistoryTest, FindsTheTableOrSaysWhyNot) {
  const std::string dbmate = "CREATE TABLE schema_migrations (version varchar(128) primary key)";
  const std::string goose =
      "CREATE TABLE goose_db_version (id int, version_id int, is_applied int, tstamp text)";
  const LocateCase cases[] = {
      {"by its name", {dbmate}, {.tool = Tool::kDbmate}, "dbmate"},
      {"rails before it had metadata", {dbmate}, {.tool = Tool::kRails}, "rails"},
      {"the other table shows rails",
       {dbmate, "CREATE TABLE ar_internal_metadata (key text, value text)"},
       {},
       "rails"},
      {"another name",
       {"CREATE TABLE g (id int, version_id int, is_applied int, tstamp text)"},
       {.table = "G"},
       "goose"},
      {"several",
       {dbmate, goose},
       {},
       "found several histories: goose (goose_db_version), dbmate (schema_migrations); choose one "
       "with --from"},
      {"one of several", {dbmate, goose}, {.tool = Tool::kGoose}, "goose"},
      {"another tool's",
       {dbmate},
       {.tool = Tool::kGolangMigrate},
       "table \"schema_migrations\" has no column \"dirty\" and so is not the history of "
       "golang-migrate; it looks like that of dbmate: --from dbmate"},
      {"an unknown tool's",
       {"CREATE TABLE schema_migrations (version int, inserted_at text)"},
       {.tool = Tool::kDbmate},
       "table \"schema_migrations\" has a column \"inserted_at\" and so is not the history of "
       "dbmate"},
      {"no table of that name",
       {dbmate},
       {.table = "x"},
       "no table \"x\" that is the history of a tool that is known in {url}; pass --table and "
       "--schema when it has another name"},
      {"none",
       {},
       {},
       "no history table of a tool that is known in {url}; pass --table and --schema when it has "
       "another name"},
      {"none of that tool",
       {dbmate},
       {.tool = Tool::kFlyway},
       "no history of flyway (flyway_schema_history or schema_version) in {url}; pass --table and "
       "--schema when it has another name"},
      {"sqitch is elsewhere",
       {},
       {.tool = Tool::kSqitch},
       "no history of sqitch (events) in {url}; Sqitch keeps it in a file of its own, sqitch.db "
       "beside the database: name that with --history-url"},
  };
  for (const LocateCase& c : cases) {
    driver::Connection& connection = database();
    for (const std::string& statement : c.statements) {
      must_run(connection, statement);
    }
    const Result<Located> located = locate_history(connection, c.where);
    EXPECT_EQ(located ? std::string(tool_name(located->tool)) : located.error().message(),
              replace_all(c.want, "{url}", connection.info().url))
        << c.name;
  }
}

}  // namespace
}  // namespace rhumb::history
