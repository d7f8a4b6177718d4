#include <fmt/format.h>

#include "registry/alerts/deliveries.h"
#include "registry/alerts/webhook_changes.h"
#include "registry/api/request_context.h"
#include "registry/api/views.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Json webhook_json(const Webhook& webhook) {
  return Json::object({{"id", std::to_string(webhook.id)},
                       {"repo", text_json(webhook.repo_slug)},
                       {"type", to_text(webhook.type)},
                       {"url", webhook.url_shown},
                       {"hasSecret", webhook.secret_sealed.has_value()},
                       {"events", to_json(webhook.filter.events)},
                       {"envs", to_json(webhook.filter.envs)},
                       {"statuses", to_json(webhook.filter.statuses)},
                       {"enabled", webhook.enabled},
                       {"disabledReason", text_json(webhook.disabled_reason)},
                       {"failingSince", time_json(webhook.failing_since)},
                       {"createdAt", time_json(webhook.created_at)}});
}

Json delivery_json(const Delivery& delivery) {
  return Json::object({{"id", std::to_string(delivery.id)},
                       {"guid", delivery.guid},
                       {"event", delivery.event},
                       {"time", time_json(delivery.time)},
                       {"attempt", delivery.attempts},
                       {"delivered", delivery.delivered},
                       {"nextAttempt", time_json(delivery.due_at)},
                       {"status", delivery.status ? Json(*delivery.status) : Json()},
                       {"request", delivery.request},
                       {"response", text_json(delivery.response)},
                       {"error", text_json(delivery.error)}});
}

/// A list that is given, an empty one for null; nothing when the member is absent.
std::optional<std::vector<std::string>> read_wished_texts(const Json& input,
                                                          std::string_view member) {
  return input.contains(member) ? std::optional(read_texts(input, member)) : std::nullopt;
}

/// A text that is given, an empty one for null; nothing when the member is absent.
std::optional<std::string> read_wished_text(const Json& input, std::string_view member) {
  return input.contains(member) ? std::optional(input.string_or_empty(member)) : std::nullopt;
}

WebhookWish read_wish(const Json& input) {
  WebhookWish wish;
  wish.repo = read_wished_text(input, "repo");
  wish.type = parse_webhook_type(input.string_or_empty("type"));
  wish.url = read_text(input, "url");
  wish.sensitive_part = read_text(input, "sensitivePart");
  wish.secret = read_wished_text(input, "secret");
  wish.events = read_wished_texts(input, "events");
  wish.envs = read_wished_texts(input, "envs");
  wish.statuses = read_wished_texts(input, "statuses");
  wish.enabled = input.find_bool("enabled");
  return wish;
}

/// All, or those that are told of a repository.
Result<Json> load_list(RequestContext& context, const std::string& repo_name) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const int64_t org_id = context.caller.org_id;
    std::optional<Repo> repo;
    if (!repo_name.empty()) {
      repo = TRY(find_repo(session, org_id, repo_name));
      if (!repo) {
        return Json::array();
      }
    }
    Json out = Json::array();
    for (const Webhook& webhook : TRY(list_webhooks(session, org_id, false))) {
      if (!repo || is_of_repo(webhook.filter, repo->id, repo->slug)) {
        out.push_back(webhook_json(webhook));
      }
    }
    return out;
  });
}

Result<Json> resolve_list(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  return load_list(context, call.arguments().string_or_empty("repo"));
}

Result<Json> resolve_of_repo(RequestContext& context, FieldCall& call) {
  return load_list(context, call.parent().string_or_empty("slug"));
}

/// What was sent and what others answered is for those who may change where it goes.
Result<Json> load_deliveries(RequestContext& context, int64_t webhook_id, const Json* page_input) {
  TRY(require(context.caller, kAdminPermission));
  const Page page = TRY(read_page(page_input));
  const DeliveryPage found = TRY(read_value<DeliveryPage>(
      context.registry.store, [&](Session& session) -> Result<DeliveryPage> {
        TRY(load_webhook(session, context.caller.org_id, webhook_id));
        return list_deliveries(session, webhook_id, page);
      }));
  Json deliveries = Json::array();
  for (const Delivery& delivery : found.deliveries) {
    deliveries.push_back(delivery_json(delivery));
  }
  return Json::object(
      {{"deliveries", std::move(deliveries)}, {"pageInfo", page_info(page, found.facts)}});
}

Result<Json> resolve_deliveries(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  const int64_t id = TRY(read_id(input.find("webhookID"), "webhook"));
  return load_deliveries(context, id, input.find("page"));
}

Result<Json> resolve_of_webhook(RequestContext& context, FieldCall& call) {
  const int64_t id = TRY(read_id(call.parent().find("id"), "webhook"));
  return load_deliveries(context, id, call.arguments().find("page"));
}

Result<Json> resolve_create(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Webhook made =
      TRY(create_webhook(context.registry, context.caller, read_wish(call.input())));
  return webhook_json(made);
}

Result<Json> resolve_update(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "webhook"));
  const Webhook changed =
      TRY(update_webhook(context.registry, context.caller, id, read_wish(call.input())));
  return webhook_json(changed);
}

Result<Json> resolve_delete(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "webhook"));
  TRY(delete_webhook(context.registry, context.caller, id));
  return Json::object({{"success", true}});
}

Result<Json> resolve_ping(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "webhook"));
  const Delivery delivery = TRY(ping_webhook(context.registry, context.caller, id));
  return delivery_json(delivery);
}

Result<Json> resolve_redeliver(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("deliveryID"), "delivery"));
  const Delivery delivery = TRY(redeliver(context.registry, context.caller, id));
  return delivery_json(delivery);
}

}  // namespace

void add_webhook_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "webhooks", resolve_list);
  bind_root(resolvers, "Query", "webhookDeliveries", resolve_deliveries);
  bind_field(resolvers, "Repo", "webhooks", resolve_of_repo);
  bind_field(resolvers, "Webhook", "deliveries", resolve_of_webhook);
  bind_root(resolvers, "Mutation", "createWebhook", resolve_create);
  bind_root(resolvers, "Mutation", "updateWebhook", resolve_update);
  bind_root(resolvers, "Mutation", "deleteWebhook", resolve_delete);
  bind_root(resolvers, "Mutation", "pingWebhook", resolve_ping);
  bind_root(resolvers, "Mutation", "redeliverWebhook", resolve_redeliver);
}

}  // namespace rhumb::registry
