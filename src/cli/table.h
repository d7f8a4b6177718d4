#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rhumb::cli {

using Row = std::vector<std::string>;

/// A table without borders: every column as wide as its longest cell, two blanks between columns,
/// no blank at the end of a line.
/// Source: spec reporting.md 8.7.
[[nodiscard]] std::string format_table(const Row& header, const std::vector<Row>& rows);

/// One `label  value` line per fact, values aligned; an empty value prints `-`.
[[nodiscard]] std::string format_facts(
    const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace rhumb::cli
