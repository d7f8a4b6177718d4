#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/deployment_gate.h"
#include "cli/directories.h"
#include "cli/registry_session.h"
#include "driver/connection.h"
#include "migrate/run_options.h"
#include "migrate/run_stream.h"
#include "project/environment.h"
#include "report/file_mask.h"

namespace rhumb::cli {

/// One target of `migrate apply`, with the flags as its environment left them.
struct ApplyTarget {
  const project::Environment& environment;
  size_t number = 0;
  bool reported = false;         ///< a report will name this target
  bool run_reported = false;     ///< a report will name this target or another one of the run
  bool report_required = false;  ///< no run without an identity
  std::string repo{};            ///< repository the run is filed under
  DeploymentGate* gate = nullptr;  ///< of the run; null when it is not reported
  /// Takes the permit of this target, for its report.
  std::function<void(std::string permit)> on_permit{};
};

/// Everything that runs one target: opens directory and database, plans, executes.
///
/// Events go to `observer`; texts are masked on the way (spec reporting.md 5.3).
/// Errors: what failed before there was a result; a run that failed afterwards says so in its
/// events, and the error is returned as well.
Result<void> apply_to_target(Invocation& invocation,
                             const ApplyTarget& target,
                             RegistrySession& session,
                             VerifiedDirectories& directories,
                             const std::string& run_id,
                             migrate::RunObserver& observer);

/// How the texts of a directory's files are masked. `is_reported`: they go to the registry as well.
[[nodiscard]] report::FileMaskOptions mask_options(const project::Environment& environment,
                                                   const CommandDirectory& opened,
                                                   driver::Engine engine,
                                                   bool is_reported);

/// Texts that must not leave the process with this target: its password and secret data.
[[nodiscard]] std::vector<std::string> secrets_of(const project::Environment& environment,
                                                  const std::string& url);

/// What the flags and the project say of a run, whatever it does to its target. The options refer
/// to the invocation's App.
void fill_run_options(migrate::RunOptions& options,
                      const Invocation& invocation,
                      const project::Environment& environment,
                      const CommandDirectory& opened);

/// The argument of `migrate apply` and `down`; `verb` is what the command does to files.
/// Errors: `invalid amount argument "x" (invalid syntax). ...`, `cannot apply '0' migration files`.
[[nodiscard]] Result<std::optional<size_t>> parse_amount(const std::vector<std::string>& arguments,
                                                         std::string_view verb);

}  // namespace rhumb::cli
