#include "driver/postgres/postgres_connection.h"

#include <chrono>
#include <thread>

#include "driver/postgres/test_database.h"

namespace rhumb::driver::postgres {
namespace {

using PostgresConnectionTest = DatabaseTest;

ErrorCode code_of(const Result<ExecResult>& result) {
  return result ? ErrorCode::kInternal : result.error().code();
}

TEST_F(PostgresConnectionTest, SaysWhoItIs) {
  const ConnectionInfo& info = database().info();
  EXPECT_EQ(info.engine, Engine::kPostgres);
  EXPECT_EQ(info.driver, "postgres");
  EXPECT_EQ(info.schema, "");
  EXPECT_GE(info.server_version, 100000);
  EXPECT_EQ(info.url.find("pass@"), std::string::npos);
  EXPECT_TRUE(info.features.abort_on_error);
  EXPECT_EQ(open(url("search_path=public"))->info().schema, "public");
}

TEST_F(PostgresConnectionTest, FindsTheSchemaOfASearchPath) {
  run("CREATE SCHEMA b; CREATE SCHEMA \"T-1\"");
  const auto several = open(url("search_path=a,b"));
  EXPECT_EQ(several->info().schema, "a,b");
  EXPECT_EQ(several->info().default_schema, "b");
  const auto dashed = open(url("search_path=T-1"));
  EXPECT_EQ(dashed->info().default_schema, "T-1");
  EXPECT_EQ(rows_of(*dashed, "SELECT current_schema()"), "T-1\n");
  EXPECT_EQ(open(url("search_path=missing"))->info().default_schema, "missing");
}

TEST_F(PostgresConnectionTest, PassesRunTimeParameters) {
  EXPECT_EQ(rows_of(*open(url("statement_timeout=7s&application_name=x+y")),
                    "SELECT current_setting('statement_timeout'), "
                    "current_setting('application_name')"),
            "7s|x y\n");
  EXPECT_EQ(error_of(open_url(url("nonsense=1"))),
            "postgres: scanning system variables: pq: unrecognized configuration parameter "
            "\"nonsense\" (42704)");
}

TEST_F(PostgresConnectionTest, SaysWhyItCannotConnect) {
  EXPECT_EQ(error_of(open_url(replace_all(url(), name(), "no_such"))),
            "postgres: scanning system variables: pq: database \"no_such\" does not exist (3D000)");
  EXPECT_EQ(error_of(open_url(replace_all(url(), "sslmode=disable", "sslmode=require"))),
            "postgres: scanning system variables: pq: SSL is not enabled on the server");
  const std::string refused = error_of(open_url("postgres://u:secret@127.0.0.1:1/x"));
  EXPECT_NE(refused.find("refused"), std::string::npos) << refused;
  EXPECT_EQ(refused.find("secret"), std::string::npos);
}

TEST_F(PostgresConnectionTest, RunsStatementsThatRefuseATransaction) {
  run("CREATE TABLE t (a int)");
  run("CREATE INDEX CONCURRENTLY i ON t (a)");
  run("VACUUM t");
  run("-- nothing");
  run("");
  EXPECT_EQ(database().execute("INSERT INTO t VALUES (1), (2)")->rows_affected, 2);
  EXPECT_EQ(database().execute("SELECT * FROM t")->rows_affected, 0);
  EXPECT_EQ(database().execute("CREATE TABLE u ()")->rows_affected, 0);
}

TEST_F(PostgresConnectionTest, ReportsPositions) {
  EXPECT_EQ(error_of(database().execute("SELECT 1,\n  nope")),
            "pq: column \"nope\" does not exist at position 2:3 (42703)");
  EXPECT_EQ(error_of(database().query("SELECT nope")),
            "pq: column \"nope\" does not exist at column 8 (42703)");
  EXPECT_EQ(code_of(database().execute(std::string("SELECT 1;\0DROP TABLE t", 22))),
            ErrorCode::kInvalid);
}

TEST_F(PostgresConnectionTest, CopiesDataOfAScript) {
  run("CREATE TABLE t (a int, b text)");
  EXPECT_EQ(database().execute("COPY t FROM stdin;\n1\tx;y\n2\t\\N\n\\.")->rows_affected, 2);
  EXPECT_EQ(rows("SELECT a, b FROM t ORDER BY a"), "1|x;y\n2|\n");
  EXPECT_EQ(database().execute("COPY t FROM stdin;\n\\.")->rows_affected, 0);
  EXPECT_EQ(code_of(database().execute("COPY t FROM stdin;\nx\ty\n\\.")), ErrorCode::kDatabase);
  run("COPY t TO STDOUT");
  EXPECT_EQ(rows("SELECT count(*) FROM t"), "2\n");
}

TEST_F(PostgresConnectionTest, GivesTypedValues) {
  const Rows found =
      database()
          .query(
              "SELECT 7::bigint, 1.5::float8, true, 'x'::text, NULL::int, '\\x00ff'::bytea, "
              "1.50::numeric, '2020-01-02 03:04:05+00'::timestamptz")
          .value();
  const std::vector<Value>& row = found.rows.at(0);
  EXPECT_EQ(row[0], Value(int64_t{7}));
  EXPECT_EQ(row[1], Value(1.5));
  EXPECT_TRUE(is_true(row[2]));
  EXPECT_EQ(row[3], Value(std::string("x")));
  EXPECT_TRUE(is_null(row[4]));
  EXPECT_EQ(row[5], Value(Blob{std::string("\0\xff", 2)}));
  EXPECT_EQ(row[6], Value(std::string("1.50")));
  EXPECT_EQ(found.types[2], "boolean");
  EXPECT_EQ(found.types[7], "timestamptz");
}

TEST_F(PostgresConnectionTest, BindsParametersAndSurvivesForgottenStatements) {
  run("CREATE TABLE t (a int, b text, c bytea, d jsonb)");
  const std::string insert = "INSERT INTO t VALUES ($1, $2, $3, $4)";
  const Value params[] = {int64_t{1}, std::string("x"), Blob{std::string("\0y", 2)},
                          std::string("[1]")};
  const Value nulls[] = {Value(), Value(), Value(), Value()};
  EXPECT_EQ(database().execute(insert, params)->rows_affected, 1);
  EXPECT_EQ(database().execute(insert, nulls)->rows_affected, 1);
  EXPECT_EQ(database().execute(insert, params)->rows_affected, 1);
  EXPECT_EQ(rows("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'rhumb%'"), "1\n");
  run("DEALLOCATE ALL");
  EXPECT_EQ(database().execute(insert, params)->rows_affected, 1);
  run("DISCARD ALL");
  EXPECT_EQ(database().execute(insert, params)->rows_affected, 1);
  EXPECT_EQ(database().execute(insert, params)->rows_affected, 1);
  EXPECT_EQ(rows("SELECT count(*), count(a), min(length(c)) FROM t"), "6|5|2\n");
}

TEST_F(PostgresConnectionTest, ForgetsStatementsWhenThereAreTooMany) {
  constexpr int kTexts = 1200;
  const Value one[] = {int64_t{1}};
  run("PREPARE of_a_migration AS SELECT 7");
  ASSERT_TRUE(database().execute("BEGIN"));
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = "SELECT $1::bigint + " + std::to_string(i);
    for (int use = 0; use < 2; ++use) {
      const Result<Rows> found = database().query(text, one);
      ASSERT_TRUE(found) << text << ": " << found.error().message();
      EXPECT_EQ(found->rows[0][0], Value(int64_t{i + 1}));
    }
  }
  ASSERT_TRUE(database().execute("COMMIT"));
  EXPECT_EQ(rows("SELECT count(*) > 0 AND count(*) < 600 FROM pg_prepared_statements"), "t\n");
  EXPECT_EQ(rows("EXECUTE of_a_migration"), "7\n");
}

TEST_F(PostgresConnectionTest, AnswersSeveralStatementsWithTheFirstRows) {
  EXPECT_EQ(rows("SET timezone = 'UTC'; SELECT 1; SELECT 2"), "1\n");
  EXPECT_EQ(rows("SET timezone = 'UTC'; SELECT 1; SELECT 2"), "1\n");
}

TEST_F(PostgresConnectionTest, SaysHowManyParametersAreMissing) {
  const Value params[] = {std::string("x")};
  EXPECT_EQ(error_of(database().query("SELECT $1::text || $2::text", params)),
            "pq: got 1 parameters but the statement requires 2");
  EXPECT_EQ(rows("SELECT $1::text"), "pq: there is no parameter $1 at column 8 (42P02)");
}

TEST_F(PostgresConnectionTest, KnowsItsTransaction) {
  EXPECT_FALSE(database().in_transaction());
  ASSERT_TRUE(database().begin().has_value());
  run("CREATE TABLE t (a int)");
  EXPECT_TRUE(database().in_transaction());
  ASSERT_TRUE(database().rollback().has_value());
  EXPECT_FALSE(database().in_transaction());
  run("BEGIN");
  EXPECT_TRUE(database().in_transaction());
  EXPECT_FALSE(database().execute("SELECT nope").has_value());
  EXPECT_TRUE(database().in_transaction());
  EXPECT_FALSE(database().commit().has_value());
  EXPECT_FALSE(database().in_transaction());
  EXPECT_TRUE(database().rollback().has_value());
}

TEST_F(PostgresConnectionTest, FailsACommitThatTheServerRefuses) {
  run("CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  ASSERT_TRUE(database().begin().has_value());
  run("INSERT INTO t VALUES (1), (1)");
  EXPECT_EQ(error_of(database().commit()),
            "pq: duplicate key value violates unique constraint \"t_a_key\" (23505)");
  EXPECT_FALSE(database().in_transaction());
}

TEST_F(PostgresConnectionTest, StopsWhatIsRunning) {
  std::thread stopper([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    database().cancel();
  });
  const Result<ExecResult> stopped = database().execute("SELECT pg_sleep(30)");
  stopper.join();
  EXPECT_EQ(code_of(stopped), ErrorCode::kCancelled);
  EXPECT_EQ(rows("SELECT 1"), "1\n");
}

TEST_F(PostgresConnectionTest, TellsATimeoutFromACancellation) {
  run("SET statement_timeout = '20ms'");
  const Result<ExecResult> late = database().execute("SELECT pg_sleep(30)");
  EXPECT_EQ(code_of(late), ErrorCode::kDatabase);
  EXPECT_EQ(error_of(late), "pq: canceling statement due to statement timeout (57014)");
}

TEST_F(PostgresConnectionTest, TellsALostConnection) {
  const Result<ExecResult> lost =
      database().execute("SELECT pg_terminate_backend(pg_backend_pid())");
  EXPECT_EQ(code_of(lost), ErrorCode::kUnavailable);
  EXPECT_EQ(error_of(lost), "pq: terminating connection due to administrator command (57P01)");
  EXPECT_FALSE(database().in_transaction());
  EXPECT_EQ(code_of(database().execute("SELECT 1")), ErrorCode::kUnavailable);
  EXPECT_TRUE(database().rollback().has_value());
}

TEST_F(PostgresConnectionTest, ReconnectsInANewSession) {
  run("CREATE TABLE t (id int)");
  EXPECT_EQ(error_of(database().reconnect()), "");
  for (const std::string text : {"SET timezone = 'Asia/Tokyo'", "BEGIN"}) {
    run(text);
  }
  run("INSERT INTO t VALUES (1)");
  const std::string before = rows("SELECT pg_backend_pid()");
  EXPECT_EQ(code_of(database().execute("SELECT pg_terminate_backend(pg_backend_pid())")),
            ErrorCode::kUnavailable);
  EXPECT_EQ(error_of(reconnect_in_the_end(database())), "");
  EXPECT_NE(rows("SELECT pg_backend_pid()"), before);
  EXPECT_EQ(rows("SELECT count(*) FROM t"), "0\n");
  EXPECT_EQ(rows("SELECT current_setting('timezone') = 'Asia/Tokyo'"), "f\n");
  EXPECT_TRUE(database().begin().has_value());
  EXPECT_TRUE(database().in_transaction());
}

TEST_F(PostgresConnectionTest, AConnectionThatAStatementLosesIsNotOurs) {
  const auto failed =
      database().execute("DO $$ BEGIN RAISE EXCEPTION 'far away' USING ERRCODE = '08006'; END $$");
  EXPECT_EQ(code_of(failed), ErrorCode::kDatabase);
}

// Without a pooler the session keeps them, as it does for a URL that is not pooled.
TEST_F(PostgresConnectionTest, APooledUrlWithoutAPoolerIsLikeAnyOther) {
  run("CREATE SCHEMA tenant");
  DatabaseUrl direct =
      parse_database_url(url("search_path=tenant&application_name=it's&statement_timeout=5s"))
          .value();
  direct.terms.pooled = true;
  const auto connection = must(open_postgres(direct, sys::SystemEnvironment()));
  EXPECT_EQ(connection->info().default_schema, "tenant");
  EXPECT_EQ(rows_of(*connection, "SELECT current_schema(), current_setting('statement_timeout')"),
            "tenant|5s\n");
  must_run(*connection, "CREATE TABLE t (id int)");
  EXPECT_EQ(rows("SELECT schemaname FROM pg_tables WHERE tablename = 't'"), "tenant\n");
  DatabaseUrl wrong = parse_database_url(url("no_such_setting=1")).value();
  wrong.terms.pooled = true;
  EXPECT_EQ(error_of(open_postgres(wrong, sys::SystemEnvironment())),
            "postgres: scanning system variables: pq: unrecognized configuration parameter "
            "\"no_such_setting\" (42704)");
}

}  // namespace
}  // namespace rhumb::driver::postgres
