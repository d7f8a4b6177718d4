#include "driver/socket_wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace rhumb::driver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kSlice{100};

// Of the next call of poll(2); rounded up, so that the deadline is over when it ends.
int slice_ms(const WaitLimits& limits) {
  if (!limits.deadline) {
    return static_cast<int>(kSlice.count());
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*limits.deadline - Clock::now());
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), kSlice).count());
}

}  // namespace

SocketState wait_for_socket(int socket, short events, const WaitLimits& limits, short* ready) {
  for (;;) {
    pollfd waited{.fd = socket, .events = events, .revents = 0};
    const int count = ::poll(&waited, 1, slice_ms(limits));
    if (count > 0) {
      if (ready != nullptr) {
        *ready = waited.revents;
      }
      return SocketState::kReady;
    }
    if (limits.stop.is_cancelled()) {
      return SocketState::kCancelled;
    }
    const bool over = limits.deadline && Clock::now() >= *limits.deadline;
    if (over || (count < 0 && errno != EINTR)) {
      return SocketState::kTimeout;
    }
  }
}

}  // namespace rhumb::driver
