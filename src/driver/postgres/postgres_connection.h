#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "driver/connection.h"
#include "driver/postgres/parameters.h"
#include "driver/postgres/pooled_settings.h"
#include "driver/postgres/postgres_lock.h"
#include "driver/postgres/session.h"
#include "driver/url.h"

namespace rhumb::driver::postgres {

/// A PostgreSQL database, or one that speaks its protocol, as a Connection; bound to a schema when
/// its parameters have a search path.
///
/// CockroachDB is told from PostgreSQL by what it reports at the start. What differs for it has not
/// been run against a CockroachDB server.
class PostgresConnection final : public Connection {
 public:
  /// `info` has the names the URL gives. Errors: `postgres: scanning system variables: <why>`,
  /// `postgres: unsupported postgres version: <n>` below 10.
  static Result<std::unique_ptr<Connection>> open(Parameters parameters,
                                                  ConnectionInfo info,
                                                  const OpenTerms& terms = {});

  [[nodiscard]] const ConnectionInfo& info() const override { return info_; }

  Result<ExecResult> execute(std::string_view statement) override;
  Result<ExecResult> execute(std::string_view sql, std::span<const Value> params) override;
  Result<Rows> query(std::string_view sql, std::span<const Value> params) override;

  Result<void> begin() override;
  Result<void> commit() override;
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
  PostgresConnection(Parameters parameters, ConnectionInfo info, std::unique_ptr<Session> session);
  Result<void> find_default_schema();
  /// Looks with the settings of the URL, which may need a transaction.
  template <typename Answer>
  Result<Answer> look(const std::function<Result<Answer>()>& ask);
  [[nodiscard]] LockRequest complete(const LockRequest& request) const;

  Result<void> open_again();

  Parameters parameters_;  // for the sessions of locks
  ConnectionInfo info_;
  std::mutex replacing_;  // guards session_ between reconnect() and cancel()
  std::shared_ptr<Session> session_;
  const std::shared_ptr<Worker> worker_ = std::make_shared<Worker>();  // has session_, for locks
  bool pooled_ = false;  // as DatabaseUrl has it
  PooledSettings pooled_settings_;
  int64_t server_pid_ = 0;  // that ran the last transaction; a pooler tells another at the start
  std::optional<int64_t> lost_pid_;  // that may still be at work
};

}  // namespace rhumb::driver::postgres
