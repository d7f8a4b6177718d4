#pragma once

#include <optional>

#include "base/result.h"
#include "cli/app.h"
#include "cli/prepare.h"
#include "registry_api/report.h"

namespace rhumb::cli {

/// Reverts one database as the flags of `migrate down` say, prints the run and reports it where the
/// directory is one of the registry. -> exit status
/// Errors: as the command has them; what was printed already is a silent failure.
[[nodiscard]] Result<int> run_revert(Invocation& invocation,
                                     PreparedDirectory& prepared,
                                     std::optional<registry_api::DeployContext> context);

}  // namespace rhumb::cli
