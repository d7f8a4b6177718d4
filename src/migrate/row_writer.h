#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/revert_row.h"
#include "migrate/revision.h"
#include "migrate/revision_store.h"
#include "migrate/run_session.h"
#include "sys/clock.h"

namespace rhumb::migrate {

/// When a file's row is written.
enum class RowWriting {
  kNever,           ///< a dry run: nothing is executed either
  kOnce,            ///< before the commit: one transaction covers row and statements
  kEveryStatement,  ///< in a transaction that the file itself may end
  kIntent,          ///< before and after each statement, which no transaction can undo
};

/// Keeps the row of one file in step with what the file has done.
///
/// Applying writes the row; of a file that is being reverted the row changes in its error only, and
/// goes with the last statement. Knows what the table holds, so that a row that is written over a
/// new connection never takes the place of another run's.
class RowWriter {
 public:
  struct Place {
    driver::Connection& connection;
    RevisionStore& store;
    RunSession& session;
    sys::Clock& clock;
  };
  /// `stored` is the row as the table has it, null when it has none.
  RowWriter(const Place& place, Direction direction, const Revision* stored, RowWriting writing);

  Result<void> write(const Revision& row);
  /// The last thing a file does with its row.
  Result<void> close(const Revision& row);
  /// Reads the row again: what a rollback has left of it.
  Result<std::optional<Revision>> read_back(std::string_view version);

  /// Calls `write`, which writes the row of `version`, over a new connection and under the lock:
  /// the database has done what the row does not say yet. Three attempts in five seconds.
  ///
  /// Errors: the last one; kConflict when another run has changed the row meanwhile. Anything but a
  /// lost connection comes back at once.
  Result<void> rescue(std::string_view version,
                      const Error& lost,
                      const std::function<Result<void>()>& write);

 private:
  /// What tells one state of a row from the next.
  struct Mark {
    bool exists = false;
    int64_t applied = 0;
    std::string error;
    bool operator==(const Mark&) const = default;
  };
  static Mark mark_of(const Revision* row);
  [[nodiscard]] Revision merge(const Revision& row) const;
  Result<void> put(const Mark& next, const std::function<Result<void>()>& write);
  Result<void> check_unchanged(std::string_view version);

  const Place place_;
  const Direction direction_;
  std::optional<Revision> stored_;  // as it was at the start
  const RowWriting writing_;
  Mark known_;      // what the table holds
  Mark before_;     // what it held before, and again when the last write is rolled back
  Mark attempted_;  // what it may hold, as nobody saw the end of the last write
};

}  // namespace rhumb::migrate
