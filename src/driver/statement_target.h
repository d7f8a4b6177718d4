#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rhumb::driver {

/// The one object a statement creates, drops, renames or alters, as far as its words tell.
///
/// Shape: `verb` is `create`, `drop`, `rename` or `alter`; `kind` is lower case (`table`, `index`,
/// `view`, ...); names are without quotes, `schema` is empty when not written. For ALTER TABLE that
/// adds, drops or renames one part, `part_verb` is `add`, `drop` or `rename`, `part_kind` is
/// `column`, `index` or `constraint`; renames carry the new name too.
struct StatementTarget {
  std::string verb{};
  std::string kind{};
  std::string schema{};
  std::string name{};
  std::string new_name{};
  std::string part_verb{};
  std::string part_kind{};
  std::string part{};
  bool conditional = false;   ///< IF [NOT] EXISTS
  bool concurrently = false;  ///< PostgreSQL's CREATE or DROP INDEX CONCURRENTLY
  bool several = false;       ///< a list: DROP TABLE a, b
};

/// Reads the head of a DDL statement; nothing when it is no such statement.
///
/// Quotes: `"x"`, backticks and `[x]`. Comments are skipped.
[[nodiscard]] std::optional<StatementTarget> parse_statement_target(std::string_view statement);

/// The first `count` words of a statement in upper case, comments skipped, quoted names left out as
/// `"`.
[[nodiscard]] std::vector<std::string> leading_words(std::string_view statement, size_t count);

/// The first of them, empty when there is none.
[[nodiscard]] std::string first_word(std::string_view statement);

/// Whether the text holds more than one statement: a `;` with something but blanks and comments
/// behind it. Bodies of triggers are not looked into: they count as one.
[[nodiscard]] bool has_several_statements(std::string_view text);

}  // namespace rhumb::driver
