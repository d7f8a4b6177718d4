#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"

namespace rhumb::history {

struct Column {
  std::string name{};
  std::string type{};  ///< as the catalog spells it, lower case
};

/// A table with its columns, in their order.
struct Table {
  std::string schema{};  ///< a database on MySQL; `main` on SQLite
  std::string name{};
  std::vector<Column> columns{};

  /// By name, whatever its case: engines and versions of the tools fold names differently.
  [[nodiscard]] const Column* find(std::string_view column) const;
  /// `schema.name`, on SQLite `name`.
  [[nodiscard]] std::string shown(driver::Engine engine) const;
};

struct TableQuestion {
  std::vector<std::string> names{};  ///< compared without case
  /// Where to look. Empty: the schema the connection is bound to, else every schema that is not the
  /// server's own.
  std::string schema{};
  std::string also_in{};  ///< one more schema to look into when `schema` is empty
};

/// The tables of those names, by schema and name. Errors: the database's.
[[nodiscard]] Result<std::vector<Table>> find_tables(driver::Connection& connection,
                                                     const TableQuestion& question);

/// An identifier as statements of that engine write it.
[[nodiscard]] std::string quote_name(driver::Engine engine, std::string_view name);
/// `schema.name` for a statement.
[[nodiscard]] std::string table_sql(driver::Engine engine, const Table& table);

[[nodiscard]] bool is_mysql_like(driver::Engine engine);
[[nodiscard]] bool is_sqlite_like(driver::Engine engine);

}  // namespace rhumb::history
