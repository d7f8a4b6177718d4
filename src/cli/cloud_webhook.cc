// `cloud webhook list|create|update|rm|ping|deliveries|redeliver`: who is told of what happens.

#include <chrono>

#include "base/go_format.h"
#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using registry_api::RegistryClient;

constexpr std::string_view kEveryRepo = "(every one)";
// A receiver has ten seconds.
constexpr std::chrono::seconds kAnswerWait{20};
constexpr std::chrono::milliseconds kLookPause{200};

const std::vector<CloudField>& webhook_fields() {
  static const std::vector<CloudField> kFields = {{"id", "ID"},
                                                  {"repo", "RepoName"},
                                                  {"type", "Type"},
                                                  {"url", "URL"},
                                                  {"hasSecret", "HasSecret"},
                                                  {"events", "Events"},
                                                  {"envs", "EnvNames"},
                                                  {"statuses", "Statuses"},
                                                  {"enabled", "Enabled"},
                                                  {"disabledReason", "DisabledReason"},
                                                  {"failingSince", "FailingSince"},
                                                  {"createdAt", "CreatedAt"}};
  return kFields;
}

const std::vector<CloudField>& delivery_fields() {
  static const std::vector<CloudField> kFields = {
      {"id", "ID"},           {"guid", "GUID"},
      {"event", "Event"},     {"time", "Time"},
      {"attempt", "Attempt"}, {"delivered", "Delivered"},
      {"status", "Status"},   {"nextAttempt", "NextAttempt"},
      {"request", "Request"}, {"response", "Response"},
      {"error", "Error"}};
  return kFields;
}

std::string texts_of(const Json& webhook, std::string_view member, std::string_view none) {
  std::vector<std::string> texts;
  for (const Json& text : cloud_items(webhook, member)) {
    texts.push_back(text.is_string() ? text.as_string() : "");
  }
  return texts.empty() ? std::string(none) : join(texts, ",");
}

/// Lists as texts, which tables and templates show.
Json shown_webhook(const Json& webhook) {
  Json out = webhook;
  out.set("events", texts_of(webhook, "events", "(the usual)"));
  out.set("envs", texts_of(webhook, "envs", ""));
  out.set("statuses", texts_of(webhook, "statuses", ""));
  return out;
}

std::string repo_of(const Json& webhook) {
  const std::string repo = cloud_text(webhook, "repo");
  return repo.empty() ? std::string(kEveryRepo) : repo;
}

std::string state_of(const Json& webhook) {
  if (!webhook.find_bool("enabled").value_or(true)) {
    return "disabled";
  }
  return cloud_text(webhook, "failingSince").empty() ? "enabled" : "failing";
}

Result<int> print_webhook(const Invocation& invocation, const Json& webhook) {
  const Json shown = shown_webhook(webhook);
  return print_object(invocation, cloud_value(shown, "*cloud.Webhook", webhook_fields()),
                      {{"Webhook", cloud_text(shown, "id")},
                       {"Type", cloud_text(shown, "type")},
                       {"URL", cloud_text(shown, "url")},
                       {"Repository", repo_of(shown)},
                       {"Events", cloud_text(shown, "events")},
                       {"State", state_of(shown)},
                       {"Reason", cloud_text(shown, "disabledReason")}});
}

Result<int> run_list_command(Invocation& invocation) {
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    Json variables = Json::object();
    variables.set_unless_empty("repo", invocation.flags.text("repo"));
    const Json webhooks = TRY(client.call(registry_api::kWebhooks, variables));
    Json shown = Json::array();
    std::vector<Row> rows;
    for (const Json& webhook : webhooks.is_array() ? webhooks.as_array() : Json::Array()) {
      Json one = shown_webhook(webhook);
      rows.push_back({cloud_cell(one, "id"), cloud_cell(one, "type"), repo_of(one),
                      cloud_cell(one, "events"), cloud_cell(one, "envs"), state_of(one),
                      cloud_cell(one, "url")});
      shown.push_back(std::move(one));
    }
    if (!invocation.flags.text("format").empty()) {
      const Json payload = Json::object({{"webhooks", std::move(shown)}});
      return print_object(
          invocation,
          cloud_list_value(payload, "webhooks", "Webhooks", "cloud.Webhook", webhook_fields()), {});
    }
    invocation.app.out << (rows.empty() ? "No webhooks found.\n"
                                        : format_table({"ID", "TYPE", "REPO", "EVENTS", "ENVS",
                                                        "STATE", "URL"},
                                                       rows));
    return 0;
  });
}

