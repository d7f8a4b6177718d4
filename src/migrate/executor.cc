#include "migrate/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "migrate/file_runner.h"
#include "migrate/plan.h"
#include "migrate/prepared_file.h"
#include "migrate/revision_store.h"
#include "migrate/tx_mode.h"
#include "migrate/unknown_outcome.h"

namespace rhumb::migrate {
namespace {

// One run over one target, from the lock to TargetDone.
class ApplyRun {
 public:
  ApplyRun(driver::Connection& connection,
           const DirectoryFiles& directory,
           const ApplyOptions& options,
           RunStream& stream)
      : connection_(connection), directory_(directory), options_(options), stream_(stream) {}

  Result<ApplyOutcome> run();

 private:
  Result<std::unique_ptr<driver::Lock>> take_lock();
  Result<void> open_store();
  Result<void> start_target();
  Result<void> choose_identity(TargetStarted& started);
  Result<void> execute_plan();
  Planned describe_plan();
  Result<void> make_plan();
  Result<std::optional<std::string>> find_dirt();
  [[nodiscard]] std::span<const FileEntry> reachable_files() const;
  [[nodiscard]] const Revision* find_row(std::string_view version) const;
  Result<void> prepare_files();
  Result<void> write_baseline();
  bool admit(const Planned& planned);
  void run_files(const Planned& planned);
  bool run_file(size_t index, const std::shared_ptr<const PlannedFile>& planned);
  [[nodiscard]] RowWriting choose_writing(const PreparedFile& file, TxMode mode) const;
  Result<TxMode> begin_file(const PreparedFile& file);
  void fail_file(size_t index, TxMode mode, FileFailure failure);
  void fail_run(ErrorCode code, RunText text);
  void fail_run(const Error& error);
  RunText undo(TxMode mode, RunText text);
  void finish_target();

