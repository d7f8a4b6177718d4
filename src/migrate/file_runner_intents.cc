// Statements that no transaction covers: the row says what is about to run, and then what has come
// of it, also when the connection is lost in between. Source: spec revisions.md 3.1.
#include <fmt/format.h>

#include "base/go_format.h"
#include "migrate/file_runner.h"
#include "migrate/lost_commit.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kActiveTransaction = "25001";

std::string format_second(sys::Instant time) {
  return format_rfc3339_nano(std::chrono::floor<std::chrono::seconds>(time));
}

bool was_refused_in_transaction(const Error& error) {
  return error.cause_code() == kActiveTransaction;
}

}  // namespace

Result<void> FileRunner::run_with_intents() {
  for (size_t number = applied() + 1; number <= file_.size(); ++number) {
    TRY(check_stop(number));
    if (!intent_in_row_) {
      driver::Intent intent = TRY(classify(number, false));
      TRY(announce_or_stop(number, std::move(intent)));
    }
    TRY(run_intended(number));
  }
  return intent_in_row_ ? Result<void>() : finish();
}

// Says in the table that statement `number` is about to run, and what that proves.
Result<void> FileRunner::announce(size_t number, driver::Intent intent) {
  data_only_ = data_only_ && intent.kind == driver::IntentClass::kCommitsWithOutcome;
  prepare_intent(number, std::move(intent));
  TRY(write_row());
  intent_in_row_ = true;
  return {};
}

// As announce, for a statement that nothing was sent of: when the connection is lost, the row says
// that it was not run, if that can be written.
Result<void> FileRunner::announce_or_stop(size_t number, driver::Intent intent) {
  const bool undone_when_lost = context_.connection.in_transaction();
  const Result<void> announced = announce(number, std::move(intent));
  if (!announced && is_lost(announced.error()) && !undone_when_lost) {
    const Result<void> noted = stop_before(number, announced.error());
    static_cast<void>(noted.has_value());  // else the intent stays
  }
  return announced;
}

Result<void> FileRunner::announce_next(size_t number, bool together) {
  driver::Intent next = TRY(classify(number + 1, together));
  return announce(number + 1, std::move(next));
}

// Runs the statement whose intent is in the row, and writes what has become of it.
Result<void> FileRunner::run_intended(size_t number) {
  // Where DDL commits by itself, the transaction of the file may be over by now.
  const bool alone = !context_.connection.in_transaction();
  bool together = alone && intent_.kind == driver::IntentClass::kCommitsWithOutcome;
  if (together) {
    TRY(context_.connection.begin_plain());
  }
  start_statement(number);
  Result<driver::ExecResult> result = send(number);
  if (!result && together && was_refused_in_transaction(result.error())) {
    TRY(context_.connection.rollback());
    together = false;
    TRY(announce_or_stop(number, {}));
    result = send(number);
  }
  const Revision before = row_;
  const Result<void> recorded = result ? record_success(number, together) : Result<void>();
  if (!recorded && together) {
    result = recorded.error();
  }
  end_statement(number, result);
  if (result) {
    return recorded && lost_ ? Result<void>(*lost_) : recorded;
  }
  if (is_lost(result.error())) {
    return fail_statement(number, result.error());  // nobody knows its outcome: the intent stays
  }
  row_ = before;
  if (!alone && result.error().code() == ErrorCode::kBusy && leaves_nothing()) {
    return give_back(number, result.error());
  }
  return keep_failure(number, result.error(), together, !alone);
}

// Counts a statement; the row gets the intent of the next one or is closed. `together`: in the
// short transaction that is open, and commits both.
Result<void> FileRunner::record_success(size_t number, bool together) {
  count_statement(number);
  row_.error.clear();
  row_.error_stmt.clear();
  const driver::IntentClass promised = intent_.kind;
  const bool undone_when_lost = context_.connection.in_transaction();
  Result<void> recorded = number == file_.size() ? finish() : announce_next(number, together);
  if (together) {
    return recorded ? commit_outcome(number) : recorded;
  }
  if (recorded || undone_when_lost) {
    return recorded;
  }
  if (is_lost(recorded.error())) {
    recorded = keep_success(number, recorded.error());
  }
  return recorded ? recorded : explain_unrecorded(number, promised, recorded.error());
}

// Commits a statement with its outcome.
Result<void> FileRunner::commit_outcome(size_t number) {
  Result<void> committed = context_.connection.commit();
  if (committed || !is_lost(committed.error())) {
    return committed;
  }
  const bool done = TRY(find_commit(
      context_.session, context_.store, row_.version, committed.error(),
      [&](const std::optional<Revision>& row) {
        return reverts() && !row ? true : row && count_done(&*row, context_.direction) >= number;
      }));
  if (!done) {
    return committed;
  }
  tell_kept(number);
  if (number < file_.size()) {
    const Result<void> stopped = stop_before(number + 1, committed.error());
    static_cast<void>(stopped.has_value());  // else the intent stays
    lost_ = lost_after(number, committed.error());
  }
  return {};
}

