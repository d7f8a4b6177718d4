#include "cli/deployment_gate.h"

#include "base/go_format.h"
#include "project/check_rules.h"
#include "project/functions_host.h"
#include "registry_api/documents.h"

namespace rhumb::cli {
namespace {

using codec::Json;

/// A plan in one of the forms of its texts.
project::PlannedMigration to_planned_migration(const migrate::Planned& planned,
                                               migrate::TextForm form) {
  project::PlannedMigration migration;
  migration.target_version = planned.target;
  for (const auto& file : planned.files) {
    project::PlannedMigration::File& added = migration.files.emplace_back();
    added.name = file->file().name;
    added.version = file->file().version;
    added.content = file->content(form);
    file->visit_statements(0, file->statement_count(),
                           [&](const migrate::StatementText& statement) {
                             added.statements.push_back(statement.in(form));
                           });
  }
  return migration;
}

Json question_input(const DeploymentQuestion& question) {
  Json target = Json::object({{"id", question.target.identity},
                              {"schema", question.target.schema},
                              {"url", question.target.url}});
  Json input = Json::object({{"repo", question.repo},
                             {"envName", question.environment.name},
                             {"version", question.version}});
  input.set_unless_empty("hash", question.target.dir_hash);
  input.set("targets", Json::array({std::move(target)}));
  input.set_unless_empty("overrideReason", question.override_reason);
  return input;
}

/// Whether a registry that does not answer stops the run.
bool fails_closed(const DeploymentQuestion& question) {
  const std::string& wish = question.environment.migration.policy_unreachable;
  return wish.empty() ? question.from_registry : wish == "FAIL";
}

Error blocked(const Json& reason) {
  const std::string policy = reason.string_or_empty("policy");
  const std::string message = reason.string_or_empty("message");
  return Error(ErrorCode::kDenied, "\"migrate apply\" was blocked by registry policy " +
                                       go_quote(policy) + ": " + message)
      .caused_by({.code = policy, .text = message});
}

Result<std::string> read_answer(const Invocation& invocation, const Json& answer) {
  const Json::Array* reasons = answer.find_array("reasons");
  const bool allowed = answer.find_bool("allowed").value_or(true);
  if (reasons != nullptr) {
    for (const Json& reason : *reasons) {
      if (!allowed && reason.string_or_empty("violation") != "WARN") {
        return blocked(reason);
      }
      invocation.warn("registry policy " + go_quote(reason.string_or_empty("policy")) + ": " +
                      reason.string_or_empty("message"));
    }
  }
  if (!allowed) {
    return Error(ErrorCode::kDenied, "\"migrate apply\" was blocked by the registry");
  }
  const Json::Array* permits = answer.find_array("permits");
  return permits == nullptr || permits->empty() ? std::string()
                                                : permits->front().string_or_empty("permit");
}

}  // namespace

Result<void> ask_checks(const Invocation& invocation,
                        const project::Environment& environment,
                        const migrate::Planned& planned) {
  if (environment.checks.rules.empty()) {
    return {};
  }
  App& app = invocation.app;
  project::FunctionsHost host(app.environment,
                              [&app](std::string_view line) { app.err << line << "\n"; });
  return project::check_migration(
      environment.checks, to_planned_migration(planned, migrate::TextForm::kShown),
      to_planned_migration(planned, migrate::TextForm::kReported), host);
}

Result<std::string> ask_permit(const Invocation& invocation,
                               RegistrySession& session,
                               const DeploymentQuestion& question) {
  registry_api::RegistryClient* client = TRY(session.connect_for_report());
  if (!client->has_feature("policy")) {
    return std::string();
  }
  const Result<Json> answer =
      client->call_input(registry_api::kCheckDeployment, question_input(question));
  if (answer.has_value()) {
    return read_answer(invocation, answer.value());
  }
  if (fails_closed(question)) {
    return answer.error().context("asking the registry whether this may be deployed");
  }
  invocation.warn("the registry could not be asked whether this may be deployed: " +
                  answer.error().message());
  return std::string();
}

}  // namespace rhumb::cli
