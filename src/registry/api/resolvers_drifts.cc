#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/drifts.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Result<Json> drift_json(const Registry& registry, Session& session, const Drift& drift) {
  Json out = Json::object({{"id", std::to_string(drift.id)},
                           {"version", text_json(drift.version)},
                           {"expectedHash", drift.expected_hash},
                           {"actualHash", drift.actual_hash}});
  std::string diff;
  if (drift.diff) {
    diff = TRY(read_body(session, *drift.diff));
  }
  out.set("diffSQL", std::move(diff));
  out.set("diffHCL", Json());
  out.set("source", drift.source);
  out.set("detectedAt", time_json(drift.detected_at));
  out.set("resolvedAt", time_json(drift.resolved_at));
  out.set("link", drift_link(registry, drift));
  out.set("_database", drift.database_id);
  return out;
}

/// A DriftsPayload for a DriftsInput; what `filter` already narrows stays narrowed.
Result<Json> list(RequestContext& context, const Json& input, DriftFilter filter) {
  const Page page = TRY(read_page(input.find("page")));
  const std::string env = input.string_or_empty("envName");
  filter.org_id = context.caller.org_id;
  filter.open = input.find_bool("open");
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    TRY(narrow_to_repo(session, filter.org_id, input.string_or_empty("repo"), filter.repo_id));
    if (!env.empty()) {
      const std::optional<int64_t> env_id = TRY(find_env_id(session, filter.org_id, env));
      filter.env_id = env_id.value_or(0);
    }
    const DriftPage found = TRY(list_drifts(session, filter, page));
    Json drifts = Json::array();
    for (const Drift& drift : found.drifts) {
      Json json = TRY(drift_json(context.registry, session, drift));
      drifts.push_back(std::move(json));
    }
    return Json::object(
        {{"drifts", std::move(drifts)}, {"pageInfo", page_info(page, found.facts)}});
  });
}

Result<Json> resolve_drifts(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  return list(context, call.input(), {});
}

Result<Json> resolve_drift_of_event(RequestContext& context, FieldCall& call) {
  if (!call.parent().find_bool("_drifted").value_or(false)) {
    return Json();
  }
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::optional<Drift> drift =
        TRY(find_drift_of_event(session, call.parent().find_int("_id").value_or(0)));
    return drift ? drift_json(context.registry, session, *drift) : Result<Json>(Json());
  });
}

}  // namespace

void add_drift_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "drifts", resolve_drifts);
  bind_field(resolvers, "Drift", "database", [](RequestContext& context, FieldCall& call) {
    return load_database(context, call.parent().find_int("_database").value_or(0));
  });
  bind_field(resolvers, "Database", "drifts", [](RequestContext& context, FieldCall& call) {
    DriftFilter filter;
    filter.database_id = call.parent().find_int("_id");
    return list(context, call.input(), filter);
  });
  bind_field(resolvers, "Migration", "drift", resolve_drift_of_event);
}

}  // namespace rhumb::registry
