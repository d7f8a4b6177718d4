#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/directory.h"
#include "migrate/prepared_file.h"
#include "migrate/run_options.h"
#include "migrate/run_stream.h"

namespace rhumb::migrate {

/// What `migrate apply` was asked to do with one target; texts as the user typed them.
///
/// The directory is loaded and its checksum verified by the caller.
struct ApplyOptions : RunOptions {
  std::optional<size_t> amount{};
  std::string to_version{};
  std::string baseline{};
  std::string tx_mode = "file";       ///< `none`, `file`, `all`; looked at when a file starts
  std::string exec_order = "linear";  ///< `linear`, `linear-skip`, `non-linear`, empty
  bool allow_dirty = false;

  /// What other targets of the run have read and split already; borrowed, null for a single target.
  PreparedFiles* prepared = nullptr;
};

/// Brings one database up to date.
///
/// Locks, brings the revisions table up to date, plans, splits every file of the run, executes and
/// records. Where a lock costs a connection, none is taken when everything is applied already.
/// Emits TargetStarted to TargetDone; RunStarted and RunDone are the command's. A dry run writes
/// nothing at all.
///
/// Errors: what fails before the first file is executed (lock, table, history, unsplittable file)
/// has no report and is returned as the error; it is in TargetDone too once TargetStarted was sent.
/// Everything later is `RunOutcome::error`. is_ambiguous_revisions() tells the one error that is
/// printed in its own way.
/// Source: spec revisions.md 3 to 8, cli-migrate.md 2.1.
[[nodiscard]] Result<RunOutcome> apply_migrations(driver::Connection& connection,
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

/// Calls `work` with a dev database that must be clean; whatever it did there is undone afterwards.
/// Errors: `sql/migrate: taking database snapshot: sql/migrate: connected database is not clean:
/// ...`, those of `work`, then those of restoring.
[[nodiscard]] Result<void> use_clean_database(driver::Connection& dev,
                                              const std::function<Result<void>()>& work);

/// Replays a directory on a dev database that must be clean and is restored afterwards.
/// Errors: those of use_clean_database and replay_directory.
[[nodiscard]] Result<void> validate_directory(driver::Connection& dev,
                                              const DirectoryFiles& directory);

}  // namespace rhumb::migrate
