#include "driver/postgres/lock_waits.h"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>

#include "driver/postgres/session.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::chrono::seconds kAnswerTime{2};
constexpr const char* kConnectSeconds = "5";

class Observer final : public LockWaitObserver {
 public:
  Observer(Parameters parameters, int64_t pid) : parameters_(std::move(parameters)), pid_(pid) {}

  Result<bool> is_waiting() override {
    const Rows found = TRY(ask(
        fmt::format("SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = {} AND wait_event_type "
                    "= 'Lock'",
                    pid_)));
    return !found.rows.empty();
  }

  // A session of another user hides all but its process from ours, unless that has
  // pg_read_all_stats.
  Result<std::string> find_holder() override {
    const Rows found = TRY(ask(fmt::format(
        "SELECT a.pid, coalesce(nullif(a.application_name, ''), 'client'), coalesce(a.usename, "
        "''), "
        "coalesce(pg_catalog.host(a.client_addr), 'local'), coalesce(a.state, 'unknown'), "
        "coalesce(pg_catalog.to_char(a.xact_start AT TIME ZONE 'UTC', "
        "' \"since\" YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '') FROM pg_catalog.pg_stat_activity a "
        "WHERE a.pid = (pg_catalog.pg_blocking_pids({}))[1]",
        pid_)));
    if (found.rows.empty()) {
      return std::string();
    }
    const std::vector<Value>& row = found.rows.front();
    return fmt::format("held by session {} ({} of {}@{}, {}{})", to_text(row.at(0)),
                       to_text(row.at(1)), to_text(row.at(2)), to_text(row.at(3)),
                       to_text(row.at(4)), to_text(row.at(5)));
  }

 private:
  Result<Rows> ask(const std::string& sql) {
    if (!session_) {
      Parameters parameters = parameters_;
      parameters.values.try_emplace("connect_timeout", kConnectSeconds);
      session_ = TRY(Session::open(parameters));
    }
    return session_->query_within(sql, kAnswerTime);
  }

  Parameters parameters_;
  int64_t pid_;
  std::unique_ptr<Session> session_;
};

}  // namespace

std::unique_ptr<LockWaitObserver> observe_lock_waits(Parameters parameters, int64_t pid) {
  return std::make_unique<Observer>(std::move(parameters), pid);
}

}  // namespace rhumb::driver::postgres
