#pragma once

#include <cstdint>
#include <string>

#include "registry/registry.h"
#include "registry_api/report.h"
#include "registry_api/schema_apply.h"

/// Reports in, events out: redacted again, given a status, stored once however often they arrive.
/// Source: spec registry.md 4.5, 4.6, 4.16, 4.17, 5.
namespace rhumb::registry {

class SetEntries;  // ingest_prepare.h

struct IngestOutcome {
  int64_t event_id = 0;
  bool repeated = false;  ///< it was here before; nothing was written
};

/// Errors: kInvalid for names and counts past their bounds; kDenied without `report:write`, or
/// without `repo:create` when the repository is new; kConflict when the client's id was used for
/// another report.
Result<IngestOutcome> ingest_report(Registry& registry,
                                    const Caller& caller,
                                    registry_api::MigrationReport report);

/// A revert. Errors: as above.
Result<IngestOutcome> ingest_revert(Registry& registry,
                                    const Caller& caller,
                                    registry_api::RevertReport report);

/// A run that changed a schema as a whole. Errors: as above; kConflict also for a repository that
/// holds a directory.
Result<IngestOutcome> ingest_schema_apply(Registry& registry,
                                          const Caller& caller,
                                          registry_api::SchemaApplyReport report);

/// A set of migrations or of schemas, its first part or another one: new entries are added, the log
/// grows, the end moves.
/// Errors: as above, and those of the entries; kConflict when it contradicts what came before.
Result<IngestOutcome> ingest_set(Registry& registry,
                                 const Caller& caller,
                                 registry_api::MigrationSetReport set,
                                 SetEntries& entries);

/// Announces a set that has not started.
Result<IngestOutcome> ingest_begin(Registry& registry,
                                   const Caller& caller,
                                   const registry_api::BeginSet& set);

}  // namespace rhumb::registry
