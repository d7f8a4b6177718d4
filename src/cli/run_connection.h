#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/app.h"
#include "driver/connection.h"

namespace rhumb::cli {

/// Opens the database that a command is about to change, whose lock is of the kind `--lock-mode`
/// names. Errors: `unknown lock mode: "x"`; those of opening.
/// Source: spec revisions.md 8.1.
[[nodiscard]] Result<std::unique_ptr<driver::Connection>> open_run_connection(
    const Invocation& invocation, const std::string& url);

}  // namespace rhumb::cli
