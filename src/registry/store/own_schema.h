#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "registry/store/embedded_schema.h"
#include "registry/store/store.h"

namespace rhumb::registry {

/// Brings a store up to date: the registry's own schema is a migration directory, embedded in the
/// program and applied like any other, with a revisions table of its own. It is written for SQLite;
/// schema_to_postgres() makes it PostgreSQL's. `files` are own_migrations(); the first ones of them
/// make a store as an older release left it.
///
/// Errors: kUnsupported when a newer release has written the store; those of
/// migrate::apply_migrations.
Result<void> apply_own_schema_to_file(const std::string& path,
                                      std::span<const EmbeddedFile> files,
                                      const UpgradeListener& on_upgrade = {});
Result<void> apply_own_schema_to_server(const std::string& url,
                                        std::span<const EmbeddedFile> files,
                                        const UpgradeListener& on_upgrade = {});

}  // namespace rhumb::registry
