// `cloud migration list|describe`.

#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/format.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;

const std::vector<CloudField>& migration_fields() {
  static const std::vector<CloudField> kFields = {{"id", "ID"},
                                                  {"repoName", "RepoName"},
                                                  {"type", "Type"},
                                                  {"envName", "EnvName"},
                                                  {"databaseName", "DatabaseName"},
                                                  {"targetsSucceeded", "TargetsSucceeded"},
                                                  {"targetsTotal", "TargetsTotal"},
                                                  {"version", "Version"},
                                                  {"status", "Status"},
                                                  {"completedAt", "CompletedAt"}};
  return kFields;
}

/// `8/8` for a set, `-` for a single target.
std::string targets_of(const Json& migration) {
  const std::string total = cloud_text(migration, "targetsTotal");
  if (total.empty()) {
    return "-";
  }
  const std::string succeeded = cloud_text(migration, "targetsSucceeded");
  return (succeeded.empty() ? "0" : succeeded) + "/" + total;
}

CloudList migration_list() {
  return {.document = registry_api::kMigrations,
          .member = "migrations",
          .name = "Migrations",
          .type = "cloud.Migration",
          .empty_text = "No migrations found.",
          .fields = migration_fields(),
          .header = {"ID", "REPO", "TYPE", "ENV", "DATABASE", "TARGETS", "VERSION", "STATUS"},
          .row = [](const Json& migration) -> Row {
            return {cloud_cell(migration, "id"),           cloud_cell(migration, "repoName"),
                    cloud_cell(migration, "type"),         cloud_cell(migration, "envName"),
                    cloud_cell(migration, "databaseName"), targets_of(migration),
                    cloud_cell(migration, "version"),      cloud_cell(migration, "status")};
          }};
}

Result<int> run_list_command(Invocation& invocation) {
  const FlagSet& flags = invocation.flags;
  Json statuses = TRY(read_choices(flags, "status", {"PASSED", "FAILED", "NO_ACTION", "DRY_RUN"}));
  Json input = Json::object();
  input.set_unless_empty("repo", flags.text("repo"));
  input.set_unless_empty("envName", flags.text("env-name"));
  input.set_unless_empty("statuses", std::move(statuses));
  input.set_unless_empty("name", flags.text("name"));
  return run_list(invocation, migration_list(), std::move(input));
}

std::vector<std::pair<std::string, std::string>> facts_of(const Json& migration, bool verbose) {
  std::vector<std::pair<std::string, std::string>> facts = {
      {"ID", cloud_text(migration, "id")},
      {"Repository", cloud_text(migration, "repoName")},
      {"Type", cloud_text(migration, "type")}};
  if (verbose) {
    facts.emplace_back("Environment", cloud_text(migration, "envName"));
  }
  facts.emplace_back("Database", cloud_text(migration, "databaseName"));
  facts.emplace_back("Version", cloud_text(migration, "version"));
  facts.emplace_back("Status", cloud_text(migration, "status"));
  facts.emplace_back("Completed At", cloud_time(migration, "completedAt"));
  if (!cloud_text(migration, "targetsTotal").empty()) {
    facts.emplace_back("Targets", targets_of(migration) + " succeeded");
  }
  return facts;
}

/// The databases of a set, as a table.
std::string format_targets(const Json& migration) {
  const Json* targets = registry_api::find_any_case(migration, "targets");
  const Json* rows =
      targets == nullptr ? nullptr : registry_api::find_any_case(*targets, "migrations");
  if (rows == nullptr || !rows->is_array() || rows->empty()) {
    return "";
  }
  std::vector<Row> cells;
  for (const Json& row : rows->as_array()) {
    cells.push_back({cloud_cell(row, "id"), cloud_cell(row, "databaseName"),
                     cloud_cell(row, "version"), cloud_cell(row, "status")});
  }
  return "\n" + format_table({"ID", "DATABASE", "VERSION", "STATUS"}, cells);
}

Result<int> run_describe(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const FlagSet& flags = invocation.flags;
    const bool deep = flags.boolean("verbose") || flags.boolean("log");
    const registry_api::Document& document =
        deep ? registry_api::kMigrationVerbose : registry_api::kMigration;
    const Json migration =
        TRY(require_object(client.call(document, Json::object({{"id", flags.text("id")}})),
                           document, "migration"));
    const int status = TRY(print_object(
        invocation, cloud_value(migration, "*cloud.Migration", migration_fields()),
        facts_of(migration, flags.boolean("verbose"))));
    if (flags.text("format").empty()) {
      invocation.app.out << (flags.boolean("verbose") ? format_targets(migration) : "")
                         << (flags.boolean("log") ? "\n" + cloud_text(migration, "log") : "");
    }
    return status;
  });
}

}  // namespace

Command make_cloud_migration_command() {
  Command list;
  list.name = "list";
  list.arguments = "[flags]";
  list.summary = "Lists deployments, newest first.";
  list.examples = "  atlas cloud migration list --repo payments --status FAILED";
  list.flags = list_flags(
      {text_flag("repo", "", "only deployments of this repository"),
       with_kind(text_flag("status", "", "PASSED, FAILED, NO_ACTION or DRY_RUN (repeatable)"),
                 FlagKind::kList),
       text_flag("env-name", "", "only deployments to this environment"),
       text_flag("name", "", "only databases whose name contains this text")});
  list.run = run_list_command;

  Command describe;
  describe.name = "describe";
  describe.arguments = "[flags]";
  describe.summary = "Shows one deployment.";
  describe.examples = "  atlas cloud migration describe --id 102 --verbose";
  describe.flags = {text_flag("id", "", "id of the deployment"),
                    bool_flag("verbose", "show the environment, and each target of a set"),
                    bool_flag("log", "show the log of the run"), format_flag()};
  describe.required_flags = {"id"};
  describe.run = run_describe;

  Command command;
  command.name = "migration";
  command.summary = "Deployments: what happened.";
  command.children = {std::move(list), std::move(describe)};
  return command;
}

}  // namespace rhumb::cli
