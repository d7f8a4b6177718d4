#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/connection.h"
#include "driver/sqlite/database.h"
#include "driver/sqlite/dsn.h"
#include "driver/sqlite/sqlite_lock.h"

namespace rhumb::driver::sqlite {

/// A SQLite database as a Connection, always bound to `main`.
///
/// begin() is BEGIN IMMEDIATE: the write lock is taken at once, so that a file never fails half-way
/// because another writer came first. Foreign keys are off inside it when they were on, and
/// commit() refuses violations that were not there before.
class SqliteConnection final : public Connection {
 public:
  /// Errors: `sqlite: querying schemas: <why>`.
  static Result<std::unique_ptr<Connection>> open(const Dsn& dsn,
                                                  ConnectionInfo info,
                                                  std::shared_ptr<NamedLocks> locks);

  [[nodiscard]] const ConnectionInfo& info() const override { return info_; }
  Result<ExecResult> execute(std::string_view statement) override;
  Result<ExecResult> execute(std::string_view sql, std::span<const Value> params) override;
  Result<Rows> query(std::string_view sql, std::span<const Value> params) override;

  Result<void> begin() override;
  Result<void> commit() override;
  Result<void> rollback() override;
  Result<void> begin_plain() override;
  [[nodiscard]] bool in_transaction() const override { return database_.in_transaction(); }

  Result<std::unique_ptr<Lock>> lock(const LockRequest& request) override;
  Result<std::optional<std::string>> find_lock_holder(const LockRequest& request) override;
  Result<std::optional<std::string>> find_dirt(const CleanRules& rules) override;
  Result<std::optional<std::string>> find_dev_dirt() override;
  Result<std::unique_ptr<Snapshot>> snapshot() override;

  Result<Intent> classify(std::string_view statement) override;
  Result<std::string> describe_target(std::string_view statement) override;
  Result<bool> object_exists(std::string_view kind, std::string_view name) override;

  void cancel() override { database_.interrupt(); }
  [[nodiscard]] std::unique_ptr<LockWaitObserver> observe_lock_waits() const override {
    return nullptr;
  }
  Result<void> reconnect() override { return {}; }  // nothing lies between us and the file

 private:
  using Violations = std::vector<std::string>;

  SqliteConnection(Database database, ConnectionInfo info, std::shared_ptr<NamedLocks> locks);

  Result<void> make_file();
  Result<void> find_file();
  Result<Violations> check_foreign_keys();
  Result<void> restore_foreign_keys();
  Result<bool> column_exists(std::string_view table, std::string_view column);
  Result<std::string> describe_part(const std::string& table,
                                    const std::string& kind,
                                    const std::string& name);

  Database database_;
  ConnectionInfo info_;
  std::optional<Dsn> missing_;         // the file that is still to be made
  std::shared_ptr<NamedLocks> locks_;  // shared by the connections of one registry
  std::weak_ptr<HeldFile> held_file_;  // by the locks that this connection gave out
  /// Violations before the open transaction; set while foreign keys are switched off for it.
  std::optional<Violations> violations_before_;
};

}  // namespace rhumb::driver::sqlite
