#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/content/repos.h"
#include "registry/ingest/database_counts.h"
#include "registry/ingest/status.h"
#include "registry/store/sql.h"

/// Statuses as they are kept beside the events they follow from, so that lists need no computing.
/// Everything here can be thrown away and made again (rebuild.h).
namespace rhumb::registry {

/// Versions of directory states by the digest of their content.
///
/// Threads: any.
class StateOrders {
 public:
  /// `content` is the state's content_sha256.
  Result<std::shared_ptr<const VersionOrder>> get(Session& session,
                                                  int64_t state_id,
                                                  const std::string& content);

 private:
  std::mutex mutex_;  // guards orders_
  // Shared: used while others evict.
  std::map<std::string, std::shared_ptr<const VersionOrder>> orders_;
};

/// The head a repository's databases are measured by.
Result<RepoHead> load_head(Session& session, StateOrders& orders, const Repo& repo);

/// What is kept of a database's status.
struct DatabaseStanding {
  std::string status;
  bool unknown_version = false;
  std::optional<int64_t> pending_files;
  bool archived = false;
  bool ephemeral = false;  ///< of an environment that comes and goes

  /// Whether the figures of its repository have it, and alerts tell of it.
  [[nodiscard]] bool counts() const { return !archived && !ephemeral; }
};

/// One database and what it is measured by.
struct DatabaseMeasure {
  int64_t repo_id = 0;
  int64_t database_id = 0;
  DatabaseStanding before;
  DatabaseFacts facts;
};

/// A database whose status became another one.
struct StatusMove {
  int64_t database_id = 0;
  std::string before;
  DatabaseStatus after = DatabaseStatus::kSynced;
};

/// Measures one database anew and adds to `counts` what that changes in its repository. What moved
/// is added to `moves`, unless that is null. Nothing when nothing changes in its row.
std::optional<DatabaseProjection> measure_one(const RepoHead& head,
                                              const DatabaseMeasure& database,
                                              DatabaseCounts& counts,
                                              std::vector<StatusMove>* moves = nullptr);
/// The same, and changes the row.
Result<void> project_one(Session& session,
                         const RepoHead& head,
                         const DatabaseMeasure& database,
                         DatabaseCounts& counts,
                         std::vector<StatusMove>* moves = nullptr);
/// Measures every database of a repository anew and counts them. What moved is added to `moves`,
/// unless that is null.
Result<void> project_repo(Session& session,
                          const RepoHead& head,
                          int64_t repo_id,
                          std::vector<StatusMove>* moves = nullptr);

}  // namespace rhumb::registry
