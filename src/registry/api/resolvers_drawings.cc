#include "registry/api/request_context.h"
#include "registry/content/drawings.h"
#include "registry/names.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

/// The protocol calls it a query, though it stores.
Result<Json> resolve_visualize(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  const Drawing drawing = TRY(store_drawing(context.registry, context.caller,
                                            {.hcl = input.string_or_empty("hcl"),
                                             .sql = input.string_or_empty("sql"),
                                             .driver = input.string_or_empty("driver")}));
  return Json::object({{"url", drawing_link(context.registry, drawing.id)}});
}

Result<Json> read_optional(Session& session, const std::optional<Blob>& body) {
  if (!body) {
    return Json();
  }
  std::string text = TRY(read_body(session, *body));
  return Json(std::move(text));
}

Result<Json> resolve_drawing(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "schema:read"));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "drawing"));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Drawing drawing = TRY(load_drawing(session, context.caller.org_id, id));
    Json out = Json::object({{"id", std::to_string(drawing.id)},
                             {"driver", driver_to_wire(drawing.driver)},
                             {"link", drawing_link(context.registry, drawing.id)}});
    Json hcl = TRY(read_optional(session, drawing.hcl));
    out.set("hcl", std::move(hcl));
    Json sql = TRY(read_optional(session, drawing.sql));
    out.set("sql", std::move(sql));
    out.set("createdAt", time_json(drawing.created_at));
    out.set("createdBy", actor_json(drawing.actor.kind, drawing.actor.id, drawing.actor.name));
    return out;
  });
}

}  // namespace

void add_drawing_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "visualizeInspect", resolve_visualize);
  bind_root(resolvers, "Query", "drawing", resolve_drawing);
}

}  // namespace rhumb::registry
