#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/locked_store.h"
#include "migrate/plan.h"
#include "sys/clock.h"

namespace rhumb::migrate {

enum class BaselineResult { kWritten, kAlreadyThere };

/// Begins the revisions of a database with files that count as applied, as does all before them.
///
/// `files` are not empty. Nothing is changed when every one has a row already.
/// Errors: those of with_locked_store; kConflict when there are other revisions.
/// Source: spec revisions.md 5.
[[nodiscard]] Result<BaselineResult> write_baseline(driver::Connection& connection,
                                                    const std::vector<FileEntry>& files,
                                                    const StoreAccess& access,
                                                    std::string_view operator_version,
                                                    sys::Clock& clock);

/// The row of a baseline.
[[nodiscard]] Revision baseline_row(const FileEntry& file,
                                    sys::Instant now,
                                    std::string_view operator_version);

}  // namespace rhumb::migrate
