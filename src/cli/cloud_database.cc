// `cloud database list|describe|merge|split|unmerge`.

#include "base/go_format.h"
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

const std::vector<CloudField>& merge_fields() {
  static const std::vector<CloudField> kFields = {{"database.id", "ID"},
                                                  {"database.name", "Name"},
                                                  {"into.id", "IntoID"},
                                                  {"into.name", "IntoName"},
                                                  {"into.status", "Status"},
                                                  {"into.currentVersion", "CurrentVersion"},
                                                  {"deployments", "Deployments"},
                                                  {"setEntries", "SetEntries"},
                                                  {"drifts", "Drifts"},
                                                  {"plans", "Plans"},
                                                  {"instances", "Instances"},
                                                  {"snapshots", "Snapshots"},
                                                  {"former", "Former"}};
  return kFields;
}

/// `3 "app"`.
std::string numbered(const Json& merge, const std::string& member) {
  return cloud_text(merge, member + ".id") + " " + go_quote(cloud_text(merge, member + ".name"));
}

Result<int> run_merge(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const bool dry_run = invocation.flags.boolean("dry-run");
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const Json input = Json::object(
        {{"id", invocation.flags.text("id")}, {"into", invocation.flags.text("into")}});
    const Json merge = TRY(client.call_input(
        dry_run ? registry_api::kDatabaseMerge : registry_api::kMergeDatabases, input));
    return print_object(invocation, cloud_value(merge, "*cloud.DatabaseMerge", merge_fields()),
                        {{dry_run ? "Would Go" : "Gone", numbered(merge, "database")},
                         {"Into", numbered(merge, "into")},
                         {"Deployments", cloud_text(merge, "deployments")},
                         {"Entries of Sets", cloud_text(merge, "setEntries")},
                         {"Drifts", cloud_text(merge, "drifts")},
                         {"Plans", cloud_text(merge, "plans")},
                         {"Instances", cloud_text(merge, "instances")},
                         {"Snapshots", cloud_text(merge, "snapshots")},
                         {"Merged Earlier", cloud_text(merge, "former")}});
  });
}

Result<int> run_split(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const std::string& id = invocation.flags.text("id");
    const std::string& from = invocation.flags.text("from");
    TRY(client.call_input(registry_api::kSplitDatabases,
                          Json::object({{"id", id}, {"from", from}})));
    invocation.app.out << "Databases " << id << " and " << from << " are two.\n";
    return 0;
  });
}

const std::vector<CloudField>& unmerge_fields() {
  static const std::vector<CloudField> kFields = {{"database.id", "ID"},
                                                  {"database.name", "Name"},
                                                  {"database.status", "Status"},
                                                  {"database.currentVersion", "CurrentVersion"},
                                                  {"from.id", "FromID"},
                                                  {"from.name", "FromName"},
                                                  {"deployments", "Deployments"},
                                                  {"setEntries", "SetEntries"},
                                                  {"drifts", "Drifts"}};
  return kFields;
}

Result<int> run_unmerge(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const Json back = TRY(client.call(registry_api::kUnmergeDatabase,
                                      Json::object({{"id", invocation.flags.text("id")}})));
    return print_object(invocation, cloud_value(back, "*cloud.DatabaseUnmerge", unmerge_fields()),
                        {{"Back", numbered(back, "database")},
                         {"From", numbered(back, "from")},
                         {"Deployments", cloud_text(back, "deployments")},
                         {"Entries of Sets", cloud_text(back, "setEntries")},
                         {"Drifts", cloud_text(back, "drifts")}});
  });
}

Command make_merge() {
  Command command;
  command.name = "merge";
  command.arguments = "[flags]";
  command.summary = "Makes two rows of one database one.";
  command.description =
      "Deployments, drifts and everything else of the one with --id go to the one with --into. "
      "The\n"
      "first is archived and leads to the other; reports of its URL and its UUID go there, too.\n"
      "--dry-run tells what would move, and 'unmerge' takes it back. Both are of one repository,\n"
      "environment and schema. Needs a token with the role ADMIN or OWNER.";
  command.examples =
      "  atlas cloud database merge --id 7 --into 3 --dry-run\n"
      "  atlas cloud database merge --id 7 --into 3";
  command.flags = {text_flag("id", "", "id of the database that goes"),
                   text_flag("into", "", "id of the database that stays"),
                   bool_flag("dry-run", "tell what would move, and change nothing"), format_flag()};
  command.required_flags = {"id", "into"};
  command.run = run_merge;
  return command;
}

Command make_unmerge() {
  Command command;
  command.name = "unmerge";
  command.arguments = "[flags]";
  command.summary = "Takes a database out again that was merged into another one.";
  command.description =
      "It gets back what was reported at its place, before the merge and since. What was merged "
      "into\n"
      "it earlier stays where it is, and a drift that the merge ended stays so. Needs a token with "
      "the\n"
      "role ADMIN or OWNER.";
  command.examples = "  atlas cloud database unmerge --id 7";
  command.flags = {text_flag("id", "", "id of the database that was merged"), format_flag()};
  command.required_flags = {"id"};
  command.run = run_unmerge;
  return command;
}

Command make_split() {
  Command command;
  command.name = "split";
  command.arguments = "[flags]";
  command.summary = "Says that two databases with one UUID are different ones.";
  command.description =
      "A dump carries the UUID of the database that it was taken of. The notice about the other "
      "one\n"
      "goes from both, reports are told apart by their URL, and neither is taken for one that "
      "moved.\n"
      "Needs a token with the role ADMIN or OWNER.";
  command.examples = "  atlas cloud database split --id 7 --from 3";
  command.flags = {text_flag("id", "", "id of a database"),
                   text_flag("from", "", "id of the other one")};
  command.required_flags = {"id", "from"};
  command.run = run_split;
  return command;
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
  command.children = {std::move(list), std::move(describe), make_merge(), make_split(),
                      make_unmerge()};
  return command;
}

}  // namespace rhumb::cli
