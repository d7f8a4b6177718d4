#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/content/repos.h"
#include "registry/registry.h"

/// One version on its way through all environments: pushed, linted, applied.
/// Source: spec registry.md 7.3, 12.
namespace rhumb::registry {

/// How many pushes, CI runs and events of an environment a trace shows: the first ones.
inline constexpr int64_t kTraceMax = 100;

/// How far a version has come in one environment.
struct TraceEnvironment {
  std::string name;
  std::optional<int64_t> ephemeral_hours;  ///< nothing: it stays
  int64_t total = 0;                ///< databases that are not archived, and were deployed to
  int64_t reached = 0;              ///< those at the version, or at one behind it
  int64_t failed = 0;               ///< those whose last run failed
  std::optional<int64_t> first_at;  ///< when it was applied first; nanoseconds since 1970
  std::optional<int64_t> last_at;
  std::vector<int64_t> event_ids;  ///< that applied it or tried to, oldest first; sets as one
};

/// What is asked for.
struct TraceWish {
  std::string version;
  bool ephemeral = false;  ///< with environments that come and go
};

struct TracePath {
  /// In their order of promotion, then by name.
  std::vector<TraceEnvironment> environments;
  /// How many that come and go were left out.
  int64_t left_out = 0;
};

/// Environments that have databases of the repository, as far as they are wished for.
///
/// Cost: one look at each event of each of those databases.
Result<TracePath> trace_environments(Session& session,
                                     Registry& registry,
                                     const Repo& repo,
                                     const TraceWish& wish);

/// Numbers of the pushes that brought the version, oldest first: those whose state ends with it,
/// else the first one that had it among others.
Result<std::vector<int64_t>> trace_pushes(Session& session,
                                          const Repo& repo,
                                          const std::string& version);

}  // namespace rhumb::registry
