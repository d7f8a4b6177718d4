#pragma once

#include <memory>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/url.h"

namespace rhumb::driver::sqlite {

/// Opens `sqlite://`, `sqlite3://` and local `libsql` URLs; every connection is bound to `main`.
///
/// Errors: `sqlite: querying schemas: <why>`, the reason as the operating system or SQLite words
/// it. Source: spec urls.md 2.1.
[[nodiscard]] Result<std::unique_ptr<Connection>> open_sqlite(const DatabaseUrl& url);

/// Registers every scheme this driver answers for.
void register_sqlite(DriverRegistry& registry);

}  // namespace rhumb::driver::sqlite
