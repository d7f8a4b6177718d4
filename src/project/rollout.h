#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/syntax.h"
#include "hcl/value.h"

namespace rhumb::project {

/// A `group` of a `deployment` block.
struct RolloutGroup {
  std::string name{};
  int64_t parallel = 1;         ///< how many of its targets may run at once
  bool goes_on = false;         ///< `on_error = CONTINUE`
  std::vector<size_t> after{};  ///< groups that must have gone well, by their place in the file
};

/// Where one target stands in a rollout.
struct RolloutPlace {
  std::string deployment{};
  size_t group = 0;
  hcl::ValueList order{};  ///< keys of `order_by`
};

/// The groups of a `deployment` block in file order. Without `depends_on` a group comes after the
/// one before it.
///
/// Errors: `file.hcl:1,14-20: ...` for what a group does not know: another `on_error`, fewer than
/// one in parallel, a group that is not there, groups that wait for each other. Source: spec
/// reporting.md 1.6.
[[nodiscard]] Result<std::vector<RolloutGroup>> read_groups(const hcl::Block& deployment,
                                                            const hcl::EvalContext& context);

/// The name in `deployment = deployment.name` of a `rollout` block.
[[nodiscard]] Result<std::string> deployment_name(const hcl::Block& rollout);

/// Finds the first group that takes a target.
///
/// `target` is what the `rollout` block sees (`each`), `context` what the `deployment` block sees.
/// Errors: of evaluation and of the deployment's variables; when no group takes it.
[[nodiscard]] Result<RolloutPlace> place_target(const hcl::Block& rollout,
                                                const hcl::EvalContext& target,
                                                const hcl::Block& deployment,
                                                const hcl::EvalContext& context);

/// The order in which groups start: a group stands behind those it waits for, otherwise in file
/// order.
[[nodiscard]] std::vector<size_t> group_order(const std::vector<RolloutGroup>& groups);

}  // namespace rhumb::project
