#include "migrate/leased_connection.h"

#include <utility>

#include "migrate/revision_store.h"

namespace rhumb::migrate {
namespace {

using driver::Connection;
using driver::ExecResult;

// Others may be making the same table at the same time; the next look finds it then.
constexpr int kTableAttempts = 3;

class HeldLease final : public driver::Lock {
 public:
  explicit HeldLease(std::shared_ptr<Lease> lease) : lease_(std::move(lease)) {}
  ~HeldLease() override { static_cast<void>(release().has_value()); }

  Result<void> regain() override { return lease_ == nullptr ? Result<void>() : lease_->regain(); }
  Result<void> release() override { return lease_ == nullptr ? Result<void>() : lease_->release(); }

 private:
  std::shared_ptr<Lease> lease_;  // shared with the connection; null: there was nothing to lock
};

class LeasedConnection final : public Connection {
 public:
  LeasedConnection(std::unique_ptr<Connection> inner, LeaseTerms terms)
      : inner_(std::move(inner)), terms_(std::move(terms)), info_(inner_->info()) {
    info_.features.session_locks = false;
  }

  [[nodiscard]] const driver::ConnectionInfo& info() const override { return info_; }

  Result<ExecResult> execute(std::string_view statement) override;
  Result<ExecResult> execute(std::string_view sql, std::span<const driver::Value> params) override;
  Result<driver::Rows> query(std::string_view sql, std::span<const driver::Value> params) override {
    return inner_->query(sql, params);
  }

  Result<void> begin() override { return begin_with(&Connection::begin); }
  Result<void> begin_plain() override { return begin_with(&Connection::begin_plain); }
  Result<void> commit() override;
  Result<void> rollback() override;
  [[nodiscard]] bool in_transaction() const override { return inner_->in_transaction(); }

  Result<std::unique_ptr<driver::Lock>> lock(const driver::LockRequest& request) override;
  Result<std::optional<std::string>> find_lock_holder(const driver::LockRequest& request) override {
    return find_lease_holder(*inner_, request.revisions_schema);
  }

  Result<std::optional<std::string>> find_dirt(const driver::CleanRules& rules) override {
    return inner_->find_dirt(rules);
  }
  Result<std::optional<std::string>> find_dev_dirt() override { return inner_->find_dev_dirt(); }
  Result<std::unique_ptr<driver::Snapshot>> snapshot() override { return inner_->snapshot(); }

  Result<driver::Intent> classify(std::string_view statement) override {
    return inner_->classify(statement);
  }
  Result<std::string> describe_target(std::string_view statement) override {
    return inner_->describe_target(statement);
  }
  Result<bool> object_exists(std::string_view kind, std::string_view name) override {
    return inner_->object_exists(kind, name);
  }

  void cancel() override { inner_->cancel(); }
  [[nodiscard]] std::unique_ptr<driver::LockWaitObserver> observe_lock_waits() const override {
    return inner_->observe_lock_waits();
  }
  Result<void> reconnect() override;

 private:
  [[nodiscard]] bool is_leased() const { return lease_ != nullptr && !lease_->is_released(); }
  Result<void> begin_with(Result<void> (Connection::*way)());
  Result<void> fence();
  Result<void> ask_lease(bool is_open);
  Result<void> follow(bool was_open);
  Result<bool> has_table(const driver::LockRequest& request);
  Result<void> make_table(const std::string& revisions_schema);

