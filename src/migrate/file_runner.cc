#include "migrate/file_runner.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/go_format.h"
#include "migrate/check_runner.h"
#include "migrate/lost_commit.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kStopped = "context canceled";
constexpr std::string_view kActiveTransaction = "25001";

std::string format_second(sys::Instant time) {
  return format_rfc3339_nano(std::chrono::floor<std::chrono::seconds>(time));
}

bool was_refused_in_transaction(const Error& error) {
  return error.cause_code() == kActiveTransaction;
}

}  // namespace

FileRunner::FileRunner(const RunContext& context,
                       const PreparedFile& file,
                       std::shared_ptr<const PlannedFile> planned,
                       const Revision* row,
                       TxMode tx_mode,
                       RowWriting writing)
    : context_(context),
      file_(file),
      planned_(std::move(planned)),
      tx_mode_(tx_mode),
      writing_(writing),
      rows_({.connection = context.connection,
             .store = context.store,
             .session = context.session,
             .clock = context.stream.clock()},
            context.direction,
            row,
            writing),
      statements_(file.statements) {
  if (row != nullptr) {
    row_ = *row;
  }
  is_new_ = row == nullptr;
}

std::optional<FileFailure> FileRunner::run() {
  const Result<void> done = run_steps();
  if (done) {
    return std::nullopt;
  }
  if (!failure_) {
    const RunText text = context_.stream.texts().message(done.error().message());
    failure_ = FileFailure{.code = done.error().code(), .run = text, .file = text};
  }
  failure_->started = started_;
  failure_->repeatable =
      failure_->repeatable || (failure_->code == ErrorCode::kBusy && writing_ == RowWriting::kOnce);
  return failure_;
}

Result<void> FileRunner::run_steps() {
  TRY(reverts() ? start_reverted_row() : start_row());
  context_.stream.emit(FileStarted{.file = planned_, .skipped = applied(), .tx_mode = tx_mode_});
  started_ = true;
  TRY(run_checks());
  switch (writing_) {
    case RowWriting::kNever:
      return rehearse();
    case RowWriting::kOnce:
      return run_written_once();
    case RowWriting::kEveryStatement:
      return run_written_always();
    case RowWriting::kIntent:
      return run_with_intents();
  }
  return {};
}

Result<void> FileRunner::start_row() {
  const std::string hash = TRY(file_.file.hash());
  mark_ = context_.stream.now();
  statement_started_ = mark_;
  if (is_new_) {
    row_.version = file_.id.version;
    row_.description = file_.id.description;
    row_.executed_at = {.at = mark_, .offset = {}};
  }
  const std::optional<RowIntent> found = parse_intent(row_.error);
  hashes_ = TRY(check_history(row_, file_.statements, file_.id.name,
                              found ? found->after : std::string()));
  if (found && !found->down && found->statement == applied() + 1) {
    bool counted = false;
    TRY(settle_intent(*found, counted));
    if (counted) {
      count_statement(found->statement);
    }
    row_.error.clear();
    row_.error_stmt.clear();
  }
  row_.total = static_cast<int64_t>(file_.size());
  row_.hash = hash;
  row_.operator_version = context_.options.operator_version;
  return {};
}

// Reads from the row how far its file is reverted.
Result<void> FileRunner::start_reverted_row() {
  RHUMB_CHECK(!is_new_, "only a version that has a row is reverted");
  mark_ = context_.stream.now();
  statement_started_ = mark_;
  const RevertPoint point = find_revert_point(row_).value_or(RevertPoint{});
  row_.applied = static_cast<int64_t>(count_done(&row_, Direction::kDown));
  row_.error.clear();
  row_.error_stmt.clear();
  hashes_ = TRY(check_first(file_.statements, applied(), file_.id.name, point.after));
  if (point.intent) {
    bool counted = false;
    TRY(settle_intent(*point.intent, counted));
    if (counted) {
      count_statement(point.statement);
    }
  }
  row_.total = static_cast<int64_t>(file_.size());
  return {};
}

// What a statement that was started and whose end nobody saw has come to.
Result<void> FileRunner::settle_intent(const RowIntent& found, bool& counted) {
  const driver::Intent& intent = found.intent;
  std::string verdict = "was not applied, it is run again";
  switch (intent.kind) {
    case driver::IntentClass::kCommitsWithOutcome:
      break;
    case driver::IntentClass::kAbsentBefore:
    case driver::IntentClass::kPresentBefore: {
      const bool exists =
          TRY(context_.connection.object_exists(intent.object_kind, intent.object_name));
      counted = exists == (intent.kind == driver::IntentClass::kAbsentBefore);
      break;
    }
    case driver::IntentClass::kUnknown:
      counted = context_.options.on_unknown == "skip";
      if (context_.options.on_unknown == "fail") {
        verdict = "has an unknown outcome: a run needs --on-unknown or migrate set";
      }
      break;
  }
  if (counted && file_.size() < found.statement) {
    return Error(ErrorCode::kConflict,
                 fmt::format("sql/migrate: history changed: statement {} from file \"{}\" changed",
                             found.statement, file_.id.name));
  }
  if (counted) {
    verdict = "counts as applied";
  }
  if (intent.kind == driver::IntentClass::kUnknown && context_.options.on_unknown != "fail") {
    return {};  // as the person said
  }
  context_.stream.emit(
      Notice{fmt::format("statement {} of \"{}\", started at {} by {}, {}", found.statement,
                         file_.id.name, found.started_at, found.holder, verdict)});
  return {};
}

