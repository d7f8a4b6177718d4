#include "migrate/statement_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace rhumb::migrate {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// What an observer of the test sees, and how often it was asked.
struct Sight {
  std::atomic<bool> waiting = false;
  std::atomic<bool> fails = false;
  std::atomic<int> looks = 0;
};

class FakeObserver final : public driver::LockWaitObserver {
 public:
  explicit FakeObserver(Sight& sight) : sight_(sight) {}
  Result<bool> is_waiting() override {
    ++sight_.looks;
    return sight_.fails ? Result<bool>(Error(ErrorCode::kUnavailable, "gone"))
                        : Result<bool>(sight_.waiting);
  }
  Result<std::string> find_holder() override { return std::string("held by session 7"); }

 private:
  Sight& sight_;
};

class StatementWatchTest : public testing::Test {
 protected:
  void follow() { watch_.follow(std::make_unique<FakeObserver>(sight_)); }
  /// Waits until the observer was asked so many times more.
  void await_looks(int more) {
    const int wanted = sight_.looks + more;
    while (sight_.looks < wanted) {
      std::this_thread::sleep_for(milliseconds(1));
    }
  }

  Sight sight_;
  std::vector<std::string> told_;
  StatementWatch watch_{
      {.patience = milliseconds(20), .interval = milliseconds(5), .tell_after = milliseconds(60)},
      [this](const LockWait& wait) {
        told_.push_back(std::string(wait.file) + " " + std::to_string(wait.number) + " " +
                        wait.holder);
      }};
};

TEST_F(StatementWatchTest, NothingIsKnownWithoutAnObserver) {
  watch_.start("1_a.sql", 1);
  EXPECT_EQ(watch_.finish(), std::nullopt);
  watch_.follow(nullptr);
  watch_.start("1_a.sql", 2);
  EXPECT_EQ(watch_.finish(), std::nullopt);
}

TEST_F(StatementWatchTest, AShortStatementIsNotLookedAt) {
  sight_.waiting = true;
  follow();
  watch_.start("1_a.sql", 1);
  EXPECT_EQ(watch_.finish(), nanoseconds(0));
  std::this_thread::sleep_for(milliseconds(40));
  EXPECT_EQ(sight_.looks, 0);
}

TEST_F(StatementWatchTest, TheWaitCountsFromTheStart) {
  sight_.waiting = true;
  follow();
  watch_.start("1_a.sql", 1);
  await_looks(3);
  sight_.waiting = false;
  await_looks(2);
  const nanoseconds waited = watch_.finish().value();
  EXPECT_GE(waited, milliseconds(20));
  watch_.start("1_a.sql", 2);
  await_looks(2);
  EXPECT_EQ(watch_.finish(), nanoseconds(0)) << "another statement starts anew";
}

TEST_F(StatementWatchTest, ALongWaitIsToldOnce) {
  sight_.waiting = true;
  follow();
  watch_.start("1_a.sql", 3);
  await_looks(1);
  std::this_thread::sleep_for(milliseconds(80));
  await_looks(5);
  EXPECT_GE(watch_.finish().value(), milliseconds(60));
  EXPECT_EQ(told_, std::vector<std::string>{"1_a.sql 3 held by session 7"});
}

TEST_F(StatementWatchTest, AnObserverThatFailsIsAskedNoMore) {
  sight_.fails = true;
  follow();
  watch_.start("1_a.sql", 1);
  await_looks(1);
  std::this_thread::sleep_for(milliseconds(40));
  EXPECT_EQ(watch_.finish(), std::nullopt);
  EXPECT_EQ(sight_.looks, 1);
  sight_.fails = false;
  follow();
  watch_.start("2_b.sql", 1);
  await_looks(1);
  EXPECT_EQ(watch_.finish(), nanoseconds(0));
}

}  // namespace
}  // namespace rhumb::migrate
