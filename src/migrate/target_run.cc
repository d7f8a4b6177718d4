#include "migrate/target_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "migrate/lease.h"
#include "migrate/revert_row.h"

namespace rhumb::migrate {

driver::LockRequest TargetRun::lock_request() const {
  return {.name = options_.lock_name,
          .timeout = options_.lock_timeout,
          .holder = options_.holder,
          .revisions_schema = options_.revisions_schema,
          .may_create_table = creates_table(),
          .on_wait = options_.on_lock_wait,
          .stop = options_.stop};
}

Result<std::unique_ptr<driver::Lock>> TargetRun::take_lock() {
  if (options_.dry_run && !connection_.info().features.session_locks) {
    return std::unique_ptr<driver::Lock>();
  }
  return connection_.lock(lock_request()).context("acquiring database lock");
}

// Runs behind a pooler do not see the lock of a session, and have one of another kind.
Result<void> TargetRun::respect_lease(const driver::Lock* lock) {
  const bool is_session = lock != nullptr && connection_.info().features.session_locks;
  if (!is_session || options_.dry_run || !TRY(store_->exists())) {
    return {};
  }
  return wait_for_lease(connection_, lock_request()).context("acquiring database lock");
}

Result<void> TargetRun::open_store() {
  const bool ambiguous = TRY(has_ambiguous_revisions(connection_, options_.revisions_schema));
  if (ambiguous) {
    return ambiguous_revisions_error();
  }
  store_ = TRY(open_revision_store(connection_, options_.revisions_schema));
  if (options_.dry_run) {
    return {};
  }
  const bool wanted = creates_table() || TRY(store_->exists());
  return wanted ? store_->ensure_table() : Result<void>();
}

Result<void> TargetRun::choose_identity(TargetStarted& started) {
  if (!options_.identity_candidate) {
    return {};
  }
  if (options_.dry_run) {
    const std::optional<std::string> stored = TRY(store_->find_identity());
    started.identity = stored.value_or(options_.provisional_identity);
    started.provisional_identity = !stored.has_value();
    return {};
  }
  const StoredTime now{.at = stream_.now(), .offset = {}};
  const Result<std::string> identity =
      store_->ensure_identity(*options_.identity_candidate, now, options_.operator_version);
  if (!identity && options_.identity_required) {
    return identity.error();
  }
  started.identity = identity.value_or(options_.provisional_identity);
  started.provisional_identity = !identity.has_value();
  if (!identity) {
    stream_.emit(Notice{"Warning: " + identity.error().message()});
  }
  return {};
}

Result<void> TargetRun::start_target() {
  TargetStarted started = options_.target;
  const driver::ConnectionInfo& info = connection_.info();
  started.driver = started.driver.empty() ? info.driver : started.driver;
  started.url = started.url.empty() ? info.url : started.url;
  started.schema = started.schema.empty() ? info.schema : started.schema;
  TRY(choose_identity(started));
  stream_.emit(std::move(started));
  return {};
}

const Revision* TargetRun::find_row(std::string_view version) const {
  const auto row = std::ranges::lower_bound(revisions_, version, {}, &Revision::version);
  return row != revisions_.end() && row->version == version ? &*row : nullptr;
}

// What is going to be executed, with the way its texts may leave.
std::vector<std::shared_ptr<const PlannedFile>> TargetRun::describe_files() {
  std::vector<std::shared_ptr<const PlannedFile>> planned;
  planned.reserve(files_.size());
  for (const auto& file : files_) {
    planned.push_back(std::make_shared<const PlannedFile>(PlannedFile::Source{
        .file = file->id,
        .content = file->content.bytes,
        .statements = file->statements,
        .texts = stream_.texts().open_file(file->id, file->content.bytes),
        .already_applied = count_done(find_row(file->id.version), direction_)}));
  }
  return planned;
}

void TargetRun::fail_run(ErrorCode code, RunText text) {
  outcome_.error = Error(code, text.shown);
  error_ = std::move(text);
}

void TargetRun::fail_run(const Error& error) {
  fail_run(error.code(), stream_.texts().message(error.message()));
}

bool TargetRun::admit(const Planned& planned) {
  const Result<void> admitted = options_.admit ? options_.admit(planned) : Result<void>();
  if (admitted) {
    return true;
  }
  const Error& refusal = admitted.error();
  stream_.emit(Refused{.rule = std::string(refusal.cause_code()), .text = refusal.message()});
  fail_run(refusal);
  return false;
}

// The intent of a first row is never needed where one transaction covers row and statements.
RowWriting TargetRun::choose_writing(const PreparedFile& file, TxMode mode) const {
  if (options_.dry_run) {
    return RowWriting::kNever;
  }
  if (mode == TxMode::kNone || !connection_.info().features.transactional_ddl) {
    return RowWriting::kIntent;
  }
  return file.statements.controls_transactions() ? RowWriting::kEveryStatement : RowWriting::kOnce;
}

Result<TxMode> TargetRun::begin_file(const PreparedFile& file) {
  const TxMode mode = TRY(choose_mode(file));
  if (options_.dry_run) {
    return mode;
  }
  if (mode == TxMode::kFile || (mode == TxMode::kAll && !all_open_)) {
    TRY(connection_.begin());
    all_open_ = mode == TxMode::kAll;
  }
  return mode;
}

// Takes the open transaction back; what goes wrong there comes first in the error of the run.
RunText TargetRun::undo(TxMode mode, RunText text) {
  if (options_.dry_run || (mode == TxMode::kNone && !all_open_)) {
    return text;
  }
  all_open_ = false;
  const Result<void> undone = connection_.rollback();
  if (!undone) {
    const RunText problem = stream_.texts().message(undone.error().message());
    text.shown = problem.shown + ": " + text.shown;
    text.reported = problem.reported + ": " + text.reported;
  }
  return text;
}

void TargetRun::fail_file(size_t index, TxMode mode, FileFailure failure) {
  RunText text = undo(mode, std::move(failure.run));
  if (failure.record) {
    const Result<void> recorded = store_->write(*failure.record);
    if (!recorded) {
      stream_.emit(Notice{"Warning: " + recorded.error().message()});
    }
  }
  if (failure.started) {
    stream_.emit(FileDone{.file = files_[index]->id,
                          .result = FileResult::kFailed,
                          .error = std::move(failure.file)});
  }
  if (mode == TxMode::kAll) {
    for (size_t earlier = 0; earlier < index; ++earlier) {
      stream_.emit(
          FileDone{.file = files_[earlier]->id, .result = FileResult::kRolledBack, .error = text});
    }
  }
  fail_run(failure.code, std::move(text));
}

// False: the run ends here.
bool TargetRun::run_file(size_t index, const std::shared_ptr<const PlannedFile>& planned) {
  const PreparedFile& file = *files_[index];
  const Result<TxMode> begun = begin_file(file);
  if (!begun) {
    const RunText text = stream_.texts().message(begun.error().message());
    const TxMode open = all_open_ ? TxMode::kAll : TxMode::kNone;
    fail_file(index, open, {.code = begun.error().code(), .run = text, .file = text});
    return false;
  }
  const TxMode mode = *begun;
  sys::CancellationToken::Registration cancelling;
  if (mode != TxMode::kNone) {
    cancelling = options_.stop.on_cancel([this] { connection_.cancel(); });
  }
  const RunContext context{.connection = connection_,
                           .store = *store_,
                           .stream = stream_,
                           .options = options_,
                           .direction = direction_};
  FileRunner runner(context, file, planned, find_row(file.id.version), mode,
                    choose_writing(file, mode));
  std::optional<FileFailure> failure = runner.run();
  if (failure) {
    fail_file(index, mode, std::move(*failure));
    return false;
  }
  stream_.emit(FileDone{.file = file.id, .result = FileResult::kOk, .error = {}});
  if (mode != TxMode::kFile || options_.dry_run) {
    return true;
  }
  const Result<void> committed = connection_.commit();
  if (!committed) {
    fail_run(committed.error());
    stream_.emit(FileDone{.file = file.id, .result = FileResult::kRolledBack, .error = error_});
  }
  return committed.has_value();
}

void TargetRun::run_files(const Planned& planned) {
  for (size_t i = 0; i < files_.size(); ++i) {
    if (!run_file(i, planned.files[i])) {
      return;
    }
  }
  if (!all_open_) {
    return;
  }
  all_open_ = false;
  const Result<void> committed = connection_.commit();
  if (!committed) {
    fail_run(committed.error());
    for (const auto& file : files_) {
      stream_.emit(FileDone{.file = file->id, .result = FileResult::kRolledBack, .error = error_});
    }
  }
}

Result<void> TargetRun::execute_plan() {
  const Planned planned = TRY(plan());
  stream_.emit(planned);
  if (!files_.empty() && !admit(planned)) {
    return {};
  }
  TRY(prepare_table());
  run_files(planned);
  return {};
}

void TargetRun::finish_target() {
  std::string current = outcome_.current;
  if (!files_.empty() && !options_.dry_run) {
    current = store_->last_version().value_or(current);
  }
  stream_.emit(TargetDone{.current = std::move(current), .error = error_});
}

Result<RunOutcome> TargetRun::run() {
  const std::unique_ptr<driver::Lock> lock = TRY(take_lock());
  TRY(open_store());
  TRY(respect_lease(lock.get()));
  TRY(start_target());
  if (lock && !lock->warning().empty()) {
    stream_.emit(Notice{fmt::format("Warning: {}", lock->warning())});
  }
  const Result<void> executed = execute_plan();
  if (!executed) {
    fail_run(executed.error());
  }
  finish_target();
  if (lock) {
    const Result<void> released = lock->release();
    if (!released) {
      outcome_.unlock_error = released.error();
    }
  }
  if (!executed) {
    return outcome_.error.value_or(executed.error());
  }
  return outcome_;
}

}  // namespace rhumb::migrate
