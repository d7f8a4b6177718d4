#pragma once

#include <string_view>

#include "base/error.h"

namespace rhumb::driver::mysql {

/// An error of the server as reports show it: `Error 1050 (42S01): Table 't' already exists`.
/// Errors of the client library, whose numbers lie from 2000 to 2999, are their bare text.
///
/// Codes: kUnavailable when the connection is gone or cannot be made, kBusy when another session
/// holds what the statement needs (lock wait timeout, deadlock), else kDatabase. The cause has the
/// number and the bare text; the state stands in the message.
[[nodiscard]] Error server_error(unsigned number, std::string_view sqlstate, std::string_view text);

/// Numbers the driver decides by. Source: MariaDB and MySQL 8.0 error references.
inline constexpr unsigned kEmptyQuery = 1065;
inline constexpr unsigned kQueryInterrupted = 1317;
inline constexpr unsigned kNeedsReprepare = 1615;

/// Whether the error is that of the server with that number.
[[nodiscard]] bool is_server_error(const Error& error, unsigned number);

}  // namespace rhumb::driver::mysql
