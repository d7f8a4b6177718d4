// `cloud env list|update|ephemeral`: environments, their order, their protection, and which come
// and go.

#include <chrono>

#include "base/go_format.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using registry_api::RegistryClient;

const std::vector<CloudField>& env_fields() {
  static const std::vector<CloudField> kFields = {{"name", "Name"},
                                                  {"rank", "Rank"},
                                                  {"protected", "Protected"},
                                                  {"databases", "Databases"},
                                                  {"failed", "Failed"},
                                                  {"pending", "Pending"},
                                                  {"ephemeralHours", "EphemeralHours"}};
  return kFields;
}

const std::vector<CloudField>& ephemeral_fields() {
  static const std::vector<CloudField> kFields = {
      {"glob", "Glob"}, {"hours", "Hours"}, {"environments", "Environments"}};
  return kFields;
}

/// Prints a list that the registry has in one piece.
Result<int> print_list(const Invocation& invocation, const CloudList& list, const Json& answer) {
  const Json items = answer.is_array() ? answer : Json::array();
  const std::string member(list.member);
  if (!invocation.flags.text("format").empty()) {
    const Json payload = Json::object({{member, items}});
    return print_object(invocation,
                        cloud_list_value(payload, member, list.name, list.type, list.fields), {});
  }
  std::vector<Row> rows;
  for (const Json& item : items.as_array()) {
    Row& row = rows.emplace_back();
    for (const CloudField& field : list.fields) {
      row.push_back(cloud_cell(item, field.member));
    }
  }
  invocation.app.out << (rows.empty() ? list.empty_text + "\n" : format_table(list.header, rows));
  return 0;
}

Result<int> ask_and_print(Invocation& invocation, const CloudList& list) {
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json answer = TRY(client.call(list.document, Json()));
    return print_list(invocation, list, answer);
  });
}

Result<int> run_list_command(Invocation& invocation) {
  return ask_and_print(invocation, {.document = registry_api::kEnvironments,
                                    .member = "environments",
                                    .name = "Environments",
                                    .type = "cloud.Environment",
                                    .empty_text = "No environments found.",
                                    .fields = env_fields(),
                                    .header = {"NAME", "RANK", "PROTECTED", "DATABASES", "FAILED",
                                               "PENDING", "EPHEMERAL HOURS"}});
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

Result<int> run_ephemeral_list(Invocation& invocation) {
  return ask_and_print(invocation, {.document = registry_api::kEphemeralEnvironments,
                                    .member = "environments",
                                    .name = "Ephemeral",
                                    .type = "cloud.EphemeralEnvironments",
                                    .empty_text = "Every environment stays.",
                                    .fields = ephemeral_fields(),
                                    .header = {"GLOB", "HOURS", "ENVIRONMENTS"}});
}

/// Errors: a time that is no number of hours.
Result<int64_t> read_hours(const FlagSet& flags) {
  const auto time = flags.duration("ttl");
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(time);
  if (hours != time) {
    return invalid("--ttl takes whole hours, such as 72h");
  }
  return static_cast<int64_t>(hours.count());
}

Result<int> run_ephemeral_set(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const int64_t hours = TRY(read_hours(invocation.flags));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json known = TRY(client.call_input(
        registry_api::kSetEphemeralEnvironments,
        Json::object({{"glob", invocation.flags.text("glob")}, {"hours", hours}})));
    return print_object(invocation,
                        cloud_value(known, "*cloud.EphemeralEnvironments", ephemeral_fields()),
                        {{"Glob", cloud_text(known, "glob")},
                         {"Hours", cloud_text(known, "hours")},
                         {"Environments", cloud_text(known, "environments")}});
  });
}

Result<int> run_ephemeral_remove(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const std::string& glob = invocation.flags.text("glob");
    TRY(client.call(registry_api::kDeleteEphemeralEnvironments, Json::object({{"glob", glob}})));
    invocation.app.out << "Environments " << go_quote(glob) << " stay.\n";
    return 0;
  });
}

FlagSpec glob_flag() {
  return text_flag("glob", "", "glob of names of environments");
}

Command make_ephemeral() {
  Command list;
  list.name = "list";
  list.arguments = "[flags]";
  list.summary = "Lists which environments come and go.";
  list.flags = {format_flag()};
  list.run = run_ephemeral_list;

  Command set;
  set.name = "set";
  set.arguments = "[flags]";
  set.summary = "Says that environments come and go, and for how long they may be silent.";
  set.description =
      "Of globs that fit one environment the longest time counts. Needs a token with the role "
      "ADMIN or\nOWNER.";
  set.examples = "  atlas cloud env ephemeral set --glob 'pr-*' --ttl 72h";
  set.flags = {glob_flag(),
               with_kind(text_flag("ttl", "72h0m0s",
                                   "after how long without a report a database "
                                   "is archived"),
                         FlagKind::kDuration),
               format_flag()};
  set.required_flags = {"glob"};
  set.run = run_ephemeral_set;

  Command remove;
  remove.name = "rm";
  remove.arguments = "[flags]";
  remove.summary = "Environments of a glob stay from now on.";
  remove.description = "Needs a token with the role ADMIN or OWNER.";
  remove.examples = "  atlas cloud env ephemeral rm --glob 'pr-*'";
  remove.flags = {glob_flag()};
  remove.required_flags = {"glob"};
  remove.run = run_ephemeral_remove;

  Command command;
  command.name = "ephemeral";
  command.summary = "Environments that come and go, such as a preview for each pull request.";
  command.description =
      "Their databases are in no count of a repository, no alert of what is pending and no stage "
      "of a\npromotion. A database that was silent for the time is archived; a deployment brings "
      "it "
      "back.\nProtected environments are never ephemeral.";
  command.children = {std::move(list), std::move(set), std::move(remove)};
  return command;
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
  command.summary = "Environments: their order, and which of them are protected or come and go.";
  command.children = {std::move(list), std::move(update), make_ephemeral()};
  return command;
}

}  // namespace rhumb::cli
