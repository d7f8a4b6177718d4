#include "registry/content/protected_flows.h"

#include <fmt/format.h>

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kApprovalsMax = 100;
constexpr int64_t kExpiryHoursMax = int64_t{24} * 365;

Result<void> check_range(std::string_view what,
                         const std::optional<int64_t>& number,
                         int64_t most) {
  if (number && (*number < 1 || *number > most)) {
    return invalid(fmt::format("protectedFlows.{} must be from 1 to {}", what, most));
  }
  return {};
}

}  // namespace

Result<FlowsChange> read_flows_change(const Json& input) {
  FlowsChange change;
  const Json* flows = input.find_object("protectedFlows");
  if (flows == nullptr) {
    return change;
  }
  change.migrate_down = flows->find_bool("migrateDown");
  change.push = flows->find_bool("push");
  change.move_tag = flows->find_bool("moveTag");
  change.deploy = flows->find_bool("deploy");
  change.push_plan = flows->find_bool("pushPlan");
  change.approve_plan = flows->find_bool("approvePlan");
  change.approvals = flows->find_int("approvals");
  change.self_approval = flows->find_bool("selfApproval");
  change.expiry_hours = flows->find_int("expiryHours");
  TRY(check_range("approvals", change.approvals, kApprovalsMax));
  TRY(check_range("expiryHours", change.expiry_hours, kExpiryHoursMax));
  return change;
}

void apply_flows_change(const FlowsChange& change,
                        int64_t now,
                        DownProtection& down,
                        ProtectedFlows& flows) {
  down.required = change.migrate_down.value_or(down.required);
  down.approvals = change.approvals.value_or(down.approvals);
  down.self_approval = change.self_approval.value_or(down.self_approval);
  down.expiry_hours = change.expiry_hours.value_or(down.expiry_hours);
  flows.push = change.push.value_or(flows.push);
  flows.move_tag = change.move_tag.value_or(flows.move_tag);
  flows.push_plan = change.push_plan.value_or(flows.push_plan);
  flows.approve_plan = change.approve_plan.value_or(flows.approve_plan);
  if (change.deploy.has_value() && *change.deploy != flows.deploy_since.has_value()) {
    flows.deploy_since = *change.deploy ? std::optional(now) : std::nullopt;
  }
}

Json protected_flows_json(const DownProtection& down, const ProtectedFlows& flows) {
  return Json::object({{"migrateDown", down.required},
                       {"push", flows.push},
                       {"moveTag", flows.move_tag},
                       {"deploy", flows.deploy_since.has_value()},
                       {"pushPlan", flows.push_plan},
                       {"approvePlan", flows.approve_plan},
                       {"approvals", down.approvals},
                       {"selfApproval", down.self_approval},
                       {"expiryHours", down.expiry_hours}});
}

ProtectedFlows read_flows(const Row& row, size_t offset) {
  return {.push = row[offset].flag(),
          .move_tag = row[offset + 1].flag(),
          .push_plan = row[offset + 2].flag(),
          .approve_plan = row[offset + 3].flag(),
          .deploy_since = row[offset + 4].find_number()};
}

Result<void> require_protected(const Caller& caller, const Repo& repo, std::string_view what) {
  if (caller.rights.allows(kProtectedPermission, {.repo = repo.slug})) {
    return {};
  }
  return Error(ErrorCode::kDenied,
               fmt::format("{} of \"{}\" are protected: ask an administrator, or a token with the "
                           "scope \"{}\"",
                           what, repo.slug, kProtectedPermission));
}

}  // namespace rhumb::registry
