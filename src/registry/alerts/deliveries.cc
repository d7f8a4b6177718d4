#include "registry/alerts/deliveries.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "registry/alerts/outbox.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kMinuteNs = int64_t{60} * 1'000'000'000;
constexpr std::array<int64_t, kRetries> kRetryMinutes = {1, 5, 30, 120, 360};
constexpr int64_t kRowsForgotten = 1000;
constexpr std::string_view kColumns =
    "id, webhook_id, guid, event, created_at, attempted_at, attempts, delivered, due_at, status, "
    "request, response, error";

Delivery read_delivery(const Row& row) {
  Delivery delivery;
  delivery.id = row[0].number();
  delivery.webhook_id = row[1].number();
  delivery.guid = row[2].text();
  delivery.event = row[3].text();
  delivery.time = row[5].find_number().value_or(row[4].number());
  delivery.attempts = row[6].number();
  delivery.delivered = row[7].flag();
  delivery.due_at = row[8].find_number();
  delivery.status = row[9].find_number();
  delivery.request = row[10].text();
  delivery.response = row[11].find_text();
  delivery.error = row[12].find_text();
  return delivery;
}

Result<Delivery> load_delivery(Session& session, int64_t id) {
  const std::optional<Row> row = TRY(session.find_row(
      fmt::format("SELECT {} FROM webhook_deliveries WHERE id = ?", kColumns), {id}));
  return row ? Result<Delivery>(read_delivery(*row))
             : Error(ErrorCode::kNotFound, "delivery not found");
}

Result<void> require_enabled(const Webhook& webhook) {
  return webhook.enabled
             ? Result<void>()
             : Error(ErrorCode::kConflict,
                     fmt::format("webhook {} is disabled; enable it first", webhook.id));
}

Result<Delivery> send_again(Registry& registry,
                            const Caller& caller,
                            Session& session,
                            int64_t delivery_id) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT webhook_id, alert_id, event FROM webhook_deliveries WHERE org_id = ? AND id = ?",
      {caller.org_id, delivery_id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, "delivery not found");
  }
  const Webhook webhook = TRY(load_webhook(session, caller.org_id, (*row)[0].number()));
  TRY(require_enabled(webhook));
  const int64_t now = registry.now();
  const AlertEvent event = parse_alert_event((*row)[2].text()).value_or(AlertEvent::kPing);
  const int64_t id = TRY(put_delivery(session, webhook, (*row)[1].number(), event, now, now));
  AuditEntry entry =
      audit_entry(caller, now, "webhook.redeliver", fmt::format("webhook/{}", webhook.id));
  entry.after = codec::format_json(
      Json::object({{"delivery", std::to_string(delivery_id)}, {"again", std::to_string(id)}}));
  TRY(append_audit(session, std::move(entry)));
  return load_delivery(session, id);
}

Result<Delivery> send_ping(Registry& registry,
                           const Caller& caller,
                           Session& session,
                           int64_t webhook_id) {
  const Webhook webhook = TRY(load_webhook(session, caller.org_id, webhook_id));
  TRY(require_enabled(webhook));
  const int64_t now = registry.now();
  Alert alert;
  alert.url = fmt::format("{}/settings/webhooks/{}", registry.public_url, webhook.id);
  const int64_t alert_id = TRY(insert_alert(registry, caller, session, alert));
  const int64_t id = TRY(put_delivery(session, webhook, alert_id, AlertEvent::kPing, now, now));
  TRY(append_audit(
      session, audit_entry(caller, now, "webhook.ping", fmt::format("webhook/{}", webhook.id))));
  return load_delivery(session, id);
}

/// How many more the webhook may be sent in this minute; at most `limits.deliveries_max`.
Result<size_t> take_minute(Session& session,
                           int64_t webhook_id,
                           const ClaimLimits& limits,
                           int64_t now) {
  if (limits.messages_per_minute == 0) {
    return limits.deliveries_max;
  }
  const int64_t minute = now / kMinuteNs;
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT CASE WHEN minute = ? THEN sent_in_minute ELSE 0 END FROM webhooks WHERE id = ?",
      {minute, webhook_id}));
  const int64_t sent = row ? (*row)[0].number() : 0;
  const int64_t left = std::max<int64_t>(limits.messages_per_minute - sent, 0);
  if (left == 0) {
    TRY(session.run("UPDATE webhook_deliveries SET due_at = ? WHERE webhook_id = ? AND due_at <= ?",
                    {(minute + 1) * kMinuteNs, webhook_id, now}));
  }
  return std::min(limits.deliveries_max, static_cast<size_t>(left));
}

