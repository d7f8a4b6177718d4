#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/ci_runs.h"
#include "registry/content/push.h"
#include "registry/content/trace.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Result<Json> pushes_json(Session& session, const Repo& repo, const std::string& version) {
  const std::vector<int64_t> ids = TRY(trace_pushes(session, repo, version));
  Json pushes = Json::array();
  for (const int64_t id : ids) {
    const std::optional<Row> row = TRY(session.find_row(
        fmt::format("SELECT {} FROM pushes p JOIN dir_states s ON s.id = p.state_id WHERE p.id = ?",
                    kPushColumns),
        {id}));
    pushes.push_back(row ? push_json(*row) : Json());
  }
  return pushes;
}

Result<Json> runs_json(const Registry& registry,
                       Session& session,
                       const Repo& repo,
                       const std::string& version) {
  Page newest;
  newest.size = kTraceMax;
  CiRunFilter filter;
  filter.org_id = repo.org_id;
  filter.repo_id = repo.id;
  filter.version = version;
  const CiRunPage found = TRY(list_ci_runs(session, filter, newest));
  return ci_runs_json(registry, found.runs);
}

Result<Json> environment_json(RequestContext& context,
                              Session& session,
                              const TraceEnvironment& env) {
  std::vector<Json> events = TRY(load_events(context, session, env.event_ids));
  return Json::object(
      {{"name", env.name},
       {"ephemeralHours", env.ephemeral_hours ? Json(*env.ephemeral_hours) : Json()},
       {"total", env.total},
       {"reached", env.reached},
       {"failed", env.failed},
       {"firstAt", time_json(env.first_at)},
       {"lastAt", time_json(env.last_at)},
       {"migrations", Json::array_of(std::move(events))}});
}

Result<Json> trace_json(RequestContext& context,
                        Session& session,
                        const Repo& repo,
                        const TraceWish& wish) {
  Json pushes = TRY(pushes_json(session, repo, wish.version));
  Json runs = TRY(runs_json(context.registry, session, repo, wish.version));
  const TracePath path = TRY(trace_environments(session, context.registry, repo, wish));
  Json shown = Json::array();
  for (const TraceEnvironment& env : path.environments) {
    Json json = TRY(environment_json(context, session, env));
    shown.push_back(std::move(json));
  }
  return Json::object({{"repo", repo_json(context.registry, repo)},
                       {"version", wish.version},
                       {"pushes", std::move(pushes)},
                       {"ciRuns", std::move(runs)},
                       {"environments", std::move(shown)},
                       {"ephemeralLeftOut", path.left_out}});
}

/// What `version` says, or the version that `tag` leads to.
Result<std::string> find_version(Session& session, const Repo& repo, const Json& input) {
  const std::string version = input.string_or_empty("version");
  const std::string tag = input.string_or_empty("tag");
  if (version.empty() == tag.empty()) {
    return invalid("exactly one of version and tag must be given");
  }
  TRY(check_length("version", version));
  return tag.empty() ? Result<std::string>(version) : version_of_tag(session, repo, tag);
}

/// Null for an unknown repository; of an unknown version there is nothing to show yet.
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
    const bool ephemeral = input.find_bool("includeEphemeral").value_or(false);
    return trace_json(context, session, *repo, {version, ephemeral});
  });
}

}  // namespace

void add_trace_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "trace", resolve_trace);
}

}  // namespace rhumb::registry
