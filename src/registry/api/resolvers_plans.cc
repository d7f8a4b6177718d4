#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/declarative_plans.h"
#include "registry/store/body_fields.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Json actor_or_null(const std::optional<Actor>& actor) {
  return actor ? actor_json(actor->kind, actor->id, actor->name) : Json();
}

/// A DeclarativePlan; its texts are read when they are asked for.
Json plan_json(const Registry& registry, const DeclarativePlan& plan) {
  Json out = Json::object({{"id", std::to_string(plan.id)},
                           {"name", plan.name},
                           {"schemaSlug", plan.repo_slug},
                           {"status", plan.status},
                           {"fromHash", plan.from_hash},
                           {"toHash", plan.to_hash},
                           {"link", declarative_plan_link(registry, plan)},
                           {"url", declarative_plan_url(plan)}});
  out.set("fromDesc", text_json(plan.from_desc));
  out.set("toDesc", text_json(plan.to_desc));
  out.set("createdAt", time_json(plan.created_at));
  out.set("createdBy", actor_or_null(plan.actor));
  out.set("approvedAt", time_json(plan.approved_at));
  out.set("approvedBy",
          plan.approver ? Json::array({actor_or_null(plan.approver)}) : Json::array());
  out.set("context", plan.run_context ? stored_json(*plan.run_context) : Json());
  out.set("_id", plan.id);
  return out;
}

Json plans_json(const Registry& registry, const std::vector<DeclarativePlan>& plans) {
  Json out = Json::array();
  for (const DeclarativePlan& plan : plans) {
    out.push_back(plan_json(registry, plan));
  }
  return out;
}

DeclarativePlanName read_name(const Json& input) {
  return {input.string_or_empty("schemaSlug"), input.string_or_empty("name")};
}

Result<Json> resolve_by_hashes(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  const SchemaTransition transition{.schema_slug = input.string_or_empty("schemaSlug"),
                                    .from_hash = input.string_or_empty("fromHash"),
                                    .to_hash = input.string_or_empty("toHash")};
  TRY(require(context.caller, "schema:read", {.repo = transition.schema_slug}));
  const auto plans =
      TRY(read_value<std::vector<DeclarativePlan>>(context.registry.store, [&](Session& session) {
        return find_declarative_plans(session, context.caller.org_id, transition);
      }));
  return plans_json(context.registry, plans);
}

Result<Json> resolve_by_name(RequestContext& context, FieldCall& call) {
  const DeclarativePlanName name = read_name(call.input());
  TRY(require(context.caller, "schema:read", {.repo = name.schema_slug}));
  const DeclarativePlan plan =
      TRY(read_value<DeclarativePlan>(context.registry.store, [&](Session& session) {
        return load_declarative_plan(session, context.caller.org_id, name);
      }));
  return plan_json(context.registry, plan);
}

Result<Json> resolve_plan(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "schema:read"));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "plan"));
  const auto plan =
      TRY(read_value<std::optional<DeclarativePlan>>(context.registry.store, [&](Session& session) {
        return find_declarative_plan(session, context.caller.org_id, id);
      }));
  if (!plan) {
    return Error(ErrorCode::kNotFound, "plan not found");
  }
  return plan_json(context.registry, *plan);
}

Result<Json> list(RequestContext& context, const Json& input, std::optional<int64_t> repo_id) {
  const Page page = TRY(read_page(input.find("page")));
  const std::string slug = input.string_or_empty("schemaSlug");
  DeclarativePlanFilter filter{.org_id = context.caller.org_id,
                               .repo_id = repo_id,
                               .status = input.string_or_empty("status")};
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    TRY(narrow_to_repo(session, filter.org_id, slug, filter.repo_id));
    const DeclarativePlanPage found = TRY(list_declarative_plans(session, filter, page));
    return Json::object({{"plans", plans_json(context.registry, found.plans)},
                         {"pageInfo", page_info(page, found.facts)}});
  });
}

Result<Json> resolve_list(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  return list(context, call.input(), std::nullopt);
}

Result<DeclarativePlanPush> read_push(const Json& input) {
  DeclarativePlanPush push;
  push.schema_slug = input.string_or_empty("schemaSlug");
  push.name = input.string_or_empty("name");
  push.approved = input.string_or_empty("status") == "APPROVED";
  push.from_hash = input.string_or_empty("fromHash");
  push.to_hash = input.string_or_empty("toHash");
  push.migration = input.string_or_empty("migration");
  push.from_desc = read_text(input, "fromDesc");
  push.to_desc = read_text(input, "toDesc");
  if (const Json* run_context = input.find_object("context")) {
    push.context = TRY(registry_api::read_run_context(*run_context));
  }
  if (const Json* lint = input.find("lint"); lint != nullptr && !lint->is_null()) {
    push.lint = *lint;
  }
  return push;
}

Result<Json> resolve_create(RequestContext& context, FieldCall& call) {
  DeclarativePlanPush push = TRY(read_push(call.input()));
  const DeclarativePlan plan =
      TRY(push_declarative_plan(context.registry, context.caller, std::move(push)));
  return Json::object({{"link", declarative_plan_link(context.registry, plan)},
                       {"url", declarative_plan_url(plan)}});
}

Result<Json> resolve_approve(RequestContext& context, FieldCall& call) {
  const DeclarativePlan plan =
      TRY(approve_declarative_plan(context.registry, context.caller, read_name(call.input())));
  return plan_json(context.registry, plan);
}

Result<Json> resolve_delete(RequestContext& context, FieldCall& call) {
  TRY(delete_declarative_plan(context.registry, context.caller, read_name(call.input())));
  return Json::object({{"success", true}});
}

Result<Json> resolve_plan_of_event(RequestContext& context, FieldCall& call) {
  const std::optional<int64_t> id = call.parent().find_int("_plan");
  if (!id) {
    return Json();
  }
  const auto plan =
      TRY(read_value<std::optional<DeclarativePlan>>(context.registry.store, [&](Session& session) {
        return find_declarative_plan(session, context.caller.org_id, *id);
      }));
  return plan ? plan_json(context.registry, *plan) : Json();
}

}  // namespace

void add_plan_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "declarativePlanByHashes", resolve_by_hashes);
  bind_root(resolvers, "Query", "declarativePlanByName", resolve_by_name);
  bind_root(resolvers, "Query", "declarativePlans", resolve_list);
  bind_root(resolvers, "Query", "declarativePlan", resolve_plan);
  bind_root(resolvers, "Mutation", "createDeclarativePlan", resolve_create);
  bind_root(resolvers, "Mutation", "approveDeclarativePlan", resolve_approve);
  bind_root(resolvers, "Mutation", "deleteDeclarativePlan", resolve_delete);
  bind_body(resolvers, {.type = "DeclarativePlan",
                        .field = "migration",
                        .table = "declarative_plans",
                        .column = "migration_body"});
  bind_body(resolvers, {.type = "DeclarativePlan",
                        .field = "lint",
                        .table = "declarative_plans",
                        .column = "lint_body",
                        .is_json = true});
  bind_field(resolvers, "Repo", "plans", [](RequestContext& context, FieldCall& call) {
    return list(context, call.input(), call.parent().find_int("_id"));
  });
  bind_field(resolvers, "Migration", "plan", resolve_plan_of_event);
}

}  // namespace rhumb::registry
