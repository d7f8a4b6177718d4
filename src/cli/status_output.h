#pragma once

#include <string>

#include "cli/report_value.h"
#include "gotmpl/value.h"
#include "migrate/status.h"
#include "report/style.h"

namespace rhumb::cli {

/// The default report of `migrate status`; ends with a newline.
/// Source: spec templates.md 2.2.
[[nodiscard]] std::string format_status(const migrate::Status& status, const report::Style& style);

/// The report as templates see it, with `.Left` and `.FromCheckpoint`.
/// Source: spec templates.md 3, cli-migrate.md 5.
[[nodiscard]] gotmpl::Value status_value(const migrate::Status& status, const ReportEnv& env);

}  // namespace rhumb::cli
