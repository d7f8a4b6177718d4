#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/protected_flows.h"
#include "registry/identity/organization.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr int64_t kDaysMax = int64_t{365} * 100;
constexpr int64_t kSessionHoursMax = int64_t{24} * 365;

Json settings_json(const Organization& organization) {
  return Json::object(
      {{"name", organization.name},
       {"protectedFlows", protected_flows_json(organization.down, organization.flows)},
       {"reviewPolicy", text_json(organization.review_policy)},
       {"retentionDays",
        organization.retention_days.has_value() ? Json(*organization.retention_days) : Json()},
       {"sessionHours", organization.session_hours}});
}

Json organization_json(const Organization& organization) {
  Json out = settings_json(organization);
  out.set("id", std::to_string(organization.id));
  out.set("slug", organization.slug);
  out.set("createdAt", time_json(organization.created_at));
  return out;
}

Result<void> check_range(std::string_view what, int64_t number, int64_t most) {
  if (number < 1 || number > most) {
    return invalid(fmt::format("{} must be from 1 to {}", what, most));
  }
  return {};
}

/// What was not given stays; null takes a policy or a limit away.
Result<void> apply_input(const Json& input, int64_t now, Organization& organization) {
  if (const std::optional<std::string> name = read_text(input, "name")) {
    TRY(check_name("name", *name));
    organization.name = *name;
  }
  const FlowsChange flows = TRY(read_flows_change(input));
  apply_flows_change(flows, now, organization.down, organization.flows);
  if (input.find("reviewPolicy") != nullptr) {
    organization.review_policy = read_text(input, "reviewPolicy");
  }
  if (input.find("retentionDays") != nullptr) {
    organization.retention_days = input.find_int("retentionDays");
    TRY(check_range("retentionDays", organization.retention_days.value_or(1), kDaysMax));
  }
  if (const std::optional<int64_t> hours = input.find_int("sessionHours")) {
    TRY(check_range("sessionHours", *hours, kSessionHoursMax));
    organization.session_hours = *hours;
  }
  return {};
}

Result<Json> change_organization(RequestContext& context, Session& session, const Json& input) {
  Organization organization = TRY(load_organization(session, context.caller.org_id));
  const Json before = settings_json(organization);
  TRY(apply_input(input, context.registry.now(), organization));
  const Json after = settings_json(organization);
  if (codec::format_json(before) != codec::format_json(after)) {
    TRY(store_organization(session, organization));
    AuditEntry entry = audit_entry(context.caller, context.registry.now(), "settings.update",
                                   "organization/" + organization.slug);
    entry.before = codec::format_json(before);
    entry.after = codec::format_json(after);
    TRY(append_audit(session, std::move(entry)));
    // Its name and how long sessions last are kept with tokens and sessions.
    TRY(tell_tokens_changed(context.registry, session));
  }
  return organization_json(organization);
}

Result<Json> resolve_organization(RequestContext& context, FieldCall&) {
  TRY(require(context.caller, "cloud:read"));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Organization organization = TRY(load_organization(session, context.caller.org_id));
    return organization_json(organization);
  });
}

Result<Json> update_organization(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  Result<Json> changed = write_value<Json>(context.registry.store, [&](Session& session) {
    return change_organization(context, session, input);
  });
  context.registry.tokens.forget();
  return changed;
}

}  // namespace

void add_organization_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "organization", resolve_organization);
  bind_root(resolvers, "Mutation", "updateOrganization", update_organization);
}

}  // namespace rhumb::registry
