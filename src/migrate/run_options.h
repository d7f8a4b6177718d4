#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/run_event.h"
#include "migrate/statement_limits.h"
#include "migrate/transaction_hook.h"
#include "sys/cancellation.h"

namespace rhumb::migrate {

/// What every command that runs files on one target was asked to do; texts as the user typed them.
struct RunOptions {
  TargetStarted target{};  ///< driver, url, schema and identity are filled in by the run
  std::string revisions_schema{};
  std::string on_unknown = "fail";  ///< `fail`, `retry`, `skip`
  bool dry_run = false;
  StatementLimits limits{};  ///< of every file that says nothing else
  std::vector<TransactionHook> hooks{};  ///< of every transaction that files run in

  std::string lock_name = "atlas_migrate_execute";
  std::chrono::nanoseconds lock_timeout = std::chrono::seconds(10);
  std::string holder{};            ///< see driver::LockRequest
  std::string operator_version{};  ///< `Atlas CLI - development`

  /// Set for a run that will be reported: a fresh UUID v4 to store when the database has none.
  std::optional<std::string> identity_candidate{};
  /// Stands in when the id may not be written (dry run) or could not be.
  std::string provisional_identity{};
  bool identity_required = false;

  /// Asked between planning and the first statement; an error refuses the run (`check` blocks,
  /// drift, permits). The rule's name is in the error's cause code.
  std::function<Result<void>(const Planned&)> admit{};
  /// Called while somebody else holds the lock, with the holder.
  std::function<void(std::string_view)> on_lock_wait{};
  /// Says that the person asked to stop: a statement inside a transaction is cancelled, any other
  /// is waited for; no further statement starts.
  sys::CancellationToken stop{};
};

/// How a run over one target ended after it had something to report.
struct RunOutcome {
  std::string current{};  ///< last version before the run
  /// The version the run leads to. Empty: nothing was pending, or everything is reverted.
  std::string target{};
  /// The failure of the run as it may be shown; the report has it as well.
  std::optional<Error> error{};
  /// The lock could not be given back; the run itself is not touched by that.
  std::optional<Error> unlock_error{};
};

}  // namespace rhumb::migrate
