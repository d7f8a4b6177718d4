#pragma once

#include <span>
#include <string_view>

#include "sql/dialect.h"

namespace rhumb::property {

/// A form of script that the specification of the splitter (sql-splitter.md) wants split otherwise
/// than the server executes it.
struct KnownDifference {
  std::string_view name;
  std::string_view section;  ///< that wants it so
  sql::Dialect dialect;
  std::string_view example;  ///< a script that differs
  /// Whether a script has the form. Asked only where there is a difference.
  bool (*applies)(std::string_view script);
};

std::span<const KnownDifference> known_differences();
/// The first one that explains a difference of this script; null when it is a defect.
const KnownDifference* explanation(sql::Dialect dialect, std::string_view script);

}  // namespace rhumb::property
