#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/registry.h"
#include "sys/cancellation.h"

/// Environments that come and go, such as a preview for each pull request. Their databases are in
/// no figure that says how an organization fares, and are archived when they have been silent for
/// long enough. A protected environment is never ephemeral.
namespace rhumb::registry {

inline constexpr int64_t kEphemeralHoursMax = int64_t{24} * 366;
inline constexpr int64_t kEphemeralGlobsMax = 100;  ///< of an organization

/// Which environments, and for how long their databases may be silent.
struct EphemeralEnvironments {
  std::string glob;
  int64_t hours = 0;
  int64_t environments = 0;  ///< that it fits and that are ephemeral
};
/// By glob.
Result<std::vector<EphemeralEnvironments>> list_ephemeral(Session& session, int64_t org_id);

/// Adds a glob, or gives one another time. Of globs that fit one environment the longest time
/// counts.
///
/// Errors: kDenied without the rights of an administrator; kInvalid for an empty or overlong glob
/// and for hours that are not from 1 to kEphemeralHoursMax; kLimit past kEphemeralGlobsMax.
Result<void> set_ephemeral(Registry& registry,
                           const Caller& caller,
                           const EphemeralEnvironments& wanted);
/// Errors: kDenied; kNotFound.
Result<void> remove_ephemeral(Registry& registry, const Caller& caller, std::string_view glob);

/// Gives environments what the globs make of them by now, or only the one of a name, and counts and
/// measures the repositories that have databases in those that changed.
Result<void> settle_ephemeral(Session& session, int64_t org_id, std::string_view name = "");

/// Archives what has been silent for too long at `now` (nanoseconds since 1970), a few hundred
/// databases in a transaction, until `stop`. Returns how many. A deployment brings one back.
Result<int64_t> expire_databases(Store& store, int64_t now, const sys::CancellationToken& stop);

}  // namespace rhumb::registry
