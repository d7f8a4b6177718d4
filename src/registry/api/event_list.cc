#include "registry/api/event_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "registry/api/event_condition.h"
#include "registry/api/event_plan.h"
#include "registry/api/event_totals.h"

namespace rhumb::registry {
namespace {

// Days whose ranges are merged at first, and at the most.
constexpr size_t kDaysAtFirst = 4;
constexpr size_t kDaysMax = 200;

// For all rows.
constexpr std::string_view kIsOfNamed =
    "database_id IN (SELECT id FROM databases WHERE org_id = ? AND name LIKE ? ESCAPE '\\')";

void append(Params& params, const Params& more) {
  params.insert(params.end(), more.begin(), more.end());
}

/// The rows of one range.
Condition select_range(const Plan& plan, const Condition& range, const Condition& more) {
  Condition all = range;
  all.add(plan.rest);
  all.add(more);
  all.sql =
      fmt::format("SELECT id FROM events INDEXED BY {} WHERE {}", plan.index, std::move(all.sql));
  return all;
}

Result<int64_t> count_rows(Session& session, const Plan& plan, const EventFilter& filter) {
  Condition more;
  if (!plan.pattern.empty()) {
    more.add(kIsOfNamed, {filter.org_id, plan.pattern});
  }
  if (plan.is_sorted()) {
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

/// Nothing is asked for but a name, and where.
bool is_place(const EventFilter& filter) {
  return filter.statuses.empty() && filter.kinds.empty() && filter.version.empty() &&
         filter.trigger_type.empty() && !filter.from.has_value() && !filter.to.has_value();
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
  if (filter.set_id.has_value() || filter.database_id.has_value()) {
    return count_rows(session, plan, filter);
  }
  if (filter.name.empty()) {
    return count_listed(session, filter);
  }
  return is_place(filter) ? count_by_database(session, plan, filter)
                          : count_rows(session, plan, filter);
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

Result<std::vector<int64_t>> read_merged(Session& session,
                                         const Plan& plan,
                                         const Condition& more,
                                         const Window& window) {
  const Condition select = merge_ranges(plan, more, window);
  std::vector<int64_t> ids;
  TRY(session.for_each(select.sql, select.params, [&ids](const Row& row) {
    ids.push_back(row[0].number());
    return true;
  }));
  return ids;
}

/// A day, and the first event of it that can be on the page.
struct Day {
  int64_t day = 0;
  int64_t nearest = 0;
};

Condition of_day(const EventFilter& filter, int64_t day) {
  Condition out;
  out.add(fmt::format("org_id = ? AND {} = ? AND set_id IS NULL", kDayOf), {filter.org_id, day});
  return out;
}

/// The days that may have events, by the first of them. Late reports and the numbers that several
/// servers give make that another order than the one of time.
Result<std::vector<Day>> order_days(Session& session,
                                    const EventFilter& filter,
                                    const Condition& after,
                                    bool ascending) {
  const Condition fitting = select_fitting_days(filter);
  Condition own;
  // The day of the index is an expression, which SQLite finds by expressions only.
  own.add(fmt::format("org_id = ? AND {} = fitting.period + 0 AND set_id IS NULL", kDayOf),
          {filter.org_id});
  own.add(after);
  append(own.params, fitting.params);
  std::vector<Day> days;
  TRY(session.for_each(
      fmt::format("SELECT period, (SELECT id FROM events INDEXED BY events_day WHERE {} ORDER BY "
                  "id {} LIMIT 1) FROM ({}) AS fitting",
                  own.sql, ascending ? "ASC" : "DESC", fitting.sql),
      own.params, [&days](const Row& row) {
        if (!row[1].is_null()) {
          days.push_back({row[0].number(), row[1].number()});
        }
        return true;
      }));
  std::ranges::sort(days, [ascending](const Day& a, const Day& b) {
    return ascending ? a.nearest < b.nearest : a.nearest > b.nearest;
  });
  return days;
}

/// Reads day after day, a few at a time, until no other day can have an event of the page.
Result<std::vector<int64_t>> read_by_day(Session& session,
                                         const Plan& plan,
                                         const EventFilter& filter,
                                         const Condition& after,
                                         const Condition& more,
                                         const Window& window) {
  const std::vector<Day> days = TRY(order_days(session, filter, after, window.ascending));
  const auto is_before = [&window](int64_t a, int64_t b) {
    return window.ascending ? a < b : a > b;
  };
  const auto rows_max = static_cast<size_t>(window.limit + window.offset);
  std::vector<int64_t> ids;
  size_t at_once = kDaysAtFirst;
  for (size_t i = 0; i < days.size();) {
    if (ids.size() == rows_max && is_before(ids.back(), days[i].nearest)) {
      break;
    }
    Plan some = plan;
    some.ranges.clear();
    for (const size_t end = std::min(i + at_once, days.size()); i < end; ++i) {
      some.ranges.push_back(of_day(filter, days[i].day));
    }
    const std::vector<int64_t> found =
        TRY(read_merged(session, some, more,
                        {.ascending = window.ascending, .limit = window.limit + window.offset}));
    const size_t middle = ids.size();
    ids.insert(ids.end(), found.begin(), found.end());
    std::inplace_merge(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(middle), ids.end(),
                       is_before);
    ids.resize(std::min(ids.size(), rows_max));
    at_once = std::min(at_once * 2, kDaysMax);
  }
  ids.erase(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(std::min(
                                           ids.size(), static_cast<size_t>(window.offset))));
  return ids;
}

Result<std::vector<int64_t>> read_ids(Session& session,
                                      const Plan& plan,
                                      const EventFilter& filter,
                                      const Page& page,
                                      const Window& window) {
  Condition after;
  if (page.after.has_value()) {
    after.add(filter.oldest_first ? "id > ?" : "id < ?", {*page.after});
  }
  Condition more = after;
  if (!plan.pattern.empty()) {
    more.add(kHasName, {plan.pattern});
  }
  if (plan.is_sorted()) {
    more.add(TRY(narrow_named(session, plan, more, window)));
  }
  std::vector<int64_t> ids = plan.by_day
                                 ? TRY(read_by_day(session, plan, filter, after, more, window))
                                 : TRY(read_merged(session, plan, more, window));
  if (window.reversed) {
    std::ranges::reverse(ids);
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
  if (filter.wants_total || page.offset() > 0) {
    out.facts.total = TRY(count_total(session, plan, filter));
    if (out.facts.total == 0 || (!page.after.has_value() && page.offset() >= out.facts.total)) {
      return out;
    }
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
