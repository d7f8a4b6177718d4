#pragma once

#include "base/result.h"
#include "project/block_value.h"
#include "project/environment.h"

namespace rhumb::project {

/// Maps an evaluated `env` block to an environment; name and key are left to the caller, who knows
/// the labels and the element of `for_each`.
///
/// Errors: `schemahcl: failed reading spec as *cmdapi.Project: ...`; those of `src`, and of values
/// that an attribute cannot have. Source: spec project-file.md 1.1, reporting.md 1.2.
[[nodiscard]] Result<Environment> read_environment(const BlockValue& block);

/// Reads global `lint`, `diff` and `test` blocks for the errors that are in them.
Result<void> check_policy_block(const BlockValue& block);

/// The first global block of each kind; null when there is none.
struct GlobalPolicies {
  const BlockValue* lint = nullptr;
  const BlockValue* diff = nullptr;
  const BlockValue* test = nullptr;
};

/// Fills what the `env` block leaves open from the global blocks. Source: spec project-file.md 1.2.
Result<void> inherit_policies(const GlobalPolicies& global,
                              const BlockValue& block,
                              Environment& environment);

/// The rules of `report` and `skip_report`, for the migration directory in use.
/// Errors: `migration.report and migration.skip_report are mutually exclusive`,
/// `migration.report requires migration.repo.name to be set`.
Result<void> check_report_rules(const Environment& environment, const std::string& directory);

}  // namespace rhumb::project
