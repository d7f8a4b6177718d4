// `trace`: one version on its way through the environments.

#include <algorithm>
#include <map>
#include <utility>

#include "registry/projection.h"
#include "registry/push.h"
#include "registry/request_context.h"
#include "registry/views.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr int64_t kListedMax = 100;

/// The databases of one environment.
struct EnvironmentCount {
  std::string name;
  int64_t total = 0;
  int64_t reached = 0;
  int64_t failed = 0;
};

Result<std::string> find_version(Session& session, const Repo& repo, const Json& input) {
  std::string version = input.string_or_empty("version");
  const std::string tag = input.string_or_empty("tag");
  if (version.empty() == tag.empty()) {
    return invalid("exactly one of version and tag must be given");
  }
  return tag.empty() ? Result<std::string>(std::move(version)) : version_of_tag(session, repo, tag);
}

Result<Json> list_pushes(Session& session, const Repo& repo, const std::string& version) {
  Json out = Json::array();
  TRY(session.for_each(
      std::string("SELECT ") + std::string(kPushColumns) +
          " FROM pushes p JOIN dir_states s ON s.id = p.state_id JOIN dir_files f ON f.state_id = "
          "s.id WHERE p.repo_id = ? AND f.version = ? AND f.listed = 1 ORDER BY p.id LIMIT ?",
      {repo.id, version, kListedMax}, [&out](const Row& row) {
        out.push_back(push_json(row));
        return true;
      }));
  return out;
}

Result<std::map<int64_t, EnvironmentCount>> count_databases(Session& session,
                                                            const Repo& repo,
                                                            const VersionOrder& order,
                                                            const std::string& version) {
  std::map<int64_t, EnvironmentCount> out;
  TRY(session.for_each(
      "SELECT d.env_id, n.name, coalesce(d.current_version, ''), d.status FROM databases d JOIN "
      "environments n ON n.id = d.env_id WHERE d.repo_id = ? AND d.archived_at IS NULL AND "
      "d.provisional = 0",
      {repo.id}, [&](const Row& row) {
        EnvironmentCount& count = out[row[0].number()];
        const std::string& current = row[2].text();
        count.name = row[1].text();
        ++count.total;
        count.reached += !current.empty() && order.compare(current, version) >= 0 ? 1 : 0;
        count.failed += row[3].text() == "FAILED" ? 1 : 0;
        return true;
      }));
  return out;
}

/// The deployments that led to the version, the oldest first.
Result<std::vector<int64_t>> list_deployments(Session& session,
                                              const Repo& repo,
                                              int64_t env_id,
                                              const std::string& version) {
  std::vector<int64_t> ids;
  TRY(session.for_each(
      "SELECT id FROM events WHERE repo_id = ? AND env_id = ? AND version = ? AND set_id IS NULL "
      "AND dry_run = 0 AND status <> 'NO_ACTION' ORDER BY id LIMIT ?",
      {repo.id, env_id, version, kListedMax}, [&ids](const Row& row) {
        ids.push_back(row[0].number());
        return true;
      }));
  return ids;
}

Result<Json> environment_json(RequestContext& context,
                              Session& session,
                              const Repo& repo,
                              const std::pair<int64_t, EnvironmentCount>& environment,
                              const std::string& version) {
  const std::vector<int64_t> ids = TRY(list_deployments(session, repo, environment.first, version));
  std::vector<Json> migrations = TRY(load_events(context, session, ids));
  const std::optional<Row> found = TRY(session.find_row(
      "SELECT min(order_at), max(order_at) FROM events WHERE repo_id = ? AND env_id = ? AND "
      "version = ? AND dry_run = 0 AND status = 'PASSED'",
      {repo.id, environment.first, version}));
  const Row times = found.value_or(Row(2));
  const EnvironmentCount& count = environment.second;
  return Json::object({{"name", count.name},
                       {"total", count.total},
                       {"reached", count.reached},
                       {"failed", count.failed},
                       {"firstAt", time_json(times[0].find_number())},
                       {"lastAt", time_json(times[1].find_number())},
                       {"migrations", Json::array_of(std::move(migrations))}});
}

Result<Json> trace_json(RequestContext& context,
                        Session& session,
                        const Repo& repo,
                        const std::string& version) {
  const RepoHead head = TRY(load_head(session, context.registry.orders, repo));
  const auto counts = TRY(count_databases(session, repo, head.order(), version));
  Json environments = Json::array();
  for (const auto& [env_id, count] : counts) {
    environments.push_back(TRY(environment_json(context, session, repo, {env_id, count}, version)));
  }
  Json pushes = TRY(list_pushes(session, repo, version));
  return Json::object({{"version", version},
                       {"pushes", std::move(pushes)},
                       {"ciRuns", Json::array()},
                       {"environments", std::move(environments)},
                       {"_repo", repo.id}});
}

Result<Json> resolve_trace(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const Json& input = call.input();
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::optional<Repo> repo =
        TRY(find_repo(session, context.caller.org_id, input.string_or_empty("repo")));
    if (!repo) {
      return Json();
    }
    const std::string version = TRY(find_version(session, *repo, input));
    return trace_json(context, session, *repo, version);
  });
}

}  // namespace

void add_trace_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "trace", resolve_trace);
  bind_field(resolvers, "Trace", "repo", [](RequestContext& context, FieldCall& call) {
    return load_repo(context, call.parent().find_int("_repo").value_or(0));
  });
}

}  // namespace rhumb::registry
