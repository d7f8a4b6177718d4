#pragma once

#include <memory>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/url.h"
#include "sys/environment.h"

namespace rhumb::driver::postgres {

/// Opens `postgres://`, `postgresql://`, `ysql://` and `crdb://` URLs.
///
/// Errors: those of PostgresConnection::open; kUnsupported when libpq is not installed.
/// Source: spec urls.md 2.3.
[[nodiscard]] Result<std::unique_ptr<Connection>> open_postgres(
    const DatabaseUrl& url, const sys::Environment& environment);

/// Registers every scheme this driver answers for. Lifetime: `registry` refers to `environment`.
void register_postgres(DriverRegistry& registry, const sys::Environment& environment);

}  // namespace rhumb::driver::postgres
