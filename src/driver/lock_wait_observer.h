#pragma once

#include <string>

#include "base/result.h"

namespace rhumb::driver {

/// Looks at one session from another one: whether it waits for what a third has locked.
///
/// Threads: any, one at a time, also while the session that is looked at runs a statement.
class LockWaitObserver {
 public:
  LockWaitObserver() = default;
  LockWaitObserver(const LockWaitObserver&) = delete;
  LockWaitObserver& operator=(const LockWaitObserver&) = delete;
  virtual ~LockWaitObserver() = default;

  /// Whether the session waits for a lock now. The first call connects. After an error, which comes
  /// within seconds, there is nothing more to be learnt.
  virtual Result<bool> is_waiting() = 0;
  /// Who holds the lock, for a person: `held by session 4711 (psql of shop@10.0.0.7, idle in
  /// transaction since 2026-01-01T10:00:00Z)`, `perhaps held by ...` where the server does not tell
  /// and one session stands out; else empty.
  virtual Result<std::string> find_holder() = 0;
};

}  // namespace rhumb::driver
