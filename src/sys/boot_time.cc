#include "sys/boot_time.h"

#include <ctime>

namespace rhumb::sys {

std::chrono::nanoseconds time_since_boot() {
  std::timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace rhumb::sys
