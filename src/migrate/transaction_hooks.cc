#include "migrate/transaction_hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/go_format.h"
#include "base/text.h"
#include "migrate/run_session.h"
#include "sql/statement_splitter.h"

namespace rhumb::migrate {
namespace {

// Behind this lies all that the files of the transaction did.
constexpr std::string_view kFilesPoint = "rhumb_files";
constexpr std::string_view kHookPoint = "rhumb_hook";

std::string savepoint(std::string_view name) {
  return fmt::format("SAVEPOINT {}", name);
}

std::string back_to(std::string_view name) {
  return fmt::format("ROLLBACK TO SAVEPOINT {0}; RELEASE SAVEPOINT {0}", name);
}

Error ended(std::string_view label) {
  return Error(
      ErrorCode::kDatabase,
      fmt::format("{} ended the transaction it ran in; a hook must leave it open (on MySQL "
                  "and MariaDB statements such as CREATE, ALTER and GRANT end it)",
                  label));
}

}  // namespace

const TransactionHooks::Point TransactionHooks::kAfterBegin{"after_begin",
                                                            &TransactionHook::after_begin};
const TransactionHooks::Point TransactionHooks::kBeforeCommit{"before_commit",
                                                              &TransactionHook::before_commit};
const TransactionHooks::Point TransactionHooks::kBeforeRollback{"before_rollback",
                                                                &TransactionHook::before_rollback};

TransactionHooks::TransactionHooks(driver::Connection& connection,
                                   const RunOptions& options,
                                   RunStream& stream)
    : connection_(connection),
      hooks_(options.dry_run ? std::vector<TransactionHook>() : options.hooks),
      stop_(options.stop),
      stream_(stream) {}

void TransactionHooks::hide_values() {
  for (const TransactionHook& hook : hooks_) {
    std::vector<std::string> texts = hook.after_begin;
    texts.insert(texts.end(), hook.before_commit.begin(), hook.before_commit.end());
    texts.insert(texts.end(), hook.before_rollback.begin(), hook.before_rollback.end());
    // The renderer remembers the values of what it opened.
    static_cast<void>(
        stream_.texts().open_file({.name = "hook " + go_quote(hook.name)}, join(texts, "\n;\n")));
  }
}

void TransactionHooks::pass_over(std::string_view version) {
  if (hooks_.empty() || std::exchange(told_, true)) {
    return;
  }
  stream_.emit(Notice{fmt::format(
      "Warning: version {} runs outside of transactions, where no hook runs", go_quote(version))});
}

bool TransactionHooks::has(const Point& point) const {
  return std::ranges::any_of(hooks_,
                             [&](const auto& hook) { return !(hook.*point.texts).empty(); });
}

Result<void> TransactionHooks::after_begin() {
  has_begun_ = false;
  ran_apart_ = false;
  const auto cancelling = stop_.on_cancel([this] { connection_.cancel(); });
  TRY(run(kAfterBegin));
  if (connection_.info().features.abort_on_error && has(kBeforeRollback)) {
    TRY(connection_.execute(savepoint(kFilesPoint)));
  }
  has_begun_ = true;
  return {};
}

Result<void> TransactionHooks::before_commit() {
  if (!has(kBeforeCommit)) {
    return {};
  }
  ran_apart_ = !connection_.in_transaction();
  if (ran_apart_) {
    TRY(connection_.begin_plain());
  }
  const auto cancelling = stop_.on_cancel([this] { connection_.cancel(); });
  Result<void> done = run(kBeforeCommit);
  if (done || !ran_apart_) {
    return done;
  }
  const Error& error = done.error();
  return Error(error.code(), error.message() + "; what the file did is committed already")
      .with_cause_of(error);
}

void TransactionHooks::before_rollback() {
  if (!std::exchange(has_begun_, false) || !has(kBeforeRollback) || !connection_.in_transaction()) {
    return;
  }
  Result<void> done;
  if (connection_.info().features.abort_on_error) {
    const Result<driver::ExecResult> back = connection_.execute(back_to(kFilesPoint));
    done = back ? Result<void>() : Result<void>(back.error());
  }
  done = done ? run(kBeforeRollback) : done;
  if (!done) {
    stream_.emit(Notice{"Warning: " + stream_.texts().message(done.error().message()).shown});
  }
}

Result<void> TransactionHooks::run(const Point& point) {
  for (const TransactionHook& hook : hooks_) {
    const std::vector<std::string>& texts = hook.*point.texts;
    for (size_t i = 0; i < texts.size(); ++i) {
      const Step step{.label = fmt::format("hook {}: statement {} of {}", go_quote(hook.name),
                                           i + 1, point.name),
                      .may_fail = hook.skip_errors || point.texts == kBeforeRollback.texts};
      TRY(run_text(step, texts[i]));
    }
  }
  return {};
}

Result<void> TransactionHooks::run_text(const Step& step, std::string_view text) {
  const sql::Dialect dialect = driver::sql_dialect(connection_.info().engine);
  const std::vector<sql::Statement> statements =
      TRY(sql::split_statements(text, dialect).context(step.label));
  for (const sql::Statement& statement : statements) {
    TRY(run_statement(step, statement.text));
  }
  return {};
}

Result<void> TransactionHooks::run_statement(const Step& step, std::string_view statement) {
  const bool guarded = step.may_fail && connection_.info().features.abort_on_error;
  if (guarded) {
    TRY(connection_.execute(savepoint(kHookPoint)));
  }
  const Result<driver::ExecResult> done = connection_.execute(statement).context(step.label);
  if (!done &&
      (!step.may_fail || is_lost(done.error()) || done.error().code() == ErrorCode::kCancelled)) {
    return done.error();
  }
  if (!connection_.in_transaction()) {
    return done ? ended(step.label) : done.error();
  }
  if (!done) {
    return tolerate(done.error());
  }
  if (guarded) {
    TRY(connection_.execute(fmt::format("RELEASE SAVEPOINT {}", kHookPoint)));
  }
  return {};
}

// Goes on without a statement that failed.
Result<void> TransactionHooks::tolerate(const Error& error) {
  if (connection_.info().features.abort_on_error) {
    TRY(connection_.execute(back_to(kHookPoint)));
  }
  stream_.emit(Notice{"Warning: " + stream_.texts().message(error.message()).shown});
  return {};
}

}  // namespace rhumb::migrate
