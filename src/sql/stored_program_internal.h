#pragma once

#include <cstddef>
#include <string_view>

#include "sql/dialect.h"

namespace rhumb::sql::internal {

/// The end of the transaction statement (`BEGIN ...;`) that starts at `at`: one past its `;` or the
/// end of the text. kNowhere when it is something else. Source: spec sql-splitter.md 10.6.
[[nodiscard]] size_t end_of_transaction_statement(std::string_view text,
                                                  size_t at,
                                                  const SplitOptions& options);

struct ProgramEnd {
  size_t end = 0;       ///< one past the final `;`, or kNowhere when the rule does not apply
  size_t examined = 0;  ///< bytes looked at, for the caller's budget
};
/// The end of the stored program or trigger that starts at `at`. Source: spec sql-splitter.md 10.7.
[[nodiscard]] ProgramEnd end_of_stored_program(std::string_view text,
                                               size_t at,
                                               const SplitOptions& options);

}  // namespace rhumb::sql::internal
