#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/registry.h"

/// Which databases of an environment differ from the others: databases on one version should have
/// one schema. A schema is known by the hash of its latest snapshot, when the database was looked
/// at since it was deployed to last; else it is unknown.
/// Source: spec registry.md 2.13, 10.
namespace rhumb::registry {

inline constexpr size_t kClustersShown = 20;  ///< of a version, the largest
inline constexpr size_t kNamesShown = 50;     ///< of a cluster

/// A database and what is known of its schema.
struct Fingerprinted {
  int64_t id = 0;
  std::string name{};
  std::string env{};
  std::string version{};  ///< empty: none
  std::string hash{};     ///< empty: unknown
  int64_t since = 0;      ///< when the schema was seen first, nanoseconds since 1970
};

struct NamedDatabase {
  int64_t id = 0;
  std::string name{};
  int64_t since = 0;  ///< of an odd one: since when it differs
};
/// Databases of one schema.
struct SchemaCluster {
  std::string hash{};
  int64_t databases = 0;
  int64_t since = 0;                   ///< when the schema was seen first in one of them
  std::vector<NamedDatabase> named{};  ///< by name; none in the largest cluster
};
struct VersionDivergence {
  std::string version{};
  int64_t databases = 0;
  int64_t unknown = 0;
  int64_t odd = 0;  ///< whose schema is not that of the largest cluster
  int64_t clusters_total = 0;
  std::vector<SchemaCluster> clusters{};  ///< largest first; of equal ones the older
};
struct EnvironmentDivergence {
  std::string name{};
  std::vector<VersionDivergence> versions{};  ///< most databases first
};

/// Puts databases that are on one version of one environment and have one schema together.
/// Shape: environments by name.
[[nodiscard]] std::vector<EnvironmentDivergence> find_divergence(
    std::vector<Fingerprinted> databases);

/// Of which repository, and of one environment or of all that do not come and go.
struct DivergenceScope {
  int64_t repo_id = 0;
  std::optional<int64_t> env_id{};
};
/// The databases that are not archived. Two statements, however many there are.
Result<std::vector<Fingerprinted>> read_fingerprints(Session& session,
                                                     const DivergenceScope& scope);

}  // namespace rhumb::registry
