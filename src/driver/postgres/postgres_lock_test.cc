#include "driver/postgres/postgres_lock.h"

#include <chrono>
#include <thread>

#include "driver/postgres/cockroach_lock.h"
#include "driver/postgres/test_database.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::string_view kName = "atlas_migrate_execute";

LockRequest request(
    const std::string& schema,
    const std::string& holder = "migrate apply ann@box:7 since 2026-01-02T03:04:05Z",
    std::chrono::milliseconds timeout = {}) {
  return {
      .name = std::string(kName), .timeout = timeout, .holder = holder, .revisions_schema = schema};
}

class PostgresLockTest : public DatabaseTest {
 protected:
  [[nodiscard]] std::string advisory_locks() {
    return rows(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())");
  }
};

// Keys from spec revisions.md 8 and 8.1.
TEST(PostgresLockKeys, AreThoseOfOtherPrograms) {
  const LockKeys keys = lock_keys(kName, "public");
  EXPECT_EQ(keys.shared, 2686470616);
  EXPECT_EQ(keys.name, -1608496680);
  EXPECT_EQ(keys.schema, -2026945826);
  EXPECT_EQ(lock_keys("atlas_migrate_diff", "").shared, 361947982);
  EXPECT_EQ(lock_keys("atlas_lint", "").shared, 526800194);
  EXPECT_EQ(lock_keys("atlas_lint_public", "").shared, 1304589634);
}

TEST_F(PostgresLockTest, ExcludesAndNamesTheHolder) {
  const auto other = open(url());
  const auto held = database().lock(request("public"));
  ASSERT_TRUE(held.has_value()) << error_of(held);
  const std::string busy = error_of(other->lock(request("public", "x since y")));
  EXPECT_TRUE(
      busy.starts_with("sql/schema: lock is held by other session (held by migrate apply "
                       "ann@box:7 since 20"))
      << busy;
  const std::string holder = other->find_lock_holder(request("public"))->value_or("");
  EXPECT_TRUE(holder.starts_with("migrate apply ann@box:7 since 20")) << holder;
  ASSERT_TRUE((*held)->release().has_value());
  EXPECT_FALSE(other->find_lock_holder(request("public"))->has_value());
  EXPECT_TRUE(other->lock(request("public")).has_value());
}

TEST_F(PostgresLockTest, IsRegainedUnlessItsOwnSessionIsGone) {
  const auto held = must(database().lock(request("public")));
  EXPECT_EQ(error_of(held->regain()), "");
  run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 "
      "AND pid <> pg_backend_pid()");
  EXPECT_NE(error_of(held->regain()), "");
}

