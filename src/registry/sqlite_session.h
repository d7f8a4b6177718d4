#pragma once

#include <memory>
#include <string>

#include "registry/sql.h"

namespace rhumb::registry {

/// The file of the embedded store in a data folder.
[[nodiscard]] std::string sqlite_store_file(const std::string& data);

enum class SqliteAccess { kRead, kWrite };

/// Opens a SQLite file as a session: WAL, `synchronous=FULL`, foreign keys on, a busy wait of 10 s.
/// Statements are prepared once and kept. kRead refuses every write.
///
/// Errors: kIo when the file cannot be opened, kDatabase when it is no database.
Result<std::unique_ptr<Session>> open_sqlite(const std::string& path, SqliteAccess access);

}  // namespace rhumb::registry
