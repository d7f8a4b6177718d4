#include "history/catalog.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace rhumb::history {
namespace {

// Each gives schema, table, column and type, in the order of the columns. {names} and {schemas} are
// the conditions.
constexpr std::string_view kSqliteTables =
    "SELECT 'main', t.name, c.name, lower(c.type) FROM sqlite_master AS t, "
    "pragma_table_info(t.name) AS c WHERE t.type = 'table' AND lower(t.name) IN ({names}) "
    "ORDER BY t.name, c.cid";
constexpr std::string_view kPostgresTables =
    "SELECT n.nspname, t.relname, a.attname, pg_catalog.format_type(a.atttypid, NULL) "
    "FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "WHERE t.relkind IN ('r', 'p') AND lower(t.relname) IN ({names}) AND {schemas} "
    "ORDER BY n.nspname, t.relname, a.attnum";
constexpr std::string_view kMysqlTables =
    "SELECT table_schema, table_name, column_name, lower(data_type) "
    "FROM information_schema.columns WHERE lower(table_name) IN ({names}) AND {schemas} "
    "ORDER BY table_schema, table_name, ordinal_position";

constexpr std::string_view kPostgresOwn =
    "n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'crdb_internal')";
constexpr std::string_view kMysqlOwn =
    "lower(table_schema) NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')";

/// Collects parameters and tells their placeholders.
class Parameters {
 public:
  explicit Parameters(driver::Engine engine)
      : is_numbered_(!is_mysql_like(engine) && !is_sqlite_like(engine)) {}

  std::string add(std::string value) {
    values_.emplace_back(std::move(value));
    return is_numbered_ ? fmt::format("${}", values_.size()) : "?";
  }
  [[nodiscard]] const std::vector<driver::Value>& values() const { return values_; }

 private:
  bool is_numbered_;
  std::vector<driver::Value> values_;
};

std::vector<std::string> wanted_schemas(const driver::ConnectionInfo& info,
                                        const TableQuestion& question) {
  if (!question.schema.empty()) {
    return {question.schema};
  }
  const std::string& bound = info.default_schema.empty() ? info.schema : info.default_schema;
  if (bound.empty()) {
    return {};
  }
  return question.also_in.empty() ? std::vector{bound} : std::vector{bound, question.also_in};
}

std::string schema_condition(const driver::ConnectionInfo& info,
                             const TableQuestion& question,
                             Parameters& parameters) {
  const bool is_mysql = is_mysql_like(info.engine);
  std::vector<std::string> places;
  for (const std::string& schema : wanted_schemas(info, question)) {
    places.push_back(parameters.add(schema));
  }
  if (places.empty()) {
    return std::string(is_mysql ? kMysqlOwn : kPostgresOwn);
  }
  return fmt::format("{} IN ({})", is_mysql ? "table_schema" : "n.nspname", join(places, ", "));
}

std::string tables_sql(const driver::ConnectionInfo& info,
                       const TableQuestion& question,
                       Parameters& parameters) {
  std::vector<std::string> names;
  names.reserve(question.names.size());
  for (const std::string& name : question.names) {
    names.push_back(parameters.add(to_lower_ascii(name)));
  }
  if (is_sqlite_like(info.engine)) {
    return fmt::format(fmt::runtime(kSqliteTables), fmt::arg("names", join(names, ", ")));
  }
  return fmt::format(fmt::runtime(is_mysql_like(info.engine) ? kMysqlTables : kPostgresTables),
                     fmt::arg("names", join(names, ", ")),
                     fmt::arg("schemas", schema_condition(info, question, parameters)));
}

std::vector<Table> group_columns(const driver::Rows& rows) {
  std::vector<Table> tables;
  for (const std::vector<driver::Value>& row : rows.rows) {
    const std::string schema = driver::to_text(row[0]);
    const std::string name = driver::to_text(row[1]);
    if (tables.empty() || tables.back().schema != schema || tables.back().name != name) {
      tables.push_back({.schema = schema, .name = name});
    }
    tables.back().columns.push_back(
        {.name = driver::to_text(row[2]), .type = driver::to_text(row[3])});
  }
  return tables;
}

}  // namespace

bool is_mysql_like(driver::Engine engine) {
  return driver::sql_dialect(engine) == sql::Dialect::kMysql;
}

bool is_sqlite_like(driver::Engine engine) {
  return driver::sql_dialect(engine) == sql::Dialect::kSqlite;
}

const Column* Table::find(std::string_view column) const {
  const auto found = std::ranges::find_if(
      columns, [&](const Column& known) { return equal_fold_ascii(known.name, column); });
  return found == columns.end() ? nullptr : &*found;
}

std::string Table::shown(driver::Engine engine) const {
  return is_sqlite_like(engine) ? name : schema + "." + name;
}

Result<std::vector<Table>> find_tables(driver::Connection& connection,
                                       const TableQuestion& question) {
  Parameters parameters(connection.info().engine);
  const std::string sql = tables_sql(connection.info(), question, parameters);
  return group_columns(TRY(connection.query(sql, parameters.values())));
}

std::string quote_name(driver::Engine engine, std::string_view name) {
  const std::string mark = is_mysql_like(engine) ? "`" : "\"";
  return mark + replace_all(name, mark, mark + mark) + mark;
}

std::string table_sql(driver::Engine engine, const Table& table) {
  return quote_name(engine, table.schema) + "." + quote_name(engine, table.name);
}

}  // namespace rhumb::history
