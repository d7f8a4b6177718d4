#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/shared_text.h"
#include "codec/sha256.h"
#include "migrate/file_statements.h"

namespace rhumb::migrate {

/// A text that may hold secrets, in its two outgoing forms. The raw form goes to the database only
/// and is in no event, so no consumer has to mask.
///
/// Shape: `shown` is for the terminal and `--format` (marked secrets masked); `reported` is for the
/// registry (literals masked too).
struct RunText {
  std::string shown{};
  std::string reported{};

  [[nodiscard]] bool empty() const { return shown.empty(); }
  bool operator==(const RunText&) const = default;
};

/// Who will see a text: the person at the terminal, or the registry.
enum class TextForm { kShown, kReported };

/// A migration file as a run sees it.
struct RunFile {
  std::string name{};
  std::string version{};
  std::string description{};

  bool operator==(const RunFile&) const = default;
};

enum class TxMode { kNone, kFile, kAll };

/// The first event of a run over one target or several.
struct RunStarted {
  std::string command{};  ///< `apply`, ...
  std::string env{};      ///< selected environment, empty when none
  size_t planned_targets = 1;
  bool dry_run = false;
  std::string context{};  ///< JSON of `--context`, empty when none
};

struct TargetStarted {
  std::string key{};      ///< the for_each key, empty when there is none
  std::string driver{};   ///< `sqlite`, `postgres`, ...
  std::string url{};      ///< redacted
  std::string schema{};   ///< schema the connection is bound to
  std::string dir_url{};  ///< as the user wrote it, redacted
  std::string slug{};     ///< registry directory, empty when local
  std::string tag{};
  std::string version{};
  std::string dir_hash{};  ///< total hash of the sum file, with `h1:`
  std::string identity{};  ///< UUID that names the database; empty when the run is not reported
  bool provisional_identity = false;
};

/// Decides how the texts of one file leave the process; see RunTextRenderer, which it may outlive.
///
/// Statements count from 1; one that is not the file's own (an assertion) is number 0. Errors may
/// echo values, so they are rendered with the statement they belong to.
/// Threads: several may ask.
class FileTexts {
 public:
  FileTexts() = default;
  FileTexts(const FileTexts&) = delete;
  FileTexts& operator=(const FileTexts&) = delete;
  virtual ~FileTexts() = default;

  [[nodiscard]] virtual std::string content(std::string_view text, TextForm form) const = 0;
  [[nodiscard]] virtual std::string statement(size_t number,
                                              std::string_view text,
                                              TextForm form) const = 0;
  [[nodiscard]] virtual std::string comment(std::string_view text, TextForm form) const = 0;
  [[nodiscard]] virtual RunText statement_error(size_t number,
                                                std::string_view statement,
                                                std::string_view error) const = 0;

  /// Both forms of a statement, for one that is kept.
  [[nodiscard]] RunText both_forms(size_t number, std::string_view text) const;
};

/// One statement of a run, rendered when somebody asks: nobody keeps a copy of every statement.
///
/// Lifetime: that of the event, or of the call, that brought it.
class StatementText {
 public:
  StatementText(const FileTexts& texts, size_t number, const sql::Statement& statement)
      : texts_(&texts), number_(number), statement_(&statement) {}

  [[nodiscard]] std::string in(TextForm form) const;
  /// Byte offset in the file.
  [[nodiscard]] size_t position() const { return statement_->position; }
  /// Those attached to it, in order.
  [[nodiscard]] std::vector<std::string> comments(TextForm form) const;

 private:
  const FileTexts* texts_;
  size_t number_;
  const sql::Statement* statement_;
};

/// A file that is going to be executed.
///
/// Owns a share of its script, so a summary may ask for its texts when the run is over.
class PlannedFile {
 public:
  struct Source {
    RunFile file{};
    SharedText content{};
    FileStatements statements{};
    std::shared_ptr<const FileTexts> texts{};
    size_t already_applied = 0;  ///< statements that a resumed file skips
  };
  explicit PlannedFile(Source source) : source_(std::move(source)) {}

  [[nodiscard]] const RunFile& file() const { return source_.file; }
  [[nodiscard]] const FileTexts& texts() const { return *source_.texts; }
  [[nodiscard]] size_t already_applied() const { return source_.already_applied; }
  [[nodiscard]] std::string content(TextForm form) const {
    return source_.texts->content(source_.content, form);
  }
  [[nodiscard]] size_t statement_count() const { return source_.statements.size(); }
  /// Calls `visit` for each of the `count` statements behind the first `skipped`, or for those
  /// there are.
  void visit_statements(size_t skipped,
                        size_t count,
                        const std::function<void(const StatementText&)>& visit) const;
  /// Feeds a byte 0 and the raw text of each statement to a digest: the texts themselves stay here.
  void update_digest(codec::Sha256Hasher& hasher) const;

