#include "cli/cloud_commands.h"

namespace rhumb::cli {

Command make_cloud_command() {
  Command command;
  command.name = "cloud";
  command.summary = "Looks into the registry: repositories, databases, deployments.";
  command.description =
      "Reads the registry that 'atlas login' or ATLAS_TOKEN and ATLAS_CLOUD_URL name. Every "
      "command\n"
      "takes --format with a Go template, such as '{{ json . }}'.";
  command.children = {
      make_cloud_repo_command(),  make_cloud_database_command(), make_cloud_migration_command(),
      make_cloud_plan_command(),  make_cloud_policy_command(),   make_cloud_env_command(),
      make_cloud_trace_command(), make_cloud_wait_command(),     make_cloud_report_command(),
      make_cloud_token_command(), make_cloud_redact_command(),   make_cloud_webhook_command()};
  return command;
}

}  // namespace rhumb::cli
