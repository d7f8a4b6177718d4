#pragma once

#include <chrono>

namespace rhumb::sys {

/// How long the machine runs, its sleep included: for what ends by the clock of another machine.
[[nodiscard]] std::chrono::nanoseconds time_since_boot();

}  // namespace rhumb::sys
