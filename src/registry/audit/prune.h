#pragma once

#include <cstdint>

#include "registry/audit/checkpoint.h"
#include "registry/store/store.h"

namespace rhumb::registry {

struct PruneRequest {
  int64_t before = 0;  ///< entries of an earlier time are taken out, nanoseconds since 1970
  Origin origin{};     ///< who wants it
  int64_t now = 0;
};

struct PruneReport {
  int64_t entries = 0;  ///< that were taken out
  AuditHead base{};     ///< what the log begins behind now
};

/// Takes the oldest entries out of the log, up to the first one that is not old enough. What is
/// left begins behind a signed checkpoint, and verifies from there. It is an entry `audit.prune`
/// itself, unless there is nothing to take out. Some entries at a time; when it is interrupted, the
/// next one goes on.
Result<PruneReport> prune_audit(Store& store, const AuditKey& key, const PruneRequest& request);

}  // namespace rhumb::registry
