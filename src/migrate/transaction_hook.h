#pragma once

#include <string>
#include <vector>

namespace rhumb::migrate {

/// Statements of a project that run inside the transactions of a run: a block `hook "sql"
/// "<name>"`.
///
/// Shape: each list in the order of the file; a text may hold several statements, or none.
struct TransactionHook {
  std::string name{};
  bool skip_errors = false;  ///< a statement that fails is told about, and passed over
  std::vector<std::string> after_begin{};
  std::vector<std::string> before_commit{};
  std::vector<std::string> before_rollback{};
};

}  // namespace rhumb::migrate
