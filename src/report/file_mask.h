#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "migrate/run_event.h"
#include "report/masking.h"
#include "sql/statement_splitter.h"

namespace rhumb::report {

/// Marked values are masked for the person at the terminal, literals too for the registry.
using migrate::TextForm;

struct FileMaskOptions {
  sql::LexOptions lex{};
  /// Level D of reports. `literals` of the terminal is always kNone.
  LiteralMasking report_literals = LiteralMasking::kAll;
  std::vector<std::string> template_values{};  ///< of the template directory, if it is one
  /// False: nothing is going to be reported, so the reported form is never looked at. It is empty
  /// then, which saves reading the tokens of files without marks.
  bool is_reported = true;
};

struct MaskCounts {
  size_t values = 0;      ///< placeholders in the reported statements
  size_t statements = 0;  ///< statements that have one
};

/// The patterns of an `atlas:sensitive` directive: divided by blanks, optionally in `"` or `/`.
[[nodiscard]] std::vector<std::string> parse_sensitive_argument(std::string_view argument);

/// What of one migration file may be shown, to whom.
///
/// Owns a share of the file. Not changed after creation: may be read from several threads.
/// Source: spec reporting.md 5.3.
class FileMask {
 public:
  /// Errors: kInvalid `<file>:<line>: invalid atlas:sensitive pattern "<p>": <reason>`; then no run
  /// may start. A file that can not be split is none: its rest is masked as one statement.
  static Result<FileMask> create(std::string_view name,
                                 SharedText content,
                                 const FileMaskOptions& options);
  FileMask(FileMask&&) noexcept;
  FileMask& operator=(FileMask&&) noexcept;
  ~FileMask();

  [[nodiscard]] std::string content(TextForm form) const;
  /// `number` counts from 1; a text that is not that of the statement is looked for by its text,
  /// and one that is in no place of the file is masked as the strictest of its statements.
  [[nodiscard]] MaskedSql statement(size_t number, std::string_view text, TextForm form) const;
  [[nodiscard]] std::string statement_error(size_t number,
                                            std::string_view text,
                                            std::string_view error,
                                            TextForm form,
                                            const HiddenValues& secrets) const;
  /// What errors of the file, and other texts of the run, must not show.
  [[nodiscard]] const HiddenValues& hidden(TextForm form) const;
  [[nodiscard]] MaskCounts counts() const;

 private:
  struct State;
  explicit FileMask(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace rhumb::report
