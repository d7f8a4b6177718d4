#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "registry/registry.h"
#include "registry/store/paging.h"
#include "registry_api/report.h"

/// Monitored databases: instances, and the snapshots that somebody takes of their schemas. Each
/// snapshot is compared with what the versions of the databases it is of should be.
/// Source: spec registry.md 2.13, 4.12, 10.
namespace rhumb::registry {

/// What is watched. An instance is named by its external id, or by its URL without one, and by what
/// of it is looked at.
struct SnapshotScope {
  std::string url;
  std::string ext_id;
  std::vector<std::string> schemas;  ///< empty: all
  std::vector<std::string> exclude;
};

/// The hash of the latest snapshot; empty for an unknown scope.
/// Errors: kInvalid for a scope without URL or past its bounds.
Result<std::string> find_snapshot_hash(Session& session,
                                       int64_t org_id,
                                       const SnapshotScope& scope);

struct NewSnapshot {
  std::string hash;
  std::string hcl;
};
struct SnapshotStats {
  codec::Json stats;
  registry_api::OptionalTime time;
};
struct SnapshotPush {
  SnapshotScope scope;
  bool hash_match = false;  ///< nothing changed since the latest snapshot
  std::optional<NewSnapshot> snapshot;
  std::optional<SnapshotStats> stats;
};
struct SnapshotOutcome {
  int64_t instance_id = 0;
  bool is_new = false;  ///< a snapshot was stored
};
/// Stores a snapshot that differs from the latest one, notes that the instance was seen, and opens
/// or ends drifts of its databases.
///
/// Errors: kInvalid for a scope or a snapshot that is missing; kLimit for sizes; kDenied without
/// `snapshot:write`.
Result<SnapshotOutcome> push_snapshot(Registry& registry,
                                      const Caller& caller,
                                      const SnapshotPush& push);

/// An instance and a snapshot as stored. Times are nanoseconds since 1970.
struct Instance {
  int64_t id = 0;
  std::string ext_id;
  std::string url;      ///< redacted
  std::string schemas;  ///< JSON list
  std::string exclude;  ///< JSON list
  int64_t last_seen = 0;
};
struct Snapshot {
  int64_t id = 0;
  std::string hash;
  Blob hcl;  ///< body
  int64_t taken_at = 0;
  std::optional<Blob> stats;  ///< body: JSON
};

/// Errors: kNotFound `instance not found`.
Result<Instance> load_instance(Session& session, int64_t org_id, int64_t id);

struct InstancePage {
  std::vector<Instance> instances;  ///< by URL
  PageFacts facts;
};
/// Those whose URL or external id contains `search`.
Result<InstancePage> list_instances(Session& session,
                                    int64_t org_id,
                                    const std::string& search,
                                    const Page& page);
struct SnapshotPage {
  std::vector<Snapshot> snapshots;  ///< newest first
  PageFacts facts;
};
Result<SnapshotPage> list_snapshots(Session& session, int64_t instance_id, const Page& page);

[[nodiscard]] std::string instance_link(const Registry& registry, int64_t id);

}  // namespace rhumb::registry
