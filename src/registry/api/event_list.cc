#include "registry/api/event_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rhumb::registry {
namespace {

constexpr std::array<EventStatus, 6> kAllStatuses = {EventStatus::kPassed,   EventStatus::kFailed,
                                                     EventStatus::kNoAction, EventStatus::kDryRun,
                                                     EventStatus::kRunning,  EventStatus::kAborted};
// SQLite merges at most 500 ranges in one statement.
constexpr size_t kRangesMax = 400;
constexpr int64_t kNamedDatabasesMax = 500;

/// A condition with its parameters.
struct Condition {
  std::string sql;
  Params params;

  void add(std::string_view more, const Params& values = {}) {
    sql += sql.empty() ? "" : " AND ";
    sql += more;
    params.insert(params.end(), values.begin(), values.end());
  }
};

/// Where to look: ranges that each are ordered by id, and what every row must also fulfil.
struct Plan {
  std::string_view index;
  std::vector<Condition> ranges;
  Condition rest;
  bool counted = false;  ///< the total is in event_counts
};

std::vector<EventStatus> wanted_statuses(const EventFilter& filter) {
  return filter.statuses.empty()
             ? std::vector<EventStatus>(kAllStatuses.begin(), kAllStatuses.end())
             : filter.statuses;
}

void add_ranges(Plan& plan, const EventFilter& filter, std::string_view sql, const Params& params) {
  for (EventStatus const status : wanted_statuses(filter)) {
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
  Rows const rows = TRY(session.query(
      "SELECT env_id, status FROM event_counts WHERE org_id = ? AND repo_id = ? AND events > 0 "
      "GROUP BY env_id, status",
      {filter.org_id, repo_id}));
  std::vector<EventStatus> const statuses = wanted_statuses(filter);
  for (const Row& row : rows) {
    for (EventStatus const status : statuses) {
      if (row[1].text() == to_text(status)) {
        Condition range;
        range.add("repo_id = ? AND env_id = ? AND status = ?", {repo_id, row[0], row[1]});
        plan.ranges.push_back(std::move(range));
      }
    }
  }
  return {};
}

void add_list(Condition& condition, std::string_view column, const Params& values) {
  if (values.empty()) {
    return;
  }
  std::string list;
  for (size_t i = 0; i < values.size(); ++i) {
    list += list.empty() ? "?" : ", ?";
  }
  condition.add(fmt::format("{} IN ({})", column, list), values);
}

void add_statuses(Condition& condition, const EventFilter& filter) {
  Params statuses;
  for (const EventStatus status : filter.statuses) {
    statuses.emplace_back(to_text(status));
  }
  add_list(condition, "status", statuses);
}

void add_owners(Condition& condition, const EventFilter& filter) {
  if (filter.repo_id.has_value()) {
    condition.add("repo_id = ?", {*filter.repo_id});
  }
  if (filter.env_id.has_value()) {
    condition.add("env_id = ?", {*filter.env_id});
  }
}

/// Conditions that no index helps with.
void add_rest(Plan& plan, const EventFilter& filter) {
  if (!filter.version.empty() && plan.index != "events_version") {
    plan.rest.add("version = ?", {filter.version});
  }
  add_list(plan.rest, "kind", Params(filter.kinds.begin(), filter.kinds.end()));
  if (!filter.trigger_type.empty()) {
    plan.rest.add("trigger_type = ?", {filter.trigger_type});
  }
  if (filter.from.has_value()) {
    plan.rest.add("order_at >= ?", {*filter.from});
  }
  if (filter.to.has_value()) {
    plan.rest.add("order_at < ?", {*filter.to});
  }
}

constexpr std::string_view kHasName =
    "database_id IN (SELECT id FROM databases WHERE org_id = ? AND name LIKE ? ESCAPE '\\')";

/// Few databases have the name: their events are found by database. Else every row is looked at.
Result<void> add_name(Session& session, Plan& plan, const EventFilter& filter) {
  bool const is_owned = filter.set_id.has_value() || filter.database_id.has_value();
  Rows const rows = TRY(
      session.query("SELECT id FROM databases WHERE org_id = ? AND name LIKE ? ESCAPE '\\' LIMIT ?",
                    {filter.org_id, like_pattern(filter.name), kNamedDatabasesMax + 1}));
  if (is_owned || rows.size() > static_cast<size_t>(kNamedDatabasesMax)) {
    plan.rest.add(kHasName, {filter.org_id, like_pattern(filter.name)});
    return {};
  }
  plan.index = "events_database";
  plan.ranges.clear();
  plan.rest = Condition();
  add_rest(plan, filter);
  if (rows.empty()) {
    return {};
  }
  Condition found;
  std::string list;
  for (const Row& row : rows) {
    list += fmt::format("{}{}", list.empty() ? "" : ", ", row[0].number());
  }
  found.add(
      fmt::format("set_id IS NULL AND database_id IS NOT NULL AND database_id IN ({})", list));
  add_owners(found, filter);
  add_statuses(found, filter);
  plan.ranges.push_back(std::move(found));
  return {};
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
  add_owners(plan.rest, filter);
  add_statuses(plan.rest, filter);
  return plan;
}

Result<Plan> plan_listed(Session& session, const EventFilter& filter) {
  Plan plan;
  if (!filter.version.empty()) {
    plan.index = "events_version";
    Condition same;
    same.add("org_id = ? AND version = ?", {filter.org_id, filter.version});
    plan.ranges.push_back(std::move(same));
    add_owners(plan.rest, filter);
    add_statuses(plan.rest, filter);
  } else if (filter.repo_id.has_value() && filter.env_id.has_value()) {
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

/// Nothing is asked for but what event_counts tells apart, and perhaps a name.
bool is_counted(const EventFilter& filter) {
  return filter.version.empty() && filter.trigger_type.empty() && !filter.from.has_value() &&
         !filter.to.has_value() && !filter.set_id.has_value() && !filter.database_id.has_value();
}

Result<Plan> make_plan(Session& session, const EventFilter& filter) {
  Plan plan;
  if (filter.set_id.has_value() || filter.database_id.has_value()) {
    plan = plan_owned(filter);
  } else {
    plan = TRY(plan_listed(session, filter));
  }
  add_rest(plan, filter);
  if (!filter.name.empty()) {
    TRY(add_name(session, plan, filter));
  }
  plan.counted = filter.name.empty() && is_counted(filter);
  return plan;
}

/// The ranges as one ordered statement.
Condition select_ids(const Plan& plan,
                     std::string_view more,
                     const Params& more_params,
                     std::string_view order) {
  Condition out;
  for (const Condition& range : plan.ranges) {
    out.sql += out.sql.empty() ? "" : " UNION ALL ";
    out.sql += fmt::format("SELECT id FROM events INDEXED BY {} WHERE {}{}{}{}", plan.index,
                           range.sql, plan.rest.sql.empty() ? "" : " AND ", plan.rest.sql, more);
    out.params.insert(out.params.end(), range.params.begin(), range.params.end());
    out.params.insert(out.params.end(), plan.rest.params.begin(), plan.rest.params.end());
    out.params.insert(out.params.end(), more_params.begin(), more_params.end());
  }
  out.sql += order;
  return out;
}

Result<int64_t> count_total(Session& session, const Plan& plan, const EventFilter& filter) {
  const bool by_database = !filter.name.empty() && plan.index != "events_database" &&
                           filter.statuses.empty() && filter.kinds.empty() && is_counted(filter);
  if (by_database) {
    Condition named;
    named.add("org_id = ? AND name LIKE ? ESCAPE '\\'", {filter.org_id, like_pattern(filter.name)});
    add_owners(named, filter);
    Value const total = TRY(session.scalar(
        "SELECT coalesce(sum(listed_events), 0) FROM databases WHERE " + named.sql, named.params));
    return total.number();
  }
  if (!plan.counted) {
    Condition ids = select_ids(plan, "", {}, "");
    const Value total = TRY(
        session.scalar(fmt::format("SELECT count(*) FROM ({}) AS listed", ids.sql), ids.params));
    return total.number();
  }
  Condition condition;
  condition.add("org_id = ?", {filter.org_id});
  add_owners(condition, filter);
  add_statuses(condition, filter);
  add_list(condition, "kind", Params(filter.kinds.begin(), filter.kinds.end()));
  Value const total = TRY(session.scalar(
      fmt::format("SELECT coalesce(sum(events), 0) FROM event_counts WHERE {}", condition.sql),
      condition.params));
  return total.number();
}

/// Which rows to read: the page itself, or, past the middle, the same rows from the other end, so
/// that no more than half of the list is passed over.
struct Window {
  bool ascending = false;
  int64_t limit = 0;
  int64_t offset = 0;
  bool reversed = false;
};

Window make_window(const EventFilter& filter, const Page& page, int64_t total) {
  Window window{filter.oldest_first, page.size + 1, page.offset(), false};
  if (page.after.has_value()) {
    window.offset = 0;
  } else if (page.offset() > total / 2) {
    // One row more than the page, as always, tells whether there is a next one.
    int64_t const end = std::min(page.offset() + page.size + 1, total);
    window = Window{!filter.oldest_first, end - page.offset(), total - end, true};
  }
  return window;
}

Result<std::vector<int64_t>> read_ids(Session& session,
                                      const Plan& plan,
                                      const EventFilter& filter,
                                      const Page& page,
                                      const Window& window) {
  std::string more;
  Params more_params;
  if (page.after.has_value()) {
    more = filter.oldest_first ? " AND id > ?" : " AND id < ?";
    more_params.emplace_back(*page.after);
  }
  Condition select = select_ids(
      plan, more, more_params,
      fmt::format(" ORDER BY id {} LIMIT ? OFFSET ?", window.ascending ? "ASC" : "DESC"));
  select.params.emplace_back(window.limit);
  select.params.emplace_back(window.offset);
  std::vector<int64_t> ids;
  TRY(session.for_each(select.sql, select.params, [&ids](const Row& row) {
    ids.push_back(row[0].number());
    return true;
  }));
  if (window.reversed) {
    std::reverse(ids.begin(), ids.end());
  }
  return ids;
}

}  // namespace

Result<EventPage> list_events(Session& session, const EventFilter& filter, const Page& page) {
  const Plan plan = TRY(make_plan(session, filter));
  EventPage out;
  if (plan.ranges.empty()) {
    return out;
  }
  out.facts.total = TRY(count_total(session, plan, filter));
  if (!page.after.has_value() && page.offset() >= out.facts.total) {
    return out;
  }
  out.ids = TRY(read_ids(session, plan, filter, page, make_window(filter, page, out.facts.total)));
  out.facts.has_next = static_cast<int64_t>(out.ids.size()) > page.size;
  if (out.facts.has_next) {
    out.ids.pop_back();
  }
  if (!out.ids.empty()) {
    out.facts.end = out.ids.back();
  }
  return out;
}

}  // namespace rhumb::registry
