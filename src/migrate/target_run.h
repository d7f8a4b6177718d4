#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/file_runner.h"
#include "migrate/prepared_file.h"
#include "migrate/revision.h"
#include "migrate/revision_store.h"
#include "migrate/run_options.h"
#include "migrate/run_session.h"
#include "migrate/run_stream.h"
#include "migrate/statement_watch.h"
#include "migrate/transaction_hooks.h"

namespace rhumb::migrate {

/// One run over one target, from the lock to TargetDone: what applying and reverting share.
///
/// A command says which files run and in which transaction; this locks, opens the revisions table,
/// runs the files one after the other and takes back what failed.
class TargetRun {
 public:
  TargetRun(driver::Connection& connection,
            const RunOptions& options,
            RunStream& stream,
            Direction direction)
      : connection_(connection),
        options_(options),
        stream_(stream),
        direction_(direction),
        session_(connection, options, stream.clock()),
        hooks_(connection, options, stream),
        watch_({}, [this](const LockWait& wait) { tell_wait(wait); }) {}
  TargetRun(const TargetRun&) = delete;
  TargetRun& operator=(const TargetRun&) = delete;
  virtual ~TargetRun() = default;

  /// Errors: what fails before the first file; what fails later is `RunOutcome::error`.
  Result<RunOutcome> run();

 protected:
  /// Decides what runs: fills `revisions_`, `files_` and the versions of `outcome_`.
  virtual Result<Planned> plan() = 0;
  /// Whether everything is done already, as far as the database shows without the lock. What was
  /// read for that is what plan() goes on with.
  [[nodiscard]] virtual bool finds_nothing_to_do() { return false; }
  /// What is written between admission and the first file.
  virtual Result<void> prepare_table() { return {}; }
  /// The transaction a file runs in; asked when its turn comes.
  [[nodiscard]] virtual Result<TxMode> choose_mode(const PreparedFile& file) const = 0;
  /// Whether a run creates the revisions table where there is none.
  [[nodiscard]] virtual bool creates_table() const { return true; }

  [[nodiscard]] const Revision* find_row(std::string_view version) const;
  /// `files_` with the way their texts may leave.
  std::vector<std::shared_ptr<const PlannedFile>> describe_files();

  driver::Connection& connection_;
  const RunOptions& options_;
  RunStream& stream_;
  const Direction direction_;
  std::unique_ptr<RevisionStore> store_;
  std::vector<Revision> revisions_;
  std::vector<std::shared_ptr<const PreparedFile>> files_;  // shared with other targets' runs
  RunOutcome outcome_;

 private:
  /// What has become of one try of a file.
  enum class Attempt { kDone, kFailed, kUndone };

  Result<void> open_store();
  Result<bool> needs_lock();
  Result<void> lock_target();
  Result<void> start_target();
  Result<void> choose_identity(TargetStarted& started);
  Result<void> execute_plan();
  bool admit(const Planned& planned);
  void run_files(const Planned& planned);
  bool run_file(size_t index, const std::shared_ptr<const PlannedFile>& planned);
  [[nodiscard]] RowWriting choose_writing(const PreparedFile& file, TxMode mode) const;
  Result<void> begin_file(TxMode mode);
  Result<void> take_up(size_t index);
  Attempt try_file(size_t index,
                   const std::shared_ptr<const PlannedFile>& planned,
                   bool may_repeat);
  Result<void> commit_up_to(size_t last);
  Result<void> read_limits();
  Attempt run_once(size_t index,
                   const std::shared_ptr<const PlannedFile>& planned,
                   TxMode mode,
                   RowWriting writing,
                   bool may_repeat);
  void fail_commit(size_t first, size_t last, const Error& error);
  void tell_repeat(const RunFile& file, const RunText& why, bool started);
  Result<void> settle_commit(const PreparedFile& last, const Error& lost);
  void fail_start(size_t index, const Error& error);
  void fail_file(size_t index, TxMode mode, FileFailure failure);
  void fail_run(ErrorCode code, RunText text);
  void fail_run(const Error& error);
  RunText undo(TxMode mode, RunText text);
  Result<void> roll_back();
  void finish_target();
  void tell_wait(const LockWait& wait);

  RunSession session_;
  TransactionHooks hooks_;
  std::vector<StatementLimits> limits_;  // of files_
  RunText error_;
  bool all_open_ = false;  // the transaction of mode all
  StatementWatch watch_;   // last: its thread speaks through the others
};

}  // namespace rhumb::migrate
