#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "driver/connection.h"
#include "driver/mysql/catalog.h"
#include "driver/mysql/dsn.h"
#include "driver/mysql/intent.h"
#include "driver/mysql/session.h"

namespace rhumb::driver::mysql {

/// A MySQL, MariaDB or TiDB server as a Connection, bound to a database when the URL names one.
///
/// DDL commits by itself, so a transaction covers data only. Only statements without parameters,
/// those of users, can be cancelled: rows of ours are always written to the end.
class MysqlConnection final : public Connection {
 public:
  /// Errors: `mysql: query system variables: <why>`.
  static Result<std::unique_ptr<Connection>> open(const Dsn& dsn,
                                                  ConnectionInfo info,
                                                  const sys::CancellationToken& stop = {});

  [[nodiscard]] const ConnectionInfo& info() const override { return info_; }
  Result<ExecResult> execute(std::string_view statement) override;
  Result<ExecResult> execute(std::string_view sql, std::span<const Value> params) override;
  Result<Rows> query(std::string_view sql, std::span<const Value> params) override;

  Result<void> begin() override { return run_alone("START TRANSACTION"); }
  Result<void> commit() override { return run_alone("COMMIT"); }
  /// Succeeds on a lost connection: the server has rolled back by itself.
  Result<void> rollback() override;
  Result<void> begin_plain() override { return begin(); }
  [[nodiscard]] bool in_transaction() const override { return session_->in_transaction(); }

  Result<std::unique_ptr<Lock>> lock(const LockRequest& request) override;
  Result<std::optional<std::string>> find_lock_holder(const LockRequest& request) override;
  Result<std::optional<std::string>> find_dirt(const CleanRules& rules) override;
  Result<std::optional<std::string>> find_dev_dirt() override;
  Result<std::unique_ptr<Snapshot>> snapshot() override;

  Result<Intent> classify(std::string_view statement) override;
  Result<std::string> describe_target(std::string_view statement) override;
  Result<bool> object_exists(std::string_view kind, std::string_view name) override;

  void cancel() override;
  [[nodiscard]] std::unique_ptr<LockWaitObserver> observe_lock_waits() const override;
  Result<void> reconnect() override;

 private:
  /// What cancel(), called from another thread, needs to know.
  struct Running {
    std::mutex mutex;        // guards the two below
    bool statement = false;  // one that may be cancelled is on its way
    bool killed = false;     // it was asked to stop
  };

  MysqlConnection(std::shared_ptr<Session> session, Dsn dsn, ConnectionInfo info);

  Result<void> run_alone(std::string_view statement);
  template <typename Answer>
  Result<Answer> run_cancellable(Result<Answer> (Session::*run)(std::string_view),
                                 std::string_view text);
  bool kill_statement();
  [[nodiscard]] std::string lock_database(const LockRequest& request, bool folds_names) const;

  std::shared_ptr<Session>
      session_;  // shared: a lock frees what it holds there if it is still open
  Dsn dsn_;
  ConnectionInfo info_;
  Catalog catalog_;
  IntentJudge judge_;
  Running running_;
  std::optional<int64_t> lost_id_;  // of a session that the server may still run
};

}  // namespace rhumb::driver::mysql
