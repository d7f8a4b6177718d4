#include "driver/postgres/connecting.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <vector>

#include "driver/postgres/server_error.h"

namespace rhumb::driver::postgres {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

void drop_notice(void* /*unused*/, const PGresult* /*notice*/) {}

std::optional<SteadyTime> deadline_of(const Parameters& parameters) {
  const auto timeout = parameters.values.find("connect_timeout");
  const int seconds = timeout == parameters.values.end() ? 0 : std::atoi(timeout->second.c_str());
  if (seconds <= 0) {
    return std::nullopt;
  }
  return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

// Whether the socket became ready before the deadline.
bool wait_for(int socket, short events, const std::optional<SteadyTime>& deadline) {
  for (;;) {
    int timeout_ms = -1;
    if (deadline) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          *deadline - std::chrono::steady_clock::now());
      timeout_ms = static_cast<int>(std::max<int64_t>(left.count(), 0));
    }
    pollfd waited{.fd = socket, .events = events, .revents = 0};
    const int ready = ::poll(&waited, 1, timeout_ms);
    if (ready > 0) {
      return true;
    }
    if (ready == 0 || errno != EINTR) {
      return false;
    }
  }
}

Result<void> finish_start(const Libpq& pq, PGconn* connection, const Parameters& parameters) {
  const std::optional<SteadyTime> deadline = deadline_of(parameters);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED || pq.status(connection) == CONNECTION_BAD) {
      return to_connection_error(pq.error_message(connection));
    }
    const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for(pq.socket(connection), events, deadline)) {
      return to_connection_error("timeout expired");
    }
    next = pq.connect_poll(connection);
  }
  return {};
}

}  // namespace

bool wait_until_readable(int socket, std::chrono::milliseconds time) {
  return wait_for(socket, POLLIN, std::chrono::steady_clock::now() + time);
}

Result<PGconn*> connect(const Libpq& pq, const Parameters& parameters) {
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
  const Result<void> started = finish_start(pq, connection, parameters);
  if (!started) {
    pq.finish(connection);
    return started.error();
  }
  pq.set_error_verbosity(connection, PQERRORS_DEFAULT);
  return connection;
}

}  // namespace rhumb::driver::postgres
