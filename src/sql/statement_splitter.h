#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/dialect.h"

namespace rhumb::sql {

/// One statement of a script, as it is executed, hashed and printed.
///
/// Lifetime: the views refer to the script that was split; keep it alive and unchanged.
struct Statement {
  /// Where the text starts, as reports and the revisions table count: bytes from 0, a byte order
  /// mark included; behind an `atlas:delimiter` line from the start of the next line.
  size_t position = 0;
  /// Where the text starts in the script, in bytes from 0.
  size_t offset = 0;
  /// With its `;` if it has one, without any other delimiter, no blanks at the ends. May be empty.
  std::string_view text;
  /// The comments directly before it, in order; line comments with their line end.
  std::vector<std::string_view> comments;
};

/// Reads the statements of a script one by one; memory does not grow with the script.
///
/// Not thread safe; scanners over the same script do not disturb each other.
class StatementScanner {
 public:
  /// Errors: kInvalid for a bad `-- atlas:delimiter` line.
  static Result<StatementScanner> create(std::string_view script, Dialect dialect);
  static Result<StatementScanner> create(std::string_view script, const SplitOptions& options);
  StatementScanner(StatementScanner&&) noexcept;
  StatementScanner& operator=(StatementScanner&&) noexcept;
  ~StatementScanner();

  /// The next statement, or nothing at the end of the script. After an error it is the end too.
  ///
  /// Errors: kInvalid and kUnterminated, each as `<line>:<column>: <message>` (lines from 1,
  /// columns in bytes from 1): `unclosed '('`, `unexpected ')'`, `unclosed quote '\''`, COPY
  /// without the end of its data, a meta-command of psql; without a place: `empty delimiter`, bad
  /// GO lines.
  [[nodiscard]] Result<std::optional<Statement>> next();

 private:
  struct State;
  explicit StatementScanner(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

/// Splits a script into its statements.
///
/// Shape: in the order of the script, not overlapping; what lies between them is blanks, comments,
/// delimiters, DELIMITER and GO lines. Comments only: no statements.
/// Errors: as StatementScanner; callers put `scanning statements from "<file>": ` before them.
/// Lifetime: the views of the result refer to `script`. Safe to call from any thread.
/// Source: spec sql-splitter.md; statement_splitter_test.cc replays the recorded cases.
[[nodiscard]] Result<std::vector<Statement>> split_statements(std::string_view script,
                                                              Dialect dialect);
[[nodiscard]] Result<std::vector<Statement>> split_statements(std::string_view script,
                                                              const SplitOptions& options);

}  // namespace rhumb::sql
