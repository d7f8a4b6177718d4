#include "driver/postgres/pooler.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>

namespace rhumb::driver::postgres {
namespace {

// The first release with idle_session_timeout.
constexpr int kIdleTimeoutVersion = 140000;
constexpr std::chrono::seconds kAnswerTime{2};

Error pooler_error() {
  return {ErrorCode::kUnsupported,
          "connection pooler in transaction mode: use a direct connection or --lock-mode lease"};
}

// A text that no other run leaves in a process of the pool.
std::string make_mark() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// A pooler in transaction mode gives a session any server process between two transactions. So:
// leave a mark in the process, occupy a process by a transaction in a second session (the pooler
// hands out the one that was used last) and look for the mark. With one process for both the answer
// does not come in time.
Result<void> test_pooler(Session& session, const Parameters& parameters) {
  const Value mark[] = {make_mark()};
  TRY(session.query("SELECT pg_catalog.set_config('rhumb.pooler_test', $1, false)", mark));
  const std::unique_ptr<Session> other = TRY(Session::open(parameters));
  TRY(other->run("BEGIN"));
  TRY(other->query("SELECT 1"));
  const Result<Rows> found = session.query_within(
      "SELECT pg_catalog.current_setting('rhumb.pooler_test', true)", kAnswerTime);
  const bool kept = found && found->rows.at(0).at(0) == mark[0];
  return kept ? Result<void>() : pooler_error();
}

}  // namespace

Result<void> prepare_lock_session(Session& session, const Parameters& parameters) {
  const bool has_idle_timeout = session.server_version() >= kIdleTimeoutVersion;
  const Value own[] = {static_cast<int64_t>(session.backend_pid())};
  const Rows found = TRY(session.query(
      fmt::format("SELECT pg_catalog.pg_backend_pid() = $1 {}",
                  has_idle_timeout ? ", CASE WHEN pg_catalog.pg_backend_pid() = $1 THEN "
                                     "pg_catalog.set_config('idle_session_timeout', '0', false) END"
                                   : ""),
      own));
  if (is_true(found.rows.at(0).at(0))) {
    return {};
  }
  TRY(test_pooler(session, parameters));
  if (has_idle_timeout) {
    TRY(session.run("SET idle_session_timeout = 0"));
  }
  return {};
}

}  // namespace rhumb::driver::postgres
