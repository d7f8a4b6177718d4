#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "sql/dialect.h"

/// What only psql reads in a script, and pg_dump writes.
namespace rhumb::sql::internal {

enum class CopyKind { kNone, kData, kTextBehind, kNoEnd };
struct CopyScan {
  CopyKind kind = CopyKind::kNone;
  size_t at = 0;    ///< kData: one past `\.`; kTextBehind: the text
  size_t data = 0;  ///< kData, kNoEnd: the first line of data
};
/// Reads the `COPY ... FROM STDIN;` with its data that may start at `at`. `delimiter_at` says
/// whether a delimiter other than `;` stands at an offset. Source: spec sql-splitter.md 10.4.
[[nodiscard]] CopyScan scan_copy(std::string_view text,
                                 size_t at,
                                 const SplitOptions& options,
                                 const std::function<bool(size_t)>& delimiter_at);

/// Whether the backslash at `at` is the first character of its line but for blanks; a byte order
/// mark at the start of the text counts as one.
[[nodiscard]] bool is_meta_command(std::string_view text, size_t at);
/// The name, with its backslash.
[[nodiscard]] std::string_view meta_command_name(std::string_view text, size_t at);

}  // namespace rhumb::sql::internal
