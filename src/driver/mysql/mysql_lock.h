#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/mysql/session.h"

namespace rhumb::driver::mysql {

/// The name of a lock on the server: `<name>.` and 16 hexadecimal digits that stand for the
/// database of the revisions table, so that tenants of one server never wait for each other.
/// Servers take 64 characters; a longer name is `rhumb.` and 48 digits of its own hash. Source:
/// spec revisions.md 8.1.
[[nodiscard]] std::string lock_key(std::string_view name, std::string_view database);

/// The name of the lock that the executing session holds.
[[nodiscard]] std::string worker_key(std::string_view name, std::string_view database);

/// Who holds the lock: the holder a run of ours wrote into its connection attributes, else
/// `session <id> of <user>@<host>`; nothing when it is free.
Result<std::optional<std::string>> find_holder(Session& session, const std::string& key);

/// Takes the lock in a session of its own, which also keeps it.
///
/// `database` is the one that holds the revisions table; `warning` is kept for whoever asks the
/// lock. Errors: kBusy `sql/schema: lock is held by other session (held by <holder>)`, kCancelled
/// `interrupted`, at most a second after the request was to stop,
/// `sql/mysql: unexpected internal error on Lock("<name>", 10s)`.
Result<std::unique_ptr<Lock>> acquire_lock(const Dsn& dsn,
                                           const std::shared_ptr<Session>& worker,
                                           const LockRequest& request,
                                           const std::string& database,
                                           std::string warning);

/// What a server says about itself that matters for locks.
struct LockSurroundings {
  bool folds_names = false;  ///< names of databases are stored in lower case, or compare without it
  std::string warning{};     ///< nodes of a Galera cluster do not know each other's locks
};
Result<LockSurroundings> read_lock_surroundings(Session& session);

}  // namespace rhumb::driver::mysql
