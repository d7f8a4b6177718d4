// `cloud env list|update`: environments, their order and their protection.

#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using registry_api::RegistryClient;

const std::vector<CloudField>& env_fields() {
  static const std::vector<CloudField> kFields = {
      {"name", "Name"},           {"rank", "Rank"},     {"protected", "Protected"},
      {"databases", "Databases"}, {"failed", "Failed"}, {"pending", "Pending"}};
  return kFields;
}

Row env_row(const Json& environment) {
  Row row;
  for (const CloudField& field : env_fields()) {
    row.push_back(cloud_cell(environment, field.member));
  }
  return row;
}

Result<int> run_list_command(Invocation& invocation) {
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    Json environments = TRY(client.call(registry_api::kEnvironments, Json()));
    if (!environments.is_array()) {
      environments = Json::array();
    }
    if (!invocation.flags.text("format").empty()) {
      const Json payload = Json::object({{"environments", environments}});
      return print_object(invocation,
                          cloud_list_value(payload, "environments", "Environments",
                                           "cloud.Environment", env_fields()),
                          {});
    }
    std::vector<Row> rows;
    for (const Json& environment : environments.as_array()) {
      rows.push_back(env_row(environment));
    }
    invocation.app.out << (rows.empty() ? "No environments found.\n"
                                        : format_table({"NAME", "RANK", "PROTECTED", "DATABASES",
                                                        "FAILED", "PENDING"},
                                                       rows));
    return 0;
  });
}

Result<int> run_update(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const FlagSet& flags = invocation.flags;
  Json input = Json::object({{"name", flags.text("name")}});
  if (flags.changed("protected")) {
    input.set("protected", flags.boolean("protected"));
  }
  if (flags.changed("rank")) {
    input.set("rank", flags.integer("rank"));
  }
  if (input.size() == 1) {
    return invalid("nothing to change; see --help");
  }
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json updated = TRY(client.call_input(registry_api::kUpdateEnvironment, std::move(input)));
    return print_object(invocation, cloud_value(updated, "*cloud.Environment", env_fields()),
                        {{"Name", cloud_text(updated, "name")},
                         {"Rank", cloud_text(updated, "rank")},
                         {"Protected", cloud_text(updated, "protected")}});
  });
}

}  // namespace

Command make_cloud_env_command() {
  Command list;
  list.name = "list";
  list.arguments = "[flags]";
  list.summary = "Lists environments in their order.";
  list.flags = {format_flag()};
  list.run = run_list_command;

  Command update;
  update.name = "update";
  update.arguments = "[flags]";
  update.summary = "Protects an environment, or gives it its place.";
  update.description =
      "A run in a protected environment needs a permit, which 'migrate apply' asks for by itself; "
      "one\n"
      "that has none is stored and flagged. Needs a token with the role ADMIN or OWNER.";
  update.examples = "  atlas cloud env update --name prod --protected";
  update.flags = {
      text_flag("name", "", "name of the environment"),
      bool_flag("protected", "whether runs need a permit"),
      with_kind(text_flag("rank", "0", "place among the environments, from 0"), FlagKind::kInt),
      format_flag()};
  update.required_flags = {"name"};
  update.run = run_update;

  Command command;
  command.name = "env";
  command.summary = "Environments: their order, and which of them are protected.";
  command.children = {std::move(list), std::move(update)};
  return command;
}

}  // namespace rhumb::cli
