#include "registry/api/event_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "registry/api/event_totals.h"

namespace rhumb::registry {
namespace {

constexpr std::array<EventStatus, 6> kAllStatuses = {EventStatus::kPassed,   EventStatus::kFailed,
                                                     EventStatus::kNoAction, EventStatus::kDryRun,
                                                     EventStatus::kRunning,  EventStatus::kAborted};
// SQLite merges at most 500 ranges in one statement.
constexpr size_t kRangesMax = 400;
// The rows of more databases than that are sorted instead of merged.
constexpr size_t kMergedDatabasesMax = 20;

constexpr std::string_view kUsualKind = "APPLY";  // has no range in events_kind

std::vector<EventStatus> wanted_statuses(const EventFilter& filter) {
  return filter.statuses.empty()
             ? std::vector<EventStatus>(kAllStatuses.begin(), kAllStatuses.end())
             : filter.statuses;
}

void add_ranges(Plan& plan, const EventFilter& filter, std::string_view sql, const Params& params) {
  for (const EventStatus status : wanted_statuses(filter)) {
    Condition range;
    range.add(sql, params);
    range.add("status = ?", {to_text(status)});
    plan.ranges.push_back(std::move(range));
  }
}

/// One range for each environment and status that the repository has events of.
Result<void> add_repo_ranges(Session& session,
                             Plan& plan,
                             const EventFilter& filter,
                             int64_t repo_id) {
  const Rows rows = TRY(session.query(
      "SELECT env_id, status FROM event_counts WHERE org_id = ? AND repo_id = ? AND events > 0 "
      "GROUP BY env_id, status",
      {filter.org_id, repo_id}));
  const std::vector<EventStatus> statuses = wanted_statuses(filter);
  for (const Row& row : rows) {
    for (const EventStatus status : statuses) {
      if (row[1].text() == to_text(status)) {
        Condition range;
        range.add("repo_id = ? AND env_id = ? AND status = ?", {repo_id, row[0], row[1]});
        plan.ranges.push_back(std::move(range));
      }
    }
  }
  return {};
}

/// What no index sees to, but the name.
void add_rest(Plan& plan, const EventFilter& filter) {
  add_owners(plan.rest, filter);
  add_statuses(plan.rest, filter);
  add_version(plan.rest, filter);
  add_kinds(plan.rest, filter);
  add_trigger(plan.rest, filter);
  add_time(plan.rest, filter);
}

EventFilter without_place(EventFilter filter) {
  filter.repo_id.reset();
  filter.env_id.reset();
  filter.statuses.clear();
  return filter;
}

/// The rows of one database, or of every one.
void add_named_range(Plan& plan, const EventFilter& filter, std::optional<int64_t> database_id) {
  Condition range;
  if (database_id.has_value()) {
    range.add("database_id = ?", {*database_id});
  }
  range.add("database_id IS NOT NULL AND set_id IS NULL");
  add_owners(range, filter);
  add_statuses(range, filter);
  plan.ranges.push_back(std::move(range));
}

/// Those in the repository and the environment that are asked for.
Result<std::vector<int64_t>> keep_owned(Session& session,
                                        const EventFilter& filter,
                                        const std::vector<int64_t>& ids) {
  Condition owned;
  add_owners(owned, filter);
  if (owned.sql.empty() || ids.empty()) {
    return ids;
  }
  owned.add(is_one_of("id", ids));
  std::vector<int64_t> out;
  TRY(session.for_each("SELECT id FROM databases WHERE " + owned.sql, owned.params,
                       [&out](const Row& row) {
                         out.push_back(row[0].number());
                         return true;
                       }));
  return out;
}

/// For a repository with very many environments.
void look_through_list(Plan& plan, const EventFilter& filter, int64_t repo_id) {
  plan.index = "events_listed";
  plan.ranges.clear();
  Condition all;
  all.add("org_id = ? AND repo_id = ?", {filter.org_id, repo_id});
  add_statuses(all, filter);
  plan.ranges.push_back(std::move(all));
}

/// The deployments of one database, or the entries of one set.
Plan plan_owned(const EventFilter& filter) {
  Plan plan;
  Condition range;
  if (filter.set_id.has_value()) {
    plan.index = "events_set";
    range.add("set_id = ?", {*filter.set_id});
  } else if (filter.database_id.has_value()) {
    plan.index = "events_database";
    range.add("database_id = ?", {*filter.database_id});
  }
  plan.ranges.push_back(std::move(range));
  if (filter.set_id.has_value() && filter.database_id.has_value()) {
    plan.rest.add("database_id = ?", {*filter.database_id});
  }
  add_rest(plan, filter);
  if (!filter.name.empty()) {
    plan.rest.add(kHasName, {like_pattern(filter.name)});
  }
  return plan;
}

/// Few databases have the name: their events are found by database.
Result<Plan> plan_named(Session& session,
                        const EventFilter& filter,
                        const std::vector<int64_t>& ids) {
  Plan plan;
  plan.index = "events_database";
  add_rest(plan, without_place(filter));
  plan.named = TRY(keep_owned(session, filter, ids));
  if (plan.is_sorted()) {
    add_named_range(plan, filter, std::nullopt);
    return plan;
  }
  for (const int64_t id : plan.named) {
    add_named_range(plan, filter, id);
  }
  return plan;
}

/// By repository, environment and status, or whatever of them is asked for.
Result<Plan> plan_place(Session& session, const EventFilter& filter) {
  Plan plan;
  if (filter.repo_id.has_value() && filter.env_id.has_value()) {
    plan.index = "events_repo";
    add_ranges(plan, filter, "repo_id = ? AND env_id = ?", {*filter.repo_id, *filter.env_id});
  } else if (filter.repo_id.has_value()) {
    plan.index = "events_repo";
    TRY(add_repo_ranges(session, plan, filter, *filter.repo_id));
    if (plan.ranges.size() > kRangesMax) {
      look_through_list(plan, filter, *filter.repo_id);
    }
  } else if (filter.env_id.has_value()) {
    plan.index = "events_env";
    add_ranges(plan, filter, "env_id = ?", {*filter.env_id});
  } else if (!filter.statuses.empty()) {
    plan.index = "events_listed_status";
    add_ranges(plan, filter, "org_id = ?", {filter.org_id});
  } else {
    plan.index = "events_listed";
    Condition all;
    all.add("org_id = ?", {filter.org_id});
    plan.ranges.push_back(std::move(all));
  }
  for (Condition& range : plan.ranges) {
    range.add("set_id IS NULL");
  }
  return plan;
}

Plan plan_range(std::string_view index, Condition range) {
  Plan plan;
  plan.index = index;
  plan.ranges.push_back(std::move(range));
  return plan;
}

Plan plan_version(const EventFilter& filter) {
  Condition same;
  same.add("org_id = ? AND version = ? AND set_id IS NULL", {filter.org_id, filter.version});
  return plan_range("events_version", std::move(same));
}

Plan plan_trigger(const EventFilter& filter) {
  Condition same;
  same.add("org_id = ? AND trigger_type = ? AND trigger_type IS NOT NULL AND set_id IS NULL",
           {filter.org_id, filter.trigger_type});
  return plan_range("events_trigger", std::move(same));
}

Plan plan_kinds(const EventFilter& filter) {
  Plan plan;
  plan.index = "events_kind";
  for (const std::string& kind : filter.kinds) {
    Condition same;
    same.add("org_id = ? AND kind = ? AND kind <> 'APPLY' AND set_id IS NULL",
             {filter.org_id, kind});
    plan.ranges.push_back(std::move(same));
  }
  return plan;
}

Plan plan_time(const EventFilter& filter) {
  const Periods days = touched_days({filter.from, filter.to});
  Condition all;
  all.add("org_id = ? AND set_id IS NULL", {filter.org_id});
  if (days.first.has_value()) {
    all.add(fmt::format("{} >= ?", kDayOf), {*days.first});
  }
  if (days.last.has_value()) {
    all.add(fmt::format("{} <= ?", kDayOf), {*days.last});
  }
  Plan plan = plan_range("events_day", std::move(all));
  plan.by_day = true;
  return plan;
}

/// One way to the events, and the part of the filter that it sees to.
struct Way {
  enum class Kind { kVersion, kTrigger, kKinds, kTime, kPlace };
  Kind kind = Kind::kPlace;
  EventFilter part;
};

std::vector<Way> open_ways(const EventFilter& filter) {
  std::vector<Way> ways;
  const auto open = [&](Way::Kind kind) -> EventFilter& {
    ways.push_back({kind, {}});
    ways.back().part.org_id = filter.org_id;
    return ways.back().part;
  };
  if (!filter.version.empty()) {
    open(Way::Kind::kVersion).version = filter.version;
  }
  if (!filter.trigger_type.empty()) {
    open(Way::Kind::kTrigger).trigger_type = filter.trigger_type;
  }
  if (!filter.kinds.empty() && std::ranges::find(filter.kinds, kUsualKind) == filter.kinds.end()) {
    open(Way::Kind::kKinds).kinds = filter.kinds;
  }
  if (filter.from.has_value() || filter.to.has_value()) {
    EventFilter& part = open(Way::Kind::kTime);
    part.from = filter.from;
    part.to = filter.to;
  }
  if (filter.repo_id || filter.env_id || !filter.statuses.empty() || ways.empty()) {
    EventFilter& part = open(Way::Kind::kPlace);
    part.repo_id = filter.repo_id;
    part.env_id = filter.env_id;
    part.statuses = filter.statuses;
  }
  return ways;
}

/// About how many events a page looks at. What is asked for lies scattered over its time, so that
/// the page is soon full; on any other way it may lie behind everything that is not of that time.
Result<int64_t> estimate_passed(Session& session, const Way& way, const EventFilter& filter) {
  const int64_t events = TRY(estimate_listed(session, way.part));
  if (way.kind != Way::Kind::kTime) {
    return events;
  }
  const int64_t fitting = TRY(estimate_listed(session, filter));
  return fitting > kPageSizeMax ? events / (fitting / kPageSizeMax) : events;
}

/// The way on which a page passes over the fewest events.
Result<Way> shortest_way(Session& session, const EventFilter& filter) {
  std::vector<Way> ways = open_ways(filter);
  size_t best = 0;
  std::optional<int64_t> fewest;
  for (size_t i = 0; ways.size() > 1 && i < ways.size(); ++i) {
    const int64_t events = TRY(estimate_passed(session, ways[i], filter));
    if (!fewest.has_value() || events < *fewest) {
      best = i;
      fewest = events;
    }
  }
  return std::move(ways[best]);
}

Result<Plan> plan_listed(Session& session, const EventFilter& filter) {
  const Way way = TRY(shortest_way(session, filter));
  EventFilter rest = filter;
  Plan plan;
  switch (way.kind) {
    case Way::Kind::kVersion:
      plan = plan_version(way.part);
      rest.version.clear();
      break;
    case Way::Kind::kTrigger:
      plan = plan_trigger(way.part);
      rest.trigger_type.clear();
      break;
    case Way::Kind::kKinds:
      plan = plan_kinds(way.part);
      rest.kinds.clear();
      break;
    case Way::Kind::kTime:
      plan = plan_time(way.part);
      break;
    case Way::Kind::kPlace:
      plan = TRY(plan_place(session, way.part));
      rest = without_place(filter);
      break;
  }
  add_rest(plan, rest);
  return plan;
}

}  // namespace

bool Plan::is_sorted() const {
  return named.size() > kMergedDatabasesMax;
}

Result<Plan> make_plan(Session& session, DatabaseNames& names, const EventFilter& filter) {
  if (filter.set_id.has_value() || filter.database_id.has_value()) {
    return plan_owned(filter);
  }
  if (filter.name.empty()) {
    return plan_listed(session, filter);
  }
  const std::vector<int64_t> ids =
      TRY(names.search(session, filter.org_id, filter.name, kNamedDatabasesMax + 1));
  if (ids.size() <= kNamedDatabasesMax) {
    return plan_named(session, filter, ids);
  }
  Plan plan = TRY(plan_listed(session, filter));
  plan.pattern = like_pattern(filter.name);
  return plan;
}

}  // namespace rhumb::registry
