#include <utility>

#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/down_plans.h"
#include "registry/ingest/applied_versions.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

// -------------------------------------------------------------------------------------------
// target

Result<Json> resolve_target(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  const TargetSelector selector{.org_id = context.caller.org_id,
                                .ext_id = input.string_or_empty("extID"),
                                .schema = input.string_or_empty("schema"),
                                .repo = input.string_or_empty("dirName"),
                                .env = input.string_or_empty("envName")};
  const std::optional<FoundTarget> found = TRY(read_value<std::optional<FoundTarget>>(
      context.registry.store, [&](Session& session) { return find_target(session, selector); }));
  TRY(require(context.caller, "dir:read", {.repo = found ? found->repo_slug : selector.repo}));
  if (!found) {
    return Json();
  }
  return Json::object({{"id", std::to_string(found->database_id)},
                       {"extID", found->ext_id},
                       {"url", found->url},
                       {"currentVersion", text_json(found->current_version)},
                       {"_database", found->database_id},
                       {"_repo", found->repo_id}});
}

Result<Json> applied_json(Session& session, const AppliedVersion& applied, bool with_content) {
  Json out = Json::object({{"name", applied.name},
                           {"version", applied.version},
                           {"hash", filled_json(applied.hash)},
                           {"content", Json()}});
  if (applied.body && with_content) {
    std::string content = TRY(read_body(session, *applied.body));
    out.set("content", std::move(content));
  }
  return out;
}

Result<Json> resolve_applied(RequestContext& context, FieldCall& call) {
  FoundTarget target;
  target.database_id = call.parent().find_int("_database").value_or(0);
  target.repo_id = call.parent().find_int("_repo").value_or(0);
  const bool with_content = call.selects("content");
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::vector<AppliedVersion> versions = TRY(read_applied(session, target));
    Json out = Json::array();
    for (const AppliedVersion& applied : versions) {
      Json version = TRY(applied_json(session, applied, with_content));
      out.push_back(std::move(version));
    }
    return out;
  });
}

// --------------------------------------------------------------------------------------------
// plans

/// A MigratePlan; what costs something is read when it is asked for.
Json plan_json(const Registry& registry, const DownPlan& plan) {
  Json out = Json::object({{"url", plan_link(registry, plan.id)},
                           {"status", plan.status},
                           {"id", std::to_string(plan.id)},
                           {"extID", plan.ext_id},
                           {"envName", plan.env_name},
                           {"fromVersion", plan.from_version},
                           {"toVersion", plan.to_version}});
  out.set("createdAt", time_json(plan.created_at));
  out.set("createdBy", actor_json(plan.actor.kind, plan.actor.id, plan.actor.name));
  out.set("expiresAt", plan.is_open() ? time_json(plan.expires_at) : Json());
  out.set("_id", plan.id);
  out.set("_repo", plan.repo_id);
  out.set("_event", plan.event_id ? Json(*plan.event_id) : Json());
  out.set("_target", plan.target_id);
  out.set("_schema", plan.target_schema);
  return out;
}

Result<Json> resolve_plan_by_ext_id(RequestContext& context, FieldCall& call) {
  const std::optional<DownPlan> plan =
      TRY(read_value<std::optional<DownPlan>>(context.registry.store, [&](Session& session) {
        return find_plan(session, context.caller.org_id, call.input().string_or_empty("extID"),
                         context.registry.now());
      }));
  TRY(require(context.caller, "dir:read", {.repo = plan ? plan->repo_slug : std::string()}));
  return plan ? plan_json(context.registry, *plan) : Json();
}

Result<Json> resolve_plans(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const Json& input = call.input();
  const Page page = TRY(read_page(input.find("page")));
  PlanFilter filter{
      .org_id = context.caller.org_id, .repo_id = {}, .statuses = read_texts(input, "status")};
  const std::string repo = input.string_or_empty("repo");
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    PlanPage found;
    if (!repo.empty()) {
      // No repository has the number 0.
      const std::optional<int64_t> id = TRY(find_repo_id(session, filter.org_id, repo));
      filter.repo_id = id.value_or(0);
    }
    found = TRY(list_plans(session, filter, page, context.registry.now()));
    Json plans = Json::array();
    for (const DownPlan& plan : found.plans) {
      plans.push_back(plan_json(context.registry, plan));
    }
    return Json::object({{"plans", std::move(plans)}, {"pageInfo", page_info(page, found.facts)}});
  });
}

Result<Json> resolve_plan(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "plan"));
  const DownPlan plan = TRY(read_value<DownPlan>(context.registry.store, [&](Session& session) {
    return load_plan(session, context.caller.org_id, id, context.registry.now());
  }));
  return plan_json(context.registry, plan);
}

