#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rhumb::driver::postgres {

/// What the server says about a failed statement.
struct ServerError {
  std::string message{};
  std::string sqlstate{};  ///< five characters
  size_t position = 0;     ///< in the statement, in characters from 1; 0: none
};

/// `pq: <message>[ at column N| at position L:C] (<SQLSTATE>)`: a column where `statement` is one
/// line, line and column where it is several, both in characters from 1.
///
/// Shape: the cause has the SQLSTATE and the bare message. Code kDatabase; kUnavailable when the
/// server goes or is not there yet (class 08, 57P01 to 57P05, 53300); kBusy when another session
/// holds what the statement needs: 55P03 (lock timeout), 40001 (serialization), 40P01 (deadlock).
/// Source: spec urls.md 2.3.
[[nodiscard]] Error to_error(const ServerError& error, std::string_view statement);

/// What libpq says, without a word of the server, when a connection cannot be made or is lost.
///
/// Shape: a refusal by the server (`...failed: FATAL:  3D000: database "x" does not exist`, written
/// with verbose errors) reads as its statements' errors do; anything else is its last line that
/// says more than advice. Code kUnavailable.
[[nodiscard]] Error to_connection_error(std::string_view said);

}  // namespace rhumb::driver::postgres
