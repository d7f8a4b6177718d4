#include <gtest/gtest.h>

#include "driver/postgres/test_database.h"
#include "history/test_tables.h"

namespace rhumb::history {
namespace {

using driver::error_of;
using driver::must;
using driver::must_run;

class PostgresHistoryTest : public driver::postgres::DatabaseTest {
 protected:
  void make_in(const std::string& schema, const ToolTables& tables) {
    must_run(database(), "DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    must_run(database(), "CREATE SCHEMA " + schema);
    must_run(database(), "SET search_path TO " + schema);
    make_tables(database(), tables, kPostgresSpelling);
  }
};

TEST_F(PostgresHistoryTest, ReadsTheTableOfEveryTool) {
  must_run(database(), "SET TIME ZONE 'UTC'");
  for (const ToolTables& tables : tool_tables()) {
    make_in("app", tables);
    must_run(database(), "SET TIME ZONE 'Asia/Kolkata'");
    expect_history(database(), tables);
    must_run(database(), "SET TIME ZONE 'UTC'");
  }
}

TEST_F(PostgresHistoryTest, LooksIntoTheSchemasItMay) {
  make_in("one", tool_tables()[3]);
  make_in("two", tool_tables()[3]);
  make_in("sqitch", tool_tables()[7]);
  EXPECT_EQ(error_of(locate_history(database(), {.tool = Tool::kGoose})),
            "found several histories: goose (one.goose_db_version), goose (two.goose_db_version); "
            "choose one with --schema");
  EXPECT_EQ(must(locate_history(database(), {.schema = "two"})).table.schema, "two");
  const auto bound = open(url("search_path=one"));
  EXPECT_EQ(must(locate_history(*bound, {})).tool, Tool::kGoose);
  EXPECT_EQ(must(locate_history(*bound, {.tool = Tool::kGoose})).table.schema, "one");
  EXPECT_EQ(must(locate_history(*bound, {.tool = Tool::kSqitch})).table.schema, "sqitch");
  EXPECT_EQ(must(locate_history(*bound, {.schema = "sqitch"})).tool, Tool::kSqitch);
  EXPECT_EQ(must(locate_history(*open(url("search_path=public")), {})).tool, Tool::kSqitch);
}

}  // namespace
}  // namespace rhumb::history
