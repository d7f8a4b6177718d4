#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "project/block_value.h"
#include "project/scope.h"

namespace rhumb::project {

/// One block with values: itself, or its copy for one element of `for_each`.
struct Instance {
  PlacedBlock placed{};
  std::string key{};  ///< `each.key` as text; empty without `for_each`
  BlockValue value{};
  hcl::ValueMap names{};  ///< `each`, with `for_each`
};

/// Evaluates blocks: first those without `for_each`, then the others, each expanded.
///
/// Shape: sets in value order, objects by key, tuples by position.
/// Errors: of evaluation; `schemahcl: for_each does not support <type> type`.
/// Source: spec project-file.md 1.1, 2 step 4.
[[nodiscard]] Result<std::vector<Instance>> expand_blocks(const std::vector<PlacedBlock>& blocks,
                                                          const Scope& scope);

}  // namespace rhumb::project
