#include <fmt/format.h>
#include <fmt/ranges.h>

#include "registry/api/views.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr std::string_view kFrom =
    "FROM databases d JOIN repos r ON r.id = d.repo_id JOIN environments n ON n.id = d.env_id ";
constexpr std::string_view kColumns =
    "d.id, d.ext_id, d.name, r.name, n.name, d.status, d.current_version, d.last_deployment_at, "
    "d.url, d.schema_name, d.driver, d.pending_files, d.first_seen, d.last_report, "
    "d.atlas_version, d.unknown_version, d.duplicate_of, d.archived_at, d.repo_id, "
    "r.last_push_at, EXISTS (SELECT 1 FROM drifts f WHERE f.database_id = d.id AND f.resolved_at "
    "IS "
    "NULL), d.merged_into, n.ephemeral_hours IS NOT NULL ";

Json database_json(const Registry& registry, const Row& row) {
  const int64_t id = row[0].number();
  Json out = Json::object({{"id", std::to_string(id)},
                           {"extID", row[1].text()},
                           {"name", row[2].text()},
                           {"repoName", row[3].text()},
                           {"envName", row[4].text()},
                           {"status", row[5].text()}});
  out.set("currentVersion", filled_json(row[6].text()));
  out.set("lastDeploymentTime", time_json(row[7].find_number()));
  out.set("url", row[8].text());
  out.set("schema", row[9].text());
  out.set("driver", row[10].text());
  out.set("pendingFiles", row[11].is_null() ? Json() : Json(row[11].number()));
  out.set("firstSeen", time_json(row[12].number()));
  out.set("lastReport", time_json(row[13].number()));
  out.set("atlasVersion", filled_json(row[14].text()));
  out.set("drifted", row[20].flag());
  out.set("unknownVersion", row[15].flag());
  out.set("duplicateOf", row[16].is_null() ? Json() : Json(std::to_string(row[16].number())));
  out.set("mergedInto", row[21].is_null() ? Json() : Json(std::to_string(row[21].number())));
  out.set("ephemeral", row[22].flag());
  out.set("archivedAt", time_json(row[17].find_number()));
  out.set("link", database_link(registry, id));
  Json lag;
  if (row[5].text() == "PENDING" && !row[19].is_null()) {
    lag = Json((registry.now() - row[19].number()) / 1'000'000'000);
  }
  out.set("lagSeconds", std::move(lag));
  out.set("_id", id);
  out.set("_repo", row[18].number());
  return out;
}

struct Condition {
  std::string sql;
  Params params;
  /// That has the rows in the order of their names; empty where others may be fewer.
  std::string_view by_name{};
  void add(std::string_view more, const Params& values = {}) {
    sql += fmt::format("{}{}", sql.empty() ? "WHERE " : " AND ", more);
    params.insert(params.end(), values.begin(), values.end());
  }
};

/// The databases that are searched for, if they are few; without, every row is looked at.
Result<std::optional<std::vector<int64_t>>> find_few(Session& session,
                                                     DatabaseNames& names,
                                                     int64_t org_id,
                                                     const std::string& search) {
  if (search.empty()) {
    return std::optional<std::vector<int64_t>>();
  }
  std::vector<int64_t> ids = TRY(names.search(session, org_id, search, kNamedDatabasesMax + 1));
  return ids.size() > kNamedDatabasesMax ? std::nullopt : std::optional(std::move(ids));
}

void add_search(Condition& where,
                const std::string& search,
                const std::optional<std::vector<int64_t>>& few) {
  if (!few.has_value()) {
    where.add("d.name LIKE ? ESCAPE '\\'", {like_pattern(search)});
    return;
  }
  where.by_name = "";
  where.add(few->empty() ? "1 = 0" : fmt::format("d.id IN ({})", fmt::join(*few, ", ")));
}

void add_statuses(Condition& where, const Json& input) {
  if (const Json::Array* statuses = input.find_array("statuses"); statuses && !statuses->empty()) {
    std::string list;
    Params params;
    for (const Json& status : *statuses) {
      list += list.empty() ? "?" : ", ?";
      params.emplace_back(status.is_string() ? status.as_string() : "");
    }
    where.add(fmt::format("d.status IN ({})", list), params);
    where.by_name = "";
  }
}

/// What is told of a database besides its place and its status.
void add_marks(Condition& where, int64_t org_id, const Json& input) {
  if (const std::optional<bool> drifted = input.find_bool("drifted")) {
    where.by_name = *drifted ? "" : where.by_name;
    where.add(fmt::format("d.id {}IN (SELECT database_id FROM drifts WHERE org_id = ? AND "
                          "resolved_at IS NULL)",
                          *drifted ? "" : "NOT "),
              {org_id});
  }
  if (const std::optional<bool> ephemeral = input.find_bool("ephemeral")) {
    where.add(fmt::format("d.env_id {}IN (SELECT id FROM environments WHERE org_id = ? AND "
                          "ephemeral_hours IS NOT NULL)",
                          *ephemeral ? "" : "NOT "),
              {org_id});
  }
  where.add(input.find_bool("archived").value_or(false) ? "d.archived_at IS NOT NULL"
                                                        : "d.archived_at IS NULL");
}

/// Nothing when no database can fit.
Result<std::optional<Condition>> make_condition(Session& session,
                                                DatabaseNames& names,
                                                int64_t org_id,
                                                const Json& input,
                                                std::optional<int64_t> repo_id) {
  Condition where;
  const std::string search = TRY(read_search(input, "search"));
  const auto few = TRY(find_few(session, names, org_id, search));
  // What is added to a column keeps engines from its index: few are found by their numbers.
  const std::string_view is = few.has_value() ? " + 0 = ?" : " = ?";
  const std::string repo = input.string_or_empty("repo");
  if (!repo.empty()) {
    const std::optional<int64_t> named = TRY(find_repo_id(session, org_id, repo));
    if (!named.has_value() || (repo_id.has_value() && repo_id != named)) {
      return std::optional<Condition>();
    }
    repo_id = named;
  }
  if (repo_id.has_value()) {
    // Which is of the organization; with both, SQLite may take the larger index.
    where.add(fmt::format("d.repo_id{}", is), {*repo_id});
    where.by_name = "databases_repo_name";
  } else {
    where.add(fmt::format("d.org_id{}", is), {org_id});
    where.by_name = "databases_name";
  }
  const std::string env = input.string_or_empty("envName");
  if (!env.empty()) {
    std::optional<int64_t> named = TRY(find_env_id(session, org_id, env));
    if (!named.has_value()) {
      return std::optional<Condition>();
    }
    where.add(fmt::format("d.env_id{}", is), {*named});
    where.by_name = repo_id.has_value() ? where.by_name : "databases_env_name";
  }
  add_statuses(where, input);
  if (!search.empty()) {
    add_search(where, search, few);
  }
  add_marks(where, org_id, input);
  return std::optional<Condition>(std::move(where));
}

/// What tells a row's place in the list.
struct Sort {
  std::vector<std::string_view> columns;
  bool descending = false;
};

Sort read_sort(const Json& input) {
  const std::string sort = input.string_or_empty("sort");
  Sort out{{"d.name", "d.id"}, input.string_or_empty("order") == "DESC"};
  const std::string_view first = sort == "ENV"               ? "n.name"
                                 : sort == "STATUS"          ? "d.status"
                                 : sort == "LAG"             ? "coalesce(d.pending_files, 0)"
                                 : sort == "LAST_DEPLOYMENT" ? "coalesce(d.last_deployment_at, 0)"
                                                             : "";
  if (!first.empty()) {
    out.columns.insert(out.columns.begin(), first);
  }
  return out;
}

std::string order_by(const Sort& sort) {
  const std::string_view direction = sort.descending ? " DESC" : " ASC";
  return fmt::format("ORDER BY {}{}", fmt::join(sort.columns, fmt::format("{}, ", direction)),
                     direction);
}

/// SQLite, which does not count the rows of a store, would sort them.
std::string index_hint(const Sort& sort, const Condition& where) {
  const bool by_name = sort.columns.front() == "d.name" && !where.by_name.empty();
  return by_name ? fmt::format("INDEXED BY {} ", where.by_name) : "";
}

/// Only what comes after the database that a page ended with, wherever that one is by now.
Result<void> continue_after(
    Session& session, int64_t org_id, int64_t id, const Sort& sort, Condition& where) {
  const std::string place = fmt::format("{}", fmt::join(sort.columns, ", "));
  std::optional<Row> last = TRY(session.find_row(
      fmt::format("SELECT {} {}WHERE d.org_id = ? AND d.id = ?", place, kFrom), {org_id, id}));
  if (!last.has_value()) {
    return invalid("the database that the page before ended with is gone; begin the list again");
  }
  const std::vector<std::string_view> marks(last->size(), "?");
  where.add(fmt::format("({}) {} ({})", place, sort.descending ? "<" : ">", fmt::join(marks, ", ")),
            *last);
  return {};
}

/// The page's rows, and one more where another page follows.
Result<Rows> read_page_rows(Session& session,
                            const Condition& where,
                            const Sort& sort,
                            const Page& page) {
  Params params = where.params;
  params.emplace_back(page.size + 1);
  params.emplace_back(page.after ? 0 : page.offset());
  // The page's ids first: rows that are passed over are not put together.
  const std::string order = order_by(sort);
  return session.query(
      fmt::format("SELECT {}{}WHERE d.id IN (SELECT d.id FROM databases d {}"
                  "JOIN environments n ON n.id = d.env_id {} {} LIMIT ? OFFSET ?) {}",
                  kColumns, kFrom, index_hint(sort, where), where.sql, order, order),
      params);
}

Result<int64_t> count_databases(Session& session, const Condition& where) {
  const std::string sql = fmt::format("SELECT count(*) FROM databases d {}", where.sql);
  return TRY(session.scalar(sql, where.params)).number();
}

Result<Json> list(RequestContext& context,
                  Session& session,
                  Condition where,
                  const Json& input,
                  const Page& page,
                  bool wants_total) {
  PageFacts facts;
  facts.total = wants_total ? TRY(count_databases(session, where)) : 0;
  const Sort sort = read_sort(input);
  if (page.after) {
    TRY(continue_after(session, context.caller.org_id, *page.after, sort, where));
  }
  Rows rows = TRY(read_page_rows(session, where, sort, page));
  facts.has_next = static_cast<int64_t>(rows.size()) > page.size;
  rows.resize(facts.has_next ? static_cast<size_t>(page.size) : rows.size());
  Json databases = Json::array();
  for (const Row& row : rows) {
    facts.end = row[0].number();
    databases.push_back(database_json(context.registry, row));
  }
  return Json::object({{"databases", std::move(databases)}, {"pageInfo", page_info(page, facts)}});
}

}  // namespace

