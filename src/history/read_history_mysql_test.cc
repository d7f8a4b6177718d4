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

}  // namespace
}  // namespace rhumb::history
