#include "driver/mysql/mysql_lock.h"

#include <thread>

#include "driver/mysql/test_server.h"

namespace rhumb::driver::mysql {
namespace {

using namespace std::chrono_literals;
using MysqlLockTest = MariadbTest;

LockRequest request(std::chrono::nanoseconds timeout = 0s) {
  return {.name = "atlas_migrate_execute",
          .timeout = timeout,
          .holder = "migrate apply ann@host:7 since 2026-01-02T03:04:05Z"};
}

TEST(MysqlLockKey, StandsForTheDatabase) {
  EXPECT_EQ(lock_key("atlas_migrate_execute", "app"), "atlas_migrate_execute.a172cedcae47474b");
  EXPECT_NE(lock_key("atlas_migrate_execute", "app2"), lock_key("atlas_migrate_execute", "app"));
}

TEST(MysqlLockKey, FitsTheServer) {
  const std::string longest(64 - 17, 'x');
  EXPECT_EQ(lock_key(longest, "app").size(), 64U);
  const std::string hashed = lock_key(longest + "x", "app");
  EXPECT_EQ(hashed.substr(0, 6), "rhumb.");
  EXPECT_EQ(hashed.size(), 54U);
  std::string umlauts;
  for (int i = 0; i < 47; ++i) {
    umlauts += "ü";
  }
  EXPECT_EQ(lock_key(umlauts, "app").substr(0, 2), "ü");
}

TEST_F(MysqlLockTest, IsHeldByOneAndNamesWho) {
  const auto other = open();
  auto held = must(connection().lock(request()));
  const Result<std::unique_ptr<Lock>> refused = other->lock(request());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kBusy);
  const std::string text = refused.error().message();
  EXPECT_EQ(text.find("sql/schema: lock is held by other session (held by "), 0U) << text;
  const std::optional<std::string> holder = must(other->find_lock_holder(request()));
  ASSERT_TRUE(holder.has_value());
  EXPECT_NE(text.find(*holder), std::string::npos);
  EXPECT_EQ(error_of(held->release()), "");
  EXPECT_EQ(error_of(held->release()), "");
  EXPECT_FALSE(must(other->find_lock_holder(request())).has_value());
  EXPECT_EQ(error_of(other->lock(request())), "");
}

TEST_F(MysqlLockTest, GoesWithTheObject) {
  {
    const auto held = must(connection().lock(request()));
  }
  const auto other = open();
  // The server notices the end of the session a moment later.
  EXPECT_EQ(error_of(other->lock(request(5s))), "");
}

TEST_F(MysqlLockTest, WaitsAndSaysSoOnce) {
  const auto other = open();
  auto held = must(connection().lock(request()));
  std::thread releaser([&held] {
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(error_of(held->release()), "");
  });
  int told = 0;
  LockRequest waiting = request(10s);
  waiting.on_wait = [&told](std::string_view holder) {
    ++told;
    EXPECT_FALSE(holder.empty());
  };
  EXPECT_EQ(error_of(other->lock(waiting)), "");
  releaser.join();
  EXPECT_EQ(told, 1);
}

TEST_F(MysqlLockTest, GivesUpAfterTheTimeout) {
  const auto other = open();
  const auto held = must(connection().lock(request()));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(other->lock(request(1200ms)).has_value());
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, 1200ms);
  EXPECT_LT(took, 2500ms);
}

TEST_F(MysqlLockTest, WaitingCanBeCancelled) {
  const auto other = open();
  const auto held = must(connection().lock(request()));
  sys::CancellationSource stop;
  std::thread canceller([&stop] {
    std::this_thread::sleep_for(200ms);
    stop.cancel();
  });
  const auto begin = std::chrono::steady_clock::now();
  LockRequest waiting = request(60s);
  waiting.stop = stop.token();
  const Result<std::unique_ptr<Lock>> cancelled = other->lock(waiting);
  canceller.join();
  ASSERT_FALSE(cancelled.has_value());
  EXPECT_EQ(cancelled.error().code(), ErrorCode::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

TEST_F(MysqlLockTest, TenantsDoNotWaitForEachOther) {
  const auto held = must(connection().lock(request()));
  LockRequest elsewhere = request();
  elsewhere.revisions_schema = name() + "_other";
  EXPECT_EQ(error_of(connection().lock(elsewhere)), "");
}

TEST_F(MysqlLockTest, WaitsForTheStatementOfARunThatIsGone) {
  auto worker = open();
  auto held = must(worker->lock(request()));
  std::thread statement([&worker] { must_run(*worker, "DO SLEEP(2)"); });
  std::this_thread::sleep_for(300ms);
  // The session that kept the lock ends, as with a killed process; that of the statement goes on.
  const Value key[] = {lock_key(request().name, name())};
  const Rows id = must(server().query("SELECT IS_USED_LOCK(?)", key));
  must_run(server(), "KILL " + to_text(id.rows[0][0]));
  const Result<std::unique_ptr<Lock>> early = connection().lock(request());
  ASSERT_FALSE(early.has_value());
  EXPECT_EQ(early.error().code(), ErrorCode::kBusy);
  EXPECT_TRUE(must(connection().find_lock_holder(request())).has_value());
  statement.join();
  worker.reset();
  EXPECT_EQ(error_of(connection().lock(request(5s))), "");
}

TEST_F(MysqlLockTest, IsRegainedForANewSession) {
  const auto held = must(connection().lock(request()));
  must_run(server(), "KILL " + rows("SELECT CONNECTION_ID()"));
  EXPECT_NE(error_of(connection().execute("SELECT 1")), "");
  ASSERT_EQ(error_of(reconnect_in_the_end(connection())), "");
  EXPECT_EQ(error_of(held->regain()), "");
  const Value worker[] = {worker_key(request().name, name())};
  EXPECT_EQ(to_text(must(server().query("SELECT IS_USED_LOCK(?)", worker)).rows[0][0]) + "\n",
            rows("SELECT CONNECTION_ID()"));
  const Value key[] = {lock_key(request().name, name())};
  must_run(server(),
           "KILL " + to_text(must(server().query("SELECT IS_USED_LOCK(?)", key)).rows[0][0]));
  EXPECT_NE(error_of(held->regain()), "");
}

TEST_F(MysqlLockTest, SaysWhenItWasLost) {
  const auto held = must(connection().lock(request()));
  const Value key[] = {lock_key(request().name, name())};
  const Rows id = must(server().query("SELECT IS_USED_LOCK(?)", key));
  must_run(server(), "KILL " + to_text(id.rows[0][0]));
  EXPECT_EQ(error_of(held->release()),
            "sql/mysql: failed releasing a named lock \"atlas_migrate_execute\"");
}

}  // namespace
}  // namespace rhumb::driver::mysql
