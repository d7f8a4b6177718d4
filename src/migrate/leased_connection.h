#pragma once

#include <memory>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/lease.h"

namespace rhumb::migrate {

/// A connection whose lock is a lease, for databases behind a pooler in transaction mode, where no
/// session keeps a lock.
///
/// Everything else is that of `connection`, but while the lease is held: a transaction starts with
/// the lease's fence, whoever opens it, and a statement of ours outside of one gets one of its own;
/// before any other statement outside of a transaction the lease is asked for the time it has left.
/// Reading is free. The lock is the same whatever its name, and a dry run takes none.
///
/// Errors of what the fence refuses: kConflict `lost the lock (held by <holder>)`; nothing was sent
/// then. kUnsupported for an engine that has no use for leases.
/// Source: spec revisions.md 8.1.
[[nodiscard]] Result<std::unique_ptr<driver::Connection>> lease_locks(
    std::unique_ptr<driver::Connection> connection, LeaseTerms terms);

}  // namespace rhumb::migrate
