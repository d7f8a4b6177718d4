#include "registry/ingest/database_counts.h"

#include <utility>

namespace rhumb::registry {

void DatabaseCounts::add(int64_t repo_id, std::string_view status, int64_t change) {
  Change& of_repo = changes_[repo_id];
  int64_t& figure = status == "SYNCED"    ? of_repo.synced
                    : status == "PENDING" ? of_repo.pending
                                          : of_repo.failed;
  figure += change;
}

Result<void> DatabaseCounts::store(Session& session) {
  for (const auto& [repo_id, change] : std::exchange(changes_, {})) {
    if (!change.is_none()) {
      TRY(session.run_later(
          "UPDATE repos SET databases_synced = databases_synced + ?, databases_pending = "
          "databases_pending + ?, databases_failed = databases_failed + ? WHERE id = ?",
          {change.synced, change.pending, change.failed, repo_id}));
    }
  }
  return {};
}

Result<void> count_database(Session& session,
                            int64_t repo_id,
                            std::string_view status,
                            int64_t change) {
  DatabaseCounts counts;
  counts.add(repo_id, status, change);
  return counts.store(session);
}

}  // namespace rhumb::registry
