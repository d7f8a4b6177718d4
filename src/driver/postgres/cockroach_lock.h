#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/postgres/parameters.h"

namespace rhumb::driver::postgres {

/// The lock of servers without advisory locks (CockroachDB): the identity row of the revisions
/// table, inserted when it is missing, held FOR UPDATE by an open transaction of a session of its
/// own. While there is no revisions table yet there is nothing to hold, and the lock is had by
/// everyone.
///
/// Errors: as acquire_lock; the holder is not known to the server.
/// Source: spec revisions.md 8.1. Run against PostgreSQL only.
[[nodiscard]] Result<std::unique_ptr<Lock>> acquire_row_lock(const Parameters& parameters,
                                                             const LockRequest& request);

/// `another session` while somebody holds it.
[[nodiscard]] Result<std::optional<std::string>> find_row_lock_holder(const Parameters& parameters,
                                                                      const LockRequest& request);

}  // namespace rhumb::driver::postgres
