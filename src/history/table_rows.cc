#include "history/table_rows.h"

#include <fmt/format.h>

#include <cctype>

#include "base/text.h"
#include "migrate/revision_table.h"

namespace rhumb::history {
namespace {

/// `+00`, as PostgreSQL writes an offset of whole hours, becomes `+00:00`.
std::string with_whole_offset(std::string text) {
  constexpr size_t kOffset = 3;
  const size_t sign = text.size() - std::min(text.size(), kOffset);
  const bool is_short = text.size() > 19 && (text[sign] == '+' || text[sign] == '-');
  return is_short ? text + ":00" : text;
}

/// How a SELECT reads a column: what MySQL converts to the session's zone is asked for in UTC, and
/// its bits as a number.
std::string read_sql(driver::Engine engine, const Column& column) {
  std::string name = quote_name(engine, column.name);
  if (is_mysql_like(engine) && column.type == "timestamp") {
    return fmt::format("CAST(UNIX_TIMESTAMP({}) * 1000 AS SIGNED)", name);
  }
  if (is_mysql_like(engine) && column.type == "bit") {
    return name + " + 0";
  }
  return name;
}

/// The columns of the question that are there, with the names asked for.
std::vector<std::pair<std::string_view, const Column*>> present_columns(
    const Table& table, const RowQuestion& question) {
  std::vector<std::pair<std::string_view, const Column*>> present;
  for (const std::string_view name : question.columns) {
    if (const Column* column = table.find(name)) {
      present.emplace_back(name, column);
    }
  }
  return present;
}

std::string order_sql(driver::Engine engine, const Table& table, const RowQuestion& question) {
  std::vector<std::string> names;
  for (const std::string_view name : question.order) {
    if (const Column* column = table.find(name)) {
      names.push_back(quote_name(engine, column->name));
    }
  }
  return names.empty() ? "" : " ORDER BY " + join(names, ", ");
}

}  // namespace

const driver::Value& TableRow::cell(std::string_view column) const {
  static const driver::Value kNull;
  const auto found = cells_.find(column);
  return found == cells_.end() ? kNull : found->second;
}

bool TableRow::is_null(std::string_view column) const {
  return driver::is_null(cell(column));
}

std::string TableRow::text(std::string_view column) const {
  return driver::to_text(cell(column));
}

int64_t TableRow::number(std::string_view column) const {
  return driver::to_int(cell(column));
}

bool TableRow::flag(std::string_view column) const {
  return driver::is_true(cell(column));
}

std::optional<sys::Instant> TableRow::time(std::string_view column) const {
  const driver::Value& value = cell(column);
  if (const auto* milliseconds = std::get_if<int64_t>(&value)) {
    return sys::Instant(std::chrono::milliseconds(*milliseconds));
  }
  const sys::Instant at = migrate::parse_stored_time(with_whole_offset(driver::to_text(value))).at;
  return at == sys::Instant() ? std::nullopt : std::optional(at);
}

Result<std::vector<TableRow>> read_rows(driver::Connection& connection,
                                        const Table& table,
                                        const RowQuestion& question) {
  const driver::Engine engine = connection.info().engine;
  const auto present = present_columns(table, question);
  std::vector<std::string> selected;
  selected.reserve(present.size());
  for (const auto& [name, column] : present) {
    selected.push_back(read_sql(engine, *column));
  }
  const driver::Rows found = TRY(
      connection.query(fmt::format("SELECT {} FROM {}{}", join(selected, ", "),
                                   table_sql(engine, table), order_sql(engine, table, question))));
  std::vector<TableRow> rows;
  rows.reserve(found.rows.size());
  for (const std::vector<driver::Value>& values : found.rows) {
    TableRow::Cells cells;
    for (size_t i = 0; i < present.size(); ++i) {
      cells.emplace(present[i].first, values[i]);
    }
    rows.emplace_back(std::move(cells));
  }
  return rows;
}

}  // namespace rhumb::history
