#include "cli/down_gate.h"

#include <utility>

#include "cli/version.h"
#include "codec/hex.h"
#include "codec/sha256.h"

namespace rhumb::cli {
namespace {

using registry_api::PlanStatus;

/// Why a run stops; who called knows more and says more.
std::string_view reason_of(PlanStatus status) {
  switch (status) {
    case PlanStatus::kPendingUser:
      return "migration plan waits for an approval";
    case PlanStatus::kAborted:
      return "migration plan was aborted";
    case PlanStatus::kApplied:
      return "migration plan was applied before";
    case PlanStatus::kApproved:
      break;
  }
  return "";
}

registry_api::PlannedFile make_file(const migrate::PlannedFile& file) {
  registry_api::PlannedFile out;
  out.name = file.file().name;
  out.version = file.file().version;
  file.visit_statements(0, file.statement_count(), [&](const migrate::StatementText& statement) {
    out.statements.push_back(statement.in(migrate::TextForm::kReported));
  });
  return out;
}

}  // namespace

std::string down_plan_id(const migrate::TargetStarted& target, const migrate::Planned& planned) {
  constexpr std::string_view kSeparator("\0", 1);
  codec::Sha256Hasher hasher;
  hasher.update(target.identity);
  for (const std::string* part : {&target.schema, &planned.current, &planned.target}) {
    hasher.update(kSeparator).update(*part);
  }
  for (const auto& file : planned.files) {
    file->update_digest(hasher);
  }
  return codec::hex_encode(hasher.digest());
}

void DownGate::on_event(const migrate::RunEvent& event) {
  if (const auto* started = std::get_if<migrate::TargetStarted>(&event.body)) {
    target_ = *started;
  }
}

Result<std::vector<migrate::FormerFile>> DownGate::ask() {
  const Result<registry_api::RegistryClient*> client = session_.connect();
  if (!client) {
    is_protected_ = client.error();
    return client.error();
  }
  if (!place_.dry_run) {
    is_protected_ = (*client)->needs_approval(place_.repo);
  }
  const std::vector<registry_api::AppliedVersion> applied =
      TRY((*client)->read_applied({.id = target_.identity,
                                   .schema = target_.schema,
                                   .dir_name = place_.repo,
                                   .env_name = place_.env_name}));
  std::vector<migrate::FormerFile> files;
  files.reserve(applied.size());
  for (const registry_api::AppliedVersion& version : applied) {
    files.push_back({.name = version.name,
                     .version = version.version,
                     .hash = version.hash,
                     .content = version.content});
  }
  return files;
}

registry_api::RevertPlan DownGate::make_plan(const migrate::Planned& planned) const {
  registry_api::RevertPlan plan;
  plan.id = plan_id_;
  plan.project_name = place_.project.empty() ? "default" : place_.project;
  plan.dir_name = place_.repo;
  plan.dir_tag = target_.tag;
  plan.env_name = place_.env_name;
  plan.atlas_version = operator_version();
  plan.target = {.id = target_.identity, .schema = target_.schema, .url = target_.url};
  plan.from_version = planned.current;
  plan.to_version = planned.target;
  for (const auto& file : planned.files) {
    plan.files.push_back(make_file(*file));
  }
  plan.context = place_.context;
  return plan;
}

Result<registry_api::KnownPlan> DownGate::find_or_create_plan(const migrate::Planned& planned) {
  registry_api::RegistryClient* client = TRY(session_.connect());
  const std::optional<registry_api::KnownPlan> known = TRY(client->find_plan(plan_id_));
  if (known) {
    return *known;
  }
  registry_api::KnownPlan made;
  made.url = TRY(client->create_plan(make_plan(planned)));
  return made;
}

Result<void> DownGate::admit(const migrate::Planned& planned) {
  plan_id_ = down_plan_id(target_, planned);
  TRY(check(planned));
  has_passed_ = true;
  return {};
}

Result<void> DownGate::check(const migrate::Planned& planned) {
  if (place_.dry_run) {
    return {};
  }
  if (!is_protected_) {
    return is_protected_.error().context(
        "asking the registry whether this revert needs an approval");
  }
  if (!*is_protected_) {
    return {};
  }
  const registry_api::KnownPlan plan =
      TRY(find_or_create_plan(planned).context("asking the registry for an approval"));
  url_ = plan.url;
  if (plan.status == PlanStatus::kApproved) {
    return {};
  }
  held_ = plan.status;
  return Error(ErrorCode::kDenied, std::string(reason_of(plan.status)));
}

}  // namespace rhumb::cli