// ------------------------------------------------------------------------------ create, update

/// A secret from a file; `-` is standard input. The line end does not belong to it.
Result<std::string> read_secret(const std::string& path) {
  constexpr const char* kStandardInput = "/dev/stdin";
  const std::string text = TRY(sys::read_file(path == "-" ? kStandardInput : path));
  return std::string(trim(text));
}

void set_list(std::string_view member, const std::vector<std::string>& texts, Json& input) {
  Json list = Json::array();
  for (const std::string& text : texts) {
    if (!text.empty()) {
      list.push_back(text);
    }
  }
  input.set(member, std::move(list));
}

/// The environments of `--env`, separated by commas.
std::vector<std::string> read_envs(const FlagSet& flags) {
  std::vector<std::string> out;
  for (const std::string_view env : split(flags.text("env"), ',')) {
    out.emplace_back(trim(env));
  }
  return out;
}

/// What the flags say, and nothing of what they leave out.
Result<Json> read_wish(const FlagSet& flags) {
  Json input = Json::object();
  const auto set_text = [&](std::string_view flag, std::string_view member) {
    if (flags.changed(flag)) {
      input.set(member, flags.text(flag));
    }
  };
  set_text("repo", "repo");
  set_text("url", "url");
  if (flags.changed("url-file")) {
    input.set("url", TRY(read_secret(flags.text("url-file"))));
  }
  set_text("sensitive-part", "sensitivePart");
  if (flags.changed("secret-file")) {
    input.set("secret", flags.text("secret-file").empty()
                            ? Json()
                            : Json(TRY(read_secret(flags.text("secret-file")))));
  }
  if (flags.changed("event")) {
    set_list("events", flags.list("event"), input);
  }
  if (flags.changed("env")) {
    set_list("envs", read_envs(flags), input);
  }
  if (flags.changed("status")) {
    set_list("statuses", flags.list("status"), input);
  }
  if (flags.changed("enabled")) {
    input.set("enabled", flags.boolean("enabled"));
  }
  return input;
}

Result<int> run_create(Invocation& invocation) {
  const FlagSet& flags = invocation.flags;
  if (!flags.changed("url") && !flags.changed("url-file")) {
    return invalid("one of --url and --url-file is required");
  }
  Json input = TRY(read_wish(flags));
  input.set("type", to_upper_ascii(flags.text("type")));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json made = TRY(client.call_input(registry_api::kCreateWebhook, std::move(input)));
    return print_webhook(invocation, made);
  });
}

Result<int> run_update(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  Json input = TRY(read_wish(invocation.flags));
  if (input.empty()) {
    return invalid("nothing to change; see --help");
  }
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json changed =
        TRY(client.call(registry_api::kUpdateWebhook,
                        Json::object({{"id", invocation.flags.text("id")}, {"input", input}})));
    return print_webhook(invocation, changed);
  });
}

Result<int> run_rm(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    TRY(client.call(registry_api::kDeleteWebhook,
                    Json::object({{"id", invocation.flags.text("id")}})));
    return 0;
  });
}

// ---------------------------------------------------------------------------------- deliveries

std::string result_of(const Json& delivery) {
  if (delivery.find_bool("delivered").value_or(false)) {
    return "delivered";
  }
  const std::string next = cloud_time(delivery, "nextAttempt");
  const std::string error = cloud_text(delivery, "error");
  if (error.empty()) {
    return next.empty() ? "not sent" : "waits";
  }
  return next.empty() ? error : error + "; again at " + next;
}

