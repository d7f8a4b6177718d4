#pragma once

#include <cstdint>
#include <memory>

#include "driver/lock_wait_observer.h"
#include "driver/postgres/parameters.h"

namespace rhumb::driver::postgres {

/// Looks at the server process `pid` over a connection of its own, made with `parameters`.
///
/// Source: PostgreSQL 15 manual 28.2.3 (pg_stat_activity), 9.26.1 (pg_blocking_pids).
[[nodiscard]] std::unique_ptr<LockWaitObserver> observe_lock_waits(Parameters parameters,
                                                                   int64_t pid);

}  // namespace rhumb::driver::postgres
