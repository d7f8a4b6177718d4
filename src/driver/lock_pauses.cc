#include "driver/lock_pauses.h"

#include <algorithm>
#include <utility>

namespace rhumb::driver {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLongest{1000};

}  // namespace

Result<void> LockPauses::pause() {
  std::uniform_int_distribution<int64_t> part(0, length_.count());
  const SteadyClock::duration wanted = length_ + std::chrono::milliseconds(part(random_));
  length_ = std::min(length_ * 2, kLongest);
  if (stop_.wait_for(std::min(wanted, deadline_ - SteadyClock::now()))) {
    return Error(ErrorCode::kCancelled, "interrupted");
  }
  return {};
}

Result<void> LockWaiting::wait(const std::function<Result<std::string>()>& find_holder) {
  if (pauses_.over()) {
    return lock_busy(kHeldByOtherSession, TRY(find_holder()));
  }
  if (!std::exchange(told_, true)) {
    request_.on_wait(TRY(find_holder()));
  }
  return pauses_.pause();
}

}  // namespace rhumb::driver