CloudList delivery_list() {
  return {.document = registry_api::kWebhookDeliveries,
          .member = "deliveries",
          .name = "Deliveries",
          .type = "cloud.Delivery",
          .empty_text = "No deliveries found.",
          .fields = delivery_fields(),
          .header = {"ID", "EVENT", "TIME", "ATTEMPTS", "STATUS", "RESULT"},
          .row = [](const Json& delivery) -> Row {
            return {cloud_cell(delivery, "id"),     cloud_cell(delivery, "event"),
                    cloud_time(delivery, "time"),   cloud_cell(delivery, "attempt"),
                    cloud_cell(delivery, "status"), result_of(delivery)};
          }};
}

/// A delivery of a webhook as it stands now, among the newest.
Result<Json> find_delivery(RegistryClient& client,
                           const std::string& webhook_id,
                           const std::string& delivery_id) {
  const Json page = TRY(client.call_input(
      registry_api::kWebhookDeliveries,
      Json::object({{"webhookID", webhook_id}, {"page", Json::object({{"pageSize", 100}})}})));
  for (const Json& delivery : cloud_items(page, "deliveries")) {
    if (cloud_text(delivery, "id") == delivery_id) {
      return delivery;
    }
  }
  return Error(ErrorCode::kNotFound, "delivery not found");
}

Result<int> print_delivery(const Invocation& invocation, const Json& delivery) {
  TRY(print_object(invocation, cloud_value(delivery, "*cloud.Delivery", delivery_fields()),
                   {{"Delivery", cloud_text(delivery, "id")},
                    {"Event", cloud_text(delivery, "event")},
                    {"Attempts", cloud_text(delivery, "attempt")},
                    {"Status", cloud_text(delivery, "status")},
                    {"Result", result_of(delivery)}}));
  return delivery.find_bool("delivered").value_or(false) ? 0 : 1;
}

/// Sends a test message and waits until it is known what became of it.
Result<int> run_ping(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  const std::string id = invocation.flags.text("id");
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    Json delivery = TRY(client.call(registry_api::kPingWebhook, Json::object({{"id", id}})));
    const std::string delivery_id = cloud_text(delivery, "id");
    const auto give_up = std::chrono::steady_clock::now() + kAnswerWait;
    while (delivery.find_int("attempt").value_or(0) == 0 &&
           std::chrono::steady_clock::now() < give_up) {
      invocation.app.clock.sleep(kLookPause);
      delivery = TRY(find_delivery(client, id, delivery_id));
    }
    return print_delivery(invocation, delivery);
  });
}

Result<int> run_deliveries(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return run_list(invocation, delivery_list(),
                  Json::object({{"webhookID", invocation.flags.text("id")}}));
}

Result<int> run_redeliver(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json delivery =
        TRY(client.call(registry_api::kRedeliverWebhook,
                        Json::object({{"deliveryID", invocation.flags.text("delivery")}})));
    TRY(print_delivery(invocation, delivery));
    return 0;
  });
}

// ------------------------------------------------------------------------------------ commands

FlagSpec list_flag(std::string name, std::string usage) {
  return with_kind(text_flag(std::move(name), "", std::move(usage)), FlagKind::kList);
}

std::vector<FlagSpec> wish_flags() {
  return {
      text_flag("repo", "", "slug of a repository, or a pattern such as 'shop-*'; else every one"),
      text_flag("url", "", "address, or mailto:somebody@example.com"),
      text_flag("url-file", "", "file that holds the address; - reads standard input"),
      text_flag("sensitive-part", "", "part of the address that nobody shall see"),
      text_flag("secret-file", "",
                "file with the secret that bodies are signed with; - reads "
                "standard input"),
      list_flag("event", "what to tell of (repeatable, or a list)"),
      text_flag("env", "", "only of environments that fit, such as 'prod*' or 'prod,staging'"),
      list_flag("status", "only of these statuses, such as FAILED (repeatable)")};
}

FlagSpec id_flag() {
  return text_flag("id", "", "id of the webhook, as 'list' shows it");
}

