#include "registry/store/writer.h"

#include <gtest/gtest.h>

#include <thread>

#include "registry/store/sqlite_session.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

/// A session whose n-th statement fails once as if another transaction had been in the way, and
/// with it the transaction.
class DisturbedSession final : public Session {
 public:
  DisturbedSession(std::unique_ptr<Session> session, int nth)
      : session_(std::move(session)), left_(nth) {}

  Result<void> for_each(std::string_view sql,
                        const Params& params,
                        const std::function<bool(const Row&)>& each) override {
    TRY(store_gathered());
    TRY(disturb());
    return session_->for_each(sql, params, each);
  }
  Result<void> settle() override { return store_gathered(); }
  Result<void> begin_write() override {
    disturbed_ = false;
    TRY(disturb());
    return session_->begin_write();
  }
  Result<void> begin_read() override { return session_->begin_read(); }
  Result<void> commit() override {
    TRY(settle());
    TRY(disturb());
    return session_->commit();
  }
  void rollback() override {
    forget_gathered();
    session_->rollback();
  }
  Result<void> rollback_to(std::string_view savepoint) override {
    forget_gathered();
    TRY(disturb());
    return session_->rollback_to(savepoint);
  }
  [[nodiscard]] int64_t rows_written() const override {
    return session_->rows_written() + rows_gathered();
  }
  [[nodiscard]] bool in_transaction() const override {
    return !disturbed_ && session_->in_transaction();
  }
  [[nodiscard]] bool may_run_again() const override { return disturbed_; }
  Result<void> tell_others(std::string_view) override { return {}; }
  [[nodiscard]] std::string_view columns_sql() const override { return session_->columns_sql(); }
  Result<std::vector<int64_t>> new_ids(std::string_view table, size_t count) override {
    return session_->new_ids(table, count);
  }
  Result<void> finish_filling(const std::string& table) override {
    return session_->finish_filling(table);
  }

 private:
  Result<void> disturb() {
    disturbed_ = disturbed_ || --left_ == 0;
    return disturbed_ ? Error(ErrorCode::kDatabase, "could not serialize access") : Result<void>();
  }

  std::unique_ptr<Session> session_;
  int left_;
  bool disturbed_ = false;
};

class DisturbedWriter {
 public:
  explicit DisturbedWriter(int nth) {
    std::unique_ptr<Session> session =
        open_sqlite(place_.folder() + "/x.db", SqliteAccess::kWrite).value();
    EXPECT_TRUE(session->run("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"));
    writer_ = std::make_unique<Writer>(std::make_unique<DisturbedSession>(std::move(session), nth));
  }

  Writer& operator*() { return *writer_; }
  Writer* operator->() { return writer_.get(); }
  std::string rows() {
    std::unique_ptr<Session> session =
        open_sqlite(place_.folder() + "/x.db", SqliteAccess::kRead).value();
    return session->scalar("SELECT group_concat(a) FROM t").value().text();
  }

 private:
  TestStorePlace place_;
  std::unique_ptr<Writer> writer_;
};

// Statements of the job below: BEGIN, two inserts, COMMIT.
constexpr int kStatements = 4;

TEST(Writer, BatchRunsAgainWhicheverStatementOthersWereInTheWayOf) {
  for (int nth = 1; nth <= kStatements + 1; ++nth) {
    DisturbedWriter writer(nth);
    int runs = 0;
    const Result<void> written = writer->write([&runs](Session& session) -> Result<void> {
      ++runs;
      TRY(session.run("INSERT INTO t (a) VALUES (1)"));
      return session.run("INSERT INTO t (a) VALUES (2)");
    });
    EXPECT_TRUE(written.has_value()) << nth;
    EXPECT_EQ(runs, nth == 1 || nth > kStatements ? 1 : 2) << nth;
    EXPECT_EQ(writer.rows(), "1,2") << nth;
  }
}

// BEGIN, insert; again alone: ROLLBACK, BEGIN, SAVEPOINT, insert, ROLLBACK TO, RELEASE, COMMIT.
TEST(Writer, RefusedJobIsRefusedWhicheverStatementOthersWereInTheWayOf) {
  for (int nth = 1; nth <= 10; ++nth) {
    DisturbedWriter writer(nth);
    const Result<void> written = writer->write([](Session& session) -> Result<void> {
      TRY(session.run("INSERT INTO t (a) VALUES (1)"));
      return invalid("changed my mind");
    });
    ASSERT_FALSE(written.has_value()) << nth;
    EXPECT_EQ(written.error().message(), "changed my mind") << nth;
    EXPECT_EQ(writer.rows(), "") << nth;
  }
}

TEST(Writer, LongRowsDoNotWaitForManyOthers) {
  constexpr size_t kLong = size_t{6} << 20;
  DisturbedWriter writer(2);  // the first statement behind BEGIN
  std::vector<int> failed_at;
  ASSERT_TRUE(writer->write([&failed_at](Session& session) -> Result<void> {
    for (int i = 0; i < 4; ++i) {
      const Result<void> kept = session.insert_later({"t (a, b)"}, {i, std::string(kLong, 'x')});
      if (!kept) {
        failed_at.push_back(i);
        return kept;
      }
    }
    return {};
  }));
  EXPECT_EQ(failed_at, std::vector<int>{2}) << "the third was sent with those before it";
  EXPECT_EQ(writer.rows(), "0,1,2,3");
}

TEST(Writer, WhoFindsNobodyWritingDoesItItself) {
  DisturbedWriter writer(1000);  // never
  std::thread::id writing;
  ASSERT_TRUE(writer->write([&writing](Session&) -> Result<void> {
    writing = std::this_thread::get_id();
    return {};
  }));
  EXPECT_EQ(writing, std::this_thread::get_id());
}

// And is not kept from its caller by those that come after it.
TEST(Writer, WhatArrivesMeanwhileIsLeftToTheWritersThread) {
  DisturbedWriter writer(1000);
  std::thread::id others;
  std::thread other;
  ASSERT_TRUE(writer->write([&](Session&) -> Result<void> {
    other = std::thread([&] {
      EXPECT_TRUE(writer->write([&others](Session& session) -> Result<void> {
        others = std::this_thread::get_id();
        return session.run("INSERT INTO t (a) VALUES (3)");
      }));
    });
    while (writer->counts().waiting == 0) {
      std::this_thread::yield();
    }
    return {};
  }));
  const std::thread::id caller = other.get_id();
  other.join();
  EXPECT_NE(others, caller);
  EXPECT_NE(others, std::this_thread::get_id());
  EXPECT_EQ(writer.rows(), "3");
}

}  // namespace
}  // namespace rhumb::registry
