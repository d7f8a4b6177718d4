#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/prepared_file.h"
#include "migrate/revert_row.h"
#include "migrate/revision.h"
#include "migrate/revision_store.h"
#include "migrate/row_intent.h"
#include "migrate/row_writer.h"
#include "migrate/run_options.h"
#include "migrate/run_session.h"
#include "migrate/run_stream.h"
#include "migrate/statement_hashes.h"
#include "migrate/statement_watch.h"

namespace rhumb::migrate {

/// Why a file did not finish.
struct FileFailure {
  ErrorCode code = ErrorCode::kDatabase;
  RunText run{};         ///< of the run: `sql/migrate: executing statement ...`
  RunText file{};        ///< of the file: the driver's words
  bool started = false;  ///< FileStarted was sent
  /// Somebody else was in the way, and a rollback leaves nothing of the file.
  bool repeatable = false;
  /// The row to write once the transaction is gone and nobody tries again.
  std::optional<Revision> record{};
};

/// What the runners of one run share.
struct RunContext {
  driver::Connection& connection;
  RevisionStore& store;
  RunSession& session;
  RunStream& stream;
  StatementWatch& watch;
  const RunOptions& options;
  Direction direction = Direction::kUp;
};

/// Executes one file and keeps its row. Transactions around the file are the caller's.
///
/// Applying writes the row, reverting deletes it after the last statement; until then the row of a
/// file that is being reverted changes in its error only (see RevertPoint).
class FileRunner {
 public:
  /// `row` is the file's row, null when it has none; `planned` holds the file's texts as they may
  /// leave.
  FileRunner(const RunContext& context,
             const PreparedFile& file,
             std::shared_ptr<const PlannedFile> planned,
             const Revision* row,
             TxMode tx_mode,
             RowWriting writing);

  /// Sends the events from FileStarted to the last StatementDone. Nothing: the file is finished.
  std::optional<FileFailure> run();

 private:
  Result<void> run_steps();
  Result<void> start_row();
  Result<void> start_reverted_row();
  Result<void> settle_intent(const RowIntent& found, bool& counted);
  Result<void> run_checks();
  Result<void> rehearse();
  Result<void> run_written_once();
  Result<void> run_written_always();
  Result<void> finish();
  Result<driver::ExecResult> execute(size_t number);
  Result<driver::ExecResult> send(size_t number);
  Result<void> check_stop(size_t number);
  void count_statement(size_t number);
  void start_statement(size_t number);
  void end_statement(size_t number, const Result<driver::ExecResult>& result);
  Error fail_statement(size_t number, const Error& error);
  void describe_failure(size_t number, const Error& error);
  Result<void> record_failure(size_t number, const Error& error);
  Result<void> write_row();

  // file_runner_intents.cc
  Result<void> run_with_intents();
  Result<void> announce(size_t number, driver::Intent intent);
  Result<void> announce_or_stop(size_t number, driver::Intent intent);
  Result<void> announce_next(size_t number, bool together);
  Result<void> run_intended(size_t number);
  Result<void> record_success(size_t number, bool together);
  Result<void> commit_outcome(size_t number);
  Result<void> keep_success(size_t number, const Error& lost);
  void tell_kept(size_t number);
  Result<void> stop_before(size_t number, const Error& lost);
  Result<void> give_back(size_t number, const Error& error);
  [[nodiscard]] bool leaves_nothing() const;
  Result<void> keep_failure(size_t number, const Error& error, bool ours, bool was_open);
  Result<void> undo_transaction(bool ours);
  Result<void> read_row_again();
  [[nodiscard]] Error lost_after(size_t number, const Error& lost) const;
  [[nodiscard]] Error explain_unrecorded(size_t number,
                                         driver::IntentClass promised,
                                         const Error& error) const;
  Result<driver::Intent> classify(size_t number, bool own);
  void prepare_intent(size_t number, driver::Intent intent);

  [[nodiscard]] bool reverts() const { return context_.direction == Direction::kDown; }
  /// The text of a statement, counted from 1.
  [[nodiscard]] std::string_view text(size_t number) { return statements_.at(number).text; }
  [[nodiscard]] size_t applied() const { return static_cast<size_t>(row_.applied); }

  const RunContext& context_;
  const PreparedFile& file_;
  const std::shared_ptr<const PlannedFile> planned_;  // shared with the events
  const TxMode tx_mode_;
  const RowWriting writing_;
  Revision row_;  // of a file that is being reverted: how far that is
  bool is_new_ = false;
  RowWriter rows_;
  StatementCursor statements_;
  StatementHashes hashes_;
  driver::Intent intent_;       // of the statement that runs next
  bool intent_in_row_ = false;  // the table says so
  bool data_only_ = true;       // every statement that was announced can be taken back
  std::optional<Error> lost_;   // the file may not go on in the new session
  sys::Instant statement_started_{};
  std::optional<std::chrono::nanoseconds> lock_wait_;  // of the statement that ran last
  sys::Instant mark_{};  // last time the row was touched
  bool started_ = false;
  std::optional<FileFailure> failure_;
};

}  // namespace rhumb::migrate
