#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/postgres/parameters.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {

/// The numbers of the two advisory locks behind a name. Shared with other programs: never change.
struct LockKeys {
  int64_t shared = 0;  ///< FNV-1 of the name, as upstream's exclusive lock has it
  int32_t name = 0;    ///< the same bits, signed
  int32_t schema = 0;  ///< FNV-1 of the schema of the revisions
  int32_t worker = 0;  ///< FNV-1 of `worker of <name>`: the lock of the session that executes
};
[[nodiscard]] LockKeys lock_keys(std::string_view name, std::string_view schema);

/// The session that executes. Another takes its place when it is lost.
struct Worker {
  std::shared_ptr<Session> session;
};

/// Takes the lock in a session of its own: half of it shared under the name alone, which keeps an
/// official binary out, half exclusive under name and schema, so that schemas do not wait for each
/// other. Polls outside a transaction, so that a waiter never blocks CREATE INDEX CONCURRENTLY.
///
/// The session that executes takes another one, by its own key and the schema: when a run is
/// killed, its last statement or COMMIT may go on in the server, and the next run has to wait for
/// that before it looks at anything.
///
/// Errors: kBusy `sql/schema: lock is held by other session (held by <holder>)`; kCancelled when
/// the request is told to stop; kUnsupported behind a pooler in transaction mode.
/// Source: spec revisions.md 8.1.
[[nodiscard]] Result<std::unique_ptr<Lock>> acquire_lock(const Parameters& parameters,
                                                         const std::shared_ptr<Worker>& worker,
                                                         const LockRequest& request);

/// Who holds that lock or what is left of its run, nothing when it is free. Asks through `session`
/// and takes no lock.
[[nodiscard]] Result<std::optional<std::string>> find_lock_holder(Session& session,
                                                                  const LockRequest& request);

}  // namespace rhumb::driver::postgres
