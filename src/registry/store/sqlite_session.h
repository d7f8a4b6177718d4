#pragma once

#include <memory>
#include <string>

#include "registry/store/sql.h"

namespace rhumb::registry {

/// The file of the embedded store in a data folder.
[[nodiscard]] std::string sqlite_store_file(const std::string& data);

/// kRead refuses every write; kFile is for a file at rest and leaves it as it is, to the byte.
enum class SqliteAccess { kRead, kWrite, kFile };

/// Opens a SQLite file as a session: WAL, `synchronous=FULL`, foreign keys on, a busy wait of 10 s.
/// Statements are prepared once and kept.
///
/// Errors: kIo when the file cannot be opened, kDatabase when it is no database.
Result<std::unique_ptr<Session>> open_sqlite(const std::string& path, SqliteAccess access);

/// Makes one file of a database in WAL mode that nobody has open.
Result<void> end_wal(const std::string& path);

}  // namespace rhumb::registry
