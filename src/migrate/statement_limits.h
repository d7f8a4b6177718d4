#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/directory.h"

namespace rhumb::migrate {

/// How long a statement of a file may take, and how long it may wait for what another session has
/// locked (a table, a row). Zero: as the database has it.
struct StatementLimits {
  std::chrono::nanoseconds statement{};
  std::chrono::nanoseconds table_lock{};

  [[nodiscard]] bool empty() const { return statement.count() == 0 && table_lock.count() == 0; }
  bool operator==(const StatementLimits&) const = default;
};

/// The limits of a file: those of the run, or what its directives `atlas:statement_timeout` and
/// `atlas:table_lock_timeout` say instead. Programs that do not know these leave them alone.
///
/// Errors: kInvalid `invalid statement_timeout "5x" in file directive "1_a.sql": ...`;
/// kUnsupported for a limit of statements on SQLite, which has none.
[[nodiscard]] Result<StatementLimits> file_limits(const FileContent& file,
                                                  const StatementLimits& run,
                                                  driver::Engine engine);

/// Whether a session can be given the limits and gets its own back for certain: behind a connection
/// pooler one that outlives its transaction would be that of whoever gets the server process next.
///
/// `in_transaction`: as for LimitedSession. Errors: kUnsupported, with the ways on.
[[nodiscard]] Result<void> check_limits(const StatementLimits& limits,
                                        const driver::ConnectionInfo& info,
                                        std::string_view file,
                                        bool in_transaction);

/// Keeps limits on a session while one file runs there, and takes them back when it goes.
class LimitedSession {
 public:
  /// `in_transaction`: the file runs in a transaction that it does not end itself, so that limits
  /// may go with it.
  LimitedSession(driver::Connection& connection, StatementLimits limits, bool in_transaction);
  LimitedSession(const LimitedSession&) = delete;
  LimitedSession& operator=(const LimitedSession&) = delete;
  ~LimitedSession();

  /// To be called before the transaction of the file begins; a limit of waiting counts for that
  /// where the engine locks then.
  Result<void> before_begin();
  /// To be called when the transaction has begun.
  Result<void> after_begin();

 private:
  driver::Connection& connection_;
  const StatementLimits limits_;
  const bool in_transaction_;
  std::vector<std::string> restore_;  // what brings the session back
};

}  // namespace rhumb::migrate