 private:
  Source source_;
};

/// What is going to be executed. No files: nothing is pending.
struct Planned {
  std::string current{};  ///< last applied version, empty on a fresh database
  std::string target{};   ///< version of the last file, empty when nothing is pending
  /// Shared with the summaries of the run.
  std::vector<std::shared_ptr<const PlannedFile>> files{};
  size_t amount_cut = 0;  ///< pending files left for a later run by amount or version
  bool reverts = false;   ///< the files are undone, and `target` is what is left
};

/// A rule or policy that stopped the run before anything was executed.
struct Refused {
  std::string rule{};
  std::string text{};
};

/// A line for the person at the terminal that is no failure (stderr).
struct Notice {
  std::string text{};
};

struct FileStarted {
  std::shared_ptr<const PlannedFile> file{};
  size_t skipped = 0;
  TxMode tx_mode = TxMode::kFile;
};

/// One assertion of a check group, or the end of the group (`statement` empty).
struct CheckDone {
  std::string_view file{};
  std::string group{};
  RunText statement{};
  bool ok = true;
  RunText error{};
  std::chrono::nanoseconds duration{};
};

struct StatementStarted {
  std::string_view file{};
  size_t number = 0;  ///< from 1, within the file
  StatementText text;
};

enum class StatementResult { kOk, kFailed, kUnknown };

struct StatementDone {
  std::string_view file{};
  size_t number = 0;
  StatementResult result = StatementResult::kOk;
  std::chrono::nanoseconds duration{};
  int64_t rows_affected = 0;
  /// How much of that it waited for locks of others, as far as that was seen; nothing: the engine
  /// does not tell.
  std::optional<std::chrono::nanoseconds> lock_wait{};
  RunText statement{};  ///< set when it failed
  RunText error{};      ///< the driver's text
  std::string error_code{};
  std::optional<size_t> error_position{};  ///< byte offset of the statement in its file
};

/// Nothing of a file is left, and it is going to be started again: what was told of it since
/// FileStarted does not count, FileDone included.
struct FileRetried {
  RunFile file{};
};

enum class FileResult { kOk, kFailed, kRolledBack };

struct FileDone {
  RunFile file{};
  FileResult result = FileResult::kOk;
  RunText error{};
};

/// The end of one target. `error` is that of the run: `sql/migrate: executing statement ...`.
struct TargetDone {
  std::string current{};  ///< version now in the table
  RunText error{};
};

struct RunDone {
  RunText error{};
  size_t not_started = 0;  ///< targets that were not attempted
};

using RunEventBody = std::variant<RunStarted,
                                  TargetStarted,
                                  Planned,
                                  Refused,
                                  Notice,
                                  FileStarted,
                                  CheckDone,
                                  StatementStarted,
                                  StatementDone,
                                  FileRetried,
                                  FileDone,
                                  TargetDone,
                                  RunDone>;

/// One step of a run. Terminal, JSON, report and live view are folds over these and ask neither
/// clock nor database.
///
/// Lifetime: what is borrowed (the run's id, names of files, texts of statements) lives until the
/// observer returns.
/// Source: spec revisions.md 7.1.
struct RunEvent {
  std::string_view run_id{};  ///< UUID v7
  size_t target = 0;          ///< from 0
  std::chrono::sys_time<std::chrono::nanoseconds> time{};
  RunEventBody body;
};

/// Takes the events of a run, in order, on the thread that runs it.
class RunObserver {
 public:
  RunObserver() = default;
  RunObserver(const RunObserver&) = delete;
  RunObserver& operator=(const RunObserver&) = delete;
  virtual ~RunObserver() = default;

  virtual void on_event(const RunEvent& event) = 0;
};

/// Decides how texts leave the process; the one place that masks.
class RunTextRenderer {
 public:
  RunTextRenderer() = default;
  RunTextRenderer(const RunTextRenderer&) = delete;
  RunTextRenderer& operator=(const RunTextRenderer&) = delete;
  virtual ~RunTextRenderer() = default;

  /// The texts of a file; shared with the plan, which may outlive the renderer.
  [[nodiscard]] virtual std::shared_ptr<const FileTexts> open_file(const RunFile& file,
                                                                   const SharedText& content) = 0;
  /// Any other text: errors of planning, locks, commits.
  [[nodiscard]] virtual RunText message(std::string_view text) = 0;
};

/// Shows everything as it is, in both forms.
class PlainTextRenderer final : public RunTextRenderer {
 public:
  std::shared_ptr<const FileTexts> open_file(const RunFile& file,
                                             const SharedText& content) override;
  RunText message(std::string_view text) override;
};

}  // namespace rhumb::migrate
