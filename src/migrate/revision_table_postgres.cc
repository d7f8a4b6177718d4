#include <fmt/format.h>

#include "base/go_format.h"
#include "base/text.h"
#include "migrate/revision_table.h"

namespace rhumb::migrate {
namespace {

struct Column {
  std::string_view name;
  std::string_view definition;
  std::string_view added_default;  // what rows get that were there before the column
};

constexpr Column kColumns[] = {
    {"version", "character varying NOT NULL", "''"},
    {"description", "character varying NOT NULL", "''"},
    {"type", "bigint NOT NULL DEFAULT 2", ""},
    {"applied", "bigint NOT NULL DEFAULT 0", ""},
    {"total", "bigint NOT NULL DEFAULT 0", ""},
    {"executed_at", "timestamp with time zone NOT NULL", "'1970-01-01 00:00:00+00'"},
    {"execution_time", "bigint NOT NULL", "0"},
    {"error", "text NULL", ""},
    {"error_stmt", "text NULL", ""},
    {"hash", "character varying NOT NULL", "''"},
    {"partial_hashes", "jsonb NULL", ""},
    {"operator_version", "character varying NOT NULL", "''"}};

class PostgresRevisionTable final : public RevisionTable {
 public:
  explicit PostgresRevisionTable(std::string schema) : schema_(std::move(schema)) {}

  Result<std::vector<std::string>> create_sql(driver::Connection& connection) const override {
    std::vector<std::string> statements;
    const driver::Value params[] = {schema_};
    const driver::Rows schemas =
        TRY(connection.query("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", params));
    // IF NOT EXISTS alone would ask for the right to create schemas even when it is there.
    if (schemas.rows.empty()) {
      statements.push_back("CREATE SCHEMA IF NOT EXISTS " + quote(schema_));
    }
    std::vector<std::string> parts;
    for (const Column& column : kColumns) {
      parts.push_back(fmt::format("\"{}\" {}", column.name, column.definition));
    }
    statements.push_back(fmt::format("CREATE TABLE {} ({}, PRIMARY KEY (\"version\"))", name_sql(),
                                     join(parts, ", ")));
    return statements;
  }

  std::string add_column_sql(std::string_view name) const override {
    for (const Column& column : kColumns) {
      if (column.name == name) {
        const std::string_view when_added = column.added_default.empty() ? "" : " DEFAULT ";
        return fmt::format("ALTER TABLE {} ADD COLUMN \"{}\" {}{}{}", name_sql(), name,
                           column.definition, when_added, column.added_default);
      }
    }
    return {};
  }

  Result<std::vector<std::string>> columns(driver::Connection& connection) const override {
    const driver::Value params[] = {name_sql()};
    const driver::Rows found =
        TRY(connection.query("SELECT attname FROM pg_catalog.pg_attribute "
                             "WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 "
                             "AND NOT attisdropped ORDER BY attnum",
                             params));
    return first_column(found);
  }

  std::string name_sql() const override { return quote(schema_) + "." + quote(kRevisionsTable); }

  std::string quote(std::string_view identifier) const override {
    return "\"" + replace_all(identifier, "\"", "\"\"") + "\"";
  }

  std::string placeholder(size_t number) const override { return fmt::format("${}", number); }

  std::string read_sql(std::string_view column) const override {
    // As text in UTC, whatever zone and date style the session has.
    if (column == "executed_at") {
      return "pg_catalog.to_char(\"executed_at\" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
    }
    return quote(column);
  }

  driver::Value encode_time(const StoredTime& time) const override {
    return format_rfc3339_nano(time.at);
  }

 private:
  std::string schema_;
};

}  // namespace

std::unique_ptr<RevisionTable> postgres_revision_table(std::string schema) {
  return std::make_unique<PostgresRevisionTable>(std::move(schema));
}

}  // namespace rhumb::migrate
