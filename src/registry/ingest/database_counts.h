#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "registry/store/sql.h"

/// How many databases of a repository are in sync, behind or failed: the figures that its row has.
namespace rhumb::registry {

/// Changes of those figures, gathered while a transaction runs and written once, at its end: a row
/// that one transaction changes ten thousand times has as many versions to be walked through.
class DatabaseCounts {
 public:
  /// One more (1) or one fewer (-1) of a status. What does not count is left to the caller.
  void add(int64_t repo_id, std::string_view status, int64_t change);
  /// The repository is counted whole instead.
  void forget(int64_t repo_id) { changes_.erase(repo_id); }
  /// Writes what was gathered, and has nothing gathered then.
  Result<void> store(Session& session);

 private:
  struct Change {
    int64_t synced = 0;
    int64_t pending = 0;
    int64_t failed = 0;

    [[nodiscard]] bool is_none() const { return synced == 0 && pending == 0 && failed == 0; }
  };
  std::map<int64_t, Change> changes_;  // by repository
};

/// One change by itself.
Result<void> count_database(Session& session,
                            int64_t repo_id,
                            std::string_view status,
                            int64_t change);

}  // namespace rhumb::registry
