#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/run_options.h"
#include "migrate/run_stream.h"
#include "migrate/transaction_hook.h"

namespace rhumb::migrate {

/// Runs the hooks of a project in the transactions of one run, on the connection that runs its
/// files.
///
/// A hook must leave the transaction open: one that ends it fails, whatever `skip_errors` says,
/// because nobody could tell any more what belongs together. A statement that fails never takes the
/// transaction with it when it may be passed over: where a failed statement aborts the transaction
/// (PostgreSQL), each of them has a savepoint of its own. A dry run has no hooks.
///
/// Errors: `hook "<name>": statement <n> of after_begin: <what the database says>`, with its code;
/// when it is passed over, the same as a Notice.
/// Source: spec project-file.md 1, `hook "sql"`; the rest is ours.
class TransactionHooks {
 public:
  TransactionHooks(driver::Connection& connection, const RunOptions& options, RunStream& stream);
  TransactionHooks(const TransactionHooks&) = delete;
  TransactionHooks& operator=(const TransactionHooks&) = delete;

  /// Lets the texts of the run show no value that the hooks hold; to be called before it is
  /// planned.
  void hide_values();
  /// A file is going to run outside of transactions, so without hooks: says so the first time.
  void pass_over(std::string_view version);

  /// To be called when a transaction has begun. After an error it must be rolled back.
  Result<void> after_begin();
  /// To be called before the commit. When the transaction is over by then, because DDL commits by
  /// itself or the file ended it, the hooks get one of their own, which the commit ends.
  /// After an error it must be rolled back.
  Result<void> before_commit();
  /// To be called before a rollback, which no error of a hook can keep from happening. Does nothing
  /// in a transaction that is gone or whose `after_begin` failed.
  void before_rollback();

  /// Whether the last commit was no longer that of the files: what they did was kept before.
  [[nodiscard]] bool ran_apart() const { return ran_apart_; }

 private:
  using Texts = std::vector<std::string> TransactionHook::*;
  struct Point {
    std::string_view name;  // a literal
    Texts texts;
  };
  /// One text of a hook.
  struct Step {
    std::string label{};  ///< what messages call it
    bool may_fail = false;
  };
  static const Point kAfterBegin;
  static const Point kBeforeCommit;
  static const Point kBeforeRollback;

  [[nodiscard]] bool has(const Point& point) const;
  Result<void> run(const Point& point);
  Result<void> run_text(const Step& step, std::string_view text);
  Result<void> run_statement(const Step& step, std::string_view statement);
  Result<void> tolerate(const Error& error);

  driver::Connection& connection_;
  const std::vector<TransactionHook> hooks_;
  const sys::CancellationToken stop_;  // ends the statement of a hook that is running
  RunStream& stream_;
  bool has_begun_ = false;  // the transaction that is open has had its after_begin
  bool ran_apart_ = false;
  bool told_ = false;  // that a file runs without hooks
};

}  // namespace rhumb::migrate
