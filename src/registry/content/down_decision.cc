#include <fmt/format.h>

#include "registry/alerts/alert_content.h"
#include "registry/content/down_plans.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kCommentMax = 4096;

Error wrong_status(const DownPlan& plan, const PlanDecision& decision, int64_t now) {
  const bool has_expired =
      plan.status == "ABORTED" && plan.ended_at == plan.expires_at && plan.expires_at <= now;
  return Error(ErrorCode::kConflict,
               fmt::format("plan {} is {}{} and cannot be {}", plan.id, plan.status,
                           has_expired ? " (it was not decided, or not carried out, in time)" : "",
                           decision.approves ? "approved" : "aborted"));
}

Result<void> check_decision(const Caller& caller,
                            const DownPlan& plan,
                            const PlanDecision& decision,
                            int64_t now) {
  const Actor& actor = caller.origin.actor;
  const bool is_own = is_same(actor, plan.actor);
  if (decision.approves || !is_own) {
    TRY(require(caller, "plan:approve", {.repo = plan.repo_slug, .env = plan.env_name}));
  }
  if (decision.approves ? plan.status != "PENDING_USER" : !plan.is_open()) {
    return wrong_status(plan, decision, now);
  }
  if (decision.approves && is_own && !plan.self_approval) {
    return Error(ErrorCode::kDenied,
                 fmt::format("plan {} cannot be approved by \"{}\", who asked for it", plan.id,
                             plan.actor.name));
  }
  return {};
}

/// How many have approved, with the one who does now.
Result<int64_t> count_approvals(Session& session, const Caller& caller, const DownPlan& plan) {
  const Actor& actor = caller.origin.actor;
  int64_t count = 1;
  bool has_before = false;
  TRY(session.for_each(
      "SELECT actor_kind, actor_id, actor_name FROM down_decisions WHERE plan_id = ? AND approved "
      "= 1",
      {plan.id}, [&](const Row& row) {
        ++count;
        has_before =
            has_before || is_same(actor, Actor{row[0].text(), row[1].find_number(), row[2].text()});
        return true;
      }));
  if (has_before) {
    return Error(ErrorCode::kConflict,
                 fmt::format("\"{}\" has approved plan {} already", actor.name, plan.id));
  }
  return count;
}

Result<void> store_decision(Session& session,
                            const Caller& caller,
                            const PlanDecision& decision,
                            int64_t now) {
  const Actor& actor = caller.origin.actor;
  return session.run(
      "INSERT INTO down_decisions (plan_id, approved, comment, decided_at, actor_kind, actor_id, "
      "actor_name) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {decision.plan_id, decision.approves, decision.comment, now, actor.kind, actor.id,
       actor.name});
}

Result<void> approve(Session& session, const Caller& caller, const DownPlan& plan, int64_t now) {
  const int64_t approvals = TRY(count_approvals(session, caller, plan));
  if (approvals < plan.approvals) {
    return {};
  }
  // Whoever asked has the whole time again to carry it out.
  return session.run("UPDATE down_plans SET status = 'APPROVED', expires_at = ? WHERE id = ?",
                     {now + plan.expiry_ns(), plan.id});
}

Result<void> abort_plan(Session& session, int64_t plan_id, int64_t now) {
  return session.run("UPDATE down_plans SET status = 'ABORTED', ended_at = ? WHERE id = ?",
                     {now, plan_id});
}

Result<DownPlan> apply_decision(Registry& registry,
                                const Caller& caller,
                                const PlanDecision& decision,
                                Session& session) {
  const int64_t now = registry.now();
  const DownPlan plan = TRY(load_plan(session, caller.org_id, decision.plan_id, now));
  TRY(check_decision(caller, plan, decision, now));
  if (decision.approves) {
    TRY(approve(session, caller, plan, now));
  } else {
    TRY(abort_plan(session, plan.id, now));
  }
  TRY(store_decision(session, caller, decision, now));
  DownPlan after = TRY(load_plan(session, caller.org_id, plan.id, now));
  AuditEntry entry = audit_entry(caller, now, decision.approves ? "down.approve" : "down.abort",
                                 fmt::format("plan/{}", plan.id));
  entry.before = codec::format_json(Json::object({{"status", plan.status}}));
  entry.after = codec::format_json(
      Json::object({{"status", after.status}, {"comment", decision.comment.value_or("")}}));
  TRY(append_audit(session, std::move(entry)));
  if (after.status != plan.status) {
    TRY(tell_down_plan(registry, caller, session, {.plan = after, .comment = decision.comment}));
  }
  return after;
}

}  // namespace

Result<DownPlan> decide_plan(Registry& registry,
                             const Caller& caller,
                             const PlanDecision& decision) {
  if (decision.comment.value_or("").size() > kCommentMax) {
    return invalid(fmt::format("comment must not be longer than {} bytes", kCommentMax));
  }
  return write_value<DownPlan>(registry.store, [&](Session& session) {
    return apply_decision(registry, caller, decision, session);
  });
}

}  // namespace rhumb::registry
