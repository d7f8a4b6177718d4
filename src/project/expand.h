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

/// What `each` is for one element of a `for_each`.
struct Each {
  hcl::Value key{};
  hcl::Value value{};

  /// The name `each` with its members.
  [[nodiscard]] hcl::ValueMap names() const;
};

/// The elements of the value of a `for_each`.
/// Errors: `schemahcl: for_each does not support <type> type`.
[[nodiscard]] Result<std::vector<Each>> each_of(const hcl::Value& collection);

/// Evaluates blocks: first those without `for_each`, then the others, each expanded.
///
/// Shape: sets in value order, objects by key, tuples by position.
/// Errors: of evaluation; `schemahcl: for_each does not support <type> type`.
/// Source: spec project-file.md 1.1, 2 step 4.
[[nodiscard]] Result<std::vector<Instance>> expand_blocks(const std::vector<PlacedBlock>& blocks,
                                                          const Scope& scope);

}  // namespace rhumb::project
