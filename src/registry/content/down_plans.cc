#include "registry/content/down_plans.h"

#include <fmt/format.h>

namespace rhumb::registry {
namespace {

// With the time of asking as the first parameter: what has run out is aborted, whoever notices.
constexpr std::string_view kSelect =
    "SELECT p.id, p.ext_id, p.fingerprint, p.repo_id, p.env_id, r.slug, n.name, p.target_id, "
    "p.target_schema, p.from_version, p.to_version, p.files_body, p.approvals, p.self_approval, "
    "p.expiry_hours, p.shown_status, p.created_at, p.expires_at, "
    "CASE WHEN p.shown_status <> p.status THEN p.expires_at ELSE p.ended_at END, p.event_id, "
    "p.actor_kind, p.actor_id, p.actor_name FROM (SELECT *, CASE WHEN status IN ('PENDING_USER', "
    "'APPROVED') AND expires_at <= ? THEN 'ABORTED' ELSE status END AS shown_status FROM "
    "down_plans) p JOIN repos r ON r.id = p.repo_id JOIN environments n ON n.id = p.env_id ";

DownPlan read_plan(const Row& row) {
  DownPlan plan;
  plan.id = row[0].number();
  plan.ext_id = row[1].text();
  plan.fingerprint = Blob{row[2].text()};
  plan.repo_id = row[3].number();
  plan.env_id = row[4].number();
  plan.repo_slug = row[5].text();
  plan.env_name = row[6].text();
  plan.target_id = row[7].text();
  plan.target_schema = row[8].text();
  plan.from_version = row[9].text();
  plan.to_version = row[10].text();
  plan.files = Blob{row[11].text()};
  plan.approvals = row[12].number();
  plan.self_approval = row[13].flag();
  plan.expiry_hours = row[14].number();
  plan.status = row[15].text();
  plan.created_at = row[16].number();
  plan.expires_at = row[17].number();
  plan.ended_at = row[18].find_number();
  plan.event_id = row[19].find_number();
  plan.actor = Actor{row[20].text(), row[21].find_number(), row[22].text()};
  return plan;
}

Result<std::optional<DownPlan>> find_by(Session& session,
                                        std::string_view condition,
                                        const Params& params) {
  const std::optional<Row> row =
      TRY(session.find_row(fmt::format("{}WHERE {}", kSelect, condition), params));
  return row ? std::optional<DownPlan>(read_plan(*row)) : std::nullopt;
}

/// Whether anything was done to the plan's database since it ended, as far as reports tell.
Result<bool> has_moved_since(Session& session, const DownPlan& plan) {
  constexpr std::string_view kMoved =
      "SELECT e.id FROM databases d JOIN events e ON e.database_id = coalesce(d.merged_into, d.id) "
      "WHERE d.repo_id = ? AND "
      "d.env_id = ? AND d.ext_id = ? AND d.schema_name = ? AND e.dry_run = 0 AND e.status <> "
      "'NO_ACTION' AND {} LIMIT 1";
  const std::string_view later = plan.event_id.has_value()
                                     ? "e.order_at > (SELECT order_at FROM events WHERE id = ?)"
                                     : "e.received_at > ?";
  const Value moved = TRY(session.scalar(
      fmt::format(kMoved, later), {plan.repo_id, plan.env_id, plan.target_id, plan.target_schema,
                                   plan.event_id.has_value() ? plan.event_id : plan.ended_at}));
  return !moved.is_null();
}

Result<bool> is_spent(Session& session, const DownPlan& plan, int64_t now) {
  if (plan.is_open()) {
    return false;
  }
  if (plan.status == "ABORTED" && now - plan.ended_at.value_or(now) >= plan.expiry_ns()) {
    return true;
  }
  return has_moved_since(session, plan);
}

/// Of a database that is at another version than they start from.
constexpr std::string_view kOpenPlansSql =
    "SELECT id FROM down_plans WHERE org_id = ? AND target_id = ? AND status IN ('PENDING_USER', "
    "'APPROVED') AND repo_id = ? AND env_id = ? AND target_schema = ? AND from_version <> ?";

Params open_plans_params(const PlanSettlement& settlement) {
  return {settlement.org_id, settlement.target.id,     settlement.repo_id,
          settlement.env_id, settlement.target.schema, settlement.current_version};
}

Result<void> settle_own_plan(Session& session, const PlanSettlement& settlement, int64_t now) {
  if (settlement.plan_id.empty()) {
    return {};
  }
  const std::optional<DownPlan> plan =
      TRY(find_by(session, "p.org_id = ? AND p.ext_id = ? ORDER BY p.id DESC LIMIT 1",
                  {now, settlement.org_id, settlement.plan_id}));
  if (!plan || plan->status == "APPLIED") {
    return {};
  }
  if (!settlement.passed) {
    return session.run("UPDATE down_plans SET event_id = ? WHERE id = ?",
                       {settlement.event_id, plan->id});
  }
  return session.run(
      "UPDATE down_plans SET status = 'APPLIED', ended_at = ?, event_id = ? WHERE id = ?",
      {now, settlement.event_id, plan->id});
}

}  // namespace

Result<std::optional<DownPlan>> find_plan(Session& session,
                                          int64_t org_id,
                                          std::string_view ext_id,
                                          int64_t now) {
  std::optional<DownPlan> plan = TRY(find_by(
      session, "p.org_id = ? AND p.ext_id = ? ORDER BY p.id DESC LIMIT 1", {now, org_id, ext_id}));
  if (plan) {
    const bool spent = TRY(is_spent(session, *plan, now));
    if (spent) {
      plan.reset();
    }
  }
  return plan;
}

Result<DownPlan> load_plan(Session& session, int64_t org_id, int64_t id, int64_t now) {
  std::optional<DownPlan> plan =
      TRY(find_by(session, "p.org_id = ? AND p.id = ?", {now, org_id, id}));
  if (!plan) {
    return Error(ErrorCode::kNotFound, "plan not found");
  }
  return *std::move(plan);
}

Result<PlanPage> list_plans(Session& session,
                            const PlanFilter& filter,
                            const Page& page,
                            int64_t now) {
  std::string where = "WHERE p.org_id = ?";
  Params params = {now, filter.org_id};
  if (filter.repo_id) {
    where += " AND p.repo_id = ?";
    params.emplace_back(*filter.repo_id);
  }
  std::string list;
  for (const std::string& status : filter.statuses) {
    list += list.empty() ? "?" : ", ?";
    params.emplace_back(status);
  }
  where += list.empty() ? "" : fmt::format(" AND p.shown_status IN ({})", list);
  PlanPage out;
  const Value total = TRY(
      session.scalar(fmt::format("SELECT count(*) FROM ({}{}) AS listed", kSelect, where), params));
  out.facts.total = total.number();
  const int64_t offset = page.after.value_or(page.offset());
  params.emplace_back(page.size);
  params.emplace_back(offset);
  TRY(session.for_each(fmt::format("{}{} ORDER BY p.id DESC LIMIT ? OFFSET ?", kSelect, where),
                       params, [&out](const Row& row) {
                         out.plans.push_back(read_plan(row));
                         return true;
                       }));
  const int64_t end = offset + static_cast<int64_t>(out.plans.size());
  out.facts.end = out.plans.empty() ? std::nullopt : std::optional<int64_t>(end);
  out.facts.has_next = end < out.facts.total && !out.plans.empty();
  return out;
}

Result<std::vector<int64_t>> settle_plans(Session& session,
                                          const PlanSettlement& settlement,
                                          int64_t now) {
  TRY(settle_own_plan(session, settlement, now));
  std::vector<int64_t> overtaken;
  if (!settlement.applies) {
    return overtaken;
  }
  TRY(session.for_each(kOpenPlansSql, open_plans_params(settlement), [&overtaken](const Row& row) {
    overtaken.push_back(row[0].number());
    return true;
  }));
  for (const int64_t id : overtaken) {
    TRY(session.run("UPDATE down_plans SET status = 'ABORTED', ended_at = ? WHERE id = ?",
                    {now, id}));
  }
  return overtaken;
}

Result<void> ask_for_open_plans(Session& session, const PlanSettlement& settlement) {
  return session.ask_ahead(kOpenPlansSql, open_plans_params(settlement));
}

Result<std::string> only_env_name(Session& session,
                                  int64_t org_id,
                                  std::string_view repo,
                                  const registry_api::DeployedTarget& target) {
  const Rows names = TRY(session.query(
      "SELECT DISTINCT n.name FROM databases d JOIN environments n ON n.id = d.env_id JOIN repos r "
      "ON r.id = d.repo_id WHERE d.org_id = ? AND d.ext_id = ? AND d.schema_name = ? AND ? IN "
      "(r.slug, r.name) AND n.name <> '' LIMIT 2",
      {org_id, target.id, target.schema, repo}));
  return names.size() == 1 ? names.front()[0].text() : std::string();
}

std::string plan_link(const Registry& registry, int64_t plan_id) {
  return fmt::format("{}/plans/{}", registry.public_url, plan_id);
}

}  // namespace rhumb::registry
