#include "registry/alerts/alert_clock.h"

#include <fmt/format.h>

#include "registry/alerts/alert_content.h"
#include "registry/alerts/deliveries.h"
#include "registry/api/request_context.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kDayNs = int64_t{24} * 3600 * 1'000'000'000;
constexpr int64_t kNoticeDays[] = {7, 1};
constexpr std::string_view kLate = "it was not decided, or not carried out, in time";

/// The registry itself as the one who does something in an organization.
Result<Caller> system_caller(Session& session, int64_t org_id) {
  Caller caller;
  caller.org_id = org_id;
  const std::optional<Row> row =
      TRY(session.find_row("SELECT slug, name FROM organizations WHERE id = ?", {org_id}));
  if (row) {
    caller.org_slug = (*row)[0].text();
    caller.org_name = (*row)[1].text();
  }
  return caller;
}

/// Something that is told once.
struct Occasion {
  AlertEvent event = AlertEvent::kPing;
  std::string_view kind;
  int64_t object_id = 0;
  int64_t mark = 0;
};
/// False when it was told before, or nobody wants it.
Result<bool> mark(Registry& registry, Session& session, int64_t org_id, const Occasion& occasion) {
  const AlertEvents wanted = TRY(registry.alerts.wanted(session, org_id, registry.now()));
  if (!wanted.has(occasion.event)) {
    return false;
  }
  const Value known =
      TRY(session.scalar("SELECT 1 FROM alert_marks WHERE kind = ? AND object_id = ? AND mark = ?",
                         {occasion.kind, occasion.object_id, occasion.mark}));
  if (!known.is_null()) {
    return false;
  }
  TRY(session.run("INSERT INTO alert_marks (kind, object_id, mark) VALUES (?, ?, ?)",
                  {occasion.kind, occasion.object_id, occasion.mark}));
  return true;
}

/// Tokens that end within so many days and were made for much longer. A token that is told of a day
/// before its end needs no word about the week.
Result<void> tell_tokens(Registry& registry, Session& session, int64_t days) {
  const int64_t now = registry.now();
  const Rows rows = TRY(session.query(
      "SELECT t.id, t.org_id, t.prefix, t.last_four, coalesce(b.name, u.name, ''), t.expires_at "
      "FROM tokens t LEFT JOIN bots b ON b.id = t.bot_id LEFT JOIN users u ON u.id = t.user_id "
      "WHERE t.revoked_at IS NULL AND t.expires_at > ? AND t.expires_at <= ? AND t.expires_at - "
      "t.created_at >= ? ORDER BY t.id",
      {now, now + days * kDayNs, 2 * days * kDayNs}));
  for (const Row& row : rows) {
    const bool is_new = TRY(mark(registry, session, row[1].number(),
                                 {.event = AlertEvent::kTokenExpiring,
                                  .kind = "token",
                                  .object_id = row[0].number(),
                                  .mark = days}));
    if (!is_new) {
      continue;
    }
    const Caller caller = TRY(system_caller(session, row[1].number()));
    Alert alert;
    alert.event = AlertEvent::kTokenExpiring;
    alert.url = fmt::format("{}/settings/tokens", registry.public_url);
    alert.part = "token";
    alert.detail = Json::object({{"id", std::to_string(row[0].number())},
                                 {"prefix", row[2].text()},
                                 {"lastFour", row[3].text()},
                                 {"owner", row[4].text()},
                                 {"expiresAt", time_json(row[5].number())},
                                 {"days", days}});
    TRY(put_alert(registry, caller, session, alert));
  }
  return {};
}

Result<void> tell_late_plans(Registry& registry, Session& session) {
  const int64_t now = registry.now();
  const Rows rows = TRY(session.query(
      "SELECT id, org_id FROM down_plans WHERE status IN ('PENDING_USER', 'APPROVED') AND "
      "expires_at <= ? AND expires_at > ? ORDER BY id",
      {now, now - kDayNs}));
  for (const Row& row : rows) {
    const bool is_new = TRY(
        mark(registry, session, row[1].number(),
             {.event = AlertEvent::kDownDecided, .kind = "down", .object_id = row[0].number()}));
    if (!is_new) {
      continue;
    }
    const Caller caller = TRY(system_caller(session, row[1].number()));
    const DownPlan plan = TRY(load_plan(session, caller.org_id, row[0].number(), now));
    TRY(tell_down_plan(registry, caller, session, {.plan = plan, .because = std::string(kLate)}));
  }
  return {};
}

}  // namespace

Result<void> tell_what_time_brings(Registry& registry) {
  const Value any = TRY(read_value<Value>(registry.store, [](Session& session) {
    return session.scalar("SELECT id FROM webhooks LIMIT 1");
  }));
  if (any.is_null()) {
    return {};
  }
  return registry.store.write([&registry](Session& session) -> Result<void> {
    for (const int64_t days : kNoticeDays) {
      TRY(tell_tokens(registry, session, days));
    }
    TRY(tell_late_plans(registry, session));
    TRY(forget_old_deliveries(session, registry.now()));
    return {};
  });
}

}  // namespace rhumb::registry