Result<Json> resolve_create_plan(RequestContext& context, FieldCall& call) {
  registry_api::RevertPlan request = TRY(registry_api::read_revert_plan(call.input()));
  const DownPlan plan = TRY(request_plan(context.registry, context.caller, std::move(request)));
  return Json::object({{"url", plan_link(context.registry, plan.id)}});
}

Result<Json> resolve_decision(RequestContext& context, FieldCall& call, bool approves) {
  PlanDecision decision;
  decision.plan_id = TRY(read_id(call.input().find("id"), "plan"));
  decision.approves = approves;
  if (const auto comment = call.input().find_string("comment"); comment && !comment->empty()) {
    decision.comment = std::string(*comment);
  }
  const DownPlan plan = TRY(decide_plan(context.registry, context.caller, decision));
  return plan_json(context.registry, plan);
}

int64_t id_of(FieldCall& call) {
  return call.parent().find_int("_id").value_or(0);
}

Result<Json> resolve_plan_files(RequestContext& context, FieldCall& call) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value body =
        TRY(session.scalar("SELECT files_body FROM down_plans WHERE id = ?", {id_of(call)}));
    const std::string files = TRY(read_body(session, body));
    return codec::parse_json(files);
  });
}

Result<Json> resolve_plan_database(RequestContext& context, FieldCall& call) {
  const Json& plan = call.parent();
  const Value database = TRY(read_value<Value>(context.registry.store, [&](Session& session) {
    return session.scalar(
        "SELECT coalesce(d.merged_into, d.id) FROM databases d JOIN down_plans p ON p.repo_id = "
        "d.repo_id AND p.env_id = d.env_id WHERE p.id = ? AND d.ext_id = ? AND d.schema_name = ? "
        "ORDER BY d.url <> p.target_url, d.last_report DESC LIMIT 1",
        {id_of(call), plan.string_or_empty("_target"), plan.string_or_empty("_schema")});
  }));
  return database.is_null() ? Result<Json>(Json()) : load_database(context, database.number());
}

Result<Json> resolve_decisions(RequestContext& context, FieldCall& call) {
  const Rows rows = TRY(read_value<Rows>(context.registry.store, [&](Session& session) {
    return session.query(
        "SELECT actor_kind, actor_id, actor_name, approved, comment, decided_at FROM "
        "down_decisions WHERE plan_id = ? ORDER BY id",
        {id_of(call)});
  }));
  Json out = Json::array();
  for (const Row& row : rows) {
    out.push_back(Json::object({{"actor", actor_json(row[0], row[1], row[2])},
                                {"approved", row[3].flag()},
                                {"comment", text_json(row[4].find_text())},
                                {"time", time_json(row[5].number())}}));
  }
  return out;
}

Result<Json> resolve_plan_event(RequestContext& context, FieldCall& call) {
  const std::optional<int64_t> event = call.parent().find_int("_event");
  if (!event) {
    return Json();
  }
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    std::vector<Json> found = TRY(load_events(context, session, {*event}));
    return found.empty() ? Json() : std::move(found.front());
  });
}

}  // namespace

Result<Json> load_plan_of_event(RequestContext& context, int64_t event_id) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value id =
        TRY(session.scalar("SELECT id FROM down_plans WHERE event_id = ?", {event_id}));
    if (id.is_null()) {
      return Json();
    }
    const DownPlan plan =
        TRY(load_plan(session, context.caller.org_id, id.number(), context.registry.now()));
    return plan_json(context.registry, plan);
  });
}

void add_down_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "migrateTargetByExtID", resolve_target);
  bind_root(resolvers, "Query", "migratePlanByExtID", resolve_plan_by_ext_id);
  bind_root(resolvers, "Query", "migratePlans", resolve_plans);
  bind_root(resolvers, "Query", "migratePlan", resolve_plan);
  bind_root(resolvers, "Mutation", "createMigrateDownPlan", resolve_create_plan);
  for (const bool approves : {true, false}) {
    bind_root(resolvers, "Mutation", approves ? "approveMigratePlan" : "abortMigratePlan",
              [approves](RequestContext& context, FieldCall& call) {
                return resolve_decision(context, call, approves);
              });
  }
  bind_field(resolvers, "MigrateTarget", "applied", resolve_applied);
  bind_field(resolvers, "MigratePlan", "repo", [](RequestContext& context, FieldCall& call) {
    return load_repo(context, call.parent().find_int("_repo").value_or(0));
  });
  bind_field(resolvers, "MigratePlan", "database", resolve_plan_database);
  bind_field(resolvers, "MigratePlan", "files", resolve_plan_files);
  bind_field(resolvers, "MigratePlan", "decisions", resolve_decisions);
  bind_field(resolvers, "MigratePlan", "migration", resolve_plan_event);
}

}  // namespace rhumb::registry
