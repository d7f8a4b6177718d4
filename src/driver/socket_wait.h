#pragma once

#include <chrono>
#include <optional>

#include "sys/cancellation.h"

namespace rhumb::driver {

enum class SocketState { kReady, kTimeout, kCancelled };

/// What ends the wait for a server; by default nothing does.
struct WaitLimits {
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  sys::CancellationToken stop{};
};

/// Waits until `socket` is ready for one of `events`, which poll(2) has names for, and puts what it
/// is ready for into `ready` unless that is null. A stop is seen within a tenth of a second.
[[nodiscard]] SocketState wait_for_socket(int socket,
                                          short events,
                                          const WaitLimits& limits,
                                          short* ready = nullptr);

}  // namespace rhumb::driver