Result<void> FileRunner::run_checks() {
  const std::optional<RunText> failed =
      migrate::run_checks(context_.connection, context_.stream, *planned_, file_.checks);
  if (!failed) {
    return {};
  }
  failure_ = FileFailure{.code = ErrorCode::kDatabase, .run = *failed, .file = *failed};
  if (writing_ != RowWriting::kNever && tx_mode_ != TxMode::kAll) {
    row_.error = failed->shown;
    row_.error_stmt.clear();
    row_.partial_hashes = exact_hashes(file_.statements, applied());
    failure_->record = row_;
  }
  return Error(ErrorCode::kDatabase, failed->shown);
}

Result<void> FileRunner::rehearse() {
  for (size_t number = applied() + 1; number <= file_.size(); ++number) {
    start_statement(number);
    end_statement(number, driver::ExecResult{});
  }
  return {};
}

Result<void> FileRunner::run_written_once() {
  for (size_t number = applied() + 1; number <= file_.size(); ++number) {
    TRY(check_stop(number));
    const Result<driver::ExecResult> result = execute(number);
    if (!result) {
      return fail_statement(number, result.error());
    }
    row_.applied = static_cast<int64_t>(number);
    mark_ = context_.stream.now();
  }
  return finish();
}

Result<void> FileRunner::run_written_always() {
  TRY(write_row());
  row_.partial_hashes = exact_hashes(file_.statements, applied());
  for (size_t number = applied() + 1; number <= file_.size(); ++number) {
    TRY(check_stop(number));
    const Result<driver::ExecResult> result = execute(number);
    if (!result) {
      if (!context_.connection.info().features.abort_on_error) {
        TRY(record_failure(number, result.error()));
      }
      return fail_statement(number, result.error());
    }
    count_statement(number);
    row_.error.clear();
    row_.error_stmt.clear();
    row_.partial_hashes.push_back(hashes_.last());
    if (number < file_.size()) {
      TRY(write_row());
    }
  }
  return finish();
}

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

Result<void> FileRunner::announce_next(size_t number, bool together) {
  driver::Intent next = TRY(classify(number + 1, together));
  return announce(number + 1, std::move(next));
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

// Whether a rollback of the file's transaction would leave nothing of it.
bool FileRunner::leaves_nothing() const {
  return tx_mode_ == TxMode::kFile && data_only_ && !reverts();
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

Result<void> FileRunner::finish() {
  if (applied() == file_.size()) {
    row_.error.clear();
    row_.error_stmt.clear();
    row_.partial_hashes.clear();
  }
  row_.execution_time = context_.stream.now() - mark_;
  mark_ = context_.stream.now();
  return rows_.close(row_);
}

Result<driver::ExecResult> FileRunner::execute(size_t number) {
  start_statement(number);
  Result<driver::ExecResult> result = send(number);
  end_statement(number, result);
  return result;
}

Result<driver::ExecResult> FileRunner::send(size_t number) {
  context_.watch.start(file_.id.name, number);
  Result<driver::ExecResult> result = context_.connection.execute(text(number));
  lock_wait_ = context_.watch.finish();
  return result;
}

Result<void> FileRunner::check_stop(size_t number) {
  if (!context_.options.stop.is_cancelled()) {
    return {};
  }
  const Error stopped(ErrorCode::kCancelled, std::string(kStopped));
  if (intent_in_row_) {
    TRY(undo_transaction(false));
    TRY(record_failure(number, stopped));
  }
  return fail_statement(number, stopped);
}

void FileRunner::count_statement(size_t number) {
  hashes_.add(text(number));
  row_.applied = static_cast<int64_t>(number);
}

void FileRunner::start_statement(size_t number) {
  statement_started_ = context_.stream.emit(
      StatementStarted{.file = file_.id.name,
                       .number = number,
                       .text = {planned_->texts(), number, statements_.at(number)}});
}

void FileRunner::end_statement(size_t number, const Result<driver::ExecResult>& result) {
  StatementDone done{.file = file_.id.name, .number = number};
  done.duration = context_.stream.now() - statement_started_;
  done.lock_wait = lock_wait_;
  if (result) {
    done.rows_affected = result->rows_affected;
  } else {
    const Error& error = result.error();
    done.result = is_lost(error) && writing_ == RowWriting::kIntent ? StatementResult::kUnknown
                                                                    : StatementResult::kFailed;
    done.statement = planned_->texts().both_forms(number, text(number));
    done.error = planned_->texts().statement_error(number, text(number), error.message());
    done.error_code = error.cause_code();
    done.error_position = statements_.at(number).position;
  }
  context_.stream.emit(std::move(done));
}

Error FileRunner::fail_statement(size_t number, const Error& error) {
  const RunText statement = planned_->texts().both_forms(number, text(number));
  const RunText reason =
      planned_->texts().statement_error(number, text(number), error.message());
  failure_ = FileFailure{
      .code = error.code(),
      .run = {.shown = statement_error_text(statement.shown, file_.id.version, reason.shown),
              .reported =
                  statement_error_text(statement.reported, file_.id.version, reason.reported)},
      .file = reason};
  return {error.code(), failure_->run.shown};
}

// The row of a file that stops here: exact hashes, the database's words, the whole statement.
void FileRunner::describe_failure(size_t number, const Error& error) {
  row_.error = error.message();
  if (reverts()) {
    RevertPoint stop{.statement = applied() + 1, .total = file_.size(), .error = error.message()};
    stop.after = hash_of_first(file_.statements, applied());
    row_.error = format_revert_stop(stop);
  }
  row_.error_stmt = text(number);
  row_.partial_hashes = exact_hashes(file_.statements, applied());
  row_.execution_time = context_.stream.now() - statement_started_;
}

Result<void> FileRunner::record_failure(size_t number, const Error& error) {
  describe_failure(number, error);
  return write_row();
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

Result<void> FileRunner::write_row() {
  mark_ = context_.stream.now();
  return rows_.write(row_);
}

}  // namespace rhumb::migrate
