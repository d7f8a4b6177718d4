#include "sys/clock.h"

#include <ctime>
#include <thread>

namespace rhumb::sys {

SystemClock::SystemClock()
    : wall_start_(
          std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now())),
      steady_start_(std::chrono::steady_clock::now()) {}

Instant SystemClock::now() const {
  const Instant wall =
      std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  const Instant steady = wall_start_ + std::chrono::duration_cast<std::chrono::nanoseconds>(
                                           std::chrono::steady_clock::now() - steady_start_);
  // A command is short: steps of the wall clock would only show as negative durations. A server is
  // not: from a second on the wall clock is right.
  const bool close = std::chrono::abs(wall - steady) < std::chrono::seconds(1);
  return close ? steady : wall;
}

std::chrono::minutes SystemClock::local_offset(Instant instant) const {
  tzset();  // localtime_r need not read TZ by itself
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr) {
    return {};
  }
  return std::chrono::duration_cast<std::chrono::minutes>(std::chrono::seconds(local.tm_gmtoff));
}

void SystemClock::sleep(std::chrono::nanoseconds duration) {
  std::this_thread::sleep_for(duration);
}

FakeClock::FakeClock(Instant start, std::chrono::minutes offset) : now_(start), offset_(offset) {}

void FakeClock::advance_each_call(std::chrono::nanoseconds step) {
  const std::lock_guard lock(mutex_);
  step_ = step;
}

void FakeClock::advance(std::chrono::nanoseconds duration) {
  const std::lock_guard lock(mutex_);
  now_ += duration;
}

void FakeClock::set(Instant instant) {
  const std::lock_guard lock(mutex_);
  now_ = instant;
}

Instant FakeClock::now() const {
  const std::lock_guard lock(mutex_);
  const Instant result = now_;
  now_ += step_;
  return result;
}

std::chrono::minutes FakeClock::local_offset(Instant /*instant*/) const {
  return offset_;
}
void FakeClock::sleep(std::chrono::nanoseconds duration) {
  advance(duration);
}

}  // namespace rhumb::sys
