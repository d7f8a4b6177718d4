#include "driver/mysql/mysql_connection.h"

#include <thread>

#include "driver/mysql/test_server.h"

namespace rhumb::driver::mysql {
namespace {

using MysqlConnectionTest = MariadbTest;

TEST_F(MysqlConnectionTest, TellsWhoItIs) {
  const ConnectionInfo& info = connection().info();
  EXPECT_EQ(info.engine, Engine::kMariadb);
  EXPECT_EQ(info.schema, name());
  EXPECT_GE(info.server_version, 100200);
  EXPECT_NE(info.url.find("/" + name() + "?parseTime=true"), std::string::npos) << info.url;
  EXPECT_FALSE(info.features.transactional_ddl);
  EXPECT_TRUE(info.features.session_locks);
  EXPECT_EQ(server().info().schema, "");
}

TEST_F(MysqlConnectionTest, ReportsErrorsInTheWordsOfTheServer) {
  run("CREATE TABLE t (id int PRIMARY KEY)");
  const Result<ExecResult> failed = connection().execute("CREATE TABLE t (id int)");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().message(), "Error 1050 (42S01): Table 't' already exists");
  EXPECT_EQ(failed.error().code(), ErrorCode::kDatabase);
  ASSERT_TRUE(failed.error().cause().has_value());
  EXPECT_EQ(failed.error().cause()->code, "1050");
  EXPECT_EQ(failed.error().cause()->text, "Table 't' already exists");
  const Value one[] = {int64_t{1}};
  must(connection().execute("INSERT INTO t VALUES (?)", one));
  EXPECT_EQ(error_of(connection().execute("INSERT INTO t VALUES (?)", one)),
            "Error 1062 (23000): Duplicate entry '1' for key 'PRIMARY'");
}

TEST_F(MysqlConnectionTest, TakesTextWithoutAStatement) {
  for (const char* text : {"", ";", "  \n", "-- nothing", "/* nothing */", "# x\n"}) {
    EXPECT_EQ(error_of(connection().execute(text)), "") << text;
  }
}

TEST_F(MysqlConnectionTest, CountsChangedRowsOnly) {
  run("CREATE TABLE t (id int)");
  EXPECT_EQ(must(connection().execute("INSERT INTO t VALUES (1), (2), (3)")).rows_affected, 3);
  EXPECT_EQ(must(connection().execute("UPDATE t SET id = 3")).rows_affected, 2);
  EXPECT_EQ(must(connection().execute("SELECT * FROM t")).rows_affected, 0);
  EXPECT_EQ(must(connection().execute("ALTER TABLE t ADD COLUMN b int")).rows_affected, 0);
}

TEST_F(MysqlConnectionTest, RunsProceduresWithSeveralResults) {
  run("CREATE TABLE t (id int)");
  run("CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; INSERT INTO t VALUES (5); END");
  run("CREATE PROCEDURE q() BEGIN SELECT 1; SELECT nope; END");
  run("CALL p()");
  EXPECT_EQ(rows("SELECT id FROM t"), "5\n");
  EXPECT_EQ(error_of(connection().execute("CALL q()")),
            "Error 1054 (42S22): Unknown column 'nope' in 'SELECT'");
  EXPECT_EQ(rows("SELECT 7"), "7\n");
}

TEST_F(MysqlConnectionTest, ReadsTypedValuesAlikeWithAndWithoutParameters) {
  run("CREATE TABLE t (i int, u bigint unsigned, f double, d decimal(6,2), s varchar(20) CHARACTER "
      "SET "
      "utf8mb4, b "
      "varbinary(9), j json, at datetime, n int, x bit(8), y year)");
  const Value in[] = {int64_t{-5},
                      std::string("18446744073709551615"),
                      1.5,
                      std::string("1.50"),
                      std::string("größe 😀"),
                      Blob{std::string("\0\xff", 2)},
                      std::string("[1]"),
                      std::string("2026-01-02 03:04:05"),
                      std::monostate()};
  must(connection().execute("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, b'1', 2026)", in));
  const std::vector<Value> want = {int64_t{-5},
                                   std::string("18446744073709551615"),
                                   1.5,
                                   std::string("1.50"),
                                   std::string("größe 😀"),
                                   Blob{std::string("\0\xff", 2)},
                                   std::string("[1]"),
                                   std::string("2026-01-02 03:04:05"),
                                   std::monostate(),
                                   Blob{std::string("\1", 1)},
                                   int64_t{2026}};
  const Rows text = must(connection().query("SELECT * FROM t", {}));
  ASSERT_EQ(text.rows.size(), 1U);
  EXPECT_EQ(text.rows[0], want);
  EXPECT_EQ(text.types[7], "datetime");
  const Value one[] = {int64_t{1}};
  const Rows bound = must(connection().query("SELECT * FROM t WHERE ? = 1", one));
  ASSERT_EQ(bound.rows.size(), 1U);
  EXPECT_EQ(bound.rows[0], want);
  EXPECT_EQ(bound.columns, text.columns);
}

TEST_F(MysqlConnectionTest, KeepsLongTextWhole) {
  const std::string text(300'000, 'x');
  run("CREATE TABLE t (s longtext)");
  const Value in[] = {text};
  must(connection().execute("INSERT INTO t VALUES (?)", in));
  const Value like[] = {std::string("x%")};
  EXPECT_EQ(must(connection().query("SELECT s FROM t WHERE s LIKE ?", like)).rows[0][0],
            Value(text));
}

TEST_F(MysqlConnectionTest, RefusesAnotherNumberOfParameters) {
  const Value one[] = {int64_t{1}};
  EXPECT_EQ(error_of(connection().query("SELECT ?, ?", one)), "sql: expected 2 arguments, got 1");
}

TEST_F(MysqlConnectionTest, KnowsWhetherATransactionIsOpen) {
  run("CREATE TABLE t (id int PRIMARY KEY)");
  must(connection().query("SELECT 1", {}));
  EXPECT_FALSE(connection().in_transaction());
  EXPECT_EQ(error_of(connection().begin()), "");
  EXPECT_TRUE(connection().in_transaction());
  run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(error_of(connection().execute("INSERT INTO t VALUES (1)")).substr(0, 10), "Error 1062");
  EXPECT_TRUE(connection().in_transaction());
  EXPECT_EQ(error_of(connection().rollback()), "");
  EXPECT_FALSE(connection().in_transaction());
  EXPECT_EQ(rows("SELECT count(*) FROM t"), "0\n");
  run("START TRANSACTION");
  EXPECT_TRUE(connection().in_transaction());
  EXPECT_EQ(error_of(connection().commit()), "");
  EXPECT_FALSE(connection().in_transaction());
}

TEST_F(MysqlConnectionTest, SeesThatDdlHasCommitted) {
  run("CREATE TABLE t (id int)");
  EXPECT_EQ(error_of(connection().begin()), "");
  run("INSERT INTO t VALUES (1)");
  run("CREATE TABLE u (id int)");
  EXPECT_FALSE(connection().in_transaction());
  EXPECT_EQ(error_of(connection().begin_plain()), "");
  run("INSERT INTO t VALUES (2)");
  EXPECT_FALSE(connection().execute("CREATE TABLE u (id int)").has_value());
  EXPECT_FALSE(connection().in_transaction());
  EXPECT_EQ(error_of(connection().rollback()), "");
  EXPECT_EQ(rows("SELECT count(*) FROM t"), "2\n");
}

TEST_F(MysqlConnectionTest, SetsParametersOfTheUrl) {
  const auto other = open("collation=utf8mb4_bin&time_zone=%27%2B05:00%27&foreign_key_checks=0");
  EXPECT_EQ(rows_of(*other, "SELECT @@collation_connection, @@time_zone, @@foreign_key_checks"),
            "utf8mb4_bin|+05:00|0\n");
  EXPECT_EQ(rows("SELECT @@character_set_client, @@character_set_results"), "utf8mb4|utf8mb4\n");
  EXPECT_EQ(rows_of(*open("charset=nope,latin1"), "SELECT @@character_set_client"), "latin1\n");
  EXPECT_EQ(rows_of(*open("multiStatements=true"), "SELECT 1; SELECT 2"), "1\n");
  EXPECT_EQ(error_of(open_on_server(name(), "no_such_variable=1")),
            "mysql: query system variables: Error 1193 (HY000): Unknown system variable "
            "'no_such_variable'");
}

TEST_F(MysqlConnectionTest, RefusesSeveralStatementsAndLocalFilesUnlessAsked) {
  EXPECT_EQ(error_of(connection().execute("SELECT 1; SELECT 2")).substr(0, 10), "Error 1064");
  run("CREATE TABLE t (s text)");
  EXPECT_FALSE(
      connection().execute("LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t").has_value());
  EXPECT_EQ(rows("SELECT count(*) FROM t"), "0\n");
}

TEST_F(MysqlConnectionTest, SaysWhyItCannotConnect) {
  EXPECT_EQ(error_of(open_on_server("rhumb_no_such_database")),
            "mysql: query system variables: Error 1049 (42000): Unknown database "
            "'rhumb_no_such_database'");
  Result<DatabaseUrl> closed = parse_database_url("mysql://root@127.0.0.1:1/x");
  ASSERT_TRUE(closed.has_value());
  const Result<std::unique_ptr<Connection>> opened = open_mysql(*closed);
  const std::string_view want =
      "mysql: query system variables: dial tcp 127.0.0.1:1: connect: connection refused";
  EXPECT_EQ(error_of(opened).substr(0, want.size()), want);
  EXPECT_EQ(opened.error().code(), ErrorCode::kUnavailable);
}

TEST_F(MysqlConnectionTest, CancelsWhatIsRunning) {
  std::thread canceller([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    connection().cancel();
  });
  const auto begin = std::chrono::steady_clock::now();
  // SLEEP alone ends early without an error when it is killed.
  const Result<ExecResult> done = connection().execute(
      "SELECT count(*), SLEEP(0.1) FROM information_schema.collations a, "
      "information_schema.collations b WHERE SLEEP(0.01) = 0");
  canceller.join();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), ErrorCode::kCancelled) << done.error().message();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(rows("SELECT 1"), "1\n");
}

