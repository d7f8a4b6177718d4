#pragma once

#include <functional>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/directory.h"
#include "migrate/former_files.h"
#include "migrate/revert_plan.h"
#include "migrate/run_options.h"
#include "migrate/run_stream.h"

namespace rhumb::migrate {

/// What `migrate down` was asked to do with one target; texts as the user typed them.
///
/// The directory is loaded and its checksum verified by the caller.
struct RevertOptions : RunOptions {
  RevertLimits limits{};
  bool has_dev_url = false;  ///< a database to compute on was given
  /// Asked once, when the target is known: files that the directory may have held when they were
  /// applied. An error matters only when one of them would have been needed.
  std::function<Result<std::vector<FormerFile>>()> find_former{};
};

/// Reverts the newest versions of a database by what their authors wrote to undo them.
///
/// Locks, plans, splits every script of the run, and executes them newest first, each with the
/// deletion of its row. Where one transaction covers both nothing else is written; elsewhere the
/// row says before and after each statement how far the way back is, and the next run goes on
/// there. Events as apply_migrations. A dry run writes nothing at all.
///
/// Errors: what fails before the first statement is returned, and nothing has changed then: those
/// of plan_revert, a version without anything that undoes it (kUnsupported), an outcome nobody saw
/// (kConflict), a script that cannot be split. Everything later is `RunOutcome::error`.
/// Source: spec cli-migrate.md 3, revisions.md 3.1.
[[nodiscard]] Result<RunOutcome> revert_migrations(driver::Connection& connection,
                                                   const Directory& directory,
                                                   const DirectoryFiles& files,
                                                   const RevertOptions& options,
                                                   RunStream& stream);

}  // namespace rhumb::migrate
