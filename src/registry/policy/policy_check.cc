#include "registry/policy/policy_check.h"

#include <fmt/format.h>

#include <utility>

#include "registry/api/views.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/names.h"
#include "registry/policy/permit.h"
#include "registry/policy/policy_facts.h"
#include "registry/policy/policy_json.h"
#include "registry/policy/policy_store.h"
#include "registry/policy/policy_targets.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kReasonMax = 4096;

Result<void> check_bounds(const DeploymentQuestion& question) {
  TRY(check_name("repo", question.repo));
  TRY(check_length("envName", question.env));
  TRY(check_name("version", question.version));
  TRY(check_length("hash", question.dir_hash));
  if (question.override_reason.size() > kReasonMax) {
    return invalid(fmt::format("overrideReason must not be longer than {} bytes", kReasonMax));
  }
  if (question.targets.size() > kTargetsMax) {
    return Error(ErrorCode::kLimit, fmt::format("targets: more than {}", kTargetsMax));
  }
  for (const registry_api::DeployedTarget& target : question.targets) {
    TRY(check_length("target.id", target.id));
    TRY(check_length("target.schema", target.schema));
  }
  return {};
}

/// `is_run`: somebody is about to deploy.
Result<void> check_rights(const Caller& caller, const AccessTarget& target, bool is_run) {
  const bool may_look = !is_run && caller.rights.allows("cloud:read", target);
  return may_look ? Result<void>() : require(caller, "report:write", target);
}

/// Whoever may report by scope deploys; of people only those whose role says so.
bool may_deploy(const Caller& caller, const AccessTarget& target) {
  return caller.rights.has_scope("report:write") || caller.rights.allows(kDeployPermission, target);
}

/// One question, answered from one state of the store.
class Check {
 public:
  Check(Registry& registry, const Caller& caller, const DeploymentQuestion& question)
      : registry_(registry), caller_(caller), question_(question), now_(registry.now()) {}

  Result<DeploymentAnswer> run() {
    TRY(registry_.store.read([this](Session& session) { return find_answer(session); }));
    const bool is_run = !question_.targets.empty() && !question_.dry_run;
    if (is_run && (!answer_.allowed || overridden_)) {
      TRY(registry_.store.write([this](Session& session) { return audit(session); }));
    }
    if (is_run && answer_.allowed && (is_protected_ || overridden_)) {
      TRY(issue_permits());
    }
    return std::move(answer_);
  }

 private:
  Result<void> find_answer(Session& session) {
    std::optional<Repo> repo = TRY(find_repo(session, caller_.org_id, question_.repo));
    const int64_t repo_id = repo ? repo->id : 0;
    const auto since =
        TRY(protected_since(session, caller_.org_id, repo ? &*repo : nullptr, question_.env));
    is_protected_ = since.has_value();
    place_ = {.repo = repo ? repo->slug : to_slug(question_.repo), .env = question_.env};
    TRY(check_rights(caller_, place_, !question_.targets.empty()));
    answer_.reasons = TRY(find_reasons(session, registry_,
                                       {.org_id = caller_.org_id,
                                        .repo = std::move(repo),
                                        .env = question_.env,
                                        .version = question_.version,
                                        .dir_hash = question_.dir_hash,
                                        .at = now_}));
    targets_ = question_.targets;
    const std::optional<int64_t> env_id = TRY(find_env_id(session, caller_.org_id, question_.env));
    TRY(name_targets(session, {.repo_id = repo_id, .env_id = env_id.value_or(0)}, targets_));
    add_rights_reason();
    return decide();
  }

  void add_rights_reason() {
    if (is_protected_ && !may_deploy(caller_, place_)) {
      answer_.reasons.push_back(
          {std::string(kProtectionPolicy),
           fmt::format("\"{}\" may not deploy \"{}\" to \"{}\", which is protected",
                       caller_.origin.actor.name, place_.repo, question_.env),
           PolicyAction::kFail,
           {}});
    }
  }

  Result<void> decide() {
    answer_.allowed = !is_blocked(answer_.reasons);
    overridden_ = false;
    if (answer_.allowed || question_.override_reason.empty()) {
      return {};
    }
    TRY(require(caller_, kOverridePermission, place_));
    answer_.allowed = true;
    overridden_ = true;
    return {};
  }

  Result<void> audit(Session& session) {
    AuditEntry entry = audit_entry(caller_, now_, overridden_ ? "policy.override" : "policy.block",
                                   "environment/" + question_.env);
    Json after = Json::object({{"repo", place_.repo}, {"version", question_.version}});
    after.set_unless_empty("hash", question_.dir_hash);
    after.set_unless_empty("overrideReason", question_.override_reason);
    Json targets = Json::array();
    for (const registry_api::DeployedTarget& target : targets_) {
      targets.push_back(target.id);
    }
    after.set("targets", std::move(targets));
    after.set("reasons", to_json(answer_.reasons));
    entry.after = codec::format_json(after);
    return append_audit(session, std::move(entry));
  }

  Result<PermitKey> find_key() {
    const auto known = TRY(read_value<std::optional<PermitKey>>(
        registry_.store, [](Session& session) { return find_permit_key(session); }));
    if (known) {
      return *known;
    }
    return write_value<PermitKey>(
        registry_.store, [this](Session& session) { return ensure_permit_key(session, now_); });
  }

  Result<void> issue_permits() {
    const PermitKey key = TRY(find_key());
    for (const registry_api::DeployedTarget& target : targets_) {
      if (target.id.empty()) {
        answer_.permits.push_back({});
        continue;
      }
      const Permit permit{.bond = {.org_id = caller_.org_id,
                                   .repo = place_.repo,
                                   .env = question_.env,
                                   .target_id = target.id,
                                   .target_schema = target.schema,
                                   .dir_hash = question_.dir_hash,
                                   .version = question_.version},
                          .issued_at = now_,
                          .expires_at = now_ + kPermitLifetimeNs};
      std::string text = TRY(sign_permit(key, permit));
      answer_.permits.push_back({target.id, std::move(text), permit.expires_at});
    }
    return {};
  }

  Registry& registry_;
  const Caller& caller_;
  const DeploymentQuestion& question_;
  int64_t now_;
  AccessTarget place_;
  std::vector<registry_api::DeployedTarget> targets_;  // of the question, named
  bool is_protected_ = false;
  bool overridden_ = false;
  DeploymentAnswer answer_;
};

}  // namespace

Result<DeploymentAnswer> check_deployment(Registry& registry,
                                          const Caller& caller,
                                          const DeploymentQuestion& question) {
  TRY(check_bounds(question));
  return Check(registry, caller, question).run();
}

}  // namespace rhumb::registry
