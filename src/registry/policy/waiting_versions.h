#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/audit/audit.h"
#include "registry/store/paging.h"
#include "registry/store/sql.h"

namespace rhumb::registry {

/// The latest version of a directory, where a stage wants more people to approve it.
struct WaitingVersion {
  std::string repo{};
  std::string stage{};
  /// Environments of the stage that are known and do not come and go, by name; its globs where
  /// there are none.
  std::vector<std::string> envs{};
  std::string version{};
  int64_t needed = 0;
  std::vector<Actor> approved_by{};  ///< in their order, of the content that was pushed
  std::optional<Actor> pushed_by{};  ///< who therefore may not approve it
  int64_t since = 0;                 ///< when that content was first pushed
};

struct WaitingFilter {
  int64_t org_id = 0;
  std::optional<int64_t> repo_id{};
  std::string env{};  ///< empty: any
};
struct WaitingPage {
  std::vector<WaitingVersion> versions;
  PageFacts facts;
};

/// Versions that wait for approvals, what was pushed last first.
///
/// A version waits in each stage of its policy that takes more approvals than it has, unless the
/// stage has databases and all of them are in sync already. What is archived, or only reported, has
/// none. Costs a fixed number of statements over what the organization has, and two for each row of
/// the page.
Result<WaitingPage> list_waiting_versions(Session& session,
                                          const WaitingFilter& filter,
                                          const Page& page);

}  // namespace rhumb::registry
