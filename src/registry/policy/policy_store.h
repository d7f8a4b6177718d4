#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/content/repos.h"
#include "registry/policy/policy.h"
#include "registry/registry.h"

/// Policies, protected environments and approvals as they are stored. Every change is an entry of
/// the audit log, `policy.*`, with what was before and what is after.
namespace rhumb::registry {

/// All of an organization, that of every other repository first; or what holds for one repository.
Result<std::vector<PromotionPolicy>> list_policies(Session& session, int64_t org_id);
/// The policy that a repository is under: its own, else that of every other one. `repo_id` 0: a
/// repository that there is not yet.
Result<std::optional<PromotionPolicy>> find_policy(Session& session,
                                                   int64_t org_id,
                                                   int64_t repo_id);

/// Since when runs of a repository (null: one that there is not yet) in an environment need a
/// permit, because either is protected; nothing: they need none.
Result<std::optional<int64_t>> protected_since(Session& session,
                                               int64_t org_id,
                                               const Repo* repo,
                                               std::string_view env_name);

/// Whether anything of this file guards anything in the organization.
Result<bool> has_policies(Session& session, int64_t org_id);

struct PolicyChange {
  std::optional<std::string> repo{};  ///< slug or name; absent: of every other repository
  std::vector<PromotionStage> stages{};
};
/// Replaces the policy of a repository. Errors: kNotFound `dir "x" not found`; those of
/// check_zone() for a freeze, after the name of its stage.
Result<PromotionPolicy> set_policy(Registry& registry,
                                   const Caller& caller,
                                   const PolicyChange& change);
/// Errors: kNotFound `policy not found`.
Result<void> delete_policy(Registry& registry, const Caller& caller, int64_t id);

struct EnvironmentChange {
  std::string name{};
  std::optional<int64_t> rank{};       ///< absent: stays
  std::optional<bool> is_protected{};  ///< likewise
};
/// Changes an environment, which need not have been heard of. Errors: kInvalid for a name that is
/// none.
Result<void> update_environment(Registry& registry,
                                const Caller& caller,
                                const EnvironmentChange& change);

}  // namespace rhumb::registry
