#pragma once

#include <cstdint>

#include "registry/registry.h"

/// Taking back that two rows are one database.
/// Source: spec registry.md 2.8.
namespace rhumb::registry {

/// What came back, and from where.
struct UnmergeFigures {
  int64_t from = 0;         ///< the database that it was merged into
  int64_t deployments = 0;  ///< those inside sets are not among them
  int64_t set_entries = 0;
  int64_t drifts = 0;
};

/// Makes a database that was merged one of its own again, with what was reported at its place,
/// before the merge and since. What was merged into it earlier stays where it is. With one
/// identifier both tell of each other again, unless they were split. A drift that the merge ended
/// stays so.
///
/// Errors: kDenied without the rights of an administrator; kNotFound; kConflict for a database that
/// was not merged, or by a release that did not note what was whose.
Result<UnmergeFigures> unmerge_database(Registry& registry, const Caller& caller, int64_t id);

}  // namespace rhumb::registry
