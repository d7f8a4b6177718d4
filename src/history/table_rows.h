#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "history/catalog.h"
#include "sys/clock.h"

namespace rhumb::history {

/// One row of another tool's table. A column the table does not have reads as NULL.
class TableRow {
 public:
  using Cells = std::map<std::string, driver::Value, std::less<>>;

  explicit TableRow(Cells cells) : cells_(std::move(cells)) {}

  [[nodiscard]] bool is_null(std::string_view column) const;
  /// Empty for NULL.
  [[nodiscard]] std::string text(std::string_view column) const;
  [[nodiscard]] int64_t number(std::string_view column) const;
  [[nodiscard]] bool flag(std::string_view column) const;
  /// Absent for NULL and for what is no time; a time without a zone is taken as UTC.
  [[nodiscard]] std::optional<sys::Instant> time(std::string_view column) const;

 private:
  [[nodiscard]] const driver::Value& cell(std::string_view column) const;

  Cells cells_;  // by the names that were asked for
};

struct RowQuestion {
  std::vector<std::string_view> columns{};  ///< those the table lacks are left out
  std::vector<std::string_view> order{};    ///< ascending
};

/// Errors: the database's.
[[nodiscard]] Result<std::vector<TableRow>> read_rows(driver::Connection& connection,
                                                      const Table& table,
                                                      const RowQuestion& question);

}  // namespace rhumb::history
