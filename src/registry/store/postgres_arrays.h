#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/value.h"
#include "registry/store/sql.h"

/// Rows of parameters as PostgreSQL takes them. Many go as arrays, one for each column: any number
/// of rows is one statement with one text, and the server reads few parameters instead of many.
namespace rhumb::registry {

/// The parameters of one row.
[[nodiscard]] std::vector<driver::Value> bind_all(const Params& params);

struct RowArrays {
  /// Of each column as PostgreSQL names it, `bigint[]`; `bigint` for one whose value is sent once,
  /// for all rows; empty for one that is NULL in every row.
  std::vector<std::string_view> types;
  std::vector<driver::Value> values;  ///< of the columns that have a type, as they are sent
};

/// Nothing for a few rows, which arrays are not worth, and when the values of a column are not of
/// one kind. Rows are of one length.
[[nodiscard]] std::optional<RowArrays> to_arrays(std::span<const Params> rows);

/// The rows as what a FROM clause names: `unnest((SELECT CAST($1 AS bigint[])), ...)`.
[[nodiscard]] std::string unnest_sql(const RowArrays& arrays);

/// The same for rows that are inserted: of very many, values that all have in common are sent once.
[[nodiscard]] std::optional<RowArrays> to_insert_arrays(std::span<const Params> rows);

/// The statement that inserts them.
[[nodiscard]] std::string insert_sql(const RowsInto& into, const RowArrays& arrays);

/// The statement that asks, for each of them, what `question` asks for its parameters `$1`, `$2`,
/// ...: its rows come with the number of the row of parameters, from 1, before their columns.
/// Nothing when a parameter is NULL throughout.
[[nodiscard]] std::optional<std::string> question_sql(std::string_view question,
                                                      const RowArrays& arrays);

}  // namespace rhumb::registry
