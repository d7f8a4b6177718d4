#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {

/// Why the database is not clean, or nothing; only tables count, and none of an extension.
/// `bound_schema` is empty when the connection sees the whole database.
///
/// Shape: `found table "t" in schema "s"` (the first by name), `found 2 tables in schema "s"`,
/// `found schema "s"`. Source: spec revisions.md 5.
[[nodiscard]] Result<std::optional<std::string>> find_dirt(Session& session,
                                                           const std::string& bound_schema,
                                                           const CleanRules& rules);

/// As find_dirt for a dev database: no table is exempt and every kind of object counts, tables
/// first. Shape: `found view "v" in connected schema`, `found view "v" in schema "public"`, `found
/// schema "s"`.
[[nodiscard]] Result<std::optional<std::string>> find_dev_dirt(Session& session,
                                                               const std::string& bound_schema);

}  // namespace rhumb::driver::postgres
