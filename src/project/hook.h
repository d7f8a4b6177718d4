#pragma once

#include "base/result.h"
#include "migrate/transaction_hook.h"
#include "project/block_value.h"

namespace rhumb::project {

/// Reads a block `hook "sql" "<name>"`.
///
/// Errors: kInvalid `hook block must have exactly 2 labels, a type and a name`, `hook "x" "n": ...`
/// for another type, for anything that a hook does not hold, and for values that are no lists of
/// texts: what is written to guard a transaction must not be passed over.
/// Source: spec project-file.md 1.
[[nodiscard]] Result<migrate::TransactionHook> read_hook(const BlockValue& block);

}  // namespace rhumb::project