TEST_F(PostgresLockTest, WaitsForTheStatementOfARunThatIsGone) {
  auto worker = open(url());
  const auto held = must(worker->lock(request("public")));
  std::thread statement([&worker] { must_run(*worker, "SELECT pg_sleep(1)"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  // The session that kept the lock ends, as with a killed process; that of the statement goes on.
  run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE "
      "'migrate%' AND datname = current_database()");
  const auto early = database().lock(request("public", "b since c"));
  ASSERT_FALSE(early.has_value());
  EXPECT_EQ(early.error().code(), ErrorCode::kBusy);
  EXPECT_TRUE(must(database().find_lock_holder(request("public"))).has_value());
  statement.join();
  worker.reset();
  EXPECT_EQ(error_of(database().lock(request("public", "b since c", std::chrono::seconds(5)))), "");
}

TEST_F(PostgresLockTest, IsRegainedForANewSession) {
  const auto held = must(database().lock(request("public")));
  must_run(*open(url()), "SELECT pg_terminate_backend(" +
                             std::string(trim(rows("SELECT pg_backend_pid()"))) + ")");
  EXPECT_NE(error_of(database().execute("SELECT 1")), "");
  ASSERT_EQ(error_of(reconnect_in_the_end(database())), "");
  EXPECT_EQ(error_of(held->regain()), "");
  EXPECT_EQ(rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = "
                 "pg_backend_pid()"),
            "1\n");
}

TEST_F(PostgresLockTest, SeparatesSchemasAndDatabases) {
  const auto held = database().lock(request("a"));
  EXPECT_TRUE(database().lock(request("b")).has_value());
  const std::string server = std::getenv("RHUMB_TEST_POSTGRES");
  EXPECT_TRUE(open(server)->lock(request("a")).has_value());
  EXPECT_FALSE(database().find_lock_holder(request("b"))->has_value());
}

TEST_F(PostgresLockTest, TakesTheSchemaOfTheRevisionsByTheirRule) {
  const auto bound = open(url("search_path=s"));
  const auto held = bound->lock(request(""));
  EXPECT_FALSE(database().lock(request("s")).has_value());
  EXPECT_TRUE(database().lock(request("")).has_value());
  const auto unbound = database().lock(request(""));
  EXPECT_FALSE(database().lock(request("atlas_schema_revisions")).has_value());
}

TEST_F(PostgresLockTest, KeepsAnOfficialBinaryOutAndIsKeptOut) {
  {
    const auto held = database().lock(request("public"));
    EXPECT_EQ(rows("SELECT pg_try_advisory_lock(2686470616)"), "f\n");
  }
  for (int i = 0; i < 200 && rows("SELECT pg_try_advisory_lock(2686470616)") != "t\n"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const std::string busy = error_of(open(url())->lock(request("public")));
  EXPECT_TRUE(busy.starts_with("sql/schema: lock is held by other session (held by rhumb since "))
      << busy;
}

TEST_F(PostgresLockTest, WaitsAndTellsOnce) {
  auto held = database().lock(request("public"));
  const auto other = open(url());
  int told = 0;
  LockRequest waiting = request("public", "b since c", std::chrono::seconds(30));
  waiting.on_wait = [&told](std::string_view held_by) {
    told += held_by.starts_with("migrate apply ann@box:7") ? 1 : 100;
  };
  std::thread releaser([&held] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_TRUE((*held)->release().has_value());
  });
  const auto got = other->lock(waiting);
  releaser.join();
  EXPECT_TRUE(got.has_value()) << error_of(got);
  EXPECT_EQ(told, 1);
}

TEST_F(PostgresLockTest, GivesUpWhenStopped) {
  const auto held = database().lock(request("public"));
  const auto other = open(url());
  sys::CancellationSource stop;
  std::thread stopper([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.cancel();
  });
  LockRequest waiting = request("public", "b since c", std::chrono::seconds(30));
  waiting.stop = stop.token();
  const auto got = other->lock(waiting);
  stopper.join();
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code(), ErrorCode::kCancelled);
}

TEST_F(PostgresLockTest, LeavesNothingBehindWhenHalfOfItIsHad) {
  run("SELECT pg_advisory_lock(-1608496680, -2026945826)");
  EXPECT_FALSE(open(url())->lock(request("public")).has_value());
  for (int i = 0; i < 200 && advisory_locks() != "1\n"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(advisory_locks(), "1\n");
}

TEST_F(PostgresLockTest, TellsThatItWasLost) {
  const auto held = database().lock(request("public"));
  run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE "
      "'migrate%' "
      "AND datname = current_database()");
  EXPECT_FALSE((*held)->release().has_value());
}

TEST_F(PostgresLockTest, NeverBlocksAConcurrentIndex) {
  run("CREATE TABLE t (a int)");
  const auto held = database().lock(request("public"));
  const auto other = open(url());
  std::thread waiter([&other] {
    EXPECT_FALSE(
        other->lock(request("public", "b since c", std::chrono::milliseconds(800))).has_value());
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  run("SET statement_timeout = '600ms'");
  run("CREATE INDEX CONCURRENTLY i ON t (a)");
  waiter.join();
}

// The lock of servers without advisory locks, on a server that has both.
TEST_F(PostgresLockTest, HoldsTheIdentityRow) {
  const codec::Url parsed = codec::parse_url(url()).value();
  const Parameters parameters =
      read_parameters(parsed, library_keywords().value(), sys::FakeEnvironment());
  EXPECT_TRUE(acquire_row_lock(parameters, request("public")).has_value());  // no table
  run("CREATE TABLE public.atlas_schema_revisions (version text PRIMARY KEY, description text, "
      "type int, applied int, total int, executed_at timestamptz, execution_time int, error text, "
      "error_stmt text, hash text, partial_hashes jsonb, operator_version text)");
  const auto held = acquire_row_lock(parameters, request("public"));
  ASSERT_TRUE(held.has_value()) << error_of(held);
  EXPECT_EQ(rows("SELECT version FROM atlas_schema_revisions"), ".atlas_cloud_identifier\n");
  EXPECT_EQ(error_of(acquire_row_lock(parameters, request("public"))),
            "sql/schema: lock is held by other session");
  EXPECT_TRUE(find_row_lock_holder(parameters, request("public"))->has_value());
  ASSERT_TRUE((*held)->release().has_value());
  EXPECT_FALSE(find_row_lock_holder(parameters, request("public"))->has_value());
}

}  // namespace
}  // namespace rhumb::driver::postgres
