#pragma once

#include <string>

#include "base/result.h"

namespace rhumb::registry {

/// Brings a store up to date: the registry's own schema is a migration directory, embedded in the
/// program and applied like any other, with a revisions table of its own. It is written for SQLite;
/// schema_to_postgres() makes it PostgreSQL's.
///
/// Errors: kUnsupported when a newer release has written the store; those of
/// migrate::apply_migrations.
Result<void> apply_own_schema_to_file(const std::string& path);
Result<void> apply_own_schema_to_server(const std::string& url);

}  // namespace rhumb::registry
