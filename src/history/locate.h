#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "history/catalog.h"
#include "history/entry.h"

namespace rhumb::history {

/// What the person says about the table; everything may be left open.
struct Whereabouts {
  std::optional<Tool> tool{};
  std::string table{};   ///< instead of the tool's own name
  std::string schema{};  ///< instead of the connection's
};

/// A history table, with the tables that say more about it.
struct Located {
  Tool tool = Tool::kFlyway;
  Table table{};
  std::vector<Table> companions{};  ///< of the same schema: `ar_internal_metadata`, the lock table

  [[nodiscard]] const Table* find_companion(std::string_view name) const;
};

/// Finds the one table that is meant, by name and by columns.
///
/// Errors: kNotFound when there is none, with what was looked for; kConflict when there are
/// several, with their names and the flag that chooses; kInvalid when the table of that name is
/// another tool's.
[[nodiscard]] Result<Located> locate_history(driver::Connection& connection,
                                             const Whereabouts& where);

}  // namespace rhumb::history
