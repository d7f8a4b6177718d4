#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "driver/value.h"
#include "migrate/case.h"

namespace rhumb::migrate {

/// Rows as an `exec` command gives them, without a line end behind the last one.
///
/// Shape: kCsv joins the cells of a row with `, `, without a header; kTable has a header, a rule of
/// dashes below it, and columns as wide as their widest cell. NULL is `NULL`, booleans are `true`
/// and `false` where the database has a type for them, bytes that are no text are `\x` and hex.
/// Source: spec project-file.md 9.
[[nodiscard]] std::string format_output(const driver::Rows& rows, OutputFormat format);

/// How an output differs from what is expected, in several lines; nothing when it does not.
///
/// Blanks at line ends do not count, nor empty lines around the output; in a table no blanks around
/// cells do, so that its columns may be of any width.
[[nodiscard]] std::optional<std::string> find_mismatch(std::string_view output,
                                                       OutputFormat format,
                                                       const Expectation& expected);

}  // namespace rhumb::migrate
