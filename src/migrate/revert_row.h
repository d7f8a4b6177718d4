#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "migrate/revision.h"
#include "migrate/row_intent.h"

namespace rhumb::migrate {

/// Which way a run takes a file.
enum class Direction { kUp, kDown };

/// How far a file is reverted where no transaction covers that, from its row's `error`.
///
/// The row itself stays what applying made it and is deleted after the last statement, so its
/// counts and hashes say nothing of the way back.
struct RevertPoint {
  size_t statement = 0;  ///< from 1, of the statements that revert: the one to go on with
  size_t total = 0;
  std::string after{};                ///< hash of those before it; empty when it is the first
  std::optional<RowIntent> intent{};  ///< it was started, and nobody saw its end
  std::string error{};                ///< why it failed, when its end was seen
};

/// Shape: `rhumb: down statement <n> of <total> stopped[, after <hash n-1 with h1:>]: <error>`.
/// Stored in users' databases, never change. Source: spec revisions.md 3.1, whose intents begin
/// alike; the number must outlive a failure, for the next run to go on there.
[[nodiscard]] std::string format_revert_stop(const RevertPoint& point);
/// Reads both forms, intent and stop; nothing when no revert of the row is open.
[[nodiscard]] std::optional<RevertPoint> parse_revert_point(std::string_view error);

/// The open revert of a row; one that a person resolved since counts as whole.
[[nodiscard]] std::optional<RevertPoint> find_revert_point(const Revision& row);

/// Statements of a file that a run in that direction need not run again.
[[nodiscard]] size_t count_done(const Revision* row, Direction direction);

}  // namespace rhumb::migrate
