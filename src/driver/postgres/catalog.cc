#include "driver/postgres/catalog.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "driver/statement_target.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::string_view kCannotTell = "cannot tell";

// How to look for an object by kind: $1 its name as written, $2 its schema or NULL for the search
// path. The statement reader drops quotes, so that a name counts in lower case as well.
struct Lookup {
  std::string_view kind;
  std::string_view sql;
};
constexpr std::string_view kRelation =
    "SELECT 1 FROM pg_catalog.pg_class o JOIN pg_catalog.pg_namespace n ON n.oid = o.relnamespace "
    "WHERE o.relname IN ($1::text, lower($1::text)) AND o.relkind = ANY ({}) AND "
    "CASE WHEN $2::text IS NULL THEN pg_catalog.pg_table_is_visible(o.oid) "
    "ELSE n.nspname IN ($2::text, lower($2::text)) END";
constexpr Lookup kRelationKinds[] = {
    {"table", "'{r,p}'"}, {"view", "'{v,m}'"}, {"sequence", "'{S}'"}, {"index", "'{i,I}'"}};
constexpr Lookup kOtherKinds[] = {
    {"schema",
     "SELECT 1 FROM pg_catalog.pg_namespace o "
     "WHERE o.nspname IN ($1::text, lower($1::text)) AND $2::text IS NULL"},
    {"type",
     "SELECT 1 FROM pg_catalog.pg_type o "
     "JOIN pg_catalog.pg_namespace n ON n.oid = o.typnamespace "
     "WHERE o.typname IN ($1::text, lower($1::text)) AND CASE WHEN $2::text IS NULL "
     "THEN pg_catalog.pg_type_is_visible(o.oid) ELSE n.nspname IN ($2::text, lower($2::text)) "
     "END"}};

std::optional<std::string> lookup_sql(std::string_view kind) {
  for (const Lookup& lookup : kRelationKinds) {
    if (lookup.kind == kind) {
      return replace_all(kRelation, "{}", lookup.sql);
    }
  }
  for (const Lookup& lookup : kOtherKinds) {
    if (lookup.kind == kind) {
      return std::string(lookup.sql);
    }
  }
  return std::nullopt;
}

Value schema_or_null(const std::string& schema) {
  return schema.empty() ? Value() : Value(schema);
}

std::string existence(bool exists) {
  return exists ? "exists" : "does not exist";
}

// `a.b`, as to_regclass reads it.
std::string regclass_text(const std::string& schema, const std::string& name) {
  const auto quote = [](const std::string& identifier) {
    return "\"" + replace_all(identifier, "\"", "\"\"") + "\"";
  };
  return schema.empty() ? quote(name) : quote(schema) + "." + quote(name);
}

Result<Intent> creation_intent(Session& session, const ConcurrentIndex& index) {
  const Value params[] = {regclass_text(index.schema, index.table), index.index};
  const Rows found = TRY(session.query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, $2::text), EXISTS (SELECT 1 "
      "FROM pg_catalog.pg_class i WHERE i.relnamespace = n.oid AND i.relname = $2) "
      "FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace "
      "WHERE t.oid = pg_catalog.to_regclass($1)",
      params));
  if (found.rows.empty() || is_true(found.rows[0][1])) {
    return Intent();
  }
  return Intent{.kind = IntentClass::kAbsentBefore,
                .object_kind = "index",
                .object_name = to_text(found.rows[0][0])};
}

Result<Intent> removal_intent(Session& session, const ConcurrentIndex& index) {
  const Value params[] = {regclass_text(index.schema, index.index)};
  const Rows found = TRY(session.query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, i.relname) FROM pg_catalog.pg_class i "
      "JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace "
      "WHERE i.oid = pg_catalog.to_regclass($1) AND i.relkind IN ('i', 'I')",
      params));
  if (found.rows.empty()) {
    return Intent();
  }
  return Intent{.kind = IntentClass::kPresentBefore,
                .object_kind = "index",
                .object_name = to_text(found.rows[0][0])};
}

Result<bool> part_exists(Session& session, const StatementTarget& target, std::string_view sql) {
  const Value params[] = {target.part, target.name, schema_or_null(target.schema)};
  const Rows found = TRY(session.query(
      fmt::format("{} JOIN pg_catalog.pg_class c ON c.oid = o.table_oid "
                  "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                  "WHERE o.name IN ($1::text, lower($1::text)) AND c.relname IN ($2::text, "
                  "lower($2::text)) AND "
                  "CASE WHEN $3::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid) "
                  "ELSE n.nspname IN ($3::text, lower($3::text)) END",
                  sql),
      params));
  return !found.rows.empty();
}

Result<std::string> describe_part(Session& session, const StatementTarget& target) {
  std::string_view sql;
  if (target.part_kind == "column") {
    sql =
        "SELECT 1 FROM (SELECT attrelid AS table_oid, attname AS name "
        "FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped) o";
  } else if (target.part_kind == "constraint") {
    sql =
        "SELECT 1 FROM (SELECT conrelid AS table_oid, conname AS name "
        "FROM pg_catalog.pg_constraint) o";
  } else {
    return std::string(kCannotTell);
  }
  const bool exists = TRY(part_exists(session, target, sql));
  return fmt::format("{} \"{}\" of table \"{}\" {}", target.part_kind, target.part, target.name,
                     existence(exists));
}

}  // namespace

Result<Intent> index_intent(Session& session, const ConcurrentIndex& index) {
  return index.creates ? creation_intent(session, index) : removal_intent(session, index);
}

Result<bool> index_exists(Session& session, std::string_view name) {
  const Value params[] = {std::string(name)};
  const Rows found =
      TRY(session.query("SELECT i.indisvalid FROM pg_catalog.pg_index i "
                        "WHERE i.indexrelid = pg_catalog.to_regclass($1)",
                        params));
  if (!found.rows.empty() && !is_true(found.rows[0][0])) {
    return Error(ErrorCode::kConflict,
                 fmt::format("index \"{0}\" is invalid, an interrupted statement left it so\n"
                             "  DROP INDEX CONCURRENTLY {0}: drop it, then run again\n"
                             "  REINDEX INDEX CONCURRENTLY {0}: rebuild it, then run again",
                             name));
  }
  return !found.rows.empty();
}

Result<std::string> describe_target(Session& session, std::string_view statement) {
  const std::optional<StatementTarget> target = parse_statement_target(statement);
  if (!target || target->several) {
    return std::string(kCannotTell);
  }
  if (!target->part_kind.empty()) {
    return describe_part(session, *target);
  }
  const std::optional<std::string> sql = lookup_sql(target->kind);
  if (!sql) {
    return std::string(kCannotTell);
  }
  const Value params[] = {target->name, schema_or_null(target->schema)};
  const Rows found = TRY(session.query(*sql, params));
  return fmt::format("{} \"{}\" {}", target->kind, target->name, existence(!found.rows.empty()));
}

}  // namespace rhumb::driver::postgres
