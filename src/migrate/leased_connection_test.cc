#include "migrate/leased_connection.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "driver/sqlite/test_database.h"
#include "migrate/test_lease.h"
#include "migrate/test_run.h"

namespace rhumb::migrate {
namespace {

using driver::Connection;
using driver::error_of;
using driver::LockRequest;
using driver::must;
using std::chrono::milliseconds;
using testing::HasSubstr;

template <typename Database>
class LeasedConnectionTest : public LeaseTest<Database> {};
TYPED_TEST_SUITE(LeasedConnectionTest, LeaseDatabases);

TYPED_TEST(LeasedConnectionTest, FencesEveryTransaction) {
  const auto ann = this->leased();
  this->run("CREATE TABLE t (a int)");
  const auto lock = must(ann->lock(this->request(kAnn)));
  ASSERT_EQ(error_of(ann->begin()), "");
  ASSERT_EQ(error_of(ann->execute("INSERT INTO t VALUES (1)")), "");
  ASSERT_EQ(error_of(ann->commit()), "");
  this->steal();
  EXPECT_EQ(error_of(ann->begin()), this->lost_to_bob());
  EXPECT_FALSE(ann->in_transaction());
  EXPECT_EQ(error_of(ann->begin_plain()), this->lost_to_bob());
  const std::vector<driver::Value> none;
  EXPECT_EQ(error_of(ann->execute("INSERT INTO t VALUES (2)", none)), this->lost_to_bob());
  EXPECT_EQ(error_of(ann->execute("INSERT INTO t VALUES (3)")), this->lost_to_bob());
  EXPECT_EQ(rows_of(*ann, "SELECT a FROM t"), "1\n");
  EXPECT_EQ(error_of(lock->release()), this->lost_to_bob());
  EXPECT_THAT(this->text(), HasSubstr(kBob));
}

TYPED_TEST(LeasedConnectionTest, IsLostWithItsRow) {
  const auto ann = this->leased();
  const auto lock = must(ann->lock(this->request(kAnn)));
  this->run("DELETE FROM atlas_schema_revisions");
  EXPECT_EQ(error_of(ann->begin()), "lost the lock");
}

TYPED_TEST(LeasedConnectionTest, FencesATransactionThatAStatementBegins) {
  const auto ann = this->leased();
  this->run("CREATE TABLE t (a int)");
  const auto lock = must(ann->lock(this->request(kAnn)));
  ASSERT_EQ(error_of(ann->execute("BEGIN")), "");
  EXPECT_THAT(error_of(this->leased()->lock(this->request(kBob))), HasSubstr(kAnn));
  ASSERT_EQ(error_of(ann->execute("ROLLBACK")), "");
  this->steal();
  EXPECT_EQ(error_of(ann->execute("BEGIN")), this->lost_to_bob());
  EXPECT_FALSE(ann->in_transaction());
}

TYPED_TEST(LeasedConnectionTest, OutlastsALongTransaction) {
  const auto ann = this->leased();
  const auto lock = must(ann->lock(this->request(kAnn)));
  const auto bob = this->leased();
  ASSERT_EQ(error_of(ann->begin()), "");
  std::this_thread::sleep_for(kLongerThanLease);
  EXPECT_THAT(error_of(bob->lock(this->request(kBob))), HasSubstr(kAnn));
  EXPECT_EQ(must(find_lease_holder(*this->another(), "")), kAnn);
  ASSERT_EQ(error_of(ann->commit()), "");
  EXPECT_THAT(error_of(bob->lock(this->request(kBob))), HasSubstr(kAnn));
  EXPECT_EQ(error_of(ann->begin()), "");
  EXPECT_EQ(error_of(ann->rollback()), "");
  EXPECT_EQ(error_of(lock->release()), "");
}

TYPED_TEST(LeasedConnectionTest, AWaiterGetsItWhenTheRunIsOver) {
  const auto ann = this->leased();
  const auto lock = must(ann->lock(this->request(kAnn)));
  bool released = false;
  std::thread waiter([this, &released] {
    const auto got = this->leased()->lock(this->request(kBob, milliseconds(30000)));
    EXPECT_EQ(error_of(got), "");
    EXPECT_TRUE(released);
  });
  for (int transaction = 0; transaction < 3; ++transaction) {
    EXPECT_EQ(error_of(ann->begin()), "");
    std::this_thread::sleep_for(kLongerThanLease);
    EXPECT_EQ(error_of(ann->commit()), "");
  }
  released = true;
  EXPECT_EQ(error_of(lock->release()), "");
  waiter.join();
}

TYPED_TEST(LeasedConnectionTest, SendsNothingInTheLastThirdOfOneThatCannotBeRenewed) {
  LeaseTerms terms = this->terms();
  int opened = 0;
  terms.open = [this, &opened]() -> Result<std::unique_ptr<Connection>> {
    if (++opened > 1) {
      return Error(ErrorCode::kUnavailable, "no route");
    }
    return this->another();
  };
  const auto ann = this->leased(std::move(terms));
  this->run("CREATE TABLE t (a int)");
  const auto lock = must(ann->lock(this->request(kAnn)));
  // Taken from it for a moment, so that it gives its connection up.
  this->run("ALTER TABLE atlas_schema_revisions RENAME TO away");
  std::this_thread::sleep_for(kLength * 2 / 3);
  this->run("ALTER TABLE away RENAME TO atlas_schema_revisions");
  EXPECT_EQ(error_of(ann->execute("INSERT INTO t VALUES (1)")),
            "lost the lock: its lease could not be renewed: no route");
  EXPECT_EQ(this->rows("SELECT count(*) FROM t"), "0\n");
  std::this_thread::sleep_for(kLength);
  EXPECT_EQ(error_of(this->leased()->lock(this->request(kBob))), "");
}

TYPED_TEST(LeasedConnectionTest, MakesItsTableWhenItMay) {
  const auto ann = this->leased();
  LockRequest request = this->request(kAnn);
  request.may_create_table = false;
  EXPECT_EQ(error_of(must(ann->lock(request))->release()), "");
  EXPECT_THAT(this->text(), HasSubstr("atlas_schema_revisions"));  // does not exist
  EXPECT_EQ(must(find_lease_holder(*this->another(), "")), std::nullopt);
  request.may_create_table = true;
  const auto lock = must(ann->lock(request));
  EXPECT_EQ(this->rows("SELECT version, type, applied, total, hash, operator_version "
                       "FROM atlas_schema_revisions"),
            ".atlas_cloud_identifier|2|0|0||Atlas CLI - development\n");
}

TYPED_TEST(LeasedConnectionTest, ManyFirstRunsAtOnceGetItOneAfterTheOther) {
  std::atomic<int> inside{0};
  std::vector<std::thread> runners;
  runners.reserve(6);
  for (int i = 0; i < 6; ++i) {
    runners.emplace_back([this, &inside] {
      const auto lock = this->leased()->lock(this->request(kAnn, milliseconds(60000)));
      ASSERT_EQ(error_of(lock), "");
      EXPECT_EQ(++inside, 1);
      std::this_thread::sleep_for(milliseconds(20));
      --inside;
    });
  }
  for (std::thread& runner : runners) {
    runner.join();
  }
}

TYPED_TEST(LeasedConnectionTest, ADryRunTakesNone) {
  EXPECT_TRUE(this->another()->info().features.session_locks);
  EXPECT_FALSE(this->leased()->info().features.session_locks);
}

class MariadbLeasedConnectionTest : public LeaseTest<MariadbDatabase> {};

TEST_F(MariadbLeasedConnectionTest, IsFreshBeforeAStatementThatMayEndItsTransaction) {
  LeaseTerms long_enough = terms();  // for the statement, on a machine with other work
  long_enough.length = 3 * kLength;
  const auto ann = leased(std::move(long_enough));
  const auto lock = must(ann->lock(request(kAnn)));
  ASSERT_EQ(error_of(ann->begin()), "");
  std::this_thread::sleep_for(3 * kLongerThanLease);
  std::string busy;
  std::thread taker([&] {
    std::this_thread::sleep_for(milliseconds(200));
    busy = error_of(leased()->lock(request(kBob)));
  });
  EXPECT_EQ(error_of(ann->execute("CREATE TABLE t AS SELECT SLEEP(1) AS a")), "");
  taker.join();
  EXPECT_THAT(busy, HasSubstr(kAnn));
  EXPECT_FALSE(ann->in_transaction());
  EXPECT_EQ(error_of(lock->release()), "");
}

TEST(LeasedConnection, IsNotForFiles) {
  const driver::sqlite::TestFolder folder;
  auto file = driver::sqlite::must_open(folder.file("app.db"));
  EXPECT_EQ(must(find_lease_holder(*file, "")), std::nullopt);
  EXPECT_THAT(error_of(lease_locks(std::move(file), {})), HasSubstr("--lock-mode"));
}

TYPED_TEST(LeasedConnectionTest, ARunAppliesItsFiles) {
  MemoryDirectory directory("mem://test", Format::kAtlas);
  must(directory.write("1_a.sql", "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n"));
  must(directory.write("2_b.sql",
                       "-- atlas:txmode none\n\nINSERT INTO a VALUES (2);\n"
                       "CREATE INDEX i ON a (id);\n"));
  const DirectoryFiles files = load_files(directory).value();
  sys::FakeClock clock;
  EventLog log;
  PlainTextRenderer texts;
  RunStream stream("run", clock, log, texts);
  ApplyOptions options;
  options.holder = kAnn;
  const auto connection = this->leased();
  const RunOutcome outcome = must(apply_migrations(*connection, files, options, stream));
  EXPECT_FALSE(outcome.error.has_value()) << outcome.error->message();
  EXPECT_FALSE(outcome.unlock_error.has_value()) << outcome.unlock_error->message();
  EXPECT_EQ(this->rows("SELECT id FROM a ORDER BY id"), "1\n2\n");
  EXPECT_EQ(this->rows("SELECT version, applied, total, error FROM atlas_schema_revisions "
                       "WHERE version NOT LIKE '.%' ORDER BY version"),
            "1|2|2|\n2|2|2|\n");
  EXPECT_EQ(this->text(), "\n");
}

TYPED_TEST(LeasedConnectionTest, ARunThatLostItExecutesNothingMore) {
  MemoryDirectory directory("mem://test", Format::kAtlas);
  must(directory.write("1_a.sql", "CREATE TABLE a (id int);\n"));
  must(directory.write("2_b.sql", "INSERT INTO a VALUES (2);\n"));
  const DirectoryFiles files = load_files(directory).value();
  sys::FakeClock clock;
  EventLog log;
  log.hook = [this](const RunEvent& event) {
    if (std::holds_alternative<StatementDone>(event.body)) {
      this->steal();
    }
  };
  PlainTextRenderer texts;
  RunStream stream("run", clock, log, texts);
  ApplyOptions options;
  options.holder = kAnn;
  options.tx_mode = "none";
  const auto connection = this->leased();
  const RunOutcome outcome = must(apply_migrations(*connection, files, options, stream));
  ASSERT_TRUE(outcome.error.has_value());
  EXPECT_EQ(outcome.error->message(), "sql/migrate: write revision: " + this->lost_to_bob());
  EXPECT_EQ(this->rows("SELECT id FROM a"), "");
}

}  // namespace
}  // namespace rhumb::migrate
