#include <gtest/gtest.h>

#include "driver/mysql/test_server.h"
#include "history/test_tables.h"

namespace rhumb::history {
namespace {

using driver::must_run;

class MysqlHistoryTest : public driver::mysql::MariadbTest {};

TEST_F(MysqlHistoryTest, ReadsTheTableOfEveryTool) {
  for (const ToolTables& tables : tool_tables()) {
    must_run(connection(), "DROP DATABASE " + name());
    must_run(connection(), "CREATE DATABASE " + name());
    must_run(connection(), "USE " + name());
    must_run(connection(), "SET time_zone = '+00:00'");
    make_tables(connection(), tables, kMysqlSpelling);
    must_run(connection(), "SET time_zone = '+05:30'");
    expect_history(connection(), tables);
  }
}

TEST_F(MysqlHistoryTest, TakesABitForAFlag) {
  make_tables(connection(), tool_tables()[1], kMysqlSpelling);
  must_run(connection(), "ALTER TABLE DATABASECHANGELOGLOCK MODIFY LOCKED BIT(1) NOT NULL");
  const Located located = driver::must(locate_history(connection(), {}));
  EXPECT_EQ(driver::must(read_history(connection(), located)).running, "");
  must_run(connection(), "UPDATE DATABASECHANGELOGLOCK SET LOCKED = b'1', LOCKEDBY = 'host'");
  EXPECT_EQ(driver::must(read_history(connection(), located)).running, "host since ");
}

}  // namespace
}  // namespace rhumb::history
