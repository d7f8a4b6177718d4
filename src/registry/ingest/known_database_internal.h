#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "registry/ingest/projection.h"
#include "registry/registry.h"

/// Rows of databases as merging, splitting and their undoing read them.
namespace rhumb::registry {

struct KnownDatabase {
  int64_t id = 0;
  std::string name;
  std::string repo;
  std::string env;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  std::string ext_id;
  std::string schema;
  std::string url;
  std::string current_version;
  DatabaseStanding standing;
  std::optional<int64_t> duplicate_of;
  std::optional<int64_t> merged_into;
  bool kept_apart = false;
  std::optional<bool> merged_archived;  ///< whether it was archived before it was merged
};

/// Errors: kNotFound.
Result<KnownDatabase> load_known(Session& session, int64_t org_id, int64_t id);

struct KnownPair {
  KnownDatabase database;
  KnownDatabase other;
};

/// Archives a row, or brings it back without `since`, with what that means for the counters.
Result<void> set_archived(Session& session, KnownDatabase& known, std::optional<int64_t> since);

/// What its events say, now that they are others.
Result<void> measure_again(Session& session, const RepoHead& head, const KnownDatabase& known);

/// An entry for each of both, so that the history of either tells of it.
Result<void> audit_pair(Session& session,
                        const AuditEntry& entry,
                        int64_t org_id,
                        const KnownPair& before);

}  // namespace rhumb::registry
