#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rhumb::driver::postgres {

/// CREATE or DROP INDEX CONCURRENTLY of one named index.
///
/// Shape: names as the server stores them (unquoted ones in lower case); `schema` is that of the
/// table for CREATE, which is where the index goes, and that of the index for DROP; empty when not
/// written.
struct ConcurrentIndex {
  bool creates = false;
  std::string schema{};
  std::string table{};  ///< CREATE only
  std::string index{};
};
[[nodiscard]] std::optional<ConcurrentIndex> parse_concurrent_index(std::string_view statement);

/// Whether a statement can share a transaction with a row that says so: what it begins with does
/// not refuse a transaction block, and it is one statement.
/// Source: spec revisions.md 3.1.
[[nodiscard]] bool commits_with_outcome(std::string_view statement);

}  // namespace rhumb::driver::postgres
