#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/api/views.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr int64_t kApprovalsMax = 100;
constexpr int64_t kExpiryHoursMax = int64_t{24} * 365;

Error not_available(std::string_view what) {
  return Error(ErrorCode::kUnsupported, fmt::format("{} cannot be changed in this version", what));
}

Result<void> check_range(std::string_view what, int64_t number, int64_t most) {
  if (number < 1 || number > most) {
    return invalid(fmt::format("protectedFlows.{} must be from 1 to {}", what, most));
  }
  return {};
}

Result<void> check_members(const Json& input) {
  for (const Json::Member& member : input.as_object()) {
    const bool is_known =
        member.key == "id" || member.key == "protectedFlows" || member.key == "lockedTags";
    if (!is_known && !member.value.is_null()) {
      return not_available(member.key);
    }
  }
  return {};
}

Result<void> store_protection(Session& session, const Repo& repo, const DownProtection& wanted) {
  return session.run(
      "UPDATE repos SET protect_down = ?, plan_approvals = ?, plan_self_approval = ?, "
      "plan_expiry_hours = ? WHERE id = ?",
      {wanted.required, wanted.approvals, wanted.self_approval, wanted.expiry_hours, repo.id});
}

Result<void> lock_tags(RequestContext& context, Session& session, const Repo& repo, bool locked) {
  TRY(session.run("UPDATE repos SET locked_tags = ? WHERE id = ?", {locked, repo.id}));
  AuditEntry entry =
      audit_entry(context.caller, context.registry.now(), "settings.update", "repo/" + repo.slug);
  entry.before = codec::format_json(Json::object({{"lockedTags", repo.locked_tags}}));
  entry.after = codec::format_json(Json::object({{"lockedTags", locked}}));
  return append_audit(session, std::move(entry));
}

/// Plans that are open keep what they were made under.
Result<Json> update_repo(RequestContext& context, const Json& input, Session& session) {
  const int64_t id = TRY(read_id(input.find("id"), "repository"));
  const std::optional<Repo> repo = TRY(find_repo(session, context.caller.org_id, id));
  if (!repo) {
    return Error(ErrorCode::kNotFound, "repository not found");
  }
  Repo after = *repo;
  if (const Json* flows = input.find_object("protectedFlows")) {
    after.down = TRY(read_down_protection(*flows, repo->down));
  }
  if (after.down != repo->down) {
    TRY(store_protection(session, *repo, after.down));
    AuditEntry entry =
        audit_entry(context.caller, context.registry.now(), "policy.update", "repo/" + repo->slug);
    entry.before = codec::format_json(protected_flows_json(repo->down));
    entry.after = codec::format_json(protected_flows_json(after.down));
    TRY(append_audit(session, std::move(entry)));
  }
  after.locked_tags = input.find_bool("lockedTags").value_or(repo->locked_tags);
  if (after.locked_tags != repo->locked_tags) {
    TRY(lock_tags(context, session, *repo, after.locked_tags));
  }
  return repo_json(context.registry, after);
}

Result<Json> resolve_update_repo(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  TRY(check_members(input));
  return write_value<Json>(context.registry.store,
                           [&](Session& session) { return update_repo(context, input, session); });
}

}  // namespace

Result<DownProtection> read_down_protection(const Json& flows, DownProtection known) {
  for (const char* flow : {"push", "moveTag", "deploy", "pushPlan", "approvePlan"}) {
    if (flows.find_bool(flow).value_or(false)) {
      return not_available(fmt::format("protectedFlows.{}", flow));
    }
  }
  known.required = flows.find_bool("migrateDown").value_or(known.required);
  known.approvals = flows.find_int("approvals").value_or(known.approvals);
  known.self_approval = flows.find_bool("selfApproval").value_or(known.self_approval);
  known.expiry_hours = flows.find_int("expiryHours").value_or(known.expiry_hours);
  TRY(check_range("approvals", known.approvals, kApprovalsMax));
  TRY(check_range("expiryHours", known.expiry_hours, kExpiryHoursMax));
  return known;
}

void add_setting_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Mutation", "updateRepo", resolve_update_repo);
}

}  // namespace rhumb::registry
