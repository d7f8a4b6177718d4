#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "registry/store/sql.h"
#include "registry_api/report.h"

namespace rhumb::registry {

/// Whose databases are meant.
struct TargetPlace {
  int64_t repo_id = 0;
  int64_t env_id = 0;
};

/// Names the targets that a client has not opened yet, and knows by their URL only: as the one
/// database that reported from there. Those that nobody, or more than one, reported from stay
/// without an id.
Result<void> name_targets(Session& session,
                          const TargetPlace& place,
                          std::vector<registry_api::DeployedTarget>& targets);

}  // namespace rhumb::registry
