#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/statement_splitter.h"

/// Directives: comments of the form `-- atlas:<name> [argument]`.
///
/// Lifetime: all views refer to the text given. Source: spec migration-directory.md section 5.
namespace rhumb::sql {

struct Directive {
  std::string_view prefix;    ///< what stands before `atlas:`, for example `-- `
  std::string_view name;      ///< the word behind `atlas:`
  std::string_view argument;  ///< the rest of the line behind the blanks, without a CR at its end;
                              ///< one blank when only blanks follow, two or more of them
};

/// The directive of the first line of `text`; the last `atlas:` of the line counts.
[[nodiscard]] std::optional<Directive> parse_directive(std::string_view text);

/// `text` without the byte order mark at its start.
[[nodiscard]] std::string_view skip_byte_order_mark(std::string_view text);

/// The directive of the very first line (behind a byte order mark): `sum` with any prefix,
/// `delimiter` with exactly `-- `; nothing for other names.
[[nodiscard]] std::optional<Directive> content_directive(std::string_view file);

/// The directives of the top block: lines from the first on that start with `#` or `--`, ended by
/// an empty line or the end of the file; otherwise there are none. In the order of the file.
[[nodiscard]] std::vector<Directive> file_directives(std::string_view file);
/// The arguments of those called `name`, in the order of the file.
[[nodiscard]] std::vector<std::string_view> file_directive_arguments(std::string_view file,
                                                                     std::string_view name);

/// The directives among the comments attached to a statement: prefixes `#`, `--`, `-- `, or a
/// one-line `/*atlas:...*/`.
[[nodiscard]] std::vector<Directive> statement_directives(const Statement& statement);
[[nodiscard]] std::vector<std::string_view> statement_directive_arguments(
    const Statement& statement, std::string_view name);

/// A delimiter as written in a directive or a DELIMITER command: `\n`, `\r` and `\t` become the
/// characters. Errors: kInvalid `empty delimiter`.
[[nodiscard]] Result<std::string> parse_delimiter(std::string_view text);

/// The file with `-- atlas:<name>[ <argument>]` put on top, and an empty line below it when the
/// file had no top block. A byte order mark stays first.
[[nodiscard]] std::string add_directive(std::string_view file,
                                        std::string_view name,
                                        std::string_view argument);

}  // namespace rhumb::sql
