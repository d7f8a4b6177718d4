#include "registry/identity/organization.h"

#include <fmt/format.h>

#include "registry/content/protected_flows.h"

namespace rhumb::registry {

Result<Organization> load_organization(Session& session, int64_t org_id) {
  const std::optional<Row> row = TRY(session.find_row(
      fmt::format("SELECT id, slug, name, created_at, protect_down, plan_approvals, "
                  "plan_self_approval, plan_expiry_hours, review_policy, retention_days, "
                  "session_hours, {} FROM organizations WHERE id = ?",
                  kFlowColumns),
      {org_id}));
  if (!row.has_value()) {
    return Error(ErrorCode::kNotFound, "organization not found");
  }
  const Row& r = *row;
  Organization out;
  out.id = r[0].number();
  out.slug = r[1].text();
  out.name = r[2].text();
  out.created_at = r[3].number();
  out.down = DownProtection{.required = r[4].flag(),
                            .approvals = r[5].number(),
                            .self_approval = r[6].flag(),
                            .expiry_hours = r[7].number()};
  out.review_policy = r[8].find_text();
  out.retention_days = r[9].find_number();
  out.session_hours = r[10].number();
  out.flows = read_flows(r, 11);
  return out;
}

Result<void> store_organization(Session& session, const Organization& organization) {
  const DownProtection& down = organization.down;
  const ProtectedFlows& flows = organization.flows;
  return session.run(
      fmt::format("UPDATE organizations SET (name, protect_down, plan_approvals, "
                  "plan_self_approval, plan_expiry_hours, review_policy, retention_days, "
                  "session_hours, {}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?",
                  kFlowColumns),
      {organization.name, down.required, down.approvals, down.self_approval, down.expiry_hours,
       organization.review_policy, organization.retention_days, organization.session_hours,
       flows.push, flows.move_tag, flows.push_plan, flows.approve_plan, flows.deploy_since,
       organization.id});
}

}  // namespace rhumb::registry