  driver::Connection& connection_;
  const DirectoryFiles& directory_;
  const ApplyOptions& options_;
  RunStream& stream_;
  std::unique_ptr<RevisionStore> store_;
  std::vector<FileEntry> entries_;
  std::vector<Revision> revisions_;
  PendingPlan plan_;
  size_t cut_ = 0;
  std::vector<std::shared_ptr<const PreparedFile>> files_;
  ApplyOutcome outcome_;
  RunText error_;
  bool all_open_ = false;  // the transaction of mode all
};

Result<std::unique_ptr<driver::Lock>> ApplyRun::take_lock() {
  if (options_.dry_run && !connection_.info().features.session_locks) {
    return std::unique_ptr<driver::Lock>();
  }
  const driver::LockRequest request{.name = options_.lock_name,
                                    .timeout = options_.lock_timeout,
                                    .holder = options_.holder,
                                    .revisions_schema = options_.revisions_schema,
                                    .on_wait = options_.on_lock_wait,
                                    .stop = options_.stop};
  return connection_.lock(request).context("acquiring database lock");
}

Result<void> ApplyRun::open_store() {
  const bool ambiguous = TRY(has_ambiguous_revisions(connection_, options_.revisions_schema));
  if (ambiguous) {
    return ambiguous_revisions_error();
  }
  store_ = TRY(open_revision_store(connection_, options_.revisions_schema));
  if (!options_.dry_run) {
    TRY(store_->ensure_table());
  }
  return {};
}

Result<void> ApplyRun::choose_identity(TargetStarted& started) {
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

Result<void> ApplyRun::start_target() {
  TargetStarted started = options_.target;
  const driver::ConnectionInfo& info = connection_.info();
  started.driver = started.driver.empty() ? info.driver : started.driver;
  started.url = started.url.empty() ? info.url : started.url;
  started.schema = started.schema.empty() ? info.schema : started.schema;
  TRY(choose_identity(started));
  stream_.emit(std::move(started));
  return {};
}

Result<std::optional<std::string>> ApplyRun::find_dirt() {
  const bool matters = revisions_.empty() && !options_.allow_dirty && options_.baseline.empty();
  if (!matters) {
    return std::optional<std::string>();
  }
  return connection_.find_dirt({.revisions_schema = store_->schema(),
                                .revisions_table = std::string(kRevisionsTable),
                                .pretend_table = options_.dry_run});
}

Result<void> ApplyRun::make_plan() {
  const ExecOrder order = TRY(parse_exec_order(options_.exec_order));
  revisions_ = TRY(store_->read_all());
  outcome_.current = revisions_.empty() ? std::string() : revisions_.back().version;
  entries_ = file_entries(directory_);
  const std::optional<std::string> dirt = TRY(find_dirt());
  const PlanOptions plan_options{.order = order,
                                 .baseline = options_.baseline,
                                 .allow_dirty = options_.allow_dirty,
                                 .dirt = dirt};
  plan_ = TRY(compute_pending(reachable_files(), revisions_, plan_options));
  if (order == ExecOrder::kLinear && !plan_.out_of_order.empty()) {
    return out_of_order_error(entries_, plan_.out_of_order);
  }
  TRY(check_equal_versions(entries_));
  cut_ = TRY(limit_pending(plan_, entries_, revisions_,
                           {.amount = options_.amount, .to_version = options_.to_version}));
  if (plan_.baseline) {
    outcome_.current = entries_[*plan_.baseline].version;
  }
  return {};
}

// A first run up to a version starts at the last checkpoint that is not behind it.
std::span<const FileEntry> ApplyRun::reachable_files() const {
  const std::span<const FileEntry> all = entries_;
  const bool first_run = revisions_.empty() && options_.baseline.empty();
  if (!first_run || options_.to_version.empty()) {
    return all;
  }
  const auto last = std::ranges::find(entries_, options_.to_version, &FileEntry::version);
  return last == entries_.end() ? all : all.first(static_cast<size_t>(last - entries_.begin()) + 1);
}

const Revision* ApplyRun::find_row(std::string_view version) const {
  const auto row = std::ranges::lower_bound(revisions_, version, {}, &Revision::version);
  return row != revisions_.end() && row->version == version ? &*row : nullptr;
}

Result<void> ApplyRun::prepare_files() {
  const sql::Dialect dialect = driver::sql_dialect(connection_.info().engine);
  PreparedFiles own(directory_);
  PreparedFiles& prepared = options_.prepared != nullptr ? *options_.prepared : own;
  files_.reserve(plan_.pending.size());
  for (const size_t index : plan_.pending) {
    files_.push_back(TRY(prepared.prepare(index, dialect)));
  }
  return {};
}

Result<void> ApplyRun::write_baseline() {
  if (!plan_.baseline || options_.dry_run) {
    return {};
  }
  const FileEntry& file = entries_[*plan_.baseline];
  return store_->write({.version = file.version,
                        .description = file.description,
                        .type = revision_type::kBaseline,
                        .executed_at = {.at = stream_.now(), .offset = {}},
                        .operator_version = options_.operator_version});
}

void ApplyRun::fail_run(ErrorCode code, RunText text) {
  outcome_.error = Error(code, text.shown);
  error_ = std::move(text);
}

void ApplyRun::fail_run(const Error& error) {
  fail_run(error.code(), stream_.texts().message(error.message()));
}

bool ApplyRun::admit(const Planned& planned) {
  const Result<void> admitted = options_.admit ? options_.admit(planned) : Result<void>();
  if (admitted) {
    return true;
  }
  const Error& refusal = admitted.error();
  stream_.emit(Refused{.rule = refusal.cause() ? refusal.cause()->code : std::string(),
                       .text = refusal.message()});
  fail_run(refusal);
  return false;
}

// The intent of a first row is never needed where one transaction covers row and statements.
RowWriting ApplyRun::choose_writing(const PreparedFile& file, TxMode mode) const {
  if (options_.dry_run) {
    return RowWriting::kNever;
  }
  if (mode == TxMode::kNone || !connection_.info().features.transactional_ddl) {
    return RowWriting::kIntent;
  }
  return file.statements.controls_transactions() ? RowWriting::kEveryStatement : RowWriting::kOnce;
}

Result<TxMode> ApplyRun::begin_file(const PreparedFile& file) {
  if (options_.dry_run) {
    const Result<TxMode> global = parse_tx_mode(options_.tx_mode);
    return global.value_or(TxMode::kFile);
  }
  const TxMode global = TRY(parse_tx_mode(options_.tx_mode));
  const TxMode mode = TRY(file_tx_mode(file.content, global));
  if (mode == TxMode::kFile || (mode == TxMode::kAll && !all_open_)) {
    TRY(connection_.begin());
    all_open_ = mode == TxMode::kAll;
  }
  return mode;
}

// Takes the open transaction back; what goes wrong there comes first in the error of the run.
RunText ApplyRun::undo(TxMode mode, RunText text) {
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

void ApplyRun::fail_file(size_t index, TxMode mode, FileFailure failure) {
  RunText text = undo(mode, std::move(failure.run));
  if (failure.record) {
    const Result<void> recorded = store_->write(*failure.record);
    if (!recorded) {
      stream_.emit(Notice{"Warning: " + recorded.error().message()});
    }
  }
  if (failure.started) {
    stream_.emit(FileDone{
        .file = files_[index]->id, .result = FileResult::kFailed, .error = std::move(failure.file)});
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
bool ApplyRun::run_file(size_t index, const std::shared_ptr<const PlannedFile>& planned) {
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
  const RunContext context{
      .connection = connection_, .store = *store_, .stream = stream_, .options = options_};
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

void ApplyRun::run_files(const Planned& planned) {
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

// What is going to be executed, with the way its texts may leave.
Planned ApplyRun::describe_plan() {
  Planned planned{.current = outcome_.current, .amount_cut = cut_};
  planned.files.reserve(files_.size());
  for (const auto& file : files_) {
    const Revision* row = find_row(file->id.version);
    planned.files.push_back(std::make_shared<const PlannedFile>(PlannedFile::Source{
        .file = file->id,
        .content = file->content.bytes,
        .statements = file->statements,
        .texts = stream_.texts().open_file(file->id, file->content.bytes),
        .already_applied = row == nullptr ? 0 : static_cast<size_t>(row->applied)}));
  }
  if (!files_.empty()) {
    planned.target = files_.back()->id.version;
  }
  return planned;
}

Result<void> ApplyRun::execute_plan() {
  TRY(make_plan());
  TRY(parse_on_unknown(options_.on_unknown));
  if (options_.on_unknown == kFailOnUnknown && !options_.dry_run) {
    TRY(refuse_unknown_outcomes(connection_, directory_, revisions_));
  }
  TRY(prepare_files());
  const Planned planned = describe_plan();
  stream_.emit(planned);
  outcome_.target = planned.target;
  if (!files_.empty() && !admit(planned)) {
    return {};
  }
  TRY(write_baseline());
  run_files(planned);
  return {};
}

void ApplyRun::finish_target() {
  std::string current = outcome_.current;
  if (!files_.empty() && !options_.dry_run) {
    const Result<std::vector<Revision>> revisions = store_->read_all();
    if (revisions && !revisions->empty()) {
      current = revisions->back().version;
    } else if (revisions) {
      current.clear();
    }
  }
  stream_.emit(TargetDone{.current = std::move(current), .error = error_});
}

Result<ApplyOutcome> ApplyRun::run() {
  if (!options_.baseline.empty() && options_.allow_dirty) {
    return invalid("sql/migrate: baseline and allow-dirty are mutually exclusive");
  }
  const std::unique_ptr<driver::Lock> lock = TRY(take_lock());
  TRY(open_store());
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
    return *outcome_.error;
  }
  return outcome_;
}

}  // namespace

Result<ApplyOutcome> apply_migrations(driver::Connection& connection,
                                      const DirectoryFiles& directory,
                                      const ApplyOptions& options,
                                      RunStream& stream) {
  return ApplyRun(connection, directory, options, stream).run();
}

}  // namespace rhumb::migrate
