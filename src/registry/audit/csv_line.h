#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Lines of CSV (RFC 4180) that give back what they were made of. Pure.
namespace rhumb::registry {

/// Nothing is an empty cell, an empty text is `""`. A text that a spreadsheet would compute (it
/// begins with `=`, `+`, `-`, `@`, a tab or a carriage return), or that begins with `'`, has a `'`
/// put before it.
using CsvCell = std::optional<std::string>;

/// With its line break.
[[nodiscard]] std::string format_csv_line(const std::vector<CsvCell>& cells);
/// Without it. Errors: kInvalid for a quote that is left open or stands where none may be.
Result<std::vector<CsvCell>> parse_csv_line(std::string_view line);

}  // namespace rhumb::registry
