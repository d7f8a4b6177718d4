#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/content/schemas.h"
#include "registry/content/states.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Json state_json(const SchemaState& state) {
  return Json::object({{"hcl", state.hcl},
                       {"hash", filled_json(state.hash)},
                       {"sql", text_json(state.sql)},
                       {"version", filled_json(state.version)},
                       {"tag", filled_json(state.tag)},
                       {"driver", filled_json(driver_to_wire(state.driver))}});
}

/// What a directory gives may be read by whoever may read the directory.
std::string_view read_permission(const std::optional<Repo>& repo) {
  return repo && repo->type == kDirectoryType ? "dir:read" : "schema:read";
}

/// An unknown state is an error: null would be taken for an empty schema.
Result<Json> read_state(RequestContext& context,
                        const std::string& slug,
                        const SchemaSelector& selector) {
  const std::optional<Repo> repo =
      TRY(read_value<std::optional<Repo>>(context.registry.store, [&](Session& session) {
        return find_repo(session, context.caller.org_id, slug);
      }));
  TRY(require(context.caller, read_permission(repo), {.repo = repo ? repo->slug : slug}));
  if (!repo) {
    return Error(ErrorCode::kNotFound, fmt::format("schema \"{}\" not found", slug));
  }
  const SchemaState state =
      TRY(read_value<SchemaState>(context.registry.store, [&](Session& session) {
        return read_schema_state(session, *repo, selector);
      }));
  return state_json(state);
}

Result<Json> resolve_schema_state(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  return read_state(context, input.string_or_empty("slug"),
                    {input.string_or_empty("tag"), input.string_or_empty("version")});
}

Result<Json> resolve_state_by_version(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  const std::string version = input.string_or_empty("version");
  TRY(check_name("version", version));
  return read_state(context, input.string_or_empty("slug"), {"", version});
}

/// For pages: null where nothing is known.
Result<Json> resolve_repo_state(RequestContext& context, FieldCall& call) {
  Result<Json> state = read_state(
      context, call.parent().string_or_empty("slug"),
      {call.arguments().string_or_empty("tag"), call.arguments().string_or_empty("version")});
  if (!state && state.error().code() == ErrorCode::kNotFound) {
    return Json();
  }
  return state;
}

Result<SchemaPush> read_push(const Json& input) {
  SchemaPush push;
  push.slug = input.string_or_empty("slug");
  push.tag = input.string_or_empty("tag");
  push.hcl = input.string_or_empty("hcl");
  push.hash = input.string_or_empty("hash");
  push.driver = input.string_or_empty("driver");
  push.version = input.string_or_empty("version");
  push.description = read_text(input, "desc");
  push.sql = read_text(input, "sql");
  if (const Json* run_context = input.find_object("context")) {
    push.context = TRY(registry_api::read_run_context(*run_context));
  }
  return push;
}

Result<Json> resolve_push(RequestContext& context, FieldCall& call) {
  SchemaPush push = TRY(read_push(call.input()));
  const bool is_tagged = !push.tag.empty();
  const SchemaPushOutcome outcome =
      TRY(push_schema(context.registry, context.caller, std::move(push)));
  std::string url = "atlas://" + outcome.slug;
  if (is_tagged) {
    url += "?tag=" + outcome.tag;
  }
  return Json::object({{"link", schema_link(context.registry, outcome.repo_id)},
                       {"slug", outcome.slug},
                       {"url", url},
                       {"version", outcome.version},
                       {"hash", outcome.hash},
                       {"changed", outcome.changed}});
}

}  // namespace

void add_schema_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "schemaState", resolve_schema_state);
  bind_root(resolvers, "Query", "schemaStateByVersion", resolve_state_by_version);
  bind_root(resolvers, "Mutation", "pushSchema", resolve_push);
  bind_field(resolvers, "Repo", "state", resolve_repo_state);
}

}  // namespace rhumb::registry
