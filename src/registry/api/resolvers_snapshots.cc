#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/divergence.h"
#include "registry/content/snapshots.h"
#include "registry/store/body_fields.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

SnapshotScope read_scope(const Json& input) {
  return {input.string_or_empty("url"), input.string_or_empty("extID"),
          read_texts(input, "schemas"), read_texts(input, "exclude")};
}

Result<Json> resolve_hash(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "snapshot:write"));
  std::string hash = TRY(read_value<std::string>(context.registry.store, [&](Session& session) {
    return find_snapshot_hash(session, context.caller.org_id, read_scope(call.input()));
  }));
  return Json::object({{"hash", std::move(hash)}});
}

Result<SnapshotStats> read_stats(const Json& input) {
  SnapshotStats stats;
  stats.stats = TRY(codec::parse_json(input.string_or_empty("stats")).context("stats"));
  stats.time = TRY(registry_api::parse_time(input.string_or_empty("time")).context("stats.time"));
  return stats;
}

Result<Json> resolve_push(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  SnapshotPush push;
  push.scope = read_scope(input);
  push.hash_match = input.find_bool("hashMatch").value_or(false);
  if (const Json* snapshot = input.find_object("snapshot")) {
    push.snapshot =
        NewSnapshot{snapshot->string_or_empty("hash"), snapshot->string_or_empty("hcl")};
  }
  if (const Json* stats = input.find_object("stats")) {
    push.stats = TRY(read_stats(*stats));
  }
  const SnapshotOutcome outcome = TRY(push_snapshot(context.registry, context.caller, push));
  return Json::object({{"newVersion", outcome.is_new},
                       {"url", instance_link(context.registry, outcome.instance_id)}});
}

Json snapshot_json(const Snapshot& snapshot) {
  return Json::object({{"id", std::to_string(snapshot.id)},
                       {"hash", snapshot.hash},
                       {"time", time_json(snapshot.taken_at)},
                       {"diffSQL", Json()},
                       {"_id", snapshot.id}});
}

Json instance_json(const Registry& registry, const Instance& instance) {
  return Json::object({{"id", std::to_string(instance.id)},
                       {"extID", filled_json(instance.ext_id)},
                       {"url", instance.url},
                       {"schemas", stored_json(instance.schemas)},
                       {"exclude", stored_json(instance.exclude)},
                       {"lastSeen", time_json(instance.last_seen)},
                       {"link", instance_link(registry, instance.id)},
                       {"_id", instance.id}});
}

Result<Json> resolve_instance(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "instance"));
  const Instance instance = TRY(read_value<Instance>(context.registry.store, [&](Session& session) {
    return load_instance(session, context.caller.org_id, id);
  }));
  return instance_json(context.registry, instance);
}

Result<Json> resolve_instances(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const Page page = TRY(read_page(call.input().find("page")));
  const std::string search = TRY(read_search(call.input(), "search"));
  const InstancePage found =
      TRY(read_value<InstancePage>(context.registry.store, [&](Session& session) {
        return list_instances(session, context.caller.org_id, search, page);
      }));
  Json instances = Json::array();
  for (const Instance& instance : found.instances) {
    instances.push_back(instance_json(context.registry, instance));
  }
  return Json::object(
      {{"instances", std::move(instances)}, {"pageInfo", page_info(page, found.facts)}});
}

Result<SnapshotPage> snapshots_of(RequestContext& context, FieldCall& call, const Page& page) {
  return read_value<SnapshotPage>(context.registry.store, [&](Session& session) {
    return list_snapshots(session, call.parent().find_int("_id").value_or(0), page);
  });
}

Result<Json> resolve_latest(RequestContext& context, FieldCall& call) {
  Page newest;
  newest.size = 1;
  const SnapshotPage found = TRY(snapshots_of(context, call, newest));
  return found.snapshots.empty() ? Json() : snapshot_json(found.snapshots.front());
}

