#include "migrate/case_sql.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "migrate/file_statements.h"

namespace rhumb::migrate {
namespace {

Result<FileStatements> split_sql(driver::Connection& dev, std::string_view sql) {
  FileStatements statements =
      TRY(FileStatements::create(std::string(sql), driver::sql_dialect(dev.info().engine)));
  if (statements.size() == 0) {
    return invalid("sql holds no statement");
  }
  return statements;
}

/// Rows that PostgreSQL's COPY reads stand behind it, and only execute() sends them.
bool brings_data(std::string_view text) {
  constexpr std::string_view kCopy = "COPY";
  return equal_fold_ascii(trim_left(text).substr(0, kCopy.size()), kCopy);
}

Result<driver::Rows> query_or_execute(driver::Connection& dev, std::string_view text) {
  if (!brings_data(text)) {
    return dev.query(text);
  }
  TRY(dev.execute(text));
  return driver::Rows{};
}

Result<driver::Rows> run_statement(driver::Connection& dev, std::string_view text) {
  return query_or_execute(dev, text).context(fmt::format("executing statement {}", go_quote(text)));
}

bool is_true_row(const std::vector<driver::Value>& row) {
  return driver::is_true(row.front());
}

/// Empty when the rows are what an assertion has to return.
std::string find_problem(const driver::Rows& rows) {
  if (rows.columns.size() != 1) {
    return fmt::format("returned {}, it must return one",
                       plural(rows.columns.size(), "column", "columns"));
  }
  if (rows.rows.empty()) {
    return "returned no row";
  }
  const auto wrong = std::ranges::find_if_not(rows.rows, is_true_row);
  if (wrong == rows.rows.end()) {
    return {};
  }
  const driver::Value& value = wrong->front();
  return fmt::format("returned {}", driver::is_null(value) ? "NULL" : driver::to_text(value));
}

}  // namespace

Result<driver::Rows> run_statements(driver::Connection& dev, std::string_view sql) {
  const FileStatements statements = TRY(split_sql(dev, sql));
  driver::Rows output;
  StatementReader reader = statements.read();
  while (const std::optional<sql::Statement> statement = reader.next()) {
    driver::Rows rows = TRY(run_statement(dev, statement->text));
    if (!rows.columns.empty()) {
      output = std::move(rows);
    }
  }
  return output;
}

Result<std::optional<std::string>> find_false_assertion(driver::Connection& dev,
                                                        std::string_view sql) {
  const FileStatements statements = TRY(split_sql(dev, sql));
  StatementReader reader = statements.read();
  while (const std::optional<sql::Statement> statement = reader.next()) {
    const driver::Rows rows = TRY(run_statement(dev, statement->text));
    const std::string problem = find_problem(rows);
    if (!problem.empty()) {
      return std::optional(fmt::format("assertion {} {}", go_quote(statement->text), problem));
    }
  }
  return std::optional<std::string>();
}

}  // namespace rhumb::migrate
