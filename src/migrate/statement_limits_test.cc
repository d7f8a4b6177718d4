#include "migrate/statement_limits.h"

#include <gtest/gtest.h>

#include "migrate/memory_directory.h"
#include "migrate/test_run.h"

namespace rhumb::migrate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The limits of a file with that text in a run with 5 s for statements and 2 s for locks.
Result<StatementLimits> limits_of(const std::string& text, driver::Engine engine) {
  MemoryDirectory directory("mem://test", Format::kAtlas);
  EXPECT_TRUE(directory.write("1_a.sql", text).has_value());
  const DirectoryFiles files = load_files(directory).value();
  return file_limits(files.files[0].load().value(),
                     {.statement = seconds(5), .table_lock = seconds(2)}, engine);
}

TEST(StatementLimits, DirectivesCountForTheirFile) {
  struct Case {
    const char* name;
    const char* text;
    milliseconds statement;
    milliseconds table_lock;
  };
  const Case cases[] = {
      {"none", "SELECT 1;", seconds(5), seconds(2)},
      {"both", "-- atlas:statement_timeout 1m30s\n-- atlas:table_lock_timeout 250ms\n\nSELECT 1;",
       seconds(90), milliseconds(250)},
      {"one", "-- atlas:table_lock_timeout 3s\n\nSELECT 1;", seconds(5), seconds(3)},
      {"as the database has it", "-- atlas:statement_timeout 0\n\nSELECT 1;", seconds(0),
       seconds(2)},
      {"not at the top", "SELECT 1;\n-- atlas:statement_timeout 1s\n", seconds(5), seconds(2)},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Result<StatementLimits> limits = limits_of(c.text, driver::Engine::kPostgres);
    ASSERT_TRUE(limits.has_value()) << limits.error().message();
    EXPECT_EQ(limits->statement, c.statement);
    EXPECT_EQ(limits->table_lock, c.table_lock);
  }
}

TEST(StatementLimits, MistakesNameTheFile) {
  const auto error = [](const std::string& text) {
    return driver::error_of(limits_of(text + "\n\nSELECT 1;", driver::Engine::kPostgres));
  };
  EXPECT_EQ(error("-- atlas:statement_timeout 5x"),
            "invalid statement_timeout \"5x\" in file directive \"1_a.sql\": time: unknown unit "
            "\"x\" in duration \"5x\"");
  EXPECT_EQ(error("-- atlas:table_lock_timeout"),
            "invalid table_lock_timeout \"\" in file directive \"1_a.sql\": time: invalid duration "
            "\"\"");
  EXPECT_EQ(error("-- atlas:table_lock_timeout -1s"),
            "invalid table_lock_timeout \"-1s\" in file directive \"1_a.sql\": less than nothing");
  EXPECT_EQ(error("-- atlas:statement_timeout 1s\n-- atlas:statement_timeout 2s"),
            "multiple statement_timeout values found in file directive \"1_a.sql\"");
}

TEST(StatementLimits, SqliteCannotLimitStatements) {
  EXPECT_EQ(driver::error_of(limits_of("SELECT 1;", driver::Engine::kSqlite)),
            "file \"1_a.sql\": SQLite has no limit for the time a statement takes; leave out "
            "--statement-timeout and the directive atlas:statement_timeout");
  EXPECT_TRUE(
      limits_of("-- atlas:statement_timeout 0\n\nSELECT 1;", driver::Engine::kSqlite).has_value());
}

TEST(StatementLimits, HoldInTransactionsOnlyBehindAPooler) {
  const StatementLimits limits{.statement = seconds(5), .table_lock = seconds(0)};
  const auto check = [](const StatementLimits& given, driver::Engine engine, bool session_locks,
                        bool in_transaction) {
    driver::ConnectionInfo info;
    info.engine = engine;
    info.features.session_locks = session_locks;
    return check_limits(given, info, "1_a.sql", in_transaction);
  };
  const Result<void> refused = check(limits, driver::Engine::kPostgres, false, false);
  EXPECT_TRUE(driver::error_of(refused).starts_with(
      "file \"1_a.sql\": with --lock-mode lease limits hold in transactions of the run only"));
  EXPECT_TRUE(check(limits, driver::Engine::kPostgres, false, true).has_value());
  EXPECT_TRUE(check({}, driver::Engine::kPostgres, false, false).has_value());
  EXPECT_TRUE(check(limits, driver::Engine::kPostgres, true, false).has_value());
  EXPECT_TRUE(check(limits, driver::Engine::kCockroach, false, false).has_value());
}

class StatementLimitsRunTest : public RunTest {};

TEST_F(StatementLimitsRunTest, HoldWhileAFileRuns) {
  put("1_a.sql",
      "-- atlas:table_lock_timeout 70ms\n\nCREATE TABLE a AS SELECT * FROM pragma_busy_timeout;");
  put("2_b.sql", "CREATE TABLE b AS SELECT * FROM pragma_busy_timeout;");
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(rows("SELECT * FROM a"), "70\n");
  EXPECT_EQ(rows("SELECT * FROM b"), "5000\n");
}

TEST_F(StatementLimitsRunTest, AreReadBeforeAnythingRuns) {
  put("1_a.sql", "CREATE TABLE a (id int);");
  put("2_b.sql", "-- atlas:table_lock_timeout soon\n\nCREATE TABLE b (id int);");
  EXPECT_TRUE(apply().starts_with("no report: invalid table_lock_timeout \"soon\""));
  EXPECT_EQ(tables(), "");
  put("2_b.sql", "CREATE TABLE b (id int);");
  options_.limits.statement = seconds(1);
  EXPECT_TRUE(apply().starts_with("no report: file \"1_a.sql\": SQLite has no limit"));
}

}  // namespace
}  // namespace rhumb::migrate
