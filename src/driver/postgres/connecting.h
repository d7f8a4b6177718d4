#pragma once

#include <chrono>

#include "base/result.h"
#include "driver/postgres/libpq.h"
#include "driver/postgres/parameters.h"
#include "sys/cancellation.h"

namespace rhumb::driver::postgres {

/// Opens a connection and waits for it, at most `connect_timeout` seconds when that is given. The
/// caller finishes it.
/// Errors: those of to_connection_error; kCancelled `interrupted`.
[[nodiscard]] Result<PGconn*> connect(const Libpq& pq,
                                      const Parameters& parameters,
                                      const sys::CancellationToken& stop);

/// Whether the socket has something to read before the time is over.
[[nodiscard]] bool wait_until_readable(int socket, std::chrono::milliseconds time);

}  // namespace rhumb::driver::postgres
