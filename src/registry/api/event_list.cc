#include "registry/api/event_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

namespace rhumb::registry {
namespace {

constexpr std::array<EventStatus, 6> kAllStatuses = {EventStatus::kPassed,   EventStatus::kFailed,
                                                     EventStatus::kNoAction, EventStatus::kDryRun,
                                                     EventStatus::kRunning,  EventStatus::kAborted};
// SQLite merges at most 500 ranges in one statement.
constexpr size_t kRangesMax = 400;
// The rows of more databases than that are sorted instead of merged.
constexpr size_t kMergedDatabasesMax = 20;

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
  bool counted = false;        ///< the total is in event_counts
  std::vector<int64_t> named;  ///< the databases, if few have the name that is asked for
  std::string pattern;         ///< else what each row's database is compared with
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

// For rows one by one, however few have it. The comparison with a number keeps PostgreSQL from
// thinking that hardly any has, and reading everything at once.
constexpr std::string_view kHasName =
    "CASE WHEN (SELECT d.name FROM databases d WHERE d.id = database_id) LIKE ? ESCAPE '\\' THEN 1 "
    "ELSE 0 END > 0";
// For all rows.
constexpr std::string_view kIsOfNamed =
    "database_id IN (SELECT id FROM databases WHERE org_id = ? AND name LIKE ? ESCAPE '\\')";

std::string is_one_of(std::string_view column, const std::vector<int64_t>& ids) {
  return ids.empty() ? "1 = 0" : fmt::format("{} IN ({})", column, fmt::join(ids, ", "));
}

/// Whether one range is for all databases that have the name.
bool is_sorted(const Plan& plan) {
  return plan.named.size() > kMergedDatabasesMax;
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

/// Few databases have the name: their events are found by database. Else every row is looked at.
Result<void> add_name(Session& session,
                      DatabaseNames& names,
                      Plan& plan,
                      const EventFilter& filter) {
  if (filter.set_id.has_value() || filter.database_id.has_value()) {
    plan.rest.add(kHasName, {like_pattern(filter.name)});
    return {};
  }
  const std::vector<int64_t> ids =
      TRY(names.search(session, filter.org_id, filter.name, kNamedDatabasesMax + 1));
  if (ids.size() > kNamedDatabasesMax) {
    plan.pattern = like_pattern(filter.name);
    return {};
  }
  plan = Plan();
  plan.index = "events_database";
  add_rest(plan, filter);
  plan.named = TRY(keep_owned(session, filter, ids));
  if (is_sorted(plan)) {
    add_named_range(plan, filter, std::nullopt);
    return {};
  }
  for (const int64_t id : plan.named) {
    add_named_range(plan, filter, id);
  }
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

Result<Plan> make_plan(Session& session, DatabaseNames& names, const EventFilter& filter) {
  Plan plan;
  if (filter.set_id.has_value() || filter.database_id.has_value()) {
    plan = plan_owned(filter);
  } else {
    plan = TRY(plan_listed(session, filter));
  }
  add_rest(plan, filter);
  if (!filter.name.empty()) {
    TRY(add_name(session, names, plan, filter));
  }
  plan.counted = filter.name.empty() && is_counted(filter);
  return plan;
}

void append(Params& params, const Params& more) {
  params.insert(params.end(), more.begin(), more.end());
}

/// The rows of one range.
Condition select_range(const Plan& plan, const Condition& range, const Condition& more) {
  Condition all = range;
  for (const Condition* condition : {&plan.rest, &more}) {
    if (!condition->sql.empty()) {
      all.add(condition->sql, condition->params);
    }
  }
  all.sql =
      fmt::format("SELECT id FROM events INDEXED BY {} WHERE {}", plan.index, std::move(all.sql));
  return all;
}

Result<int64_t> count_rows(Session& session, const Plan& plan, const EventFilter& filter) {
  Condition more;
  if (!plan.pattern.empty()) {
    more.add(kIsOfNamed, {filter.org_id, plan.pattern});
  }
  if (is_sorted(plan)) {
    more.add(is_one_of("database_id", plan.named));
  }
  std::vector<std::string> parts;
  Params params;
  for (const Condition& range : plan.ranges) {
    Condition part = select_range(plan, range, more);
    parts.push_back(std::move(part.sql));
    append(params, part.params);
  }
  const Value total = TRY(session.scalar(
      fmt::format("SELECT count(*) FROM ({}) AS listed", fmt::join(parts, " UNION ALL ")), params));
  return total.number();
}

/// Each database knows how many it has.
Result<int64_t> count_by_database(Session& session, const Plan& plan, const EventFilter& filter) {
  Condition which;
  if (plan.pattern.empty()) {
    which.add(is_one_of("id", plan.named));
  } else {
    which.add("org_id = ? AND name LIKE ? ESCAPE '\\'", {filter.org_id, plan.pattern});
  }
  add_owners(which, filter);
  const Value total = TRY(session.scalar(
      "SELECT coalesce(sum(listed_events), 0) FROM databases WHERE " + which.sql, which.params));
  return total.number();
}

Result<int64_t> count_total(Session& session, const Plan& plan, const EventFilter& filter) {
  if (!filter.name.empty() && filter.statuses.empty() && filter.kinds.empty() &&
      is_counted(filter)) {
    return count_by_database(session, plan, filter);
  }
  if (!plan.counted) {
    return count_rows(session, plan, filter);
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

/// Where the rows that are read can be: those of n databases are among the n databases that were
/// deployed to last, and not older than the last of those deployments.
Result<Condition> narrow_named(Session& session,
                               const Plan& plan,
                               const Condition& more,
                               const Window& window) {
  Condition out;
  const int64_t rows_max = window.limit + window.offset;
  if (static_cast<int64_t>(plan.named.size()) <= rows_max) {
    out.add(is_one_of("database_id", plan.named));
    return out;
  }
  Condition own;
  own.add("database_id = d.id");
  own.add(plan.ranges.front().sql, plan.ranges.front().params);
  Condition select = select_range(plan, own, more);
  const std::string_view order = window.ascending ? "ASC" : "DESC";
  int64_t bound = window.ascending ? std::numeric_limits<int64_t>::max() : 0;
  select.params.emplace_back(bound);
  select.params.emplace_back(rows_max);
  std::vector<int64_t> ids;
  TRY(session.for_each(
      fmt::format("SELECT d.id, coalesce(({} ORDER BY id {} LIMIT 1), ?) AS nearest FROM databases "
                  "d WHERE {} ORDER BY nearest {} LIMIT ?",
                  select.sql, order, is_one_of("d.id", plan.named), order),
      select.params, [&](const Row& row) {
        ids.push_back(row[0].number());
        bound = row[1].number();
        return true;
      }));
  out.add(is_one_of("database_id", ids));
  out.add(window.ascending ? "id <= ?" : "id >= ?", {bound});
  return out;
}

/// Each range gives no more rows than are read of all: PostgreSQL then knows that it is best read
/// from its end, where it would read and sort the whole.
Condition merge_ranges(const Plan& plan, const Condition& more, const Window& window) {
  const std::string_view order = window.ascending ? "ASC" : "DESC";
  const int64_t rows_max = window.limit + window.offset;
  std::vector<std::string> parts;
  Condition out;
  for (const Condition& range : plan.ranges) {
    Condition part = select_range(plan, range, more);
    append(out.params, part.params);
    if (plan.ranges.size() > 1) {
      part.sql = fmt::format("SELECT id FROM ({} ORDER BY id {} LIMIT ?) AS part", part.sql, order);
      out.params.emplace_back(rows_max);
    }
    parts.push_back(std::move(part.sql));
  }
  out.sql =
      fmt::format("{} ORDER BY id {} LIMIT ? OFFSET ?", fmt::join(parts, " UNION ALL "), order);
  out.params.emplace_back(window.limit);
  out.params.emplace_back(window.offset);
  return out;
}

Result<std::vector<int64_t>> read_ids(Session& session,
                                      const Plan& plan,
                                      const EventFilter& filter,
                                      const Page& page,
                                      const Window& window) {
  Condition more;
  if (page.after.has_value()) {
    more.add(filter.oldest_first ? "id > ?" : "id < ?", {*page.after});
  }
  if (!plan.pattern.empty()) {
    more.add(kHasName, {plan.pattern});
  }
  if (is_sorted(plan)) {
    const Condition near = TRY(narrow_named(session, plan, more, window));
    more.add(near.sql, near.params);
  }
  const Condition select = merge_ranges(plan, more, window);
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

Result<EventPage> list_events(Session& session,
                              DatabaseNames& names,
                              const EventFilter& filter,
                              const Page& page) {
  const Plan plan = TRY(make_plan(session, names, filter));
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
