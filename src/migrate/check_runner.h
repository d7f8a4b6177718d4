#pragma once

#include <optional>
#include <vector>

#include "driver/connection.h"
#include "migrate/file_statements.h"
#include "migrate/run_event.h"
#include "migrate/run_stream.h"

namespace rhumb::migrate {

/// Runs the assertions that guard `planned`, group by group, and tells what failed; nothing when
/// the file may run. A group is evaluated to its end, the next one only when it holds.
///
/// Events: CheckDone for every assertion and once more for its group.
/// Texts: `<k> of <n> assertions failed: check assertion "<stmt>" returned false`.
/// Source: spec migration-directory.md 6.
[[nodiscard]] std::optional<RunText> run_checks(driver::Connection& connection,
                                                RunStream& stream,
                                                const PlannedFile& planned,
                                                const std::vector<CheckGroup>& groups);

}  // namespace rhumb::migrate
