#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "driver/connection.h"

namespace rhumb::migrate {

/// A connection for tests that gets lost when told to, as if a network lay before the database.
///
/// What is lost before it reaches the database is undone there; after that only the answer is lost.
class LossyConnection final : public driver::Connection {
 public:
  enum class Loss { kNone, kBefore, kAfter };

  explicit LossyConnection(driver::Connection& inner) : inner_(inner) {}

  /// Asked at every COMMIT and at every row that is written; `what` is `commit` or the statement.
  std::function<Loss(std::string_view what)> lose = [](std::string_view) { return Loss::kNone; };
  /// What the database says instead of running a statement; nothing: it is run.
  std::function<std::optional<Error>(std::string_view statement)> refuse = [](std::string_view) {
    return std::optional<Error>();
  };
  /// What reconnect() answers; called while the connection is lost.
  std::function<Result<void>()> answer = [] { return Result<void>(); };
  bool lock_goes_too = false;
  int reconnects = 0;

  const driver::ConnectionInfo& info() const override { return inner_.info(); }
  Result<driver::ExecResult> execute(std::string_view statement) override {
    if (lost_) {
      return gone();
    }
    const std::optional<Error> refused = refuse(statement);
    return refused ? Result<driver::ExecResult>(*refused) : inner_.execute(statement);
  }
  Result<driver::ExecResult> execute(std::string_view sql,
                                     std::span<const driver::Value> params) override {
    return pass<driver::ExecResult>(sql, [&] { return inner_.execute(sql, params); });
  }
  Result<driver::Rows> query(std::string_view sql, std::span<const driver::Value> params) override {
    return lost_ ? Result<driver::Rows>(gone()) : inner_.query(sql, params);
  }
  Result<void> begin() override { return lost_ ? Result<void>(gone()) : inner_.begin(); }
  Result<void> begin_plain() override {
    return lost_ ? Result<void>(gone()) : inner_.begin_plain();
  }
  Result<void> commit() override {
    return pass<void>("commit", [&] { return inner_.commit(); });
  }
  Result<void> rollback() override { return lost_ ? Result<void>() : inner_.rollback(); }
  bool in_transaction() const override { return !lost_ && inner_.in_transaction(); }

  Result<std::unique_ptr<driver::Lock>> lock(const driver::LockRequest& request) override {
    std::unique_ptr<driver::Lock> held = TRY(inner_.lock(request));
    return std::make_unique<LossyLock>(*this, std::move(held));
  }
  Result<std::optional<std::string>> find_lock_holder(const driver::LockRequest& r) override {
    return inner_.find_lock_holder(r);
  }
  Result<std::optional<std::string>> find_dirt(const driver::CleanRules& rules) override {
    return inner_.find_dirt(rules);
  }
  Result<std::optional<std::string>> find_dev_dirt() override { return inner_.find_dev_dirt(); }
  Result<std::unique_ptr<driver::Snapshot>> snapshot() override { return inner_.snapshot(); }
  Result<driver::Intent> classify(std::string_view statement) override {
    return lost_ ? Result<driver::Intent>(gone()) : inner_.classify(statement);
  }
  Result<std::string> describe_target(std::string_view statement) override {
    return inner_.describe_target(statement);
  }
  Result<bool> object_exists(std::string_view kind, std::string_view name) override {
    return inner_.object_exists(kind, name);
  }
  void cancel() override { inner_.cancel(); }
  [[nodiscard]] std::unique_ptr<driver::LockWaitObserver> observe_lock_waits() const override {
    return inner_.observe_lock_waits();
  }
  Result<void> reconnect() override {
    ++reconnects;
    TRY(answer());
    lost_ = false;
    return {};
  }

 private:
  class LossyLock final : public driver::Lock {
   public:
    LossyLock(const LossyConnection& connection, std::unique_ptr<driver::Lock> inner)
        : connection_(connection), inner_(std::move(inner)) {}
    Result<void> release() override { return inner_->release(); }
    Result<void> regain() override {
      return connection_.lock_goes_too ? Result<void>(gone()) : inner_->regain();
    }

   private:
    const LossyConnection& connection_;
    std::unique_ptr<driver::Lock> inner_;
  };

  static Error gone() { return {ErrorCode::kUnavailable, "connection lost"}; }

  template <typename T>
  Result<T> pass(std::string_view what, const std::function<Result<T>()>& call) {
    if (lost_) {
      return gone();
    }
    const Loss loss = lose(what);
    if (loss == Loss::kNone) {
      return call();
    }
    if (loss == Loss::kAfter) {
      const Result<T> unseen = call();
      static_cast<void>(unseen.has_value());
    }
    lost_ = true;
    const Result<void> undone = inner_.rollback();
    static_cast<void>(undone.has_value());
    return gone();
  }

  driver::Connection& inner_;
  bool lost_ = false;
};

}  // namespace rhumb::migrate
