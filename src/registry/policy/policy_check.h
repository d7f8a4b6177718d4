#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "registry/policy/policy.h"
#include "registry/registry.h"
#include "registry_api/report.h"

/// May this be deployed? The question of a client, before it executes anything.
/// Source: spec registry.md 6.1.
namespace rhumb::registry {

struct DeploymentQuestion {
  std::string repo{};
  std::string env{};
  std::string version{};
  std::string dir_hash{};  ///< empty: unknown
  /// None: somebody only wants to know. One without an id is found by its URL.
  std::vector<registry_api::DeployedTarget> targets{};
  bool dry_run = false;
  std::string override_reason{};  ///< empty: nothing is to be passed over
};

struct IssuedPermit {
  std::string target_id{};
  std::string permit{};
  int64_t expires_at = 0;
};
struct DeploymentAnswer {
  bool allowed = true;
  std::vector<PolicyReason> reasons{};
  /// One for each target, in their order, empty for a target that was not found; none unless the
  /// environment is protected or a policy was overridden.
  std::vector<IssuedPermit> permits{};
};

/// Refusals and overrides of runs are entries of the audit log, `policy.block`, `policy.override`.
///
/// Errors: kInvalid and kLimit for names and counts past their bounds; kDenied without
/// `report:write` (`cloud:read` will do when there are no targets), and without
/// `deployer-override` for an override.
Result<DeploymentAnswer> check_deployment(Registry& registry,
                                          const Caller& caller,
                                          const DeploymentQuestion& question);

}  // namespace rhumb::registry
