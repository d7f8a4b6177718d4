#pragma once

#include <optional>

#include "cli/app.h"
#include "report/spool.h"

namespace rhumb::cli {

/// Where reports wait that could not be delivered; nothing when there is no place or
/// `ATLAS_REPORT_SPOOL=0` turns that off.
[[nodiscard]] std::optional<report::Spool> find_spool(const App& app);

}  // namespace rhumb::cli
