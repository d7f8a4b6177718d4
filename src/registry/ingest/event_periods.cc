#include "registry/ingest/event_periods.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "registry/content/down_plans.h"

namespace rhumb::registry {
namespace {

constexpr RowsInto kInto{
    "event_periods (org_id, hours, period, version, trigger_type, repo_id, env_id, status, kind, "
    "events)",
    "ON CONFLICT (org_id, hours, period, version, trigger_type, repo_id, env_id, status, kind) "
    "DO UPDATE SET events = event_periods.events + excluded.events"};

}  // namespace

void PeriodCounts::add(PeriodCounter counter) {
  counter.order_at /= kHourNs;
  ++by_hour_[counter];
  counter.order_at /= kDayHours;
  ++by_day_[std::move(counter)];
}

Result<void> PeriodCounts::store(Session& session) {
  std::vector<Params> rows;
  const auto add_rows = [&rows](int64_t hours, const Counters& counters) {
    for (const auto& [counter, events] : counters) {
      rows.push_back({counter.org_id, hours, counter.order_at, counter.version,
                      counter.trigger_type, counter.repo_id, counter.env_id, counter.status,
                      counter.kind, events});
    }
  };
  add_rows(1, std::exchange(by_hour_, {}));
  add_rows(kDayHours, std::exchange(by_day_, {}));
  return session.insert_rows(kInto, rows);
}

Result<void> count_periods_of(Session& session, int64_t event_id, int64_t change) {
  for (const int64_t hours : {int64_t{1}, kDayHours}) {
    TRY(session.run(
        fmt::format("INSERT INTO {} SELECT org_id, {}, order_at / {}, coalesce(version, ''), "
                    "coalesce(trigger_type, ''), repo_id, env_id, status, kind, {} FROM events "
                    "WHERE id = ? {}",
                    kInto.table, hours, hours * kHourNs, change, kInto.on_conflict),
        {event_id}));
  }
  return {};
}

Result<void> recount_periods(Session& session) {
  TRY(session.run("DELETE FROM event_periods"));
  TRY(session.run(
      fmt::format("INSERT INTO {} SELECT org_id, 1, order_at / {}, coalesce(version, ''), "
                  "coalesce(trigger_type, ''), repo_id, env_id, status, kind, count(*) FROM events "
                  "WHERE set_id IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
                  kInto.table, kHourNs)));
  return session.run(
      fmt::format("INSERT INTO {0} SELECT org_id, {1}, period / {1}, version, trigger_type, "
                  "repo_id, env_id, status, kind, sum(events) FROM event_periods WHERE hours = 1 "
                  "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
                  kInto.table, kDayHours));
}

}  // namespace rhumb::registry
