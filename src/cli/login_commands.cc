// `login`, `logout` and `whoami`.

#include <optional>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/device_login.h"
#include "cli/format.h"
#include "cli/http_access.h"
#include "cli/migrate_flags.h"
#include "codec/redact.h"
#include "sys/environment.h"

namespace rhumb::cli {
namespace {

using codec::Json;

/// The endpoint a login is for: the flag, then what the project and the environment say.
Result<std::string> login_endpoint(const Invocation& invocation,
                                   const project::CloudConfig& cloud) {
  const std::string& given = invocation.flags.text("url");
  if (!given.empty()) {
    return given;
  }
  return project::find_endpoint(cloud, invocation.app.environment);
}

struct TokenCheck {
  bool reachable = false;
  registry_api::Identity identity{};
};

/// Asks the registry who a token is. Errors: `login with token failed: Unauthorized`.
Result<TokenCheck> check_token(const Invocation& invocation,
                               const std::string& endpoint,
                               const std::string& token) {
  registry_api::RegistryClient client(
      invocation.app.http,
      {.endpoint = endpoint, .token = token, .user_agent = user_agent(invocation.app)});
  const Result<registry_api::Identity> identity = client.identify();
  if (identity.has_value()) {
    return TokenCheck{.reachable = true, .identity = identity.value()};
  }
  if (identity.error().code() == ErrorCode::kDenied || !invocation.flags.boolean("grant-only")) {
    return identity.error().context("login with token failed");
  }
  return TokenCheck{};
}

Result<int> run_login(Invocation& invocation) {
  const project::CloudConfig cloud = TRY(load_cloud_config(invocation));
  App& app = invocation.app;
  std::string token = invocation.flags.text("token");
  if (token.empty()) {
    token = app.environment.get_or_empty("ATLAS_TOKEN");
  }
  const bool grant_only = invocation.flags.boolean("grant-only");
  // Where nobody can confirm a code, waiting for that would only end in time.
  const bool by_browser = invocation.flags.boolean("browser") || app.in != nullptr;
  if (token.empty() && (grant_only || !by_browser)) {
    return invalid(
        "no token: pass --token or set ATLAS_TOKEN; create one with "
        "'rhumb cloud token create' or on the page Tokens of the registry");
  }
  const std::string endpoint = TRY(login_endpoint(invocation, cloud));
  if (endpoint.empty() && !grant_only) {
    return invalid("no registry URL: pass --url or set ATLAS_CLOUD_URL");
  }
  TokenCheck checked;
  if (!grant_only) {
    TRY(parse_registry_url(endpoint));
  }
  if (token.empty()) {
    token = TRY(log_in_by_device(app, endpoint));
  }
  if (!endpoint.empty()) {
    checked = TRY(check_token(invocation, endpoint, token));
  }
  const std::string wanted =
      invocation.positionals.empty() ? cloud.org : invocation.positionals.front();
  if (!wanted.empty() && !checked.identity.org.empty() && wanted != checked.identity.org) {
    return invalid("the token belongs to " + go_quote(checked.identity.org) + ", not to " +
                   go_quote(wanted));
  }
  TRY(project::LoginStore(app.environment)
          .put({.endpoint = endpoint,
                .token = token,
                .org = checked.identity.org,
                .grant_only = grant_only}));
  if (!grant_only) {
    app.out << "You are now connected to " << go_quote(checked.identity.org) << " on "
            << codec::redact_url(endpoint) << ".\n";
  }
  return 0;
}

Result<int> run_logout(Invocation& invocation) {
  TRY(project::LoginStore(invocation.app.environment).clear());
  return 0;
}

gotmpl::Value text_list(const std::vector<std::string>& texts) {
  gotmpl::Value::Items items;
  for (const std::string& text : texts) {
    items.emplace_back(text);
  }
  return gotmpl::Value::list_of("[]string", std::move(items));
}

/// Who the token is, as templates see it; the details only where they were asked for.
gotmpl::Value me_value(const registry_api::Identity& identity,
                       const std::optional<registry_api::IdentityDetails>& details) {
  const auto unless_empty = gotmpl::FieldOptions{.json = {}, .omit_empty = true};
  gotmpl::Struct me("*cloud.Me");
  me.field("Org", identity.org).field("Name", identity.name, unless_empty);
  if (details) {
    me.field("Kind", details->kind)
        .field("OrgName", details->org_name)
        .field("Roles", text_list(details->roles))
        .field("Scopes", text_list(details->scopes))
        .field("ExpiresAt", details->expires_at, unless_empty);
  }
  return me;
}

Result<int> run_whoami(Invocation& invocation) {
  const project::CloudConfig cloud = TRY(load_cloud_config(invocation));
  RegistrySession session(invocation, cloud);
  registry_api::RegistryClient* const client = TRY(session.connect());
  const registry_api::Identity& identity = session.identity();
  std::optional<registry_api::IdentityDetails> details;
  if (invocation.flags.boolean("verbose")) {
    details = TRY(client->identify_in_detail());
  }
  const std::string format = invocation.flags.text("format");
  if (!format.empty()) {
    TRY(print_format(invocation.app, format, me_value(identity, details),
                     {.functions = data_functions(invocation.app), .execute_prefix = {}}));
    return 0;
  }
  std::vector<std::pair<std::string, std::string>> facts = {{"Organization", identity.org},
                                                            {"Name", identity.name}};
  if (details) {
    facts.insert(facts.end(), {{"Full name", details->org_name},
                               {"Kind", details->kind},
                               {"Roles", join(details->roles, ", ")},
                               {"Scopes", join(details->scopes, ", ")},
                               {"Expires", details->expires_at}});
  }
  invocation.app.out << format_facts(facts);
  return 0;
}

}  // namespace

Command make_login_command() {
  Command command;
  command.name = "login";
  command.arguments = "[org] [flags]";
  command.summary = "Stores a registry token on this machine.";
  command.description =
      "Checks a token with the registry and stores it under $HOME/.atlas, readable by you alone.\n"
      "Without a token it shows a code and an address: whoever is logged in there confirms the "
      "code,\n"
      "and the command gets a token of that person, for 90 days.";
  command.examples =
      "  atlas login --url https://registry.example.com/query\n"
      "  atlas login --url http://127.0.0.1:8484/query --token rgb_...";
  command.flags = {text_flag("token", "", "token to store; default: ATLAS_TOKEN"),
                   text_flag("url", "", "endpoint of the registry, such as https://host/query"),
                   bool_flag("browser", "confirm a code in a browser, also without a terminal"),
                   bool_flag("grant-only", "store an offline grant, for CI set-ups")};
  command.count = {.min = 0, .max = 1};
  command.run = run_login;
  return command;
}

Command make_logout_command() {
  Command command;
  command.name = "logout";
  command.summary = "Removes every stored token from this machine.";
  command.run = run_logout;
  return command;
}

Command make_whoami_command() {
  Command command;
  command.name = "whoami";
  command.arguments = "[flags]";
  command.summary = "Shows whom the registry takes you for.";
  command.description =
      "Asks the registry who the stored token, or ATLAS_TOKEN, belongs to. --verbose adds what it\n"
      "may do and when it ends.";
  command.examples =
      "  atlas whoami\n"
      "  atlas whoami --verbose\n"
      "  atlas whoami --format '{{ json . }}'";
  command.flags = {bool_flag("verbose", "also show kind, roles, scopes and expiry of the token"),
                   format_flag()};
  command.run = run_whoami;
  return command;
}

}  // namespace rhumb::cli
