#include "registry/api/request_context.h"
#include "registry/identity/devices.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Result<Json> resolve_device(RequestContext& context, FieldCall& call) {
  const WaitingDevice device = TRY(
      find_device(context.registry, context.caller, call.arguments().string_or_empty("userCode")));
  return Json::object({{"userCode", device.user_code},
                       {"client", device.client},
                       {"ip", device.ip},
                       {"requestedAt", time_json(device.created_at)}});
}

Result<Json> decide(RequestContext& context, FieldCall& call) {
  TRY(decide_device(context.registry, context.caller, call.input().string_or_empty("userCode"),
                    call.input().find_bool("approve").value_or(false)));
  return Json::object({{"success", true}});
}

}  // namespace

void add_device_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "device", resolve_device);
  bind_root(resolvers, "Mutation", "decideDevice", decide);
}

}  // namespace rhumb::registry
