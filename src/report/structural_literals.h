#pragma once

#include <vector>

#include "sql/tokens.h"

namespace rhumb::report {

/// For every token whether it is a literal that describes a structure: members of ENUM and SET
/// types, CHECK and DEFAULT expressions, partition bounds, in CREATE and ALTER of tables, types and
/// domains. When in doubt it is not.
/// Source: spec reporting.md 5.3, `report_masking = "VALUES"`.
[[nodiscard]] std::vector<bool> find_structural_literals(const std::vector<sql::Token>& tokens);

}  // namespace rhumb::report
