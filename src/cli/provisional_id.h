#pragma once

#include <string>

#include "driver/connection.h"

namespace rhumb::cli {

/// The id that stands for a database that has none yet and may not be given one (a dry run): a
/// version 5 UUID over driver, host, port, database and schema, so that it is the same every time.
/// Source: spec reporting.md 4, "Dry run".
[[nodiscard]] std::string provisional_identity(const driver::ConnectionInfo& info);

}  // namespace rhumb::cli
