#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "registry_api/report.h"

namespace rhumb::cli {

/// `--context` of apply as it is sent: only its two members are kept. Nothing for an absent flag or
/// `null`.
/// Errors: `invalid --context: <reason>`. Source: spec clients.md 6.3.
[[nodiscard]] Result<std::optional<registry_api::DeployContext>> parse_deploy_context(
    const std::string& text);

/// `--context` of push; unknown members are dropped. Errors: as parse_deploy_context.
[[nodiscard]] Result<std::optional<registry_api::RunContext>> parse_run_context(
    const std::string& text);

}  // namespace rhumb::cli
