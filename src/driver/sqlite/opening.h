#pragma once

#include "base/result.h"
#include "driver/sqlite/database.h"
#include "driver/sqlite/dsn.h"

namespace rhumb::driver::sqlite {

/// Opens a database and sets what its parameters ask for.
/// Errors: those of Database::open; `file is not a database`.
[[nodiscard]] Result<Database> open_database(const Dsn& dsn);

/// Whether open_database would make a new, empty file: there is none yet, but a folder for it.
[[nodiscard]] bool makes_file(const Dsn& dsn);

}  // namespace rhumb::driver::sqlite
