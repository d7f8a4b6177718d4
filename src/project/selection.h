#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "project/scope.h"
#include "project/source_files.h"

namespace rhumb::project {

/// The top level of a project, sorted by what its parts are for. Each list is in file order.
struct Outline {
  std::vector<PlacedBlock> variables{};
  std::vector<PlacedBlock> inits{};  ///< `atlas`
  std::vector<PlacedBlock> data{};
  /// What is evaluated in the end: the selected `env` blocks and everything of another type.
  std::vector<PlacedBlock> blocks{};
  std::vector<std::pair<const hcl::Attribute*, size_t>> attributes{};  ///< with their file
  std::vector<PlacedBlock> checks{};       ///< of the top level, with an environment
  std::vector<PlacedBlock> deployments{};  ///< as long as a selected `env` has a `rollout`
};

/// Sorts the top level and selects the `env` blocks of `env`.
/// Errors: `too many labels for block: [a b c]`. Source: spec project-file.md 1.3.
[[nodiscard]] Result<Outline> outline(const std::vector<SourceFile>& files, const std::string& env);

/// Errors: `data block "data" must have exactly 2 labels`, `missing data source handler for "x"`.
Result<void> check_data_blocks(const Outline& outline);
/// Errors: `duplicate init block "atlas"`, `init block "atlas" cannot have labels`.
Result<void> check_init_blocks(const Outline& outline);

}  // namespace rhumb::project
