#pragma once

#include <vector>

#include "cli/command.h"

/// Commands that read and write the registry.
namespace rhumb::cli {

[[nodiscard]] Command make_cloud_command();
[[nodiscard]] Command make_cloud_repo_command();
[[nodiscard]] Command make_cloud_database_command();
/// `cloud repo divergence`.
[[nodiscard]] Command make_divergence_command();
[[nodiscard]] Command make_cloud_migration_command();
[[nodiscard]] Command make_cloud_plan_command();
[[nodiscard]] Command make_cloud_policy_command();
[[nodiscard]] Command make_cloud_env_command();
[[nodiscard]] Command make_cloud_trace_command();
[[nodiscard]] Command make_cloud_wait_command();
[[nodiscard]] Command make_cloud_webhook_command();
[[nodiscard]] Command make_cloud_report_command();
[[nodiscard]] Command make_cloud_token_command();
[[nodiscard]] Command make_cloud_redact_command();

/// `cloud repo update|archive|rm`.
[[nodiscard]] std::vector<Command> make_repo_change_commands();

[[nodiscard]] Command make_login_command();
[[nodiscard]] Command make_logout_command();
[[nodiscard]] Command make_whoami_command();

}  // namespace rhumb::cli
