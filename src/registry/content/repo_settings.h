#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/content/protected_flows.h"
#include "registry/content/repos.h"
#include "registry/registry.h"

/// What can be changed about a repository by those who look after it.
/// Source: spec registry.md 2.5, 6.2, 13; registry.graphql UpdateRepoInput.
namespace rhumb::registry {

/// Absent members stay as they are; an empty text, or 0 days, takes a setting back.
struct RepoChange {
  std::optional<std::string> name;
  std::optional<std::string> slug;
  std::optional<std::string> description;
  std::optional<std::string> project;
  std::optional<std::string> review_policy;
  std::optional<int64_t> retention_days;
  std::optional<bool> locked_tags;
  FlowsChange flows;
};

/// Changes a repository. A former slug still leads to it until another repository takes it. Plans
/// that are open keep what they were made under.
///
/// Errors: kDenied without the permission `admin` for it; kNotFound; kInvalid naming the member;
/// kConflict for a slug that is taken.
Result<Repo> update_repo(Registry& registry,
                         const Caller& caller,
                         int64_t id,
                         const RepoChange& change);

/// What is archived is in no list, takes no pushes and keeps its history; a deployment brings it
/// back. Errors: kDenied, kNotFound.
Result<Repo> archive_repo(Registry& registry, const Caller& caller, int64_t id, bool archived);
/// Must run in the transaction of the deployment.
Result<void> revive_repo(Session& session, const Caller& caller, Repo& repo, int64_t now);

}  // namespace rhumb::registry