TEST_F(MysqlConnectionTest, CancellingAnIdleConnectionDoesNothing) {
  connection().cancel();
  EXPECT_EQ(rows("SELECT 1"), "1\n");
}

TEST_F(MysqlConnectionTest, SaysThatTheConnectionIsLost) {
  const std::string id = to_text(must(connection().query("SELECT CONNECTION_ID()", {})).rows[0][0]);
  EXPECT_EQ(error_of(connection().begin()), "");
  must_run(server(), "KILL " + id);
  const Result<ExecResult> done = connection().execute("SELECT 1");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), ErrorCode::kUnavailable) << done.error().message();
  EXPECT_FALSE(connection().in_transaction());
  EXPECT_EQ(error_of(connection().rollback()), "");
  EXPECT_NE(error_of(connection().commit()), "");
}

TEST_F(MysqlConnectionTest, ReconnectsInANewSession) {
  run("CREATE TABLE t (id int) ENGINE=InnoDB");
  EXPECT_EQ(error_of(connection().reconnect()), "");
  const std::string id = rows("SELECT CONNECTION_ID()");
  run("SET SESSION lock_wait_timeout = 77");
  EXPECT_EQ(error_of(connection().begin()), "");
  run("INSERT INTO t VALUES (1)");
  must_run(server(), "KILL " + id);
  ASSERT_FALSE(connection().commit().has_value());
  EXPECT_EQ(error_of(reconnect_in_the_end(connection())), "");
  EXPECT_NE(rows("SELECT CONNECTION_ID()"), id);
  EXPECT_EQ(rows("SELECT count(*) FROM t"), "0\n");
  EXPECT_EQ(rows("SELECT @@lock_wait_timeout = 77"), "0\n");
  EXPECT_FALSE(connection().in_transaction());
}

TEST_F(MysqlConnectionTest, LockWaitIsBusy) {
  run("CREATE TABLE t (id int PRIMARY KEY) ENGINE=InnoDB");
  run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(error_of(connection().begin()), "");
  run("UPDATE t SET id = 2");
  const auto other = open("innodb_lock_wait_timeout=1");
  const Result<ExecResult> blocked = other->execute("UPDATE t SET id = 3");
  ASSERT_FALSE(blocked.has_value());
  EXPECT_EQ(blocked.error().code(), ErrorCode::kBusy);
  EXPECT_EQ(error_of(connection().rollback()), "");
}

}  // namespace
}  // namespace rhumb::driver::mysql
