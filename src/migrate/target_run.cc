#include "migrate/target_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "migrate/lost_commit.h"
#include "migrate/revert_row.h"

namespace rhumb::migrate {

namespace {

constexpr std::string_view kStopped = "context canceled";
/// Of a file that somebody else was in the way of.
constexpr int kFileAttemptsMax = 4;
constexpr std::chrono::milliseconds kFirstPause{250};

// Longer each time, and of a random length so that two runs do not meet again.
std::chrono::milliseconds repeat_pause(int attempt) {
  const auto least = kFirstPause * (1 << (attempt - 1));
  std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int64_t> more_ms(0, least.count());
  return least + std::chrono::milliseconds(more_ms(random));
}

// Whether the row is that of a file that was executed, or reverted, to its end.
bool is_finished(const std::optional<Revision>& row,
                 const PreparedFile& file,
                 Direction direction) {
  if (direction == Direction::kDown) {
    return !row.has_value();
  }
  const auto size = static_cast<int64_t>(file.size());
  return row && row->applied == size && row->total == size && row->error.empty();
}

// Whether all of a file runs in a transaction of ours.
bool runs_inside(const PreparedFile& file, TxMode mode) {
  return mode != TxMode::kNone && !file.statements.controls_transactions();
}

}  // namespace

Result<void> TargetRun::open_store() {
  const bool ambiguous = TRY(has_ambiguous_revisions(connection_, options_.revisions_schema));
  if (ambiguous) {
    return ambiguous_revisions_error();
  }
  store_ = TRY(open_revision_store(connection_, options_.revisions_schema));
  return {};
}

// A lock that is a session costs a connection, and guards nothing where nothing is to be done.
Result<bool> TargetRun::needs_lock() {
  if (!connection_.info().features.session_locks) {
    return true;
  }
  const bool complete = TRY(store_->is_complete());
  return !complete || !finds_nothing_to_do();
}

Result<void> TargetRun::lock_target() {
  TRY(session_.take_lock(creates_table()));
  if (!options_.dry_run && (creates_table() || TRY(store_->exists()))) {
    TRY(store_->ensure_table());
  }
  return TRY(store_->exists()) ? session_.respect_lease() : Result<void>();
}

Result<void> TargetRun::choose_identity(TargetStarted& started) {
  if (!options_.identity_candidate) {
    return {};
  }
  const bool may_write = !options_.dry_run && (creates_table() || TRY(store_->exists()));
  if (!may_write) {
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

// After the connection was made anew: nobody else may work meanwhile, or have worked.
Result<void> TargetRun::take_up(size_t index) {
  if (!session_.take_reconnected()) {
    return {};
  }
  TRY(session_.regain_lock());
  for (size_t i = index; i < files_.size() && session_.lost_lock(); ++i) {
    const Revision* planned = find_row(files_[i]->id.version);
    const std::optional<Revision> row = TRY(store_->find(files_[i]->id.version));
    if (row.has_value() != (planned != nullptr) || (row && *row != *planned)) {
      return Error(ErrorCode::kConflict,
                   fmt::format("another run has worked on version \"{}\" while the connection was "
                               "lost: run the command again",
                               files_[i]->id.version));
    }
  }
  return {};
}

Result<void> TargetRun::begin_file(TxMode mode) {
  if (options_.dry_run) {
    return {};
  }
  if (mode == TxMode::kFile || (mode == TxMode::kAll && !all_open_)) {
    TRY(connection_.begin());
    const Result<void> hooked = hooks_.after_begin();
    if (!hooked) {
      TRY(connection_.rollback());
      return hooked.error();
    }
    all_open_ = mode == TxMode::kAll;
  }
  return {};
}

Result<void> TargetRun::roll_back() {
  hooks_.before_rollback();
  return connection_.rollback();
}

// Takes the open transaction back; what goes wrong there comes first in the error of the run.
RunText TargetRun::undo(TxMode mode, RunText text) {
  if (options_.dry_run || (mode == TxMode::kNone && !all_open_)) {
    return text;
  }
  all_open_ = false;
  const Result<void> undone = roll_back();
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
  if (const Result<void> ready = take_up(index); !ready) {
    fail_run(ready.error());
    return false;
  }
  for (int number = 1;; ++number) {
    const Attempt attempt = try_file(index, planned, number < kFileAttemptsMax);
    if (attempt != Attempt::kUndone) {
      return attempt == Attempt::kDone;
    }
    if (!session_.pause(repeat_pause(number))) {
      fail_run(Error(ErrorCode::kCancelled, std::string(kStopped)));
      return false;
    }
  }
}

// Says that nothing is left of a file and that it is going to be started again.
void TargetRun::tell_repeat(const RunFile& file, const RunText& why, bool started) {
  if (started) {
    stream_.emit(FileRetried{.file = file});
  }
  stream_.emit(Notice{fmt::format("version \"{}\": {}; nothing of it is left, it is run again",
                                  file.version, why.shown)});
}

// One try of a file in its own transaction, or its part of the run's. `may_repeat`: when somebody
// else was in the way and nothing of the file is left, nothing is failed yet.
TargetRun::Attempt TargetRun::try_file(size_t index,
                                       const std::shared_ptr<const PlannedFile>& planned,
                                       bool may_repeat) {
  const PreparedFile& file = *files_[index];
  const Result<TxMode> mode = choose_mode(file);
  if (!mode) {
    fail_start(index, mode.error());
    return Attempt::kFailed;
  }
  if (*mode == TxMode::kNone) {
    hooks_.pass_over(file.id.version);
  }
  const RowWriting writing = choose_writing(file, *mode);
  LimitedSession limited(connection_, options_.dry_run ? StatementLimits{} : limits_[index],
                         runs_inside(file, *mode));
  Result<void> begun = limited.before_begin();
  if (begun) {
    begun = begin_file(*mode);
  }
  if (!begun && may_repeat && begun.error().code() == ErrorCode::kBusy && !all_open_) {
    tell_repeat(file.id, stream_.texts().message(begun.error().message()), false);
    return Attempt::kUndone;
  }
  if (begun) {
    begun = limited.after_begin();
  }
  if (!begun) {
    fail_start(index, begun.error());
    return Attempt::kFailed;
  }
  return run_once(index, planned, *mode, writing, may_repeat && *mode == TxMode::kFile);
}

// What fails before the file has started takes back what mode all has done so far.
void TargetRun::fail_start(size_t index, const Error& error) {
  const RunText text = stream_.texts().message(error.message());
  const TxMode open = all_open_ ? TxMode::kAll : TxMode::kNone;
  fail_file(index, open, {.code = error.code(), .run = text, .file = text});
}

// Runs the file in the transaction that is open.
TargetRun::Attempt TargetRun::run_once(size_t index,
                                       const std::shared_ptr<const PlannedFile>& planned,
                                       TxMode mode,
                                       RowWriting writing,
                                       bool may_repeat) {
  const PreparedFile& file = *files_[index];
  watch_.follow(options_.dry_run ? nullptr : connection_.observe_lock_waits());
  sys::CancellationToken::Registration cancelling;
  if (mode != TxMode::kNone) {
    cancelling = options_.stop.on_cancel([this] { connection_.cancel(); });
  }
  const RunContext context{.connection = connection_,
                           .store = *store_,
                           .session = session_,
                           .stream = stream_,
                           .watch = watch_,
                           .options = options_,
                           .direction = direction_};
  FileRunner runner(context, file, planned, find_row(file.id.version), mode, writing);
  std::optional<FileFailure> failure = runner.run();
  if (failure && may_repeat && failure->repeatable && roll_back()) {
    tell_repeat(file.id, failure->file, failure->started);
    return Attempt::kUndone;
  }
  if (failure) {
    fail_file(index, mode, std::move(*failure));
    return Attempt::kFailed;
  }
  stream_.emit(FileDone{.file = file.id, .result = FileResult::kOk, .error = {}});
  if (mode != TxMode::kFile || options_.dry_run) {
    return Attempt::kDone;
  }
  const Result<void> committed = commit_up_to(index);
  if (committed) {
    return Attempt::kDone;
  }
  const bool was_in_the_way = committed.error().code() == ErrorCode::kBusy;
  if (may_repeat && was_in_the_way && writing == RowWriting::kOnce) {
    tell_repeat(file.id, stream_.texts().message(committed.error().message()), true);
    return Attempt::kUndone;
  }
  fail_commit(index, index, committed.error());
  return Attempt::kFailed;
}

// What has become of a commit whose answer was lost stands in the row of its last file.
Result<void> TargetRun::settle_commit(const PreparedFile& last, const Error& lost) {
  const bool committed = TRY(find_commit(
      session_, *store_, last.id.version, lost,
      [&](const std::optional<Revision>& row) { return is_finished(row, last, direction_); }));
  if (!committed) {
    return lost;
  }
  stream_.emit(Notice{fmt::format(
      "the connection was lost during the commit of version \"{}\", which was committed",
      last.id.version)});
  return {};
}

// Commits what is open, of which the file `last` was the last.
Result<void> TargetRun::commit_up_to(size_t last) {
  const Result<void> hooked = hooks_.before_commit();
  if (!hooked) {
    const Result<void> undone = roll_back();
    static_cast<void>(undone.has_value());  // else it ends with its session
    return hooked.error();
  }
  const Result<void> committed = connection_.commit();
  const bool is_unknown = !committed && is_lost(committed.error());
  return is_unknown ? settle_commit(*files_[last], committed.error()) : committed;
}

void TargetRun::fail_commit(size_t first, size_t last, const Error& error) {
  fail_run(error);
  const bool is_undone = !is_unknown_commit(error) && !hooks_.ran_apart();
  const FileResult result = is_undone ? FileResult::kRolledBack : FileResult::kFailed;
  for (size_t i = first; i <= last; ++i) {
    stream_.emit(FileDone{.file = files_[i]->id, .result = result, .error = error_});
  }
}

void TargetRun::run_files(const Planned& planned) {
  for (size_t i = 0; i < files_.size(); ++i) {
    if (!run_file(i, planned.files[i])) {
      return;
    }
  }
  if (!std::exchange(all_open_, false)) {
    return;
  }
  const size_t last = files_.size() - 1;
  const Result<void> committed = commit_up_to(last);
  if (!committed) {
    fail_commit(0, last, committed.error());
  }
}

Result<void> TargetRun::read_limits() {
  const driver::ConnectionInfo& info = connection_.info();
  for (const auto& file : files_) {
    const StatementLimits limits = TRY(file_limits(file->content, options_.limits, info.engine));
    const Result<TxMode> mode = choose_mode(*file);
    TRY(check_limits(limits, info, file->id.name, mode && runs_inside(*file, *mode)));
    limits_.push_back(limits);
  }
  return {};
}

Result<void> TargetRun::execute_plan() {
  hooks_.hide_values();
  const Planned planned = TRY(plan());
  TRY(read_limits());
  stream_.emit(planned);
  if (!files_.empty() && !admit(planned)) {
    return {};
  }
  TRY(prepare_table());
  run_files(planned);
  return {};
}

void TargetRun::tell_wait(const LockWait& wait) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(wait.waited);
  stream_.emit(Notice{fmt::format("statement {} of \"{}\" has been waiting for a lock for {} s{}{}",
                                  wait.number, wait.file, seconds.count(),
                                  wait.holder.empty() ? "" : ", ", wait.holder)});
}

void TargetRun::finish_target() {
  std::string current = outcome_.current;
  if (outcome_.error && is_lost(*outcome_.error)) {
    // For the version in the table; files before the one that failed may be committed.
    const Result<void> back = session_.reconnect({});
    static_cast<void>(back.has_value());
  }
  if (!files_.empty() && !options_.dry_run) {
    current = store_->last_version().value_or(current);
  }
  stream_.emit(TargetDone{.current = std::move(current), .error = error_});
}

Result<RunOutcome> TargetRun::run() {
  TRY(open_store());
  if (TRY(needs_lock())) {
    TRY(lock_target());
  }
  TRY(start_target());
  if (!session_.lock_warning().empty()) {
    stream_.emit(Notice{fmt::format("Warning: {}", session_.lock_warning())});
  }
  const Result<void> executed = execute_plan();
  if (!executed) {
    fail_run(executed.error());
  }
  finish_target();
  const Result<void> released = session_.release_lock();
  if (!released) {
    outcome_.unlock_error = released.error();
  }
  if (!executed) {
    return outcome_.error.value_or(executed.error());
  }
  return outcome_;
}

}  // namespace rhumb::migrate