Result<void> count_minute(Session& session, int64_t webhook_id, size_t claimed, int64_t now) {
  return session.run(
      "UPDATE webhooks SET sent_in_minute = CASE WHEN minute = ?1 THEN sent_in_minute ELSE 0 END + "
      "?2, minute = ?1 WHERE id = ?3",
      {now / kMinuteNs, static_cast<int64_t>(claimed), webhook_id});
}

/// When a failed delivery is tried again.
std::optional<int64_t> next_due(int64_t attempts, const AttemptOutcome& outcome, int64_t now) {
  const std::optional<int64_t> delay = retry_delay_ns(attempts);
  if (!delay) {
    return std::nullopt;
  }
  const int64_t longest = kRetryMinutes.back() * kMinuteNs;
  return now + std::max(*delay, std::min(outcome.retry_after_ns.value_or(0), longest));
}

Result<void> disable_webhook(Registry& registry,
                             Session& session,
                             const Webhook& webhook,
                             const std::string& error) {
  const int64_t now = registry.now();
  const std::string reason = fmt::format("it has failed for three days, last with: {}", error);
  TRY(session.run("UPDATE webhooks SET enabled = 0, disabled_reason = ? WHERE id = ?",
                  {reason, webhook.id}));
  TRY(session.run("UPDATE webhook_deliveries SET due_at = NULL WHERE webhook_id = ?",
                  {webhook.id}));
  AuditEntry entry;
  entry.org_id = webhook.org_id;
  entry.time = now;
  entry.action = "webhook.disable";
  entry.object = fmt::format("webhook/{}", webhook.id);
  entry.after = codec::format_json(Json::object({{"enabled", false}, {"because", reason}}));
  TRY(append_audit(session, std::move(entry)));
  return tell_webhooks_changed(registry, session);
}

}  // namespace

std::optional<int64_t> retry_delay_ns(int64_t attempts) {
  const auto place = static_cast<size_t>(std::max<int64_t>(attempts, 1) - 1);
  return place < kRetryMinutes.size() ? std::optional(kRetryMinutes[place] * kMinuteNs)
                                      : std::nullopt;
}

Result<DeliveryPage> list_deliveries(Session& session, int64_t webhook_id, const Page& page) {
  const Value total = TRY(
      session.scalar("SELECT count(*) FROM webhook_deliveries WHERE webhook_id = ?", {webhook_id}));
  constexpr int64_t kAll = INT64_MAX;
  const Rows rows = TRY(session.query(
      fmt::format("SELECT {} FROM webhook_deliveries WHERE webhook_id = ? AND id < ? ORDER BY id "
                  "DESC LIMIT ? OFFSET ?",
                  kColumns),
      {webhook_id, page.after.value_or(kAll), page.size + 1, page.after ? 0 : page.offset()}));
  DeliveryPage out;
  out.facts.total = total.number();
  out.facts.has_next = static_cast<int64_t>(rows.size()) > page.size;
  for (const Row& row : rows) {
    if (static_cast<int64_t>(out.deliveries.size()) < page.size) {
      out.deliveries.push_back(read_delivery(row));
      out.facts.end = out.deliveries.back().id;
    }
  }
  return out;
}

Result<Delivery> ping_webhook(Registry& registry, const Caller& caller, int64_t webhook_id) {
  return write_value<Delivery>(registry.store, [&](Session& session) {
    return send_ping(registry, caller, session, webhook_id);
  });
}

Result<Delivery> redeliver(Registry& registry, const Caller& caller, int64_t delivery_id) {
  return write_value<Delivery>(registry.store, [&](Session& session) {
    return send_again(registry, caller, session, delivery_id);
  });
}

Result<std::vector<DueWebhook>> find_due(Session& session, int64_t now) {
  std::vector<DueWebhook> out;
  TRY(session.for_each(
      "SELECT w.id, w.org_id, w.failing_since FROM (SELECT webhook_id, min(due_at) AS due FROM "
      "webhook_deliveries WHERE due_at IS NOT NULL AND due_at <= ? GROUP BY webhook_id) d JOIN "
      "webhooks w ON w.id = d.webhook_id WHERE w.enabled = 1 ORDER BY d.due, w.id",
      {now}, [&out](const Row& row) {
        out.push_back({row[0].number(), row[1].number(), !row[2].is_null()});
        return true;
      }));
  return out;
}

