#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "driver/lock_wait_observer.h"

namespace rhumb::migrate {

/// A statement that waits for what another session has locked.
struct LockWait {
  std::string_view file{};
  size_t number = 0;  ///< of the statement, from 1
  std::chrono::nanoseconds waited{};
  std::string holder{};  ///< as driver::LockWaitObserver::find_holder has it
};

/// Adds up how long statements wait for locks, by looking every now and then from another session.
/// Statements that end soon are not looked at and cost nothing but two readings of the clock.
///
/// Threads: one for the caller, who is inside of start() and finish() while a statement runs.
/// `tell` is called from another, but never while the caller is not inside.
class StatementWatch {
 public:
  struct Pace {
    std::chrono::nanoseconds patience = std::chrono::milliseconds(500);  ///< before the first look
    std::chrono::nanoseconds interval = std::chrono::milliseconds(250);
    std::chrono::nanoseconds tell_after = std::chrono::seconds(2);
  };
  /// Called once for a statement that has waited for long.
  using Tell = std::function<void(const LockWait&)>;

  StatementWatch(Pace pace, Tell tell) : pace_(pace), tell_(std::move(tell)) {}
  ~StatementWatch();
  StatementWatch(const StatementWatch&) = delete;
  StatementWatch& operator=(const StatementWatch&) = delete;

  /// Whose statements are watched from now on; null: nobody's.
  void follow(std::unique_ptr<driver::LockWaitObserver> observer);

  /// A statement starts. `file` stays as it is until finish().
  void start(std::string_view file, size_t number);
  /// It has ended. How long it waited, as far as that was seen; nothing: the engine does not tell.
  std::optional<std::chrono::nanoseconds> finish();

 private:
  using Clock = std::chrono::steady_clock;

  void work();
  void look(std::unique_lock<std::mutex>& lock);
  void tell(std::unique_lock<std::mutex>& lock, uint64_t statement);
  [[nodiscard]] bool runs(uint64_t statement) const { return running_ && statement_ == statement; }

  const Pace pace_;
  const Tell tell_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable ending_;
  bool ended_ = false;
  std::shared_ptr<driver::LockWaitObserver> observer_;  // shared with a look that goes on
  bool is_blind_ = true;                                // nothing is learnt from the observer
  uint64_t statement_ = 0;                              // counted over the run
  bool running_ = false;
  std::string_view file_;
  size_t number_ = 0;
  Clock::time_point started_;
  Clock::time_point seen_;  // until then `waited_` is known
  std::chrono::nanoseconds waited_{};
  bool told_ = false;
  std::thread thread_;  // from the first observer on
};

}  // namespace rhumb::migrate
