#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/case.h"
#include "migrate/directory.h"
#include "migrate/executor.h"
#include "migrate/run_event.h"
#include "sys/clock.h"
#include "sys/process.h"

namespace rhumb::migrate {

/// A line that a case has to say, with the place of the command that says it.
struct CaseLine {
  std::string file{};
  size_t line = 0;
  std::string text{};  ///< may have several lines
};

/// How a case ended.
struct CaseResult {
  std::vector<CaseLine> logs{};
  std::optional<CaseLine> failure{};    ///< of the command it stopped at: `exec: ...`
  std::chrono::nanoseconds duration{};  ///< of the commands
};

/// What a case works with. Lifetime: all of it outlives the run.
struct CaseTools {
  driver::Connection& dev;
  const DirectoryFiles& directory;
  sys::ProcessRunner& processes;
  sys::Clock& clock;
  RunTextRenderer& texts;                  ///< decides how texts of files are shown
  std::vector<std::string> environment{};  ///< of programs, `NAME=value`
  /// How files are applied; the limits are the commands'. Its `stop` ends the case.
  ApplyOptions apply{};
};

/// Runs the commands of a case on a dev database, which must be clean and is restored, and stops at
/// the first one that fails. Files run as `migrate apply` runs them, with a history.
///
/// Errors: what the case can do nothing about: `sql/migrate: taking database snapshot: ...`, a
/// database that can not be restored, kCancelled.
/// Source: spec project-file.md 9.
[[nodiscard]] Result<CaseResult> run_case(const Case& test, const CaseTools& tools);

}  // namespace rhumb::migrate
