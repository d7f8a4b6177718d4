#include "driver/mysql/lock_waits.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "driver/mysql/session.h"

namespace rhumb::driver::mysql {
namespace {

constexpr std::chrono::seconds kAnswerTime{5};

class Observer final : public LockWaitObserver {
 public:
  Observer(Dsn dsn, unsigned long id) : dsn_(std::move(dsn)), id_(id) {
    dsn_.connect_timeout = kAnswerTime;
    dsn_.read_timeout = kAnswerTime;
  }

  Result<bool> is_waiting() override {
    TRY(connect());
    const Rows tables = TRY(session_->query(fmt::format(
        "SELECT 1 FROM information_schema.processlist WHERE id = {} AND (state LIKE 'Waiting for % "
        "lock' OR state = 'Waiting for table flush')",
        id_)));
    return !tables.rows.empty() || find_number(row_wait_sql()).has_value();
  }

  Result<std::string> find_holder() override {
    TRY(connect());
    for (const char* view : {"innodb_lock_waits", "schema_table_lock_waits"}) {
      const std::optional<int64_t> holder = find_number(
          fmt::format("SELECT blocking_pid FROM sys.{} WHERE waiting_pid = {} LIMIT 1", view, id_));
      if (holder) {
        return "held by " + describe(*holder);
      }
    }
    const std::optional<int64_t> oldest = find_number(fmt::format(
        "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_mysql_thread_id "
        "NOT IN (0, {}) ORDER BY trx_started LIMIT 1",
        id_));
    return oldest ? "perhaps held by " + describe(*oldest) : std::string();
  }

 private:
  Result<void> connect() {
    if (!session_) {
      session_ = TRY(Session::open(dsn_, "rhumb"));
    }
    return {};
  }

  [[nodiscard]] std::string row_wait_sql() const {
    return fmt::format(
        "SELECT 1 FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = {} AND trx_state "
        "= "
        "'LOCK WAIT'",
        id_);
  }

  // Nothing also where the server has no such table, or not for this user.
  std::optional<int64_t> find_number(const std::string& sql) {
    const Result<Rows> found = session_->query(sql);
    const bool is_there = found && !found->rows.empty() && !is_null(found->rows[0][0]);
    return is_there ? std::optional(to_int(found->rows[0][0])) : std::nullopt;
  }

  std::string describe(int64_t id) {
    const Result<Rows> found = session_->query(
        fmt::format("SELECT user, SUBSTRING_INDEX(host, ':', 1), command, time FROM "
                    "information_schema.processlist WHERE id = {}",
                    id));
    if (!found || found->rows.empty()) {
      return fmt::format("session {}", id);
    }
    const std::vector<Value>& row = found->rows.front();
    return fmt::format("session {} ({}@{}, {} for {} s)", id, to_text(row[0]), to_text(row[1]),
                       to_text(row[2]), to_int(row[3]));
  }

  Dsn dsn_;
  unsigned long id_;
  std::unique_ptr<Session> session_;
};

}  // namespace

std::unique_ptr<LockWaitObserver> observe_lock_waits(Dsn dsn, unsigned long id) {
  return std::make_unique<Observer>(std::move(dsn), id);
}

}  // namespace rhumb::driver::mysql
