#include "registry/alerts/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/uuid.h"
#include "registry/api/request_context.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kNamesMax = 20;  ///< databases that a message names

AlertSubject subject_of(const Alert& alert) {
  return {.event = alert.event,
          .repo_id = alert.repo ? alert.repo->id : 0,
          .repo_slug = alert.repo ? alert.repo->slug : std::string(),
          .env = alert.env,
          .status = alert.status};
}

/// Everything that is told of it but its number. Source: spec registry.md 8.
Json body_of(const Registry& registry, const Caller& caller, const Alert& alert, int64_t now) {
  Json repo;
  if (alert.repo) {
    repo = Json::object({{"slug", alert.repo->slug},
                         {"type", alert.repo->type},
                         {"url", repo_link(registry, alert.repo->slug)}});
  }
  const Actor& actor = caller.origin.actor;
  Json body = Json::object({{"event", to_text(alert.event)},
                            {"time", time_json(now)},
                            {"org", caller.org_slug},
                            {"repo", std::move(repo)},
                            {"actor", actor_json(actor.kind, actor.id, actor.name)},
                            {"url", alert.url}});
  if (!alert.part.empty()) {
    body.set(alert.part, alert.detail);
  }
  return body;
}

struct StoredGroup {
  int64_t id = 0;
  std::string body;
};
Result<std::optional<StoredGroup>> find_group(Session& session,
                                              int64_t org_id,
                                              const std::string& key) {
  if (key.empty()) {
    return std::optional<StoredGroup>();
  }
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT id, body FROM alerts WHERE org_id = ? AND group_key = ?", {org_id, key}));
  return row ? std::optional(StoredGroup{(*row)[0].number(), (*row)[1].text()}) : std::nullopt;
}

/// A message that is known already tells of more; who was told is not told again.
Result<void> extend_group(Session& session, const StoredGroup& known, const Alert& alert) {
  Json body = TRY(codec::parse_json(known.body));
  Json* detail = body.find(alert.part);
  if (detail == nullptr) {
    return {};
  }
  merge_alert_detail(*detail, alert.detail);
  return session.run("UPDATE alerts SET body = ? WHERE id = ?",
                     {codec::format_json(body), known.id});
}

Result<std::vector<Webhook>> find_receivers(Session& session,
                                            int64_t org_id,
                                            const AlertSubject& subject) {
  std::vector<Webhook> webhooks = TRY(list_webhooks(session, org_id, true));
  std::erase_if(webhooks,
                [&subject](const Webhook& webhook) { return !wants(webhook.filter, subject); });
  return webhooks;
}

Result<void> store_alert(Registry& registry,
                         const Caller& caller,
                         Session& session,
                         const Alert& alert) {
  const std::vector<Webhook> receivers =
      TRY(find_receivers(session, caller.org_id, subject_of(alert)));
  if (receivers.empty()) {
    return {};
  }
  const std::optional<StoredGroup> known = TRY(find_group(session, caller.org_id, alert.group_key));
  if (known) {
    return extend_group(session, *known, alert);
  }
  const int64_t id = TRY(insert_alert(registry, caller, session, alert));
  const int64_t now = registry.now();
  for (const Webhook& webhook : receivers) {
    TRY(put_delivery(session, webhook, id, alert.event, now, now + alert.hold_ns));
  }
  return {};
}

}  // namespace

void merge_alert_detail(Json& detail, const Json& other) {
  if (!other.contains("count")) {  // it tells of the whole, and knows better by now
    detail = other;
    return;
  }
  detail.set("count", detail.find_int("count").value_or(1) + other.find_int("count").value_or(1));
  Json* names = detail.find("databases");
  const Json::Array* more = other.find_array("databases");
  if (names == nullptr || !names->is_array() || more == nullptr) {
    return;
  }
  for (const Json& name : *more) {
    if (names->size() < kNamesMax) {
      names->push_back(name);
    }
  }
}

AlertRepo alert_repo(const Repo& repo) {
  return {.id = repo.id, .slug = repo.slug, .type = repo.type};
}

Result<bool> AlertBatch::wants(AlertEvent event) {
  if (!wanted_) {
    wanted_ = TRY(registry_.alerts.wanted(session_, caller_->org_id, registry_.now()));
  }
  return wanted_->has(event);
}

bool AlertBatch::names_more(const std::string& group_key) const {
  const auto known = groups_.find(group_key);
  return known == groups_.end() || alerts_[known->second].detail.find_int("count").value_or(1) <
                                       static_cast<int64_t>(kNamesMax);
}

void AlertBatch::add(Alert alert) {
  if (!alert.group_key.empty()) {
    const auto [known, is_new] = groups_.emplace(alert.group_key, alerts_.size());
    if (!is_new) {
      merge_alert_detail(alerts_[known->second].detail, alert.detail);
      return;
    }
  }
  alerts_.push_back(std::move(alert));
}

Result<void> AlertBatch::flush() {
  groups_.clear();
  for (const Alert& alert : std::exchange(alerts_, {})) {
    TRY(store_alert(registry_, *caller_, session_, alert));
  }
  return {};
}

Result<void> put_alert(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       const Alert& alert) {
  const AlertEvents wanted = TRY(registry.alerts.wanted(session, caller.org_id, registry.now()));
  return wanted.has(alert.event) ? store_alert(registry, caller, session, alert) : Result<void>();
}

Result<int64_t> put_delivery(Session& session,
                             const Webhook& webhook,
                             int64_t alert_id,
                             AlertEvent event,
                             int64_t now,
                             int64_t due_at) {
  const Value id = TRY(session.scalar(
      "INSERT INTO webhook_deliveries (org_id, webhook_id, alert_id, guid, event, created_at, "
      "due_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {webhook.org_id, webhook.id, alert_id, codec::Uuid::random().to_string(), to_text(event), now,
       due_at}));
  return id.number();
}

Result<int64_t> insert_alert(Registry& registry,
                             const Caller& caller,
                             Session& session,
                             const Alert& alert) {
  const int64_t now = registry.now();
  const Value id = TRY(session.scalar(
      "INSERT INTO alerts (org_id, repo_id, event, created_at, group_key, set_id, body) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {caller.org_id, alert.repo ? Value(alert.repo->id) : Value(), to_text(alert.event), now,
       alert.group_key.empty() ? Value() : Value(alert.group_key), alert.set_id,
       codec::format_json(body_of(registry, caller, alert, now))}));
  return id.number();
}

Result<void> release_set(Registry& registry,
                         const Caller& caller,
                         Session& session,
                         int64_t set_id) {
  const AlertEvents wanted = TRY(registry.alerts.wanted(session, caller.org_id, registry.now()));
  if (wanted.empty()) {
    return {};
  }
  constexpr std::string_view kHeld =
      "alert_id IN (SELECT id FROM alerts WHERE set_id = ?1) AND attempts = 0 AND claims = 0 AND "
      "due_at > ?2";
  const Params params = {set_id, registry.now()};
  TRY(session.run(
      fmt::format("DELETE FROM webhook_deliveries WHERE {} AND event LIKE 'deployment.%' AND "
                  "webhook_id IN (SELECT d.webhook_id FROM alerts a JOIN webhook_deliveries d ON "
                  "d.alert_id = a.id WHERE a.set_id = ?1 AND a.event = 'deployment_set.finished')",
                  kHeld),
      params));
  return session.run(fmt::format("UPDATE webhook_deliveries SET due_at = ?2 WHERE {}", kHeld),
                     params);
}

}  // namespace rhumb::registry
