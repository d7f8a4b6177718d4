// `cloud token create|revoke|list`.

#include <algorithm>

#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;

const std::vector<CloudField>& token_fields() {
  static const std::vector<CloudField> kFields = {{"id", "ID"},
                                                  {"prefix", "Prefix"},
                                                  {"lastFour", "LastFour"},
                                                  {"createdAt", "CreatedAt"},
                                                  {"expiresAt", "ExpiresAt"},
                                                  {"lastUsedAt", "LastUsedAt"},
                                                  {"revokedAt", "RevokedAt"}};
  return kFields;
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

CloudList token_list() {
  return {.document = registry_api::kTokens,
          .member = "tokens",
          .name = "Tokens",
          .type = "cloud.Token",
          .empty_text = "No tokens found.",
          .fields = token_fields(),
          .header = {"ID", "OWNER", "TOKEN", "CREATED", "EXPIRES", "LAST USED", "REVOKED"},
          .row = [](const Json& token) -> Row {
            return {cloud_cell(token, "id"),
                    cloud_cell(token, "owner.name"),
                    cloud_text(token, "prefix") + "..." + cloud_text(token, "lastFour"),
                    or_dash(cloud_time(token, "createdAt")),
                    or_dash(cloud_time(token, "expiresAt")),
                    or_dash(cloud_time(token, "lastUsedAt")),
                    or_dash(cloud_time(token, "revokedAt"))};
          },
          .page_is_input = true};
}

Json to_json_list(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) {
    list.push_back(text);
  }
  return list;
}

/// A bot with its first token when it has a name, else another token of an existing bot.
Result<Json> create(const Invocation& invocation, registry_api::RegistryClient& client) {
  const FlagSet& flags = invocation.flags;
  Json input = Json::object();
  const bool new_bot = flags.changed("bot");
  if (new_bot) {
    input.set("name", flags.text("bot"));
    input.set("scopes", to_json_list(flags.list("scope")));
  } else {
    input.set_unless_empty("botID", flags.text("bot-id"));
    input.set_unless_empty("scopes", to_json_list(flags.list("scope")));
  }
  input.set_unless_empty("expiresAt", flags.text("expires-at"));
  return client.call_input(new_bot ? registry_api::kCreateBot : registry_api::kCreateToken,
                           std::move(input));
}

Result<int> run_create(Invocation& invocation) {
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const Json payload = TRY(create(invocation, client));
    const gotmpl::Value value = cloud_value(payload, "*cloud.Token", {{"secret", "Secret"}});
    const std::string format = invocation.flags.text("format");
    if (format.empty()) {
      invocation.app.out << cloud_text(payload, "secret") << "\n";
      return 0;
    }
    return print_object(invocation, value, {});
  });
}

Result<int> run_revoke(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    TRY(client.call(registry_api::kRevokeToken,
                    Json::object({{"id", invocation.flags.text("id")}})));
    return 0;
  });
}

}  // namespace

Command make_cloud_token_command() {
  Command list;
  list.name = "list";
  list.arguments = "[flags]";
  list.summary = "Lists tokens: whose they are, when they were last used.";
  list.flags = list_flags({});
  list.run = [](Invocation& invocation) {
    return run_list(invocation, token_list(), Json::object());
  };

  Command create_command;
  create_command.name = "create";
  create_command.arguments = "[flags]";
  create_command.summary = "Creates a token and prints it, this once.";
  create_command.examples =
      "  atlas cloud token create --bot ci --scope report:write,dir:push,repo:create";
  create_command.flags = {
      text_flag("bot", "", "create a bot of this name, with the token"),
      text_flag("bot-id", "", "create another token for this bot"),
      with_kind(text_flag("scope", "", "what the token may do (repeatable, or a list)"),
                FlagKind::kList),
      text_flag("expires-at", "", "RFC 3339 time after which it is refused"), format_flag()};
  create_command.exclusive_groups = {{"bot", "bot-id"}};
  create_command.run = run_create;

  Command revoke;
  revoke.name = "revoke";
  revoke.arguments = "[flags]";
  revoke.summary = "Revokes a token at once.";
  revoke.flags = {text_flag("id", "", "id of the token")};
  revoke.required_flags = {"id"};
  revoke.run = run_revoke;

  Command command;
  command.name = "token";
  command.summary = "Tokens of bots.";
  command.children = {std::move(create_command), std::move(list), std::move(revoke)};
  return command;
}

}  // namespace rhumb::cli
