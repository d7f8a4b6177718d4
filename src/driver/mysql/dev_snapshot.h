#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/mysql/session.h"

namespace rhumb::driver::mysql {

/// Remembers a clean dev database, or a server without databases when `database` is empty.
///
/// Restoring resets the session (variables, temporary tables) and drops what is there, with foreign
/// keys unchecked. A database that was named comes back with its character set even when it was
/// dropped; other databases of the server are left alone.
/// Errors: kConflict `sql/migrate: connected database is not clean: <reason>`.
Result<std::unique_ptr<Snapshot>> take_snapshot(Session& session, const std::string& database);

}  // namespace rhumb::driver::mysql
