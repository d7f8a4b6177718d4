#pragma once

#include <chrono>
#include <functional>
#include <random>
#include <string>

#include "base/result.h"
#include "driver/connection.h"

namespace rhumb::driver {

/// The pauses between the attempts to get a lock, until the time is over: 25 ms doubled up to a
/// second, each with a random part of the same length.
/// Source: spec revisions.md 8.
class LockPauses {
 public:
  explicit LockPauses(const LockRequest& request)
      : stop_(request.stop), deadline_(std::chrono::steady_clock::now() + request.timeout) {}

  [[nodiscard]] bool over() const { return std::chrono::steady_clock::now() >= deadline_; }
  /// Errors: kCancelled `interrupted`, when the request is told to stop.
  Result<void> pause();

 private:
  sys::CancellationToken stop_;
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::milliseconds length_{25};
  std::minstd_rand random_{std::random_device{}()};
};

/// What is between two attempts to get a lock that a session of the server holds: a pause, and once
/// a word to the person who waits.
class LockWaiting {
 public:
  /// `request` outlives it.
  explicit LockWaiting(const LockRequest& request)
      : request_(request),
        pauses_(request),
        told_(request.timeout <= kSilentLockWait || !request.on_wait) {}

  /// `find_holder` is asked when its answer is needed; empty: nobody knows. Errors: its own; when
  /// the time is over `sql/schema: lock is held by other session (held by <holder>)`, kBusy; those
  /// of LockPauses::pause.
  Result<void> wait(const std::function<Result<std::string>()>& find_holder);

 private:
  const LockRequest& request_;
  LockPauses pauses_;
  bool told_;
};

}  // namespace rhumb::driver
