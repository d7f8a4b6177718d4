#include "registry/policy/policy_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "registry/policy/permit.h"
#include "registry/policy/policy_facts.h"
#include "registry/policy/policy_json.h"
#include "registry/policy/policy_store.h"

namespace rhumb::registry {
namespace {

using registry_api::MigrationReport;

bool has_executed(const PreparedReport& prepared) {
  return prepared.kind == "APPLY" && !prepared.report.dry_run && !prepared.files.empty();
}

std::string dir_hash_of(const MigrationReport& report) {
  return report.extras.dir_hash.value_or("");
}

/// When the run began, which is what the rules of that time are asked about.
int64_t start_of(const ReportedDeployment& deployment) {
  const auto start = to_stored(deployment.prepared.report.start);
  return std::min(start.value_or(deployment.received_at), deployment.received_at);
}

}  // namespace

Result<std::vector<PolicyReason>> ReportJudge::judge(const ReportedDeployment& deployment) {
  if (!any_) {
    any_ = TRY(registry_.policies.has_any(session_, caller_->org_id, deployment.received_at));
  }
  if (!*any_ || !has_executed(deployment.prepared)) {
    return std::vector<PolicyReason>();
  }
  std::vector<PolicyReason> reasons = TRY(find_violations(deployment));
  if (!reasons.empty()) {
    TRY(flag(deployment, reasons));
  }
  return reasons;
}

Result<std::vector<PolicyReason>> ReportJudge::find_violations(
    const ReportedDeployment& deployment) {
  std::vector<PolicyReason> out;
  const std::optional<std::string> refusal = TRY(judge_permit(deployment));
  if (!refusal) {
    return out;
  }
  const std::string& env = deployment.prepared.report.env_name;
  const std::optional<int64_t> since =
      TRY(protected_since(session_, caller_->org_id, &deployment.repo, env));
  if (since && start_of(deployment) >= *since - kPermitSkewNs) {
    out.push_back({std::string(kProtectionPolicy),
                   fmt::format("the run in \"{}\" was not let in: {}", env, *refusal),
                   PolicyAction::kFail,
                   {}});
  }
  std::vector<PolicyReason> reasons = TRY(find_stage_reasons(deployment));
  std::ranges::move(reasons, std::back_inserter(out));
  return out;
}

/// Why the permit of a report does not count; nothing when it does.
Result<std::optional<std::string>> ReportJudge::judge_permit(const ReportedDeployment& deployment) {
  const MigrationReport& report = deployment.prepared.report;
  const std::string text = report.extras.permit.value_or("");
  if (text.empty()) {
    return std::optional<std::string>("it has no permit");
  }
  const Result<Permit> permit = open_permit(session_, text);
  if (!permit) {
    return permit.error().code() == ErrorCode::kDenied
               ? Result<std::optional<std::string>>(std::optional(permit.error().message()))
               : permit.error();
  }
  return refuse_permit(*permit, {.bond = {.org_id = caller_->org_id,
                                          .repo = deployment.repo.slug,
                                          .env = report.env_name,
                                          .target_id = report.target.id,
                                          .target_schema = report.target.schema,
                                          .dir_hash = dir_hash_of(report),
                                          .version = report.to_version},
                                 .start = to_stored(report.start),
                                 .end = to_stored(report.end),
                                 .received_at = deployment.received_at});
}

Result<std::vector<PolicyReason>> ReportJudge::find_stage_reasons(
    const ReportedDeployment& deployment) {
  const MigrationReport& report = deployment.prepared.report;
  const std::vector<std::string> key = {deployment.repo.slug, report.env_name, report.to_version,
                                        dir_hash_of(report)};
  const auto known = known_.find(key);
  if (known != known_.end()) {
    return known->second;
  }
  std::vector<PolicyReason> reasons = TRY(find_reasons(session_, registry_,
                                                       {.org_id = caller_->org_id,
                                                        .repo = deployment.repo,
                                                        .env = report.env_name,
                                                        .version = report.to_version,
                                                        .dir_hash = dir_hash_of(report),
                                                        .at = start_of(deployment)}));
  return known_.emplace(key, std::move(reasons)).first->second;
}

Result<void> ReportJudge::flag(const ReportedDeployment& deployment,
                               const std::vector<PolicyReason>& reasons) {
  const std::string text = codec::format_json(to_json(reasons));
  TRY(session_.run("UPDATE events SET policy_violations = ? WHERE id = ?",
                   {text, deployment.event_id}));
  AuditEntry entry = audit_entry(*caller_, deployment.received_at, "deployment.policy_violation",
                                 fmt::format("deployment/{}", deployment.event_id));
  entry.after = text;
  return append_audit(session_, std::move(entry));
}

}  // namespace rhumb::registry
