#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/store/store.h"

namespace rhumb::registry {

/// What a rebuild found.
struct RebuildReport {
  int64_t databases = 0;
  int64_t repositories = 0;
  int64_t events = 0;
  /// Rows whose projection was not what their events say, as `database 12: status PENDING, was
  /// SYNCED`; at most a hundred.
  std::vector<std::string> differences;
  int64_t difference_count = 0;
};

/// Makes everything that is derived anew from events and directory states: status and versions of
/// databases, counters of repositories and of the event list. A store that was never touched by
/// hand has no differences.
///
/// Must run in a transaction. Source: architecture decision 6; spec registry.md 5.
Result<RebuildReport> rebuild_projections(Session& session);

/// The same for the store of a server that does not run.
/// Errors: kBusy while a server uses it; kNotFound when it holds no registry.
Result<RebuildReport> rebuild_registry(const StoreAddress& address);

/// What the events of one database say of it, but for its status, which is measured.
Result<void> replay_database(Session& session, int64_t database_id);
/// The version that was ever reported to a repository, its databases and how many there are of
/// them.
Result<void> measure_repository(Session& session, int64_t org_id, int64_t repo_id);

}  // namespace rhumb::registry
