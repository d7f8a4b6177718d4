#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/content/repos.h"
#include "registry/policy/policy.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// A version on its way into an environment.
struct Promotion {
  int64_t org_id = 0;
  std::optional<Repo> repo{};  ///< absent: nothing was reported of it yet
  std::string env{};
  std::string version{};
  std::string dir_hash{};  ///< of the directory it comes from; empty: that of the repository's head
  int64_t at = 0;
};

/// Everything that speaks against it, from what the store knows of the stages before; nothing for
/// an environment that no stage covers, and for a time when there was no policy.
///
/// A database has passed where a run that was no dry run ended PASSED or NO_ACTION at the version
/// or a later one, it still is there, and the version's content was the one that is asked for: that
/// of the run that executed the version's file, else of any of these runs. Since when it has is
/// when the registry learned of that run, since clocks of clients may be wrong. Source: spec
/// registry.md 6.1.
Result<std::vector<PolicyReason>> find_reasons(Session& session,
                                               Registry& registry,
                                               const Promotion& promotion);

}  // namespace rhumb::registry
