// `cloud repo list|describe|create`.

#include "base/go_format.h"
#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/format.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;

const std::vector<CloudField>& repo_fields() {
  static const std::vector<CloudField> kFields = {
      {"id", "ID"},
      {"slug", "Slug"},
      {"name", "Name"},
      {"title", "Title"},
      {"type", "Type"},
      {"driver", "Driver"},
      {"url", "URL"},
      {"link", "Link"},
      {"databasesSynced", "DatabasesSynced"},
      {"databasesPending", "DatabasesPending"},
      {"databasesFailed", "DatabasesFailed"}};
  return kFields;
}

CloudList repo_list() {
  return {.document = registry_api::kRepos,
          .member = "repos",
          .name = "Repos",
          .type = "cloud.Repo",
          .empty_text = "No repositories found.",
          .fields = repo_fields(),
          .header = {"SLUG", "TITLE", "TYPE", "DRIVER", "SYNCED", "PENDING", "FAILED"},
          .row = [](const Json& repo) -> Row {
            return {cloud_cell(repo, "slug"),   cloud_cell(repo, "title"),
                    cloud_cell(repo, "type"),   cloud_cell(repo, "driver"),
                    cloud_cell(repo, "databasesSynced"), cloud_cell(repo, "databasesPending"),
                    cloud_cell(repo, "databasesFailed")};
          }};
}

Result<int> run_repo_describe(Invocation& invocation) {
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    Json input = Json::object();
    for (const std::string name : {"id", "slug", "name"}) {
      if (invocation.flags.changed(name)) {
        input.set(name, invocation.flags.text(name));
      }
    }
    const Json repo = TRY(require_object(client.call_input(registry_api::kRepo, std::move(input)),
                                         registry_api::kRepo, "repository"));
    return print_object(invocation, cloud_value(repo, "*cloud.Repo", repo_fields()),
                        {{"Slug", cloud_text(repo, "slug")},
                         {"Title", cloud_text(repo, "title")},
                         {"Type", cloud_text(repo, "type")},
                         {"Driver", cloud_text(repo, "driver")},
                         {"URL", cloud_text(repo, "url")},
                         {"Databases Synced", cloud_text(repo, "databasesSynced")},
                         {"Databases Pending", cloud_text(repo, "databasesPending")},
                         {"Databases Failed", cloud_text(repo, "databasesFailed")}});
  });
}

Result<std::string> parse_repo_type(const std::string& text) {
  if (text == "schema" || text == "s") {
    return std::string("SCHEMA");
  }
  if (text == "migration_directory" || text == "m" || text == "migration") {
    return std::string("MIGRATION_DIRECTORY");
  }
  return invalid("invalid --type " + go_quote(text) + "; use schema or migration_directory");
}

Result<int> run_repo_create(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const std::string type = TRY(parse_repo_type(invocation.flags.text("type")));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    Json input = Json::object({{"name", invocation.flags.text("name")},
                               {"type", type},
                               {"driver", to_upper_ascii(invocation.flags.text("driver"))}});
    input.set_unless_empty("description", invocation.flags.text("description"));
    if (invocation.flags.changed("skip-if-exists")) {
      input.set("skipIfExists", invocation.flags.boolean("skip-if-exists"));
    }
    const Json payload = TRY(client.call_input(registry_api::kCreateRepo, std::move(input)));
    const Json* repo = registry_api::find_any_case(payload, "repo");
    if (repo == nullptr) {
      return Error(ErrorCode::kUnavailable, "the registry did not answer with a repository");
    }
    const gotmpl::Value value = cloud_value(*repo, "*cloud.Repo",
                                            {{"slug", "Slug"},
                                             {"title", "Title"},
                                             {"type", "Type"},
                                             {"link", "URL"},
                                             {"driver", "Driver"}});
    return print_object(invocation, value,
                        {{"Slug", cloud_text(*repo, "slug")}, {"URL", cloud_text(*repo, "link")}});
  });
}

Command make_list() {
  Command command;
  command.name = "list";
  command.arguments = "[flags]";
  command.summary = "Lists the repositories with the state of their databases.";
  command.flags = list_flags({});
  command.run = [](Invocation& invocation) {
    return run_list(invocation, repo_list(), Json::object());
  };
  return command;
}

Command make_describe() {
  Command command;
  command.name = "describe";
  command.arguments = "[flags]";
  command.summary = "Shows one repository.";
  command.examples = "  atlas cloud repo describe --slug myapp";
  command.flags = {text_flag("id", "", "id of the repository"),
                   text_flag("slug", "", "slug of the repository"),
                   text_flag("name", "", "name of the repository"), format_flag()};
  command.exclusive_groups = {{"id", "slug", "name"}};
  command.one_required_groups = {{"id", "slug", "name"}};
  command.run = run_repo_describe;
  return command;
}

Command make_create() {
  Command command;
  command.name = "create";
  command.arguments = "[flags]";
  command.summary = "Creates a repository; one that exists is fine.";
  command.examples =
      "  atlas cloud repo create --name myapp --type migration_directory --driver sqlite";
  command.flags = {text_flag("name", "", "name of the repository"),
                   text_flag("type", "", "schema or migration_directory"),
                   text_flag("driver", "", "database: sqlite, postgresql, mysql, mariadb, ..."),
                   text_flag("description", "", "what it is for"),
                   bool_flag("skip-if-exists", "succeed when it exists already (the default)"),
                   format_flag()};
  command.required_flags = {"name", "type", "driver"};
  command.run = run_repo_create;
  return command;
}

}  // namespace

Command make_cloud_repo_command() {
  Command command;
  command.name = "repo";
  command.summary = "Repositories: what is deployed.";
  command.children = {make_list(), make_describe(), make_create(), make_divergence_command()};
  for (Command& change : make_repo_change_commands()) {
    command.children.push_back(std::move(change));
  }
  return command;
}

}  // namespace rhumb::cli
