#pragma once

#include <cstdint>
#include <string_view>

#include "registry/store/store.h"
#include "sys/cancellation.h"

/// For how long logs and files of deployments are kept: as the repository says, else as its
/// organization says, else for ever. The deployments themselves stay, with who, when and what
/// became of them.
/// Source: spec registry.md 13; registry.graphql retentionDays.
namespace rhumb::registry {

/// What stands where the text of a file was.
inline constexpr std::string_view kExpiredText =
    "-- no longer kept: older than the retention of the repository\n";

struct RetentionReport {
  int64_t events = 0;  ///< whose log and files were removed
};
/// Removes what is older than it may be at `now` (nanoseconds since 1970), a few hundred
/// deployments in a transaction, until `stop`. May be interrupted, and run on several servers at
/// once.
Result<RetentionReport> apply_retention(Store& store,
                                        int64_t now,
                                        const sys::CancellationToken& stop = {});

struct VacuumReport {
  int64_t bodies = 0;  ///< texts that nothing referred to any more
};
/// Removes texts that nothing refers to. For a store without a server: it holds everything up.
Result<VacuumReport> vacuum_bodies(Session& session);

/// Vacuums the store of a stopped registry. Errors: kBusy while a server runs on it.
Result<VacuumReport> vacuum_registry(const StoreAddress& address);

}  // namespace rhumb::registry
