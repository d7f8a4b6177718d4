#pragma once

#include <cstdint>

#include "registry/registry.h"

/// Which rows are one database. A dump carries the identifier of the database that it was taken of,
/// so two places may report with the same; somebody has to say whether they are one.
/// Source: spec registry.md 2.8.
namespace rhumb::registry {

/// Two databases by number, of one organization.
struct DatabasePair {
  int64_t org_id = 0;
  int64_t id = 0;
  int64_t other = 0;
};

/// What goes over to another database.
struct MergeFigures {
  int64_t deployments = 0;  ///< those inside sets are not among them
  int64_t set_entries = 0;
  int64_t drifts = 0;
  int64_t plans = 0;      ///< to revert
  int64_t instances = 0;  ///< that are watched
  int64_t snapshots = 0;  ///< of those instances
  int64_t former = 0;     ///< databases that went into it earlier
};

/// What merge_databases() would do.
///
/// Errors: kInvalid for one database twice; kNotFound; kConflict for databases of different
/// repositories, environments or schemas, and for one that was merged already.
Result<MergeFigures> preview_merge(Session& session, const DatabasePair& pair);

/// Makes `pair.id` a pointer to `pair.other`, which gets everything it had. It is archived, and
/// its place and its identifier stand for the other one from now on, until unmerge_database().
///
/// Errors: as above; kDenied without the rights of an administrator.
Result<MergeFigures> merge_databases(Registry& registry,
                                     const Caller& caller,
                                     const DatabasePair& pair);

/// Two databases with one identifier are different ones: neither tells of the other any more, and
/// neither is taken for one that moved. Does nothing when that is said already.
///
/// Errors: as above; kConflict for databases with different identifiers.
Result<void> split_databases(Registry& registry, const Caller& caller, const DatabasePair& pair);

}  // namespace rhumb::registry
