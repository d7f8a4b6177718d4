#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "gotmpl/value.h"
#include "history/baseline.h"
#include "history/file_map.h"
#include "history/read_history.h"

namespace rhumb::cli {

/// What became of a baseline: nothing yet, or what the command did.
enum class BaselineState { kPlanned, kWritten, kAlreadyThere };

/// Everything `history import` found out.
struct ImportFindings {
  driver::ConnectionInfo database{};  ///< that of the history table
  history::History history{};
  history::Standing standing{};
  history::KnownFiles known{};  ///< empty without a directory
  std::vector<std::optional<size_t>> places{};
  /// The baseline, or why there is none.
  Result<history::BaselinePlan> plan = invalid("nothing was compared");
  BaselineState state = BaselineState::kPlanned;
};

/// The table of entries with a line above it. Columns in which nothing stands are left out.
[[nodiscard]] std::string format_history(const ImportFindings& findings);
/// What could be done with it: the baseline, or why there is none.
[[nodiscard]] std::string format_outlook(const ImportFindings& findings);
/// `{Tool, Driver, URL, Table, Current, Entries, Baseline, Problem}`.
[[nodiscard]] gotmpl::Value findings_value(const ImportFindings& findings);

}  // namespace rhumb::cli
