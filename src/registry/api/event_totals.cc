#include "registry/api/event_totals.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "registry/content/down_plans.h"
#include "registry/ingest/event_periods.h"

namespace rhumb::registry {
namespace {

// The longest first.
constexpr std::array<int64_t, 2> kPeriodHours = {kDayHours, 1};

/// The first instant of a period. Numbers of periods are rounded towards 1970, as SQL divides, so
/// that the period 0 has two lengths.
int64_t start_of(int64_t period, int64_t length) {
  return period > 0 ? period * length : (period - 1) * length + 1;
}

int64_t end_of(int64_t period, int64_t length) {
  return start_of(period + 1, length);
}

/// Without instants whose day begins before time as it is stored does; no event is there.
Stretch bounded(Stretch stretch) {
  constexpr int64_t kFirst = -106'750 * kDayHours * kHourNs;
  if (stretch.from.has_value() && *stretch.from <= kFirst) {
    stretch.from.reset();
  }
  if (stretch.to.has_value()) {
    stretch.to = std::max(*stretch.to, kFirst);
  }
  return stretch;
}

bool is_none(const Stretch& stretch) {
  return stretch.from.has_value() && stretch.to.has_value() && *stretch.from >= *stretch.to;
}

/// The whole periods inside a stretch; the first is behind the last where there are none.
Periods whole_periods(const Stretch& stretch, int64_t hours) {
  const int64_t length = hours * kHourNs;
  Periods out{hours, std::nullopt, std::nullopt};
  if (stretch.from.has_value()) {
    out.first = *stretch.from / length;
    *out.first += start_of(*out.first, length) < *stretch.from ? 1 : 0;
  }
  if (stretch.to.has_value()) {
    out.last = *stretch.to / length - 1;
  }
  return out;
}

void split(const Stretch& stretch, size_t level, StretchParts& out) {
  if (is_none(stretch)) {
    return;
  }
  if (level == kPeriodHours.size()) {
    // An open end was that of a period.
    out.rests.push_back({stretch.from.value_or(0), stretch.to.value_or(0)});
    return;
  }
  const int64_t hours = kPeriodHours.at(level);
  const Periods whole = whole_periods(stretch, hours);
  if (whole.first.has_value() && whole.last.has_value() && *whole.first > *whole.last) {
    split(stretch, level + 1, out);
    return;
  }
  out.periods.push_back(whole);
  if (whole.first.has_value()) {
    split({stretch.from, start_of(*whole.first, hours * kHourNs)}, level + 1, out);
  }
  if (whole.last.has_value()) {
    split({end_of(*whole.last, hours * kHourNs), stretch.to}, level + 1, out);
  }
}

/// What all the counters, and the events, have columns for.
void add_shared(Condition& condition, const EventFilter& filter) {
  add_owners(condition, filter);
  add_statuses(condition, filter);
  add_kinds(condition, filter);
}

Condition of_periods(const EventFilter& filter, const Periods& periods) {
  Condition out;
  out.add(fmt::format("org_id = ? AND hours = {}", periods.hours), {filter.org_id});
  add_version(out, filter);
  if (periods.first.has_value()) {
    out.add("period >= ?", {*periods.first});
  }
  if (periods.last.has_value()) {
    out.add("period <= ?", {*periods.last});
  }
  add_trigger(out, filter);
  add_shared(out, filter);
  return out;
}

/// The table, by the index that a version has.
std::string_view periods_table(const EventFilter& filter, const Periods& periods) {
  return filter.version.empty() || periods.hours != kDayHours
             ? "event_periods"
             : "event_periods INDEXED BY event_periods_version";
}

/// The listed events of less than an hour.
Condition of_rest(const EventFilter& filter, const Rest& rest) {
  Condition out;
  out.add("org_id = ? AND set_id IS NULL", {filter.org_id});
  out.add(fmt::format("{} = ?", kDayOf), {rest.from / (kDayHours * kHourNs)});
  out.add("order_at >= ? AND order_at < ?", {rest.from, rest.to});
  add_version(out, filter);
  add_trigger(out, filter);
  add_shared(out, filter);
  return out;
}

Result<int64_t> sum_parts(Session& session, const EventFilter& filter, const StretchParts& parts) {
  std::vector<std::string> counts;
  Params params;
  const auto add = [&](std::string_view select, const Condition& where) {
    counts.push_back(fmt::format("SELECT {} WHERE {}", select, where.sql));
    params.insert(params.end(), where.params.begin(), where.params.end());
  };
  for (const Periods& periods : parts.periods) {
    add(fmt::format("coalesce(sum(events), 0) AS n FROM {}", periods_table(filter, periods)),
        of_periods(filter, periods));
  }
  for (const Rest& rest : parts.rests) {
    add("count(*) AS n FROM events INDEXED BY events_day", of_rest(filter, rest));
  }
  if (counts.empty()) {
    return 0;
  }
  const Value total = TRY(session.scalar(
      fmt::format("SELECT sum(n) FROM ({}) AS parts", fmt::join(counts, " UNION ALL ")), params));
  return total.number();
}

/// Whether it takes the counters by period.
bool is_by_period(const EventFilter& filter) {
  return !filter.version.empty() || !filter.trigger_type.empty() || filter.from.has_value() ||
         filter.to.has_value();
}

Result<int64_t> sum_counts(Session& session, const EventFilter& filter) {
  Condition which;
  which.add("org_id = ?", {filter.org_id});
  add_shared(which, filter);
  const Value total = TRY(session.scalar(
      "SELECT coalesce(sum(events), 0) FROM event_counts WHERE " + which.sql, which.params));
  return total.number();
}

}  // namespace

StretchParts split_stretch(const Stretch& stretch) {
  StretchParts out;
  split(bounded(stretch), 0, out);
  return out;
}

Periods touched_days(const Stretch& any) {
  const Stretch stretch = bounded(any);
  constexpr int64_t kDayNs = kDayHours * kHourNs;
  Periods out{kDayHours, std::nullopt, std::nullopt};
  if (stretch.from.has_value()) {
    out.first = *stretch.from / kDayNs;
  }
  if (stretch.to.has_value()) {
    out.last = *stretch.to / kDayNs;
    *out.last -= start_of(*out.last, kDayNs) >= *stretch.to ? 1 : 0;
  }
  return out;
}

Result<int64_t> count_listed(Session& session, const EventFilter& filter) {
  return is_by_period(filter) ? sum_parts(session, filter, split_stretch({filter.from, filter.to}))
                              : sum_counts(session, filter);
}

Result<int64_t> estimate_listed(Session& session, const EventFilter& filter) {
  return is_by_period(filter)
             ? sum_parts(session, filter, {{touched_days({filter.from, filter.to})}, {}})
             : sum_counts(session, filter);
}

Condition select_fitting_days(const EventFilter& filter) {
  const Periods days = touched_days({filter.from, filter.to});
  Condition out = of_periods(filter, days);
  out.sql = fmt::format("SELECT DISTINCT period FROM {} WHERE {} AND events > 0",
                        periods_table(filter, days), out.sql);
  return out;
}

}  // namespace rhumb::registry
