#include "registry/content/divergence.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_map>

namespace rhumb::registry {
namespace {

/// What a snapshot tells of a database.
struct Seen {
  std::string hash;
  int64_t since = 0;
  int64_t last_seen = 0;
};
using SeenById = std::unordered_map<int64_t, Seen>;

/// Databases of one version by schema.
using Members = std::map<std::string, std::vector<const Fingerprinted*>>;

SchemaCluster cluster_of(const std::string& hash,
                         const std::vector<const Fingerprinted*>& members) {
  SchemaCluster cluster{.hash = hash, .databases = static_cast<int64_t>(members.size())};
  cluster.since = (*std::ranges::min_element(members, {}, &Fingerprinted::since))->since;
  return cluster;
}

/// An odd one differs from when both schemas were there.
void name_members(SchemaCluster& cluster,
                  const std::vector<const Fingerprinted*>& members,
                  const SchemaCluster& common) {
  for (const Fingerprinted* database : members) {
    if (cluster.named.size() == kNamesShown) {
      return;
    }
    cluster.named.push_back(
        {database->id, database->name, std::max(database->since, common.since)});
  }
}

VersionDivergence version_of(const std::string& version, const Members& known, int64_t unknown) {
  VersionDivergence out{.version = version, .databases = unknown, .unknown = unknown};
  for (const auto& [hash, members] : known) {
    out.clusters.push_back(cluster_of(hash, members));
    out.databases += out.clusters.back().databases;
  }
  std::ranges::sort(out.clusters, {}, [](const SchemaCluster& cluster) {
    return std::tuple(-cluster.databases, cluster.since, cluster.hash);
  });
  out.clusters_total = static_cast<int64_t>(out.clusters.size());
  if (out.clusters.empty()) {
    return out;
  }
  const SchemaCluster common = out.clusters.front();
  out.odd = out.databases - unknown - common.databases;
  out.clusters.resize(std::min(out.clusters.size(), kClustersShown));
  for (SchemaCluster& cluster : out.clusters) {
    if (cluster.hash != common.hash) {
      name_members(cluster, known.at(cluster.hash), common);
    }
  }
  return out;
}

/// Keeps what was seen last.
void note(SeenById& seen, int64_t id, Seen found) {
  Seen& known = seen[id];
  if (known.hash.empty() || found.last_seen > known.last_seen) {
    known = std::move(found);
  }
}

/// Snapshots of whole databases, by identifier and by URL; places that were merged into a database
/// are its own.
Result<SeenById> read_seen(Session& session, int64_t repo_id) {
  constexpr std::string_view kSelect =
      "SELECT coalesce(p.merged_into, p.id), s.hash, s.taken_at, i.last_seen FROM databases p JOIN "
      "instances i ON i.org_id = p.org_id AND i.exclude = '[]' AND ((i.schemas = '[]' AND "
      "(p.schema_name = '' OR i.url = p.url)) OR i.schemas = '[\"' || p.schema_name || '\"]') AND ";
  constexpr std::string_view kRest =
      " JOIN snapshots s ON s.id = i.snapshot_id WHERE p.repo_id = ?1";
  const std::string sql = fmt::format(
      "{0}i.url = p.url{1} UNION ALL {0}i.ext_id <> '' AND i.ext_id = p.ext_id{1} AND p.kept_apart "
      "= 0",
      kSelect, kRest);
  SeenById seen;
  TRY(session.for_each(sql, {repo_id}, [&seen](const Row& row) {
    note(seen, row[0].number(), {row[1].text(), row[2].number(), row[3].number()});
    return true;
  }));
  return seen;
}

}  // namespace

std::vector<EnvironmentDivergence> find_divergence(std::vector<Fingerprinted> databases) {
  std::ranges::sort(databases, {}, [](const Fingerprinted& database) {
    return std::tie(database.env, database.version, database.name, database.id);
  });
  std::vector<EnvironmentDivergence> out;
  for (auto begin = databases.cbegin(); begin != databases.cend();) {
    Members known;
    int64_t unknown = 0;
    auto end = begin;
    for (; end != databases.cend() && end->env == begin->env && end->version == begin->version;
         ++end) {
      if (end->hash.empty()) {
        ++unknown;
      } else {
        known[end->hash].push_back(&*end);
      }
    }
    if (out.empty() || out.back().name != begin->env) {
      out.push_back({.name = begin->env});
    }
    out.back().versions.push_back(version_of(begin->version, known, unknown));
    begin = end;
  }
  for (EnvironmentDivergence& environment : out) {
    std::ranges::stable_sort(environment.versions, std::greater{}, &VersionDivergence::databases);
  }
  return out;
}

Result<std::vector<Fingerprinted>> read_fingerprints(Session& session,
                                                     const DivergenceScope& scope) {
  const SeenById seen = TRY(read_seen(session, scope.repo_id));
  std::vector<Fingerprinted> out;
  TRY(session.for_each(
      "SELECT d.id, d.name, n.name, d.current_version, coalesce(d.last_deployment_at, 0) FROM "
      "databases d JOIN environments n ON n.id = d.env_id WHERE d.repo_id = ?1 AND d.archived_at "
      "IS NULL AND d.provisional = 0 AND (n.id = ?2 OR (?2 = 0 AND n.ephemeral_hours IS NULL))",
      {scope.repo_id, scope.env_id.value_or(0)}, [&](const Row& row) {
        Fingerprinted database{.id = row[0].number(),
                               .name = row[1].text(),
                               .env = row[2].text(),
                               .version = row[3].text()};
        const auto found = seen.find(database.id);
        if (found != seen.end() && found->second.last_seen >= row[4].number()) {
          database.hash = found->second.hash;
          database.since = found->second.since;
        }
        out.push_back(std::move(database));
        return true;
      }));
  return out;
}

}  // namespace rhumb::registry
