#pragma once

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/syntax.h"
#include "project/block_value.h"

namespace rhumb::project {

/// Evaluates an expression of a block, in whose words `local` and `data` are no variables:
/// `Unknown local; ...`, `Unknown data source; data.sql.q does not exist`.
[[nodiscard]] Result<hcl::Value> evaluate_expression(const hcl::Expr& expr,
                                                     const hcl::EvalContext& context);

/// Evaluates every attribute of a block, but for `for_each` and blocks that are evaluated when they
/// are used (checks, rollouts).
///
/// Words such as `LINEAR` stand for themselves where an enumeration is expected.
/// Errors: of evaluation; `Unknown migration.exec_order; ...`; `<file>:46,3-21: mixed list types
/// used in "a" attribute`. Source: spec project-file.md 1.1, 2 step 5.
[[nodiscard]] Result<BlockValue> evaluate_block(const hcl::Block& block,
                                                const hcl::EvalContext& context);

}  // namespace rhumb::project
