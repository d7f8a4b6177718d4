#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/states.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Result<Json> resolve_move(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  const TagMove move{.slug = input.string_or_empty("slug"),
                     .tag = input.string_or_empty("tag"),
                     .to = input.string_or_empty("to")};
  const TagRow tag = TRY(move_tag(context.registry, context.caller, move));
  return load_tag(context, tag.repo_id, tag.id);
}

Result<Json> resolve_delete(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  TRY(delete_tag(context.registry, context.caller, input.string_or_empty("slug"),
                 input.string_or_empty("tag")));
  return Json::object({{"success", true}});
}

}  // namespace

void add_tag_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Mutation", "moveTag", resolve_move);
  bind_root(resolvers, "Mutation", "deleteTag", resolve_delete);
}

}  // namespace rhumb::registry
