#pragma once

#include <chrono>
#include <mutex>

namespace rhumb::sys {

/// A point in time, nanoseconds since 1970 UTC.
using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;

/// The time and the zone it is shown in; for everything that needs to know what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  /// How far the process's zone (TZ) is east of UTC at an instant, daylight saving included.
  [[nodiscard]] virtual std::chrono::minutes local_offset(Instant instant) const = 0;
  /// Waits; a fake returns at once with its time moved on.
  virtual void sleep(std::chrono::nanoseconds duration) = 0;
};

/// The system's clock. Steps of less than a second (time servers) do not show, so that the time of
/// a run never goes back.
class SystemClock : public Clock {
 public:
  SystemClock();
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] std::chrono::minutes local_offset(Instant instant) const override;
  void sleep(std::chrono::nanoseconds duration) override;

 private:
  Instant wall_start_;
  std::chrono::steady_clock::time_point steady_start_;
};

/// A clock for tests: stands still until told to move. Safe to use from several threads.
class FakeClock : public Clock {
 public:
  explicit FakeClock(Instant start = Instant{std::chrono::hours(24 * 365 * 50)},
                     std::chrono::minutes offset = {});
  /// Lets every call of now() move the time on by `step` afterwards.
  void advance_each_call(std::chrono::nanoseconds step);
  void advance(std::chrono::nanoseconds duration);
  void set(Instant instant);

  [[nodiscard]] Instant now() const override;
  [[nodiscard]] std::chrono::minutes local_offset(Instant instant) const override;
  void sleep(std::chrono::nanoseconds duration) override;

 private:
  mutable std::mutex mutex_;  // guards now_ and step_
  mutable Instant now_;
  std::chrono::nanoseconds step_{0};
  std::chrono::minutes offset_;
};

}  // namespace rhumb::sys
