#include "cli/deployment_gate.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "base/go_format.h"
#include "cli/cloud_data.h"
#include "project/check_rules.h"
#include "project/functions_host.h"
#include "registry_api/documents.h"

namespace rhumb::cli {
namespace {

using codec::Json;

/// For one question with its retries: the database is locked meanwhile.
constexpr std::chrono::seconds kBudget{30};
/// How long permits are used without asking again; they are good for longer.
constexpr std::chrono::minutes kFreshness{10};
/// Versions that are asked about for all targets at once.
constexpr size_t kBatchesMax = 4;

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

/// Whether a registry that does not answer, but has policies, stops the run.
bool fails_closed(const DeploymentQuestion& question) {
  const std::string& wish = question.environment.migration.policy_unreachable;
  return wish.empty() ? question.from_registry : wish == "FAIL";
}

std::string policy_and_message(const Json& reason) {
  return "registry policy " + go_quote(reason.string_or_empty("policy")) + ": " +
         reason.string_or_empty("message");
}

bool is_warning(const Json& reason) {
  return reason.string_or_empty("violation") == "WARN";
}

Error refusal_of(const Json::Array& reasons) {
  std::string text;
  std::string policy;
  for (const Json& reason : reasons) {
    if (!is_warning(reason)) {
      policy = policy.empty() ? reason.string_or_empty("policy") : policy;
      text += (text.empty() ? "" : "\n") + std::string("\"migrate apply\" was blocked by ") +
              policy_and_message(reason);
    }
  }
  const std::string plain = "\"migrate apply\" was blocked by the registry";
  return Error(ErrorCode::kDenied, text.empty() ? plain : text)
      .caused_by({.code = policy, .text = text});
}

std::string key_of(const DeploymentQuestion& question) {
  return codec::format_json(Json::array(
      {question.repo, question.environment.name, question.target.dir_hash, question.version}));
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

DeploymentGate::DeploymentGate(const Invocation& invocation, RegistrySession& session)
    : invocation_(invocation),
      session_(session),
      memory_(invocation.app.environment, invocation.app.clock) {}

void DeploymentGate::expect(size_t number, std::string repo, std::string url) {
  expected_.insert_or_assign(number, Expected{.repo = std::move(repo), .url = std::move(url)});
}

PolicyQuestion DeploymentGate::about(const DeploymentQuestion& question) const {
  const project::Login login = session_.require_login().value_or(project::Login{});
  return {.endpoint = login.endpoint,
          .repo = question.repo,
          .env = question.environment.name,
          .dir_hash = question.target.dir_hash,
          .version = question.version};
}

Result<std::string> DeploymentGate::ask(const DeploymentQuestion& question) {
  if (const auto known = find_answer(question)) {
    return *known;
  }
  if (!TRY(session_.login())) {
    return std::string();  // the report is only printed
  }
  registry_api::RegistryClient* client = TRY(session_.connect_for_report());
  if (client->has_feature("policy")) {
    return ask_registry(*client, question);
  }
  if (session_.may_recover()) {
    return go_without_answer(question, "it did not answer");
  }
  memory_.note_policies(about(question).endpoint, false);
  return std::string();
}

/// What was said earlier in this run, if it still holds and is about this target too.
std::optional<Result<std::string>> DeploymentGate::find_answer(
    const DeploymentQuestion& question) const {
  const auto found = answers_.find(key_of(question));
  if (found == answers_.end()) {
    return std::nullopt;
  }
  const Answer& answer = found->second;
  if (answer.refusal) {
    return *answer.refusal;
  }
  if (!answer.needs_permits) {
    return std::string();
  }
  const auto permit = answer.permits.find(question.number);
  const bool is_good = permit != answer.permits.end() &&
                       permit->second.target_id == question.target.identity && is_fresh(answer);
  return is_good ? std::optional(Result<std::string>(permit->second.text)) : std::nullopt;
}

/// Whether to ask for the targets that follow as well: of a version that nobody has asked about,
/// and again when what was said is old. Versions that differ from target to target are asked one by
/// one.
bool DeploymentGate::asks_for_all(const DeploymentQuestion& question) const {
  const auto known = answers_.find(key_of(question));
  return known == answers_.end() ? answers_.size() < kBatchesMax : !is_fresh(known->second);
}

bool DeploymentGate::is_fresh(const Answer& answer) const {
  return invocation_.app.clock.now() - answer.time < kFreshness;
}

DeploymentGate::Targets DeploymentGate::targets_of(const DeploymentQuestion& question) const {
  Targets targets;
  targets.emplace(question.number, Json::object({{"id", question.target.identity},
                                                 {"schema", question.target.schema},
                                                 {"url", question.target.url}}));
  const bool for_all = asks_for_all(question);
  for (auto next = expected_.upper_bound(question.number); for_all && next != expected_.end();
       ++next) {
    if (next->second.repo == question.repo) {
      targets.emplace(next->first,
                      Json::object({{"id", ""}, {"schema", ""}, {"url", next->second.url}}));
    }
  }
  return targets;
}

/// What was said of other targets of the same version still holds.
const DeploymentGate::Answer& DeploymentGate::remember(const DeploymentQuestion& question,
                                                       Answer answer) {
  const auto known = answers_.find(key_of(question));
  if (known != answers_.end() && is_fresh(known->second)) {
    answer.time = known->second.time;
    answer.permits.merge(known->second.permits);
  }
  return answers_.insert_or_assign(key_of(question), std::move(answer)).first->second;
}

Result<std::string> DeploymentGate::ask_registry(registry_api::RegistryClient& client,
                                                 const DeploymentQuestion& question) {
  const Targets asked = targets_of(question);
  Json targets = Json::array();
  for (const auto& [number, target] : asked) {
    targets.push_back(target);
  }
  Json input = Json::object({{"repo", question.repo},
                             {"envName", question.environment.name},
                             {"version", question.version}});
  input.set_unless_empty("hash", question.target.dir_hash);
  input.set("targets", std::move(targets));
  input.set_unless_empty("overrideReason", invocation_.flags.text("override-reason"));
  Result<Json> payload = Json();
  session_.within(kBudget, Attempts::kUsual, [&] {
    payload = client.call_input(registry_api::kCheckDeployment, std::move(input));
  });
  memory_.note_policies(about(question).endpoint, true);
  if (!payload.has_value()) {
    return session_.may_recover()
               ? go_without_answer(question, payload.error().message())
               : payload.error().context("asking the registry whether this may be deployed");
  }
  const Answer& answer = remember(question, read_answer(payload.value(), asked));
  keep_permits(payload.value(), question);
  if (answer.refusal) {
    return *answer.refusal;
  }
  const auto permit = answer.permits.find(question.number);
  return permit == answer.permits.end() ? std::string() : permit->second.text;
}

DeploymentGate::Answer DeploymentGate::read_answer(const Json& payload,
                                                   const Targets& asked) const {
  Answer answer;
  answer.time = invocation_.app.clock.now();
  const Json::Array& reasons = cloud_items(payload, "reasons");
  if (!payload.find_bool("allowed").value_or(true)) {
    answer.refusal = refusal_of(reasons);
  }
  for (const Json& reason : reasons) {
    if (!answer.refusal || is_warning(reason)) {
      invocation_.warn(policy_and_message(reason));
    }
  }
  const Json::Array& permits = cloud_items(payload, "permits");
  answer.needs_permits = !permits.empty();
  auto target = asked.begin();
  for (const Json& permit : permits) {
    if (target == asked.end()) {
      break;
    }
    answer.permits.emplace(target->first, Permit{.target_id = permit.string_or_empty("targetID"),
                                                 .text = permit.string_or_empty("permit")});
    ++target;
  }
  return answer;
}

void DeploymentGate::keep_permits(const Json& payload, const DeploymentQuestion& question) const {
  std::map<std::string, KeptPermit> kept;
  for (const Json& permit : cloud_items(payload, "permits")) {
    const std::string target_id = permit.string_or_empty("targetID");
    if (!target_id.empty()) {
      kept[target_id] = {.permit = permit.string_or_empty("permit"),
                         .expires_at = permit.string_or_empty("expiresAt")};
    }
  }
  memory_.keep(about(question), kept);
}

/// A permit that is still good is as good as an answer.
Result<std::string> DeploymentGate::go_without_answer(const DeploymentQuestion& question,
                                                      const std::string& problem) const {
  const PolicyQuestion asked = about(question);
  if (std::optional<std::string> permit = memory_.find(asked, question.target.identity)) {
    invocation_.warn("the registry does not answer; this run has the permit that it gave earlier");
    return *std::move(permit);
  }
  const bool is_known = memory_.had_policies(asked.endpoint);
  const bool is_wanted = question.environment.migration.policy_unreachable == "FAIL";
  const std::string text =
      "the registry could not be asked whether this may be deployed: " + problem;
  if (is_wanted || (is_known && fails_closed(question))) {
    return Error(ErrorCode::kUnavailable,
                 text + "; where policy_unreachable is WARN, the run goes on without its answer");
  }
  if (is_known) {
    invocation_.warn(text);
  }
  return std::string();
}

}  // namespace rhumb::cli
