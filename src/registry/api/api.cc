#include "registry/api/api.h"

#include "base/check.h"
#include "registry/api/api_options.h"
#include "registry/api/own_account.h"
#include "registry/api/request_context.h"

namespace rhumb::registry {
namespace {

/// Reports grow members over time; older servers must not refuse them.
bool is_lenient(std::string_view type) {
  return type.starts_with("Report") || type.ends_with("SnapshotInput") ||
         type == "BeginMigrationSetInput";
}

graphql::InputRules input_rules() {
  graphql::InputRules rules;
  rules.lenient_type = is_lenient;
  rules.scalars["Bytes"] = graphql::check_base64;
  rules.scalars["Time"] = graphql::check_rfc3339;
  rules.null_lists = true;
  rules.one_by_one["ReportMigrationSetInput"] = kSetEntries;
  rules.one_by_one["ReportSchemaApplySetInput"] = kSetEntries;
  return rules;
}

graphql::Resolvers all_resolvers(const ApiOptions& options) {
  graphql::Resolvers resolvers;
  add_identity_resolvers(resolvers);
  add_directory_resolvers(resolvers);
  add_schema_resolvers(resolvers);
  add_schema_diff_resolvers(resolvers);
  add_tag_resolvers(resolvers);
  add_plan_resolvers(resolvers);
  add_ci_resolvers(resolvers);
  add_drawing_resolvers(resolvers);
  add_snapshot_resolvers(resolvers);
  add_drift_resolvers(resolvers);
  add_report_resolvers(resolvers);
  add_repo_resolvers(resolvers);
  add_database_resolvers(resolvers);
  add_database_change_resolvers(resolvers);
  add_event_resolvers(resolvers);
  add_down_resolvers(resolvers);
  add_policy_resolvers(resolvers);
  add_setting_resolvers(resolvers);
  add_token_resolvers(resolvers);
  add_member_resolvers(resolvers);
  add_account_resolvers(resolvers);
  add_passkey_resolvers(resolvers, options);
  add_device_resolvers(resolvers);
  add_trust_resolvers(resolvers);
  add_bot_resolvers(resolvers);
  add_organization_resolvers(resolvers);
  add_trace_resolvers(resolvers);
  add_audit_resolvers(resolvers);
  add_webhook_resolvers(resolvers);
  return resolvers;
}

}  // namespace

Result<graphql::Engine> make_api() {
  return make_api(ApiOptions());
}

Result<graphql::Engine> make_api(const ApiOptions& options) {
  graphql::Engine::Options parts;
  parts.resolvers = all_resolvers(options);
  parts.rules = input_rules();
  graphql::Engine engine = TRY(graphql::Engine::create(api_schema(), std::move(parts)));
  const std::vector<std::string> unresolved = engine.unresolved_root_fields();
  RHUMB_CHECK(unresolved.empty(), unresolved.empty() ? "" : unresolved[0].c_str());
  return engine;
}

}  // namespace rhumb::registry
