#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/hidden_values.h"
#include "sql/tokens.h"

namespace re2 {
class RE2;
}  // namespace re2

/// Masking of SQL: what stands for a value in every text that leaves the process.
///
/// All functions are pure and may be called from any thread. Source: spec reporting.md 5.3.
namespace rhumb::report {

/// What happens to string literals where nothing is marked (level D).
enum class LiteralMasking {
  kNone,    ///< they stay: the terminal, and `report_masking = "NONE"`
  kValues,  ///< those of DDL that describe a structure stay: ENUM, CHECK, DEFAULT, bounds
  kAll,     ///< all are replaced
};

/// One pattern of an `atlas:sensitive` directive (level P).
class SensitivePattern {
 public:
  /// Errors: kInvalid with the reason alone.
  static Result<SensitivePattern> create(std::string_view pattern);

  /// The first capture group of each match, or the whole match.
  [[nodiscard]] std::vector<TextSpan> find_in(std::string_view text) const;
  [[nodiscard]] const std::string& text() const;

 private:
  explicit SensitivePattern(std::shared_ptr<const re2::RE2> regex) : regex_(std::move(regex)) {}

  std::shared_ptr<const re2::RE2> regex_;  // shared: immutable, and expensive to build
};

/// What one statement, with its comments and errors, must not show.
struct MaskPolicy {
  LiteralMasking literals = LiteralMasking::kAll;
  bool sensitive = false;                      ///< `atlas:sensitive` without patterns (level S)
  std::vector<SensitivePattern> patterns{};    ///< with patterns (level P)
  std::vector<std::string> template_values{};  ///< with level S hidden wherever they stand

  /// Nothing is to be masked.
  [[nodiscard]] bool is_open() const {
    return literals == LiteralMasking::kNone && !sensitive && patterns.empty();
  }
};

struct MaskedSql {
  std::string text;
  std::vector<TextSpan> spans{};      ///< what was replaced, in the original text
  std::vector<std::string> values{};  ///< hidden values, as written and as the database sees them
  bool parsed = true;                 ///< false: the text was replaced as a whole
  bool quotes_in_comments = false;    ///< other hidden values of the file may stand there
};

/// A statement with its values replaced by `(sensitive)`.
///
/// Shape: prefixes of literals stay, their quotes go; the line feeds of a literal follow the
/// placeholder, so the number of lines stays. What can not be read with certainty becomes
/// `(sensitive: unparsed statement, <n> bytes)`. Masking twice changes nothing.
/// `in_file`: the hidden values of the whole file, borrowed, may be null; see mask_comment.
[[nodiscard]] MaskedSql mask_statement(std::string_view text,
                                       const sql::LexOptions& options,
                                       const MaskPolicy& policy,
                                       const HiddenValues* in_file = nullptr);

/// A comment of a script. Directives and empty comments stay; level S replaces the body; otherwise
/// quoted text that is one of `hidden` is replaced, and secrets in URLs.
[[nodiscard]] std::string mask_comment(std::string_view comment,
                                       const MaskPolicy& policy,
                                       const HiddenValues& hidden);

/// A statement and its masked form, for errors that quote it.
struct QuotedStatement {
  std::string_view text;
  const MaskedSql* masked = nullptr;  ///< borrowed; null when there is no statement
};

/// The message of a failed statement: copies of the statement (also quoted as `%q` does) are
/// replaced by its masked form, hidden values, echoed values and URLs by placeholders.
[[nodiscard]] std::string mask_error(std::string_view error,
                                     const QuotedStatement& statement,
                                     const MaskPolicy& policy,
                                     const HiddenValues& hidden);

/// Any other text that may hold values or URLs: hidden values and secrets in URLs are replaced.
[[nodiscard]] std::string mask_text(std::string_view text, const HiddenValues& hidden);

}  // namespace rhumb::report
