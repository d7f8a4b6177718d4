#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry/content/repos.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/policy/policy.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// A deployment as its report tells of it.
struct ReportedDeployment {
  const PreparedReport& prepared;
  const Repo& repo;
  int64_t event_id = 0;
  int64_t received_at = 0;
};

/// Holds reports against the policies they were executed under.
///
/// What a deployment is found to have been executed against is the protection of its environment,
/// when it shows no permit that lets it in, and the policy that would have refused it. A permit
/// speaks for all of it: whoever has one was let in. Reverts, dry runs and runs that executed
/// nothing are not looked at, and what began before there was a protection or a policy is not held
/// against it.
class ReportJudge {
 public:
  /// References must outlive it, which is one transaction's worth of reports.
  ReportJudge(Registry& registry, const Caller& caller, Session& session)
      : registry_(registry), caller_(&caller), session_(session) {}

  /// Whose what comes next is, of the same organization.
  void speak_for(const Caller& caller) { caller_ = &caller; }

  /// Notes what there is at the event, and in the audit log as `deployment.policy_violation`, and
  /// returns it. Must run in the transaction that stores the report.
  Result<std::vector<PolicyReason>> judge(const ReportedDeployment& deployment);

 private:
  Result<std::vector<PolicyReason>> find_violations(const ReportedDeployment& deployment);
  Result<std::optional<std::string>> judge_permit(const ReportedDeployment& deployment);
  Result<std::vector<PolicyReason>> find_stage_reasons(const ReportedDeployment& deployment);
  Result<void> flag(const ReportedDeployment& deployment, const std::vector<PolicyReason>& reasons);

  Registry& registry_;
  const Caller* caller_;
  Session& session_;
  std::optional<bool> any_;  ///< policies or protections at all
  // Entries of a set are mostly of one version: what holds for the first holds for all.
  std::map<std::vector<std::string>, std::vector<PolicyReason>> known_;
};

}  // namespace rhumb::registry
