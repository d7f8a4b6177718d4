#pragma once

#include <memory>

#include "base/result.h"
#include "driver/connection.h"
#include "driver/url.h"

namespace rhumb::driver::mysql {

/// Opens `mysql://`, `maria://`, `mariadb://` and their `+unix` forms. The scheme is the name in
/// reports, the server says what engine it is.
///
/// Errors: `mysql: query system variables: <why>`; parameters as parse_dsn. Source: spec
/// urls.md 2.2.
[[nodiscard]] Result<std::unique_ptr<Connection>> open_mysql(const DatabaseUrl& url);

/// Registers every scheme this driver answers for.
void register_mysql(DriverRegistry& registry);

}  // namespace rhumb::driver::mysql
