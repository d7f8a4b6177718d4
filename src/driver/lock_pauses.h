#pragma once

#include <chrono>
#include <random>

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

}  // namespace rhumb::driver