// The connection was lost between a statement and its outcome, which is written over a new one. A
// file with statements left stops there: they may need what the old session had set.
Result<void> FileRunner::keep_success(size_t number, const Error& lost) {
  if (number == file_.size()) {
    TRY(rows_.rescue(row_.version, lost, [this] { return finish(); }));
    tell_kept(number);
    return {};
  }
  TRY(stop_before(number + 1, lost));
  lost_ = lost_after(number, lost);
  return {};
}

void FileRunner::tell_kept(size_t number) {
  if (number == file_.size()) {
    context_.stream.emit(Notice{
        fmt::format("the connection was lost after statement {} of \"{}\", which is recorded",
                    number, file_.id.name)});
  }
}

// The row says over a new connection that the file stops before statement `number`.
Result<void> FileRunner::stop_before(size_t number, const Error& lost) {
  return rows_.rescue(row_.version, lost, [&] { return record_failure(number, lost); });
}

// Somebody else was in the way, and the server has taken the transaction of the file back or does
// so now. The row is left to the caller, who may run the file again.
Result<void> FileRunner::give_back(size_t number, const Error& error) {
  if (context_.connection.in_transaction()) {
    TRY(context_.connection.rollback());
  }
  TRY(read_row_again());
  describe_failure(number, error);
  Error failed = fail_statement(number, error);
  if (failure_) {
    failure_->repeatable = true;
    failure_->record = row_;
  }
  return failed;
}

// Whether a rollback of the file's transaction would leave nothing of it.
bool FileRunner::leaves_nothing() const {
  return tx_mode_ == TxMode::kFile && data_only_ && !reverts();
}

// A statement failed: the row says so, over a new connection if need be. `was_open`: it was sent in
// a transaction of the file, which a server of the MySQL family undoes at a deadlock.
Result<void> FileRunner::keep_failure(size_t number, const Error& error, bool ours, bool was_open) {
  const bool is_open = context_.connection.in_transaction();
  const bool undone_when_lost = (is_open || was_open) && !ours;
  Result<void> kept = was_open && !is_open ? read_row_again() : undo_transaction(ours);
  if (kept) {
    kept = record_failure(number, error);
  }
  if (!kept && is_lost(kept.error()) && !undone_when_lost) {
    kept = rows_.rescue(row_.version, kept.error(), [&] { return record_failure(number, error); });
  }
  Error failed = fail_statement(number, error);
  if (kept) {
    return failed;
  }
  const RunText why = context_.stream.texts().message(kept.error().message());
  if (failure_) {
    failure_->run.shown += "\n  that could not be recorded: " + why.shown;
    failure_->run.reported += "\n  that could not be recorded: " + why.reported;
  }
  return failed;
}

// Rolls back our short transaction, or in mode none one that the file began. The row in the table
// then says from where on the file is undone.
Result<void> FileRunner::undo_transaction(bool ours) {
  if ((tx_mode_ != TxMode::kNone && !ours) || !context_.connection.in_transaction()) {
    return {};
  }
  TRY(context_.connection.rollback());
  return read_row_again();
}

// The end of a transaction that took writes of the row with it.
Result<void> FileRunner::read_row_again() {
  const std::optional<Revision> stored = TRY(rows_.read_back(row_.version));
  if (stored) {
    row_ = *stored;
  } else {
    row_.applied = 0;
  }
  if (reverts()) {
    row_.applied = static_cast<int64_t>(count_done(&row_, Direction::kDown));
  }
  return {};
}

Error FileRunner::lost_after(size_t number, const Error& lost) const {
  return {lost.code(),
          fmt::format("connection lost after statement {} of \"{}\", which is recorded: {}\n"
                      "  run the command again to go on with statement {}",
                      number, file_.id.name, lost.message(), number + 1)};
}

// What is known of a statement whose outcome is not in the table.
Error FileRunner::explain_unrecorded(size_t number,
                                     driver::IntentClass promised,
                                     const Error& error) const {
  const std::string_view next = promised == driver::IntentClass::kUnknown
                                    ? "tell the next run with --on-unknown skip"
                                    : "the next run finds that out by itself";
  return {error.code(),
          fmt::format("statement {} of \"{}\" succeeded: {}\n  that could not be recorded: {}",
                      number, file_.id.name, error.message(), next)};
}

// What the row may promise of a statement; `own` tells that the open transaction, if any, is ours.
Result<driver::Intent> FileRunner::classify(size_t number, bool own) {
  const bool in_file_transaction =
      tx_mode_ == TxMode::kNone && !own && context_.connection.in_transaction();
  if (in_file_transaction) {
    return driver::Intent{};
  }
  return context_.connection.classify(text(number));
}

// Puts into the row, not yet into the table, that statement `number` is about to run.
void FileRunner::prepare_intent(size_t number, driver::Intent intent) {
  intent_ = std::move(intent);
  RowIntent promise{.statement = number,
                    .total = file_.size(),
                    .started_at = format_second(context_.stream.now()),
                    .holder = context_.options.holder,
                    .intent = intent_,
                    .down = reverts()};
  if (reverts() || hashes_.size() > kExactHashesMax) {
    promise.after = hashes_.last();
  }
  row_.partial_hashes = hashes_.compact();
  row_.error = format_intent(promise);
  row_.error_stmt = intent_statement(text(number));
}

}  // namespace rhumb::migrate
