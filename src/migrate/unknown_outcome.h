#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/directory.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

inline constexpr std::string_view kFailOnUnknown = "fail";

/// Accepts `fail`, `retry` and `skip`. Errors: kInvalid, naming the three.
[[nodiscard]] Result<void> parse_on_unknown(std::string_view value);

/// Fails when a row that nobody resolved says that a statement was started and its outcome is not
/// known.
///
/// Errors: kConflict `sql/migrate: outcome of statement <n> from file "<name>" is unknown: the run
/// that started it at <time> by <holder> did not finish`, with what the catalog says and the
/// choices on further lines. Source: spec revisions.md 3.1.
[[nodiscard]] Result<void> refuse_unknown_outcomes(driver::Connection& connection,
                                                   const DirectoryFiles& directory,
                                                   const std::vector<Revision>& revisions);

/// What is wrong with a history in which a file is partly reverted; nothing when none is.
///
/// Text: `sql/migrate: version "2" is partly reverted: statement 2 of 3 from file "2_b.down.sql"
/// ...`, with the ways on, on further lines.
[[nodiscard]] std::optional<Error> find_half_reverted(const DirectoryFiles& directory,
                                                      const std::vector<Revision>& revisions);

}  // namespace rhumb::migrate
