#include "driver/postgres/lock_pauses.h"

#include <algorithm>
#include <thread>

namespace rhumb::driver::postgres {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLongest{1000};
constexpr std::chrono::milliseconds kLook{50};  // how often a sleeper looks whether to stop

}  // namespace

LockPauses::LockPauses(const LockRequest& request, const std::function<bool()>& cancelled)
    : cancelled_(cancelled), deadline_(SteadyClock::now() + request.timeout) {}

Result<void> LockPauses::pause() {
  std::uniform_int_distribution<int64_t> part(0, length_.count());
  const SteadyClock::time_point end =
      std::min(SteadyClock::now() + length_ + std::chrono::milliseconds(part(random_)), deadline_);
  length_ = std::min(length_ * 2, kLongest);
  while (SteadyClock::now() < end) {
    if (cancelled_()) {
      return Error(ErrorCode::kCancelled, "stopped while waiting for the lock");
    }
    std::this_thread::sleep_for(std::min<SteadyClock::duration>(kLook, end - SteadyClock::now()));
  }
  return {};
}

}  // namespace rhumb::driver::postgres
