#include "registry/audit/redact_value.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kOrg = "org_id = ?1";
constexpr std::string_view kRepo = "repo_id = ?1";
constexpr std::string_view kOrgOfRepo = "repo_id IN (SELECT id FROM repos WHERE org_id = ?1)";
constexpr std::string_view kOrgOfState =
    "state_id IN (SELECT s.id FROM dir_states s JOIN repos r ON r.id = s.repo_id WHERE r.org_id = "
    "?1)";
constexpr std::string_view kRepoOfState =
    "state_id IN (SELECT id FROM dir_states WHERE repo_id = ?1)";
constexpr std::string_view kOrgOfEvent = "event_id IN (SELECT id FROM events WHERE org_id = ?1)";
constexpr std::string_view kRepoOfEvent = "event_id IN (SELECT id FROM events WHERE repo_id = ?1)";

}  // namespace

const std::vector<RedactedTable>& redacted_tables() {
  static const std::vector<RedactedTable> kTables = {
      {"repos", "id", "description", "", kOrg, "id = ?1"},
      {"dir_states", "id", "", "sum_body", kOrgOfRepo, kRepo},
      {"dir_files", "state_id position", "", "body", kOrgOfState, kRepoOfState},
      {"version_states", "repo_id version", "", "body", kOrgOfRepo, kRepo},
      {"schema_contents", "state_id", "description", "hcl_body sql_body", kOrgOfState,
       kRepoOfState},
      {"pushes", "id", "user_agent run_context", "", kOrgOfRepo, kRepo},
      {"databases", "id", "url atlas_version", "", kOrg, kRepo},
      {"events", "id", "error extra trigger_version user_agent atlas_version policy_violations",
       "log_body", kOrg, kRepo},
      {"event_files", "event_id position", "checks error_stmt error_text slowest", "body",
       kOrgOfEvent, kRepoOfEvent},
      {"sets", "event_id", "steps targets", "", kOrgOfEvent, kRepoOfEvent},
      {"down_plans", "id", "target_url user_agent atlas_version trigger_version", "files_body",
       kOrg, kRepo},
      {"down_decisions", "id", "comment", "",
       "plan_id IN (SELECT id FROM down_plans WHERE org_id = ?1)",
       "plan_id IN (SELECT id FROM down_plans WHERE repo_id = ?1)"},
      {"declarative_plans", "id", "from_desc to_desc run_context user_agent",
       "migration_body lint_body", kOrg, kRepo},
      {"ci_runs", "id", "run_context base branch user_agent atlas_version",
       "payload_body from_body to_body", kOrg, kRepo},
      {"promotion_approvals", "id", "comment", "", kOrg, kRepo},
      {"drawings", "id", "user_agent", "hcl_body sql_body", kOrg, ""},
      {"instances", "id", "url", "", kOrg, ""},
      {"snapshots", "id", "user_agent", "hcl_body stats_body",
       "instance_id IN (SELECT id FROM instances WHERE org_id = ?1)", ""},
      {"drifts", "id", "", "diff_body", kOrg,
       "database_id IN (SELECT id FROM databases WHERE repo_id = ?1)"},
      {"alerts", "id", "body", "", kOrg, kRepo},
      {"webhook_deliveries", "id", "request response error", "", kOrg,
       "alert_id IN (SELECT id FROM alerts WHERE repo_id = ?1)"},
  };
  return kTables;
}

}  // namespace rhumb::registry
