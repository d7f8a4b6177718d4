#include "driver/postgres/clean_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "driver/postgres/catalog_sql.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::string_view kPublic = "public";

using Dirt = std::optional<std::string>;

Result<std::vector<std::string>> read_names(Session& session,
                                            std::string_view sql,
                                            std::span<const Value> params = {}) {
  const Rows found = TRY(session.query(sql, params));
  std::vector<std::string> names;
  names.reserve(found.rows.size());
  for (const std::vector<Value>& row : found.rows) {
    names.push_back(to_text(row.front()));
  }
  return names;
}

// By bytes, so that the first is the same whatever collation the database has.
Result<std::vector<std::string>> read_tables(Session& session, const std::string& schema) {
  const Value params[] = {schema};
  return read_names(session,
                    "SELECT c.relname::text COLLATE \"C\" FROM pg_catalog.pg_class c "
                    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                    "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
                    "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid "
                    "AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass "
                    "AND d.deptype = 'e') ORDER BY 1",
                    params);
}

// The tables of the schema where the revisions live, with theirs, should it be pretended.
Result<std::vector<std::string>> read_tables(Session& session,
                                             const std::string& schema,
                                             const CleanRules& rules) {
  std::vector<std::string> tables = TRY(read_tables(session, schema));
  const bool has_revisions = std::ranges::find(tables, rules.revisions_table) != tables.end();
  if (rules.pretend_table && !has_revisions) {
    tables.push_back(rules.revisions_table);
    std::ranges::sort(tables);
  }
  return tables;
}

bool is_only_revisions(const std::vector<std::string>& tables, const CleanRules& rules) {
  return tables.size() == 1 && tables.front() == rules.revisions_table;
}

std::string table_in(const std::string& table, const std::string& schema) {
  return fmt::format("found table \"{}\" in schema \"{}\"", table, schema);
}

Result<Dirt> find_bound_dirt(Session& session, const std::string& schema, const CleanRules& rules) {
  const bool has_revisions = rules.revisions_schema.empty() || rules.revisions_schema == schema;
  const std::vector<std::string> tables =
      has_revisions ? TRY(read_tables(session, schema, rules)) : TRY(read_tables(session, schema));
  if (tables.empty() || (has_revisions && is_only_revisions(tables, rules))) {
    return Dirt();
  }
  return Dirt(table_in(tables.front(), schema));
}

Result<Dirt> find_revisions_dirt(Session& session,
                                 const std::string& schema,
                                 const CleanRules& rules) {
  const std::vector<std::string> tables = TRY(read_tables(session, schema, rules));
  if (tables.empty() || is_only_revisions(tables, rules)) {
    return Dirt();
  }
  if (tables.size() == 1) {
    return Dirt(table_in(tables.front(), schema));
  }
  return Dirt(fmt::format("found {} tables in schema \"{}\"", tables.size(), schema));
}

Result<Dirt> find_schema_dirt(Session& session,
                              const std::string& schema,
                              const CleanRules& rules) {
  if (schema == rules.revisions_schema) {
    return find_revisions_dirt(session, schema, rules);
  }
  if (schema == kPublic) {
    const std::vector<std::string> tables = TRY(read_tables(session, schema));
    if (tables.empty()) {
      return Dirt();
    }
  }
  return Dirt(fmt::format("found schema \"{}\"", schema));
}

// The first object of a schema, in words.
Result<Dirt> find_object(Session& session, const std::string& schema, const std::string& place) {
  const Value params[] = {schema};
  const Rows found = TRY(session.query(schema_objects_sql(), params));
  if (found.rows.empty()) {
    return Dirt();
  }
  const std::vector<Value>& first = found.rows.front();
  return Dirt(fmt::format("found {} \"{}\" in {}", to_text(first[0]), to_text(first[1]), place));
}

}  // namespace

Result<Dirt> find_dirt(Session& session, const std::string& bound_schema, const CleanRules& rules) {
  if (!bound_schema.empty()) {
    return find_bound_dirt(session, bound_schema, rules);
  }
  for (const std::string& schema : TRY(read_names(session, user_schemas_sql()))) {
    Dirt dirt = TRY(find_schema_dirt(session, schema, rules));
    if (dirt) {
      return dirt;
    }
  }
  return Dirt();
}

Result<Dirt> find_dev_dirt(Session& session, const std::string& bound_schema) {
  if (!bound_schema.empty()) {
    return find_object(session, bound_schema, "connected schema");
  }
  for (const std::string& schema : TRY(read_names(session, user_schemas_sql()))) {
    if (schema != kPublic) {
      return Dirt(fmt::format("found schema \"{}\"", schema));
    }
  }
  return find_object(session, std::string(kPublic), "schema \"public\"");
}

}  // namespace rhumb::driver::postgres
