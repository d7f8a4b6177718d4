#pragma once

#include <chrono>
#include <functional>
#include <random>

#include "base/result.h"
#include "driver/connection.h"

namespace rhumb::driver::postgres {

/// The pauses between the attempts to get a lock, until the time is over: 25 ms doubled up to a
/// second, each with a random part of the same length.
/// Source: spec revisions.md 8.
class LockPauses {
 public:
  /// Lifetime: refers to `cancelled`.
  LockPauses(const LockRequest& request, const std::function<bool()>& cancelled);

  [[nodiscard]] bool over() const { return std::chrono::steady_clock::now() >= deadline_; }
  /// Errors: kCancelled.
  Result<void> pause();

 private:
  const std::function<bool()>& cancelled_;
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::milliseconds length_{25};
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace rhumb::driver::postgres
