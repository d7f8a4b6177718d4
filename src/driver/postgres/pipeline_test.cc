#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "driver/postgres/session.h"
#include "driver/postgres/test_database.h"

namespace rhumb::driver::postgres {
namespace {

constexpr const char* kInsert = "INSERT INTO t (id, body) VALUES ($1, $2)";
constexpr const char* kCount =
    "SELECT count(*), coalesce(sum(length(body)), 0) FROM t WHERE id > $1";

class PostgresPipelineTest : public DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    must_run(database(), "CREATE TABLE t (id bigint PRIMARY KEY, body text NOT NULL)");
    session_ = open_session();
    // From the third use on it is known to be prepared.
    for (int64_t id = -3; id < 0; ++id) {
      ASSERT_TRUE(later(id));
      ASSERT_EQ(count(), 0);
    }
  }
  void TearDown() override {
    session_.reset();
    DatabaseTest::TearDown();
  }

  std::unique_ptr<Session> open_session() {
    const DatabaseUrl parsed = must(parse_database_url(url()));
    const std::vector<std::string> keywords = must(library_keywords());
    return must(Session::open(read_parameters(parsed.url, keywords, sys::SystemEnvironment())));
  }
  Result<void> later(int64_t id, const std::string& body = "x") {
    const std::vector<Value> params = {id, body};
    return session_->run_later(kInsert, params);
  }
  Result<Rows> select() {
    const std::vector<Value> params = {int64_t{0}};
    return session_->query(kCount, params);
  }
  int64_t count() { return to_int(must(select()).rows.at(0).at(0)); }

  std::unique_ptr<Session> session_;
};

TEST_F(PostgresPipelineTest, AnswersTravelWithTheNextOne) {
  for (int64_t id = 1; id <= 3; ++id) {
    ASSERT_TRUE(later(id));
  }
  EXPECT_EQ(count(), 3);
  EXPECT_EQ(count(), 3) << "without any before it";
  ASSERT_TRUE(later(4));
  ASSERT_TRUE(session_->settle());
  ASSERT_TRUE(session_->settle()) << "nothing to wait for";
  ASSERT_TRUE(later(5));
  EXPECT_EQ(must(session_->run("DELETE FROM t WHERE id > 0")).rows_affected, 5)
      << "the simple protocol waits for them";
}

TEST_F(PostgresPipelineTest, WhatWasAskedBeforeIsAnsweredAsItWasThen) {
  const std::vector<Value> from_0 = {int64_t{0}};
  const std::vector<Value> from_1 = {int64_t{1}};
  ASSERT_TRUE(later(1));
  const std::optional<int64_t> asked_0 = must(session_->ask_later(kCount, from_0));
  const std::optional<int64_t> asked_1 = must(session_->ask_later(kCount, from_1));
  ASSERT_TRUE(asked_0 && asked_1);
  ASSERT_TRUE(later(2));
  const std::optional<Rows> first = must(session_->take_answer(*asked_0));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(to_int(first->rows.at(0).at(0)), 1);
  EXPECT_FALSE(must(session_->take_answer(*asked_0))) << "it was taken";
  EXPECT_EQ(count(), 2) << "asked now";
  const std::optional<Rows> second = must(session_->take_answer(*asked_1));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(to_int(second->rows.at(0).at(0)), 0);
}

TEST_F(PostgresPipelineTest, WhatNobodyWantsAnyMoreIsForgotten) {
  const std::vector<Value> from_0 = {int64_t{0}};
  const std::optional<int64_t> on_its_way = must(session_->ask_later(kCount, from_0));
  ASSERT_TRUE(on_its_way);
  session_->forget_answers();
  EXPECT_FALSE(must(session_->take_answer(*on_its_way))) << "it was on its way";
  const std::optional<int64_t> arrived = must(session_->ask_later(kCount, from_0));
  ASSERT_TRUE(arrived);
  ASSERT_TRUE(session_->settle());
  session_->forget_answers();
  EXPECT_FALSE(must(session_->take_answer(*arrived))) << "it had arrived";
  const std::vector<Value> never = {int64_t{7}};
  EXPECT_FALSE(must(session_->ask_later("SELECT $1::bigint", never))) << "it is not prepared";
}

TEST_F(PostgresPipelineTest, AFailureIsThatOfTheNextOneAndNothingIsBehindIt) {
  must(session_->run("BEGIN"));
  ASSERT_TRUE(later(1));
  ASSERT_TRUE(later(1)) << "known later";
  ASSERT_TRUE(later(2));
  const Result<Rows> answer = select();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().cause_code(), "23505") << answer.error().message();
  EXPECT_TRUE(session_->in_transaction());
  must(session_->run("ROLLBACK"));
  EXPECT_EQ(count(), 0);

  must(session_->run("BEGIN"));
  ASSERT_TRUE(later(-1));
  const Result<void> settled = session_->settle();
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().cause_code(), "23505");
  must(session_->run("ROLLBACK"));

  must(session_->run("BEGIN"));
  ASSERT_TRUE(later(-1));
  EXPECT_FALSE(session_->run("COMMIT")) << "is not even sent";
  EXPECT_TRUE(session_->in_transaction());
  must(session_->run("ROLLBACK"));
}

TEST_F(PostgresPipelineTest, WhatHasNoParametersTravelsWithOthers) {
  ASSERT_TRUE(session_->run_later("BEGIN", {}));
  EXPECT_TRUE(session_->in_transaction()) << "sent or not";
  ASSERT_TRUE(later(1));
  EXPECT_EQ(must(session_->run_last("COMMIT")).tag, "COMMIT");
  EXPECT_FALSE(session_->in_transaction());
  EXPECT_EQ(count(), 1);

  ASSERT_TRUE(session_->run_later("BEGIN", {}));
  ASSERT_TRUE(later(2));
  ASSERT_TRUE(later(2));
  const Result<Session::Done> refused = session_->run_last("COMMIT");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().cause_code(), "23505");
  EXPECT_TRUE(session_->in_transaction()) << "the transaction has failed, and nobody has ended it";
  must(session_->run_last("ROLLBACK"));
  EXPECT_EQ(count(), 1);
}

TEST_F(PostgresPipelineTest, ManyAndLargeOnesDoNotBlock) {
  constexpr int64_t kEach = 3000;
  const std::string body(20'000, 'y');
  must(session_->run("BEGIN"));
  for (int64_t id = 1; id <= kEach; ++id) {
    ASSERT_TRUE(later(id, body));
  }
  const Rows rows = must(select());
  EXPECT_EQ(to_int(rows.rows.at(0).at(0)), kEach);
  must(session_->run("COMMIT"));
}

TEST_F(PostgresPipelineTest, ALostConnectionIsTold) {
  ASSERT_TRUE(later(1));
  must_run(database(),
           "SELECT pg_terminate_backend(" + std::to_string(session_->backend_pid()) + ", 5000)");
  ASSERT_TRUE(later(2) || session_->lost());
  const Result<Rows> answer = select();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), ErrorCode::kUnavailable) << answer.error().message();
  EXPECT_TRUE(session_->lost());
  EXPECT_FALSE(session_->run("ROLLBACK"));
}

}  // namespace
}  // namespace rhumb::driver::postgres
