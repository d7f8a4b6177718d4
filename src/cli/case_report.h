#pragma once

#include <string>

#include "migrate/case.h"
#include "migrate/case_runner.h"
#include "report/style.h"

namespace rhumb::cli {

/// What `migrate test` prints of a case that was run; ends with a newline.
///
/// Shape: `-- PASS: <case> (3ms)` or `-- FAIL: ...`, then the lines it logged and the failure, each
/// with its place. Source: spec cli-migrate.md 3, "Test report".
[[nodiscard]] std::string format_case(const migrate::Case& test,
                                      const migrate::CaseResult& result,
                                      const report::Style& style);

/// Of a case that is skipped.
[[nodiscard]] std::string format_skipped(const migrate::Case& test, const report::Style& style);

/// The last line of all cases.
[[nodiscard]] std::string format_verdict(bool passed, const report::Style& style);

}  // namespace rhumb::cli
