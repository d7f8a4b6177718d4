#pragma once

#include <memory>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {

/// Remembers an empty dev database (or its one empty schema) and how to empty it again: what a run
/// adds to the schema, and schemas, extensions, event triggers and the like that are new in the
/// database. Roles and other things of the whole server stay.
///
/// Errors: kConflict `sql/migrate: connected database is not clean: <reason>`.
/// Lifetime: refers to `session`.
[[nodiscard]] Result<std::unique_ptr<Snapshot>> take_snapshot(Session& session,
                                                              const std::string& bound_schema);

}  // namespace rhumb::driver::postgres
