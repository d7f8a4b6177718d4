#pragma once

#include <string>

#include "migrate/run_event.h"
#include "sys/clock.h"

namespace rhumb::migrate {

/// Stamps the events of one run with its id, the target's number and the time, and hands them on.
///
/// Lifetime: refers to its arguments. Every part of a run (command, executor) emits through one.
class RunStream {
 public:
  RunStream(std::string run_id, sys::Clock& clock, RunObserver& observer, RunTextRenderer& texts);

  using Time = sys::Instant;

  /// Emits one event and tells the time it was stamped with.
  Time emit(RunEventBody body);
  /// The target that the following events belong to.
  void select_target(size_t target) { target_ = target; }
  [[nodiscard]] Time now();
  [[nodiscard]] sys::Clock& clock() { return clock_; }
  [[nodiscard]] RunTextRenderer& texts() { return texts_; }
  [[nodiscard]] const std::string& run_id() const { return run_id_; }

 private:
  std::string run_id_;
  sys::Clock& clock_;
  RunObserver& observer_;
  RunTextRenderer& texts_;
  size_t target_ = 0;
};

}  // namespace rhumb::migrate