Command make_list() {
  Command command;
  command.name = "list";
  command.arguments = "[flags]";
  command.summary = "Lists webhooks.";
  command.flags = {text_flag("repo", "", "only those that are told of this repository"),
                   format_flag()};
  command.run = run_list_command;
  return command;
}

Command make_create() {
  Command command;
  command.name = "create";
  command.arguments = "[flags]";
  command.summary = "Makes a webhook.";
  command.description =
      "Tells somebody of what happens: a program (GENERIC: a JSON body, signed when there is a "
      "secret),\n"
      "a channel (SLACK, TEAMS, DISCORD, WORKPLACE) or a mailbox (EMAIL). Without --event it is "
      "told of\n"
      "everything but runs that changed nothing and dry runs. Events:\n"
      "\n"
      "  dir.pushed schema.pushed tag.moved ci.failed ci.passed\n"
      "  deployment.passed deployment.failed deployment.no_action deployment.dry_run\n"
      "  deployment_set.finished database.pending database.failed database.synced\n"
      "  drift.detected drift.resolved plan.pending plan.approved\n"
      "  down.pending down.decided policy.violation token.expiring\n"
      "\n"
      "The address of a channel is a secret: give it with --url-file. It is stored sealed and "
      "never "
      "shown.\n"
      "Needs a token with the role ADMIN or OWNER.";
  command.examples =
      "  atlas cloud webhook create --type slack --url-file slack.txt --event "
      "deployment.failed,deployment_set.finished\n"
      "  atlas cloud webhook create --url https://ci.example.com/hook --secret-file secret.txt "
      "--repo app --env 'prod*'\n"
      "  atlas cloud webhook create --type email --url mailto:dba@example.com --event down.pending";
  command.flags = wish_flags();
  command.flags.insert(
      command.flags.begin(),
      text_flag("type", "generic", "generic, slack, teams, discord, workplace or email"));
  command.flags.push_back(format_flag());
  command.exclusive_groups = {{"url", "url-file"}};
  command.run = run_create;
  return command;
}

Command make_update() {
  Command command;
  command.name = "update";
  command.arguments = "[flags]";
  command.summary = "Changes a webhook, or switches it on or off.";
  command.description =
      "What no flag names stays as it is; an empty value takes a filter or the secret away.\n"
      "A webhook that failed for three days was disabled: mend the receiver, then --enabled.";
  command.examples =
      "  atlas cloud webhook update --id 3 --enabled\n"
      "  atlas cloud webhook update --id 3 --event deployment.failed --env ''";
  command.flags = wish_flags();
  command.flags.insert(command.flags.begin(), id_flag());
  command.flags.push_back(bool_flag("enabled", "whether it is told of anything"));
  command.flags.push_back(format_flag());
  command.exclusive_groups = {{"url", "url-file"}};
  command.required_flags = {"id"};
  command.run = run_update;
  return command;
}

Command make_simple(std::string name,
                    std::string summary,
                    std::vector<FlagSpec> flags,
                    Result<int> (*run)(Invocation&)) {
  Command command;
  command.name = std::move(name);
  command.arguments = "[flags]";
  command.summary = std::move(summary);
  command.required_flags = {flags.front().name};
  command.flags = std::move(flags);
  command.run = run;
  return command;
}

}  // namespace

Command make_cloud_webhook_command() {
  Command command;
  command.name = "webhook";
  command.summary = "Webhooks: who is told of what happens.";
  command.children = {
      make_list(),
      make_create(),
      make_update(),
      make_simple("rm", "Removes a webhook, with what was sent to it.", {id_flag()}, run_rm),
      make_simple("ping", "Sends a test message and tells what became of it.",
                  {id_flag(), format_flag()}, run_ping),
      make_simple("deliveries", "Lists what was sent, the newest first.", list_flags({id_flag()}),
                  run_deliveries),
      make_simple("redeliver", "Sends something again.",
                  {text_flag("delivery", "", "id of the delivery, as 'deliveries' shows it"),
                   format_flag()},
                  run_redeliver)};
  return command;
}

}  // namespace rhumb::cli
