#include "driver/postgres/connecting.h"

#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <vector>

#include "driver/postgres/server_error.h"
#include "driver/socket_wait.h"

namespace rhumb::driver::postgres {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::string_view kStopped = "interrupted";

void drop_notice(void* /*unused*/, const PGresult* /*notice*/) {}

std::optional<SteadyTime> deadline_of(const Parameters& parameters) {
  const auto timeout = parameters.values.find("connect_timeout");
  const int seconds = timeout == parameters.values.end() ? 0 : std::atoi(timeout->second.c_str());
  if (seconds <= 0) {
    return std::nullopt;
  }
  return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

Result<void> finish_start(const Libpq& pq, PGconn* connection, const WaitLimits& limits) {
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED || pq.status(connection) == CONNECTION_BAD) {
      return to_connection_error(pq.error_message(connection));
    }
    const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    const SocketState state = wait_for_socket(pq.socket(connection), events, limits);
    if (state == SocketState::kCancelled) {
      return Error(ErrorCode::kCancelled, std::string(kStopped));
    }
    if (state == SocketState::kTimeout) {
      return to_connection_error("timeout expired");
    }
    next = pq.connect_poll(connection);
  }
  return {};
}

}  // namespace

bool wait_until_readable(int socket, std::chrono::milliseconds time) {
  const WaitLimits limits{.deadline = std::chrono::steady_clock::now() + time};
  return wait_for_socket(socket, POLLIN, limits) == SocketState::kReady;
}

Result<PGconn*> connect(const Libpq& pq,
                        const Parameters& parameters,
                        const sys::CancellationToken& stop) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters.values) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  PGconn* connection = pq.connect_start(keywords.data(), values.data(), 0);
  if (connection == nullptr) {
    return to_connection_error("out of memory");
  }
  pq.set_notice_receiver(connection, drop_notice, nullptr);
  // The only way to the SQLSTATE of a refusal is the text of a verbose one.
  pq.set_error_verbosity(connection, PQERRORS_VERBOSE);
  const Result<void> started =
      finish_start(pq, connection, {.deadline = deadline_of(parameters), .stop = stop});
  if (!started) {
    pq.finish(connection);
    return started.error();
  }
  pq.set_error_verbosity(connection, PQERRORS_DEFAULT);
  return connection;
}

}  // namespace rhumb::driver::postgres
