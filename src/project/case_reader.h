#pragma once

#include <vector>

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/syntax.h"
#include "migrate/case.h"

namespace rhumb::project {

/// Whether a case is to be left out. Errors: of evaluation, `skip` is no bool.
[[nodiscard]] Result<bool> read_skip(const hcl::Block& test, const hcl::EvalContext& context);

/// The commands of a `test "migrate"` block, in file order, with values.
///
/// Errors, the command's name before the place: `exec: a.test.hcl:3,5-8: Missing required argument;
/// ...`, unknown commands and arguments, values of another type, `output` beside `match`, a regular
/// expression that is none. Source: spec project-file.md 9.
[[nodiscard]] Result<std::vector<migrate::CaseCommand>> read_commands(
    const hcl::Block& test, const hcl::EvalContext& context);

}  // namespace rhumb::project
