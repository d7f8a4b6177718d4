#pragma once

#include <string>

#include "base/result.h"

namespace rhumb::registry {

/// Brings the store's SQLite file up to date: the registry's own schema is a migration directory,
/// embedded in the program and applied like any other, with a revisions table of its own.
///
/// Errors: kUnsupported when a newer release has written the store; those of
/// migrate::apply_migrations.
Result<void> apply_own_schema(const std::string& path);

}  // namespace rhumb::registry
