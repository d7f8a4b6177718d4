#include <fmt/format.h>

#include <utility>

#include "registry/alerts/alert_content.h"
#include "registry/content/down_plans.h"
#include "registry/content/repos.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/ingest/redact.h"
#include "registry/names.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;

Result<void> check_bounds(const registry_api::RevertPlan& request) {
  TRY(check_name("extID", request.id));
  TRY(check_length("projectName", request.project_name));
  TRY(check_name("dirName", request.dir_name));
  TRY(check_length("dirTag", request.dir_tag.value_or("")));
  TRY(check_length("envName", request.env_name));
  TRY(check_length("atlasVersion", request.atlas_version));
  TRY(check_name("target.id", request.target.id));
  TRY(check_length("target.schema", request.target.schema));
  TRY(check_length("fromVersion", request.from_version));
  TRY(check_length("toVersion", request.to_version));
  if (request.files.empty()) {
    return invalid("files: a plan reverts at least one version");
  }
  if (request.files.size() > kFilesMax) {
    return Error(ErrorCode::kLimit, fmt::format("files: more than {}", kFilesMax));
  }
  for (const registry_api::PlannedFile& file : request.files) {
    TRY(check_length("file name", file.name));
    TRY(check_length("file version", file.version));
  }
  return {};
}

/// The files as they are kept: redacted again, since clients mask and older ones mask too little.
Body files_body(std::vector<registry_api::PlannedFile> files) {
  Json out = Json::array();
  for (registry_api::PlannedFile& file : files) {
    for (std::vector<std::string>* texts : {&file.statements, &file.checks}) {
      for (std::string& text : *texts) {
        text = cut_middle(redact_urls(text), kContentMax);
      }
    }
    out.push_back(registry_api::to_json(file));
  }
  return make_body(codec::format_json(out));
}

/// A request made ready outside the writer.
struct ReadyRequest {
  registry_api::RevertPlan request;  ///< without files
  Body files;
  Blob fingerprint;
};

Result<ReadyRequest> prepare(registry_api::RevertPlan request) {
  TRY(check_bounds(request));
  ReadyRequest ready;
  registry_api::RevertPlan content = request;
  // What does not change what is approved.
  content.context.reset();
  content.atlas_version.clear();
  content.dir_tag.reset();
  ready.fingerprint = digest_json(registry_api::to_json(content));
  ready.files = files_body(std::exchange(request.files, {}));
  request.target.url = stored_url(request.target.url);
  ready.request = std::move(request);
  return ready;
}

Result<int64_t> insert_plan(Session& session,
                            const Caller& caller,
                            const ReadyRequest& ready,
                            const Repo& repo,
                            int64_t now) {
  const registry_api::RevertPlan& request = ready.request;
  const int64_t env_id = TRY(ensure_environment(session, caller.org_id, request.env_name, now)).id;
  TRY(put_body(session, ready.files));
  const registry_api::DeployContext context =
      request.context.value_or(registry_api::DeployContext{});
  const Origin& origin = caller.origin;
  const Value id = TRY(session.scalar(
      "INSERT INTO down_plans (org_id, ext_id, fingerprint, repo_id, env_id, target_id, "
      "target_schema, target_url, dir_tag, from_version, to_version, files_body, approvals, "
      "self_approval, expiry_hours, status, created_at, expires_at, trigger_type, "
      "trigger_version, actor_kind, actor_id, actor_name, user_agent, atlas_version) VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PENDING_USER', ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "RETURNING id",
      {caller.org_id,
       request.id,
       ready.fingerprint,
       repo.id,
       env_id,
       request.target.id,
       request.target.schema,
       request.target.url,
       request.dir_tag,
       request.from_version,
       request.to_version,
       ready.files.sha256,
       repo.down.approvals,
       repo.down.self_approval,
       repo.down.expiry_hours,
       now,
       now + repo.down.expiry_hours * kHourNs,
       context.trigger_type,
       context.trigger_version,
       origin.actor.kind,
       origin.actor.id,
       origin.actor.name,
       origin.user_agent,
       request.atlas_version}));
  return id.number();
}

Result<DownPlan> store_request(Registry& registry,
                               const Caller& caller,
                               ReadyRequest ready,
                               Session& session) {
  registry_api::RevertPlan& request = ready.request;
  const int64_t now = registry.now();
  const std::optional<Repo> repo = TRY(find_repo(session, caller.org_id, request.dir_name));
  if (!repo || repo->type != "MIGRATION_DIRECTORY") {
    return Error(ErrorCode::kNotFound, fmt::format("dir \"{}\" not found", request.dir_name));
  }
  if (request.env_name.empty()) {
    request.env_name = TRY(only_env_name(session, caller.org_id, repo->slug, request.target));
  }
  TRY(require(caller, "report:write", {.repo = repo->slug, .env = request.env_name}));
  std::optional<DownPlan> known = TRY(find_plan(session, caller.org_id, request.id, now));
  if (known && known->fingerprint != ready.fingerprint) {
    return Error(ErrorCode::kConflict,
                 fmt::format("extID \"{}\" was used for another plan", request.id));
  }
  if (known) {
    return *std::move(known);
  }
  const int64_t id = TRY(insert_plan(session, caller, ready, *repo, now));
  AuditEntry entry = audit_entry(caller, now, "down.request", fmt::format("plan/{}", id));
  entry.after = codec::format_json(Json::object({{"repo", repo->slug},
                                                 {"env", request.env_name},
                                                 {"target", request.target.url},
                                                 {"from", request.from_version},
                                                 {"to", request.to_version},
                                                 {"extID", request.id}}));
  TRY(append_audit(session, std::move(entry)));
  DownPlan plan = TRY(load_plan(session, caller.org_id, id, now));
  TRY(tell_down_plan(registry, caller, session, {.plan = plan}));
  return plan;
}

}  // namespace

Result<DownPlan> request_plan(Registry& registry,
                              const Caller& caller,
                              registry_api::RevertPlan request) {
  const ReadyRequest ready = TRY(prepare(std::move(request)));
  return write_value<DownPlan>(registry.store, [&](Session& session) {
    return store_request(registry, caller, ready, session);
  });
}

}  // namespace rhumb::registry
