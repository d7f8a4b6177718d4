#include "driver/mysql/cleanliness.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace rhumb::driver::mysql {
namespace {

// Order of a server's own collation, near enough: without case.
bool before(const std::string& a, const std::string& b) {
  return std::pair(to_lower_ascii(a), a) < std::pair(to_lower_ascii(b), b);
}

Result<std::vector<std::string>> names(Session& session,
                                       std::string_view sql,
                                       std::span<const Value> params) {
  const Rows rows = TRY(session.query(sql, params));
  std::vector<std::string> found;
  found.reserve(rows.rows.size());
  for (const std::vector<Value>& row : rows.rows) {
    found.push_back(to_text(row[0]));
  }
  std::ranges::sort(found, before);
  return found;
}

Result<std::vector<std::string>> tables(Session& session, const std::string& database) {
  const Value params[] = {database};
  return names(session,
               "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND "
               "table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')",
               params);
}

bool holds(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

void add_missing(std::vector<std::string>& list, const std::string& name) {
  if (!holds(list, name)) {
    list.insert(std::ranges::upper_bound(list, name, before), name);
  }
}

// Where the texts count the revisions table as if it existed.
void pretend(std::vector<std::string>& list, const std::string& name, const CleanRules& rules) {
  if (rules.pretend_table && !name.empty()) {
    add_missing(list, name);
  }
}

Result<std::optional<std::string>> find_dirt_in(Session& session,
                                                const std::string& database,
                                                const CleanRules& rules) {
  std::vector<std::string> found = TRY(tables(session, database));
  const bool keeps_revisions = rules.revisions_schema.empty() || rules.revisions_schema == database;
  if (keeps_revisions) {
    pretend(found, rules.revisions_table, rules);
  }
  const bool only_revisions =
      keeps_revisions && found.size() == 1 && found.front() == rules.revisions_table;
  if (found.empty() || only_revisions) {
    return std::optional<std::string>();
  }
  return std::optional(fmt::format("found table \"{}\" in schema \"{}\"", found.front(), database));
}

Result<std::optional<std::string>> find_dirt_on_server(Session& session, const CleanRules& rules) {
  std::vector<std::string> databases = TRY(user_databases(session));
  pretend(databases, rules.revisions_schema, rules);
  if (databases.empty()) {
    return std::optional<std::string>();
  }
  if (databases.size() > 1) {
    return std::optional(fmt::format("found multiple schemas: {}", databases.size()));
  }
  if (databases.front() != rules.revisions_schema) {
    return std::optional(fmt::format("found schema \"{}\"", databases.front()));
  }
  std::vector<std::string> found = TRY(tables(session, databases.front()));
  pretend(found, rules.revisions_table, rules);
  if (found.size() > 1) {
    return std::optional(fmt::format("found multiple tables: {}", found.size()));
  }
  if (found.empty() || found.front() == rules.revisions_table) {
    return std::optional<std::string>();
  }
  return std::optional(fmt::format("found table \"{}\"", found.front()));
}

}  // namespace

Result<std::vector<std::string>> user_databases(Session& session) {
  return names(session,
               "SELECT schema_name FROM information_schema.schemata WHERE LOWER(schema_name) NOT "
               "IN ('mysql', 'information_schema', 'performance_schema', 'sys', 'innodb', "
               "'metrics_schema', 'ndbinfo', 'lightning_task_info')",
               {});
}

Result<std::optional<std::string>> find_dirt(Session& session,
                                             const std::string& database,
                                             const CleanRules& rules) {
  return database.empty() ? find_dirt_on_server(session, rules)
                          : find_dirt_in(session, database, rules);
}

Result<std::vector<LeftOver>> left_overs(Session& session, const std::string& database) {
  const Value params[] = {database, database, database};
  const Rows rows = TRY(session.query(
      "SELECT CASE table_type WHEN 'VIEW' THEN 'view' WHEN 'SEQUENCE' THEN 'sequence' ELSE 'table' "
      "END AS kind, table_name AS name FROM information_schema.tables WHERE table_schema = ? "
      "UNION ALL SELECT LOWER(routine_type), routine_name FROM information_schema.routines WHERE "
      "routine_schema = ? AND routine_type IN ('PROCEDURE', 'FUNCTION') "
      "UNION ALL SELECT 'event', event_name FROM information_schema.events WHERE event_schema = ? "
      "ORDER BY kind <> 'table', kind, name",
      params));
  std::vector<LeftOver> found;
  found.reserve(rows.rows.size());
  for (const std::vector<Value>& row : rows.rows) {
    found.push_back({.kind = to_text(row[0]), .name = to_text(row[1])});
  }
  return found;
}

Result<std::optional<std::string>> find_dev_dirt(Session& session, const std::string& database) {
  if (database.empty()) {
    const std::vector<std::string> databases = TRY(user_databases(session));
    return databases.empty() ? std::optional<std::string>()
                             : std::optional(fmt::format("found schema \"{}\"", databases.front()));
  }
  const std::vector<LeftOver> found = TRY(left_overs(session, database));
  if (found.empty()) {
    return std::optional<std::string>();
  }
  return std::optional(fmt::format("found {} \"{}\" in schema \"{}\"", found.front().kind,
                                   found.front().name, database));
}

}  // namespace rhumb::driver::mysql
