#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/directory.h"
#include "migrate/prepared_file.h"
#include "migrate/run_event.h"
#include "migrate/run_stream.h"
#include "sys/cancellation.h"

namespace rhumb::migrate {

/// What `migrate apply` was asked to do with one target; texts as the user typed them.
///
/// The directory is loaded and its checksum verified by the caller.
struct ApplyOptions {
  TargetStarted target{};  ///< driver, url, schema and identity are filled in by the run
  std::optional<size_t> amount{};
  std::string to_version{};
  std::string revisions_schema{};
  std::string baseline{};
  std::string tx_mode = "file";       ///< `none`, `file`, `all`; looked at when a file starts
  std::string exec_order = "linear";  ///< `linear`, `linear-skip`, `non-linear`, empty
  std::string on_unknown = "fail";    ///< `fail`, `retry`, `skip`
  bool allow_dirty = false;
  bool dry_run = false;

  std::string lock_name = "atlas_migrate_execute";
  std::chrono::nanoseconds lock_timeout = std::chrono::seconds(10);
  std::string holder{};            ///< see driver::LockRequest
  std::string operator_version{};  ///< `Atlas CLI - development`

  /// Set for a run that will be reported: a fresh UUID v4 to store when the database has none.
  std::optional<std::string> identity_candidate{};
  /// Stands in when the id may not be written (dry run) or could not be.
  std::string provisional_identity{};
  bool identity_required = false;

  /// What other targets of the run have read and split already; borrowed, null for a single target.
  PreparedFiles* prepared = nullptr;
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
struct ApplyOutcome {
  std::string current{};  ///< last version before the run
  std::string target{};   ///< version of the last file of the run; empty when nothing was pending
  /// The failure of the run as it may be shown; the report has it as well.
  std::optional<Error> error{};
  /// The lock could not be given back; the run itself is not touched by that.
  std::optional<Error> unlock_error{};
};

/// Brings one database up to date.
///
/// Locks, brings the revisions table up to date, plans, splits every file of the run, executes and
/// records. Emits TargetStarted to TargetDone; RunStarted and RunDone are the command's.
/// A dry run writes nothing at all.
///
/// Errors: what fails before the first file is executed (lock, table, history, unsplittable file)
/// has no report and is returned as the error; it is in TargetDone too once TargetStarted was sent.
/// Everything later is `ApplyOutcome::error`. is_ambiguous_revisions() tells the one error that is
/// printed in its own way.
/// Source: spec revisions.md 3 to 8, cli-migrate.md 2.1.
[[nodiscard]] Result<ApplyOutcome> apply_migrations(driver::Connection& connection,
                                                    const DirectoryFiles& directory,
                                                    const ApplyOptions& options,
                                                    RunStream& stream);

/// Runs every file of a directory from its last checkpoint on, without revisions, on a dev
/// database. `up_to` (empty: all) is the last version to run.
///
/// Errors: `sql/migrate: read migration directory state: sql/migrate: executing statement ...`,
/// `sql/migrate: read migration directory state: sql/migrate: scanning statements from ...`.
[[nodiscard]] Result<void> replay_directory(driver::Connection& dev,
                                            const DirectoryFiles& directory,
                                            std::string_view up_to = {});

/// Replays a directory on a dev database that must be clean and is restored afterwards.
/// Errors: `sql/migrate: taking database snapshot: sql/migrate: connected database is not clean:
/// ...`, those of replay_directory.
[[nodiscard]] Result<void> validate_directory(driver::Connection& dev,
                                              const DirectoryFiles& directory);

}  // namespace rhumb::migrate
