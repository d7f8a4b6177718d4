// `cloud database list|describe`.

#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;

const std::vector<CloudField>& database_fields() {
  static const std::vector<CloudField> kFields = {{"id", "ID"},
                                                  {"name", "Name"},
                                                  {"repoName", "RepoName"},
                                                  {"envName", "EnvName"},
                                                  {"status", "Status"},
                                                  {"currentVersion", "CurrentVersion"},
                                                  {"lastDeploymentTime", "LastDeploymentTime"}};
  return kFields;
}

CloudList database_list(bool verbose) {
  Row header = {"ID", "NAME", "ENV", "STATUS", "CURRENT VERSION"};
  if (verbose) {
    header.insert(header.begin() + 1, "REPO");
  }
  return {.document = registry_api::kDatabases,
          .member = "databases",
          .name = "Databases",
          .type = "cloud.Database",
          .empty_text = "No databases found.",
          .fields = database_fields(),
          .header = std::move(header),
          .row = [verbose](const Json& database) {
            Row row = {cloud_cell(database, "id"), cloud_cell(database, "name"),
                       cloud_cell(database, "envName"), cloud_cell(database, "status"),
                       cloud_cell(database, "currentVersion")};
            if (verbose) {
              row.insert(row.begin() + 1, cloud_cell(database, "repoName"));
            }
            return row;
          }};
}

Result<int> run_list_command(Invocation& invocation) {
  Json input = Json::object();
  input.set_unless_empty("envName", invocation.flags.text("env-name"));
  return run_list(invocation, database_list(invocation.flags.boolean("verbose")),
                  std::move(input));
}

std::vector<std::pair<std::string, std::string>> facts_of(const Json& database) {
  return {{"ID", cloud_text(database, "id")},
          {"Name", cloud_text(database, "name")},
          {"Environment", cloud_text(database, "envName")},
          {"Status", cloud_text(database, "status")},
          {"Current Version", cloud_text(database, "currentVersion")},
          {"Last Deployment Time", cloud_time(database, "lastDeploymentTime")}};
}

Result<int> run_describe(Invocation& invocation) {
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const bool by_id = invocation.flags.changed("id");
    const Json input = by_id ? Json::object({{"id", invocation.flags.text("id")}})
                             : Json::object({{"extID", invocation.flags.text("ext-id")}});
    const Json database = TRY(require_object(client.call_input(registry_api::kDatabase, input),
                                             registry_api::kDatabase, "database"));
    return print_object(invocation, cloud_value(database, "*cloud.Database", database_fields()),
                        facts_of(database));
  });
}

}  // namespace

Command make_cloud_database_command() {
  Command list;
  list.name = "list";
  list.arguments = "[flags]";
  list.summary = "Lists databases with the version each one is on.";
  list.examples = "  atlas cloud database list --env-name production";
  list.flags = list_flags({text_flag("env-name", "", "only databases of this environment"),
                           bool_flag("verbose", "show the repository of each database")});
  list.run = run_list_command;

  Command describe;
  describe.name = "describe";
  describe.arguments = "[flags]";
  describe.summary = "Shows one database.";
  describe.examples = "  atlas cloud database describe --id 1";
  describe.flags = {text_flag("id", "", "id of the database"),
                    text_flag("ext-id", "", "UUID the database keeps in its revisions table"),
                    format_flag()};
  describe.exclusive_groups = {{"id", "ext-id"}};
  describe.one_required_groups = {{"id", "ext-id"}};
  describe.run = run_describe;

  Command command;
  command.name = "database";
  command.summary = "Databases: where it is deployed.";
  command.children = {std::move(list), std::move(describe)};
  return command;
}

}  // namespace rhumb::cli