Result<Json> resolve_snapshots(RequestContext& context, FieldCall& call) {
  const Page page = TRY(read_page(call.arguments().find("page")));
  const SnapshotPage found = TRY(snapshots_of(context, call, page));
  Json snapshots = Json::array();
  for (const Snapshot& snapshot : found.snapshots) {
    snapshots.push_back(snapshot_json(snapshot));
  }
  return Json::object(
      {{"snapshots", std::move(snapshots)}, {"pageInfo", page_info(page, found.facts)}});
}

// ------------------------------------------------------------------------------------ divergence

Json cluster_json(const Registry& registry, const SchemaCluster& cluster) {
  Json named = Json::array();
  for (const NamedDatabase& database : cluster.named) {
    named.push_back(Json::object({{"id", std::to_string(database.id)},
                                  {"name", database.name},
                                  {"since", time_json(database.since)},
                                  {"link", database_link(registry, database.id)}}));
  }
  return Json::object({{"hash", cluster.hash},
                       {"databases", cluster.databases},
                       {"since", time_json(cluster.since)},
                       {"named", std::move(named)}});
}

Json version_json(const Registry& registry, const VersionDivergence& version) {
  Json clusters = Json::array();
  for (const SchemaCluster& cluster : version.clusters) {
    clusters.push_back(cluster_json(registry, cluster));
  }
  return Json::object({{"version", filled_json(version.version)},
                       {"databases", version.databases},
                       {"unknown", version.unknown},
                       {"odd", version.odd},
                       {"clustersTotal", version.clusters_total},
                       {"clusters", std::move(clusters)}});
}

Json divergence_json(const Registry& registry, std::vector<Fingerprinted> databases) {
  Json environments = Json::array();
  for (const EnvironmentDivergence& environment : find_divergence(std::move(databases))) {
    Json versions = Json::array();
    for (const VersionDivergence& version : environment.versions) {
      versions.push_back(version_json(registry, version));
    }
    environments.push_back(
        Json::object({{"envName", environment.name}, {"versions", std::move(versions)}}));
  }
  return Json::object({{"environments", std::move(environments)}});
}

/// Errors: kNotFound for a repository or an environment that there is not.
Result<DivergenceScope> find_scope(Session& session, int64_t org_id, const Json& input) {
  const auto repo = TRY(find_repo_id(session, org_id, input.string_or_empty("repo")));
  if (!repo) {
    return Error(ErrorCode::kNotFound, "repository not found");
  }
  DivergenceScope scope{.repo_id = *repo};
  if (const auto name = input.find_string("envName")) {
    scope.env_id = TRY(find_env_id(session, org_id, std::string(*name)));
    if (!scope.env_id) {
      return Error(ErrorCode::kNotFound, "environment not found");
    }
  }
  return scope;
}

Result<Json> resolve_divergence(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  using Databases = std::vector<Fingerprinted>;
  Databases databases =
      TRY(read_value<Databases>(context.registry.store, [&](Session& session) -> Result<Databases> {
        const DivergenceScope scope = TRY(find_scope(session, context.caller.org_id, call.input()));
        return read_fingerprints(session, scope);
      }));
  return divergence_json(context.registry, std::move(databases));
}

}  // namespace

void add_snapshot_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "snapshotHash", resolve_hash);
  bind_root(resolvers, "Mutation", "pushSnapshot", resolve_push);
  bind_root(resolvers, "Query", "instances", resolve_instances);
  bind_root(resolvers, "Query", "instance", resolve_instance);
  bind_root(resolvers, "Query", "divergence", resolve_divergence);
  bind_field(resolvers, "Instance", "latest", resolve_latest);
  bind_field(resolvers, "Instance", "snapshots", resolve_snapshots);
  bind_body(resolvers,
            {.type = "Snapshot", .field = "hcl", .table = "snapshots", .column = "hcl_body"});
  bind_body(resolvers, {.type = "Snapshot",
                        .field = "stats",
                        .table = "snapshots",
                        .column = "stats_body",
                        .is_json = true});
}

}  // namespace rhumb::registry
