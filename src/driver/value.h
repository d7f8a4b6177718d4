#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace rhumb::driver {

/// Bytes that are not text, as a database column holds them.
struct Blob {
  std::string bytes;

  bool operator==(const Blob&) const = default;
};

/// One cell or one bound parameter: SQL NULL, a whole number, a float, UTF-8 text or bytes.
using Value = std::variant<std::monostate, int64_t, double, std::string, Blob>;

/// A result set, rows in the order the database gave them; every row has one value per column.
struct Rows {
  std::vector<std::string> columns{};
  std::vector<std::vector<Value>> rows{};
  /// Type of each column as the database declares it, lower case: `boolean`, `timestamptz`; empty
  /// for what has none, such as an expression on SQLite. A driver may leave all of them out.
  std::vector<std::string> types{};
};

struct ExecResult {
  /// Rows changed by the statement; 0 for DDL and for statements that return rows.
  int64_t rows_affected = 0;
};

[[nodiscard]] inline bool is_null(const Value& value) {
  return std::holds_alternative<std::monostate>(value);
}
/// The value as text: numbers in decimal, bytes as they are, NULL as the empty text.
[[nodiscard]] std::string to_text(const Value& value);
/// The value as a whole number: text is read as decimal, a float is truncated, anything else is 0.
[[nodiscard]] int64_t to_int(const Value& value);
/// Whether a database would take the value as true: a number that is not 0, `t`, `true`, `1`, ...
[[nodiscard]] bool is_true(const Value& value);

}  // namespace rhumb::driver
