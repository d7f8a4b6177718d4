#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "driver/mysql/dsn.h"
#include "sys/cancellation.h"

struct st_mysql;

namespace rhumb::driver::mysql {

/// Puts the options of `dsn` into a handle that is not connected yet, and connects it. `stop` ends
/// the wait for the server, but not that for a name server.
/// Errors: as Session::open.
[[nodiscard]] Result<void> connect_handle(::st_mysql* handle,
                                          const Dsn& dsn,
                                          const std::string& program_name,
                                          const sys::CancellationToken& stop);

/// The statements that set up a fresh session: collation and session variables of the URL.
[[nodiscard]] std::vector<std::string> set_up_statements(const Dsn& dsn);

}  // namespace rhumb::driver::mysql