  std::unique_ptr<Connection> inner_;
  LeaseTerms terms_;
  driver::ConnectionInfo info_;
  std::shared_ptr<Lease> lease_;  // shared with the lock
};

// A transaction without the fence must not go on.
Result<void> LeasedConnection::fence() {
  const Result<void> fenced = lease_->fence(*inner_);
  if (!fenced) {
    static_cast<void>(inner_->rollback().has_value());
  }
  return fenced;
}

Result<void> LeasedConnection::begin_with(Result<void> (Connection::*way)()) {
  TRY((inner_.get()->*way)());
  return is_leased() ? fence() : Result<void>();
}

// A statement of a file may have opened a transaction, or ended the one that was open.
Result<void> LeasedConnection::follow(bool was_open) {
  const bool is_open = inner_->in_transaction();
  if (was_open && !is_open) {
    lease_->abandoned();
  }
  return is_open && !was_open ? fence() : Result<void>();
}

// Where DDL commits by itself, any statement may be the last one in its transaction.
Result<void> LeasedConnection::ask_lease(bool is_open) {
  if (!is_open) {
    return lease_->guard();
  }
  return info_.features.transactional_ddl ? Result<void>() : lease_->guard_fenced(*inner_);
}

Result<ExecResult> LeasedConnection::execute(std::string_view statement) {
  if (!is_leased()) {
    return inner_->execute(statement);
  }
  const bool was_open = inner_->in_transaction();
  TRY(ask_lease(was_open));
  Result<ExecResult> done = inner_->execute(statement);
  const Result<void> followed = follow(was_open);
  return done && !followed ? Result<ExecResult>(followed.error()) : std::move(done);
}

Result<ExecResult> LeasedConnection::execute(std::string_view sql,
                                             std::span<const driver::Value> params) {
  if (!is_leased() || inner_->in_transaction()) {
    return inner_->execute(sql, params);
  }
  TRY(begin_plain());
  Result<ExecResult> done = inner_->execute(sql, params);
  if (!done) {
    static_cast<void>(rollback().has_value());
    return done;
  }
  TRY(commit());
  return done;
}

Result<void> LeasedConnection::commit() {
  if (!is_leased()) {
    return inner_->commit();
  }
  if (inner_->in_transaction()) {
    const Result<void> renewed = lease_->renew_fenced(*inner_);
    if (!renewed && renewed.error().code() == ErrorCode::kConflict) {
      static_cast<void>(rollback().has_value());
      return renewed;
    }
    // Any other failure is one of the transaction, of which the commit has more to say.
  }
  Result<void> committed = inner_->commit();
  if (committed) {
    lease_->committed();
  } else {
    lease_->abandoned();
  }
  return committed;
}

Result<void> LeasedConnection::rollback() {
  if (is_leased()) {
    lease_->abandoned();
  }
  return inner_->rollback();
}

// The lease is not in the session: what the old one had open is over, and that is all.
Result<void> LeasedConnection::reconnect() {
  if (is_leased()) {
    lease_->abandoned();
  }
  return inner_->reconnect();
}

// Whether there is a table to keep a lease in. Two tables are for the caller to complain about, and
// nothing is written before.
Result<bool> LeasedConnection::has_table(const driver::LockRequest& request) {
  const bool ambiguous = TRY(has_ambiguous_revisions(*inner_, request.revisions_schema));
  if (ambiguous) {
    return false;
  }
  if (request.may_create_table) {
    TRY(make_table(request.revisions_schema));
    return true;
  }
  const auto store = TRY(open_revision_store(*inner_, request.revisions_schema));
  return store->exists();
}

Result<void> LeasedConnection::make_table(const std::string& revisions_schema) {
  Result<void> made;
  for (int attempt = 0; attempt < kTableAttempts; ++attempt) {
    const auto store = TRY(open_revision_store(*inner_, revisions_schema));
    TRY(inner_->begin_plain());
    made = store->ensure_table();
    if (made) {
      return inner_->commit();
    }
    TRY(inner_->rollback());
  }
  return made;
}

Result<std::unique_ptr<driver::Lock>> LeasedConnection::lock(const driver::LockRequest& request) {
  const bool lockable = TRY(has_table(request));
  if (!lockable) {
    return std::make_unique<HeldLease>(nullptr);
  }
  lease_ = TRY(Lease::acquire(terms_, request));
  return std::make_unique<HeldLease>(lease_);
}

}  // namespace

Result<std::unique_ptr<Connection>> lease_locks(std::unique_ptr<Connection> connection,
                                                LeaseTerms terms) {
  TRY(LeaseRow::open(connection->info(), {}, terms.length));  // whether the engine has leases
  return std::make_unique<LeasedConnection>(std::move(connection), std::move(terms));
}

}  // namespace rhumb::migrate