Result<std::vector<ClaimedDelivery>> claim_due(Session& session,
                                               const DueWebhook& due,
                                               const ClaimLimits& limits,
                                               int64_t now) {
  std::vector<ClaimedDelivery> out;
  const size_t most = TRY(take_minute(session, due.webhook_id, limits, now));
  if (most == 0) {
    return out;
  }
  const Rows rows = TRY(session.query(
      "SELECT d.id, d.guid, d.event, d.attempts, d.created_at, d.claims, a.id, a.body FROM "
      "webhook_deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.webhook_id = ? AND d.due_at "
      "IS NOT NULL AND d.due_at <= ? ORDER BY d.due_at, d.id LIMIT ?",
      {due.webhook_id, now, static_cast<int64_t>(most)}));
  for (const Row& row : rows) {
    ClaimedDelivery claimed;
    claimed.id = row[0].number();
    claimed.guid = row[1].text();
    claimed.event = row[2].text();
    claimed.attempts = row[3].number();
    claimed.created_at = row[4].number();
    claimed.claim = row[5].number() + 1;
    claimed.webhook = TRY(load_webhook(session, due.org_id, due.webhook_id));
    const Json told = TRY(codec::parse_json(row[7].text()));
    claimed.body = Json::object({{"id", std::to_string(row[6].number())}});
    for (const Json::Member& member : told.as_object()) {
      claimed.body.set(member.key, member.value);
    }
    TRY(session.run(
        "UPDATE webhook_deliveries SET due_at = ?, claimed = 1, claims = ? WHERE id = ?",
        {now + kClaimNs, claimed.claim, claimed.id}));
    out.push_back(std::move(claimed));
  }
  TRY(count_minute(session, due.webhook_id, out.size(), now));
  return out;
}

Result<NotedAttempt> note_attempt(Registry& registry,
                                  Session& session,
                                  const ClaimedDelivery& claimed,
                                  const AttemptOutcome& outcome) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT w.enabled, w.failing_since FROM webhook_deliveries d JOIN webhooks w ON w.id = "
      "d.webhook_id WHERE d.id = ? AND d.claims = ?",
      {claimed.id, claimed.claim}));
  NotedAttempt noted;
  if (!row) {
    return noted;
  }
  noted.is_ours = true;
  const int64_t now = registry.now();
  const bool enabled = (*row)[0].flag();
  std::optional<int64_t> due;
  if (!outcome.delivered && enabled) {
    due = next_due(claimed.attempts + 1, outcome, now);
  }
  TRY(
      session.run("UPDATE webhook_deliveries SET due_at = ?, claimed = 0, attempts = attempts + 1, "
                  "attempted_at = ?, "
                  "delivered = ?, status = ?, request = ?, response = ?, error = ? WHERE id = ?",
                  {due, now, outcome.delivered, outcome.status, outcome.request, outcome.response,
                   outcome.error, claimed.id}));
  const std::optional<int64_t> failing = (*row)[1].find_number();
  if (outcome.delivered) {
    if (failing) {
      TRY(session.run("UPDATE webhooks SET failing_since = NULL WHERE id = ?",
                      {claimed.webhook.id}));
    }
    return noted;
  }
  if (!failing) {
    TRY(session.run("UPDATE webhooks SET failing_since = ? WHERE id = ?",
                    {now, claimed.webhook.id}));
  } else if (enabled && now - *failing >= kFailingNs) {
    TRY(disable_webhook(registry, session, claimed.webhook, outcome.error.value_or("")));
    noted.disabled = true;
  }
  return noted;
}

Result<void> release_claims(Session& session, int64_t now) {
  return session.run(
      "UPDATE webhook_deliveries SET due_at = ?, claimed = 0 WHERE due_at IS NOT NULL AND claimed "
      "= "
      "1",
      {now});
}

Result<int64_t> forget_old_deliveries(Session& session, int64_t now) {
  // Numbers rise with time: what is old stands first.
  const Rows rows = TRY(session.query(
      "SELECT id FROM (SELECT id, created_at FROM alerts ORDER BY id LIMIT ?) a WHERE created_at < "
      "?",
      {kRowsForgotten, now - kHistoryNs}));
  for (const Row& row : rows) {
    TRY(session.run("DELETE FROM webhook_deliveries WHERE alert_id = ?", {row[0]}));
    TRY(session.run("DELETE FROM alerts WHERE id = ?", {row[0]}));
  }
  return static_cast<int64_t>(rows.size());
}

}  // namespace rhumb::registry
