#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/repo_removal.h"
#include "registry/content/repo_settings.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

/// A member that takes a setting back when it is null and changes nothing when it is absent.
std::optional<std::string> read_clearable(const Json& input, std::string_view member) {
  const Json* found = input.find(member);
  return found == nullptr ? std::optional<std::string>()
                          : std::optional(input.string_or_empty(member));
}

Result<RepoChange> read_change(const Json& input) {
  RepoChange change;
  change.name = read_text(input, "name");
  change.slug = read_text(input, "slug");
  change.description = read_clearable(input, "description");
  change.project = read_text(input, "project");
  change.review_policy = read_clearable(input, "reviewPolicy");
  change.locked_tags = input.find_bool("lockedTags");
  if (input.find("retentionDays") != nullptr) {
    change.retention_days = input.find_int("retentionDays").value_or(0);
  }
  change.flows = TRY(read_flows_change(input));
  return change;
}

Result<Json> resolve_update_repo(RequestContext& context, FieldCall& call) {
  const int64_t id = TRY(read_id(call.input().find("id"), "repository"));
  const RepoChange change = TRY(read_change(call.input()));
  const Repo repo = TRY(update_repo(context.registry, context.caller, id, change));
  return repo_json(context.registry, repo);
}

Result<Json> resolve_archive_repo(RequestContext& context, FieldCall& call) {
  const int64_t id = TRY(read_id(call.input().find("id"), "repository"));
  const bool archived = call.input().find_bool("archived").value_or(true);
  const Repo repo = TRY(archive_repo(context.registry, context.caller, id, archived));
  return repo_json(context.registry, repo);
}

Result<Json> resolve_delete_repo(RequestContext& context, FieldCall& call) {
  const int64_t id = TRY(read_id(call.input().find("id"), "repository"));
  TRY(delete_repo(context.registry, context.caller, id,
                  call.input().string_or_empty("confirmSlug")));
  return Json::object({{"success", true}});
}

}  // namespace

void add_setting_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Mutation", "updateRepo", resolve_update_repo);
  bind_root(resolvers, "Mutation", "archiveRepo", resolve_archive_repo);
  bind_root(resolvers, "Mutation", "deleteRepo", resolve_delete_repo);
}

}  // namespace rhumb::registry
