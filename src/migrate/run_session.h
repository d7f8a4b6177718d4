#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/run_options.h"
#include "sys/clock.h"

namespace rhumb::migrate {

/// The connection of a run with the lock that guards it, and the way back to both when the network
/// lets go of them. Waiting ends when the person asks the run to stop.
class RunSession {
 public:
  RunSession(driver::Connection& connection, const RunOptions& options, sys::Clock& clock)
      : connection_(connection), options_(options), clock_(clock) {}

  /// Errors: `acquiring database lock: ...`. `may_create_table`: see driver::LockRequest.
  Result<void> take_lock(bool may_create_table);
  /// Runs behind a pooler do not see the lock of a session, and have one of another kind: waits
  /// until they are done. There has to be a revisions table.
  Result<void> respect_lease();
  /// What weakens the lock; empty when nothing does.
  [[nodiscard]] std::string_view lock_warning() const;
  Result<void> release_lock();

  /// Opens the connection again and waits until the server has ended the old session, for at most
  /// `time`. Errors: those of driver::Connection::reconnect.
  Result<void> reconnect(std::chrono::nanoseconds time);
  /// Makes sure that the lock is held after reconnect(): the one that was taken, else another.
  Result<void> regain_lock();
  /// reconnect() and regain_lock().
  Result<void> resume(std::chrono::nanoseconds time);

  /// Waits; false when the person asked to stop meanwhile.
  [[nodiscard]] bool pause(std::chrono::nanoseconds time);

  /// Whether the connection was made anew since the last time somebody asked.
  [[nodiscard]] bool take_reconnected();
  /// Whether nobody held the lock for a while: another run may have worked then.
  [[nodiscard]] bool lost_lock() const { return lost_lock_; }

 private:
  [[nodiscard]] driver::LockRequest request(std::chrono::nanoseconds timeout) const;
  Result<std::unique_ptr<driver::Lock>> acquire(std::chrono::nanoseconds timeout);

  driver::Connection& connection_;
  const RunOptions& options_;
  sys::Clock& clock_;
  std::unique_ptr<driver::Lock> lock_;
  bool may_create_table_ = true;
  bool needs_lock_ = false;
  bool reconnected_ = false;
  bool lost_lock_ = false;
};

/// Whether an error says that the connection is gone.
[[nodiscard]] bool is_lost(const Error& error);
/// Whether an error may be gone when the same is tried once more: the network, or somebody else.
[[nodiscard]] bool may_pass(const Error& error);

}  // namespace rhumb::migrate
