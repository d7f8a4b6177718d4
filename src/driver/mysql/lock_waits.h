#pragma once

#include <memory>

#include "driver/lock_wait_observer.h"
#include "driver/mysql/dsn.h"

namespace rhumb::driver::mysql {

/// Looks at the session `id` over a connection of its own, made with `dsn`.
///
/// Waiting for a row is seen by users with the privilege PROCESS only. Who holds a table that is
/// used by an open transaction is told by servers whose performance schema is on; elsewhere the
/// transaction that has been open for longest is named as a guess.
/// Source: MariaDB KB "Thread States", "Information Schema INNODB_TRX Table"; MySQL 8.0 manual
/// 8.14.3, 28.4.3.16 and 28.4.3.37 (sys.innodb_lock_waits, sys.schema_table_lock_waits).
[[nodiscard]] std::unique_ptr<LockWaitObserver> observe_lock_waits(Dsn dsn, unsigned long id);

}  // namespace rhumb::driver::mysql
