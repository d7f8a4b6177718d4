#include "registry/api/request_context.h"
#include "registry/identity/tokens.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Result<Json> resolve_me(RequestContext& context, FieldCall&) {
  const Caller& caller = context.caller;
  return Json::object({{"name", caller.origin.actor.name},
                       {"org", caller.org_slug},
                       {"kind", caller.origin.actor.kind},
                       {"orgName", caller.org_name},
                       {"roles", to_json(caller.rights.roles())},
                       {"grants", to_json(caller.rights.without_limit().grants)},
                       {"scopes", to_json(caller.rights.scopes)},
                       {"expiresAt", time_json(caller.expires_at)}});
}

/// The bearer of the request is checked before anything is resolved; here it is the argument's
/// turn.
Result<Json> check_token(RequestContext& context, const std::string& token) {
  bool valid = TRY(read_value<bool>(context.registry.store, [&](Session& session) -> Result<bool> {
    const std::optional<TokenOwner> owner = TRY(find_token(session, token, context.registry.now()));
    return owner.has_value();
  }));
  return Json::object({{"success", valid}});
}

}  // namespace

void add_identity_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "me", resolve_me);
  bind_root(resolvers, "Mutation", "validateToken", [](RequestContext& context, FieldCall& call) {
    return check_token(context, call.arguments().string_or_empty("token"));
  });
  bind_root(resolvers, "Mutation", "reportGitHubCLI", [](RequestContext& context, FieldCall& call) {
    return check_token(context, call.arguments().string_or_empty("atlasCloudToken"));
  });
}

}  // namespace rhumb::registry