Result<Json> list_databases(RequestContext& context,
                            const Json& input,
                            std::optional<int64_t> repo_id,
                            bool wants_total) {
  const Page page = TRY(read_page(input.find("page")));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    std::optional<Condition> where = TRY(make_condition(
        session, context.registry.store.database_names(), context.caller.org_id, input, repo_id));
    if (!where.has_value()) {
      return Json::object({{"databases", Json::array()}, {"pageInfo", page_info(page, {})}});
    }
    return list(context, session, std::move(*where), input, page, wants_total);
  });
}

Result<Json> load_database(RequestContext& context, int64_t id) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    std::optional<Row> row = TRY(
        session.find_row(fmt::format("SELECT {}{}WHERE d.org_id = ? AND d.id = ?", kColumns, kFrom),
                         {context.caller.org_id, id}));
    return row.has_value() ? database_json(context.registry, *row) : Json();
  });
}

Result<std::optional<int64_t>> find_repo_id(Session& session,
                                            int64_t org_id,
                                            const std::string& name) {
  std::optional<Repo> repo = TRY(find_repo(session, org_id, name));
  return repo.has_value() ? std::optional<int64_t>(repo->id) : std::nullopt;
}

Result<void> narrow_to_repo(Session& session,
                            int64_t org_id,
                            const std::string& name,
                            std::optional<int64_t>& repo_id) {
  if (!name.empty()) {
    const std::optional<int64_t> named = TRY(find_repo_id(session, org_id, name));
    repo_id = repo_id && repo_id != named ? 0 : named.value_or(0);
  }
  return {};
}

Result<std::optional<int64_t>> find_env_id(Session& session,
                                           int64_t org_id,
                                           const std::string& name) {
  const Value id = TRY(
      session.scalar("SELECT id FROM environments WHERE org_id = ? AND name = ?", {org_id, name}));
  return id.find_number();
}

}  // namespace rhumb::registry
