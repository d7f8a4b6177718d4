#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"

/// The SQL of a case's commands, run statement by statement.
///
/// Errors: `executing statement "<text>": <error>`, whose root_message is the database's; `sql
/// holds no statement`; those of sql::StatementScanner.
namespace rhumb::migrate {

/// Runs every statement of `sql`; the rows of the last one that has columns.
[[nodiscard]] Result<driver::Rows> run_statements(driver::Connection& dev, std::string_view sql);

/// Runs every statement of `sql` as an assertion: it must return rows, of one column, that are all
/// true. What is wrong with the first one that does not; nothing when all hold.
[[nodiscard]] Result<std::optional<std::string>> find_false_assertion(driver::Connection& dev,
                                                                      std::string_view sql);

}  // namespace rhumb::migrate
