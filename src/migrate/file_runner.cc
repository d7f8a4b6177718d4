#include "migrate/file_runner.h"

#include <fmt/format.h>

#include "base/check.h"
#include "migrate/check_runner.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kStopped = "context canceled";

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

Result<void> FileRunner::write_row() {
  mark_ = context_.stream.now();
  return rows_.write(row_);
}

}  // namespace rhumb::migrate
