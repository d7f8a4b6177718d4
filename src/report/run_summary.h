#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "migrate/run_event.h"

namespace rhumb::report {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

struct CheckStatement {
  migrate::RunText statement{};
  migrate::RunText error{};  ///< empty when it held
  bool ok = true;
};

/// The assertions of one group of a file, in order.
struct CheckGroup {
  std::string name{};
  std::vector<CheckStatement> statements{};
  migrate::RunText error{};  ///< of the group; empty when it passed
  Time start{};
  Time end{};
};

struct FileFailure {
  migrate::RunText statement{};  ///< empty when it was no statement that failed
  migrate::RunText text{};
};

/// How one statement ran.
struct StatementFigures {
  size_t number = 0;  ///< from 1, within the file
  std::chrono::nanoseconds duration{};
  int64_t rows_affected = 0;
  /// How long of that it waited for locks; nothing: the engine does not tell.
  std::optional<std::chrono::nanoseconds> lock_wait{};
};

/// Of so many statements of a file the figures are kept, those that took longest.
inline constexpr size_t kSlowestMax = 20;

/// One file that was started.
struct FileSummary {
  std::shared_ptr<const migrate::PlannedFile> planned{};  ///< shared with the events; its texts
  Time start{};
  Time end{};
  size_t skipped = 0;
  /// Statements behind the skipped ones that were attempted, the failing one included and last.
  size_t attempted = 0;
  std::vector<StatementFigures> slowest{};  ///< the slowest first
  std::vector<CheckGroup> checks{};
  std::optional<FileFailure> failure{};
  bool rolled_back = false;

  [[nodiscard]] const migrate::RunFile& file() const { return planned->file(); }
  [[nodiscard]] bool failed_in_check() const;
};

/// What one run did to one target: the fold that the text, the JSON and the report are made from.
struct TargetSummary {
  migrate::TargetStarted info{};
  bool started = false;  ///< TargetStarted arrived
  bool planned = false;  ///< Planned arrived: there is something to report
  bool done = false;
  std::vector<std::shared_ptr<const migrate::PlannedFile>> pending{};  ///< shared likewise
  std::vector<FileSummary> files{};
  std::string current{};        ///< version before the run
  std::string target{};         ///< version of the last pending file, or the one that is left
  bool reverts = false;         ///< the files were undone
  std::string current_after{};  ///< version in the table when the run ended
  Time start{};
  Time end{};
  migrate::RunText error{};

  [[nodiscard]] size_t failed_file_count() const;
  [[nodiscard]] size_t statement_count() const;  ///< that succeeded
  [[nodiscard]] size_t failed_statement_count() const;
};

/// Folds the events of a run into one summary per target.
class RunSummary final : public migrate::RunObserver {
 public:
  void on_event(const migrate::RunEvent& event) override;

  [[nodiscard]] const std::vector<TargetSummary>& targets() const { return targets_; }
  [[nodiscard]] const migrate::RunStarted& run() const { return run_; }
  [[nodiscard]] const std::string& run_id() const { return run_id_; }
  [[nodiscard]] Time start() const { return start_; }
  [[nodiscard]] Time end() const { return end_; }
  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] const migrate::RunText& error() const { return error_; }
  [[nodiscard]] size_t not_started() const { return not_started_; }

 private:
  TargetSummary& target(size_t number);

  std::string run_id_;
  migrate::RunStarted run_;
  Time start_{};
  Time end_{};
  bool done_ = false;
  migrate::RunText error_;
  size_t not_started_ = 0;
  std::vector<TargetSummary> targets_;
};

}  // namespace rhumb::report
