#pragma once

#include "base/result.h"
#include "cli/app.h"
#include "cli/history_output.h"
#include "cli/prepare.h"
#include "driver/connection.h"

namespace rhumb::cli {

/// Whether the command is to tell the registry, or to show what it would tell.
[[nodiscard]] bool wants_history_report(const Invocation& invocation);

/// What stands in the way of a report, before any database is opened.
///
/// Errors: no `--env`, no repository, `skip_report`, `command requires 'atlas login'`.
Result<void> check_history_report(const Invocation& invocation, Prepared& prepared);

/// Sends the history as deployments of the target's connection, or prints them with
/// `--print-report`. Returns the exit status: 1 when not all arrived; those that may be sent again
/// wait in the spool.
/// Source: spec reporting.md 4.
Result<int> report_history(Invocation& invocation,
                           Prepared& prepared,
                           driver::Connection& target,
                           const ImportFindings& findings);

}  // namespace rhumb::cli
