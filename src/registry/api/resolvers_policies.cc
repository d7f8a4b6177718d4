#include <map>
#include <utility>

#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/ephemeral.h"
#include "registry/names.h"
#include "registry/policy/policy_approvals.h"
#include "registry/policy/policy_check.h"
#include "registry/policy/policy_json.h"
#include "registry/policy/policy_store.h"
#include "registry/policy/waiting_versions.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

// ------------------------------------------------------------------------------------ questions

DeploymentQuestion read_question(const Json& input) {
  DeploymentQuestion question{.repo = input.string_or_empty("repo"),
                              .env = input.string_or_empty("envName"),
                              .version = input.string_or_empty("version"),
                              .dir_hash = input.string_or_empty("hash"),
                              .targets = {},
                              .dry_run = input.find_bool("dryRun").value_or(false),
                              .override_reason = input.string_or_empty("overrideReason")};
  if (const Json::Array* targets = input.find_array("targets")) {
    for (const Json& target : *targets) {
      question.targets.push_back({target.string_or_empty("id"), target.string_or_empty("schema"),
                                  target.string_or_empty("url")});
    }
  }
  return question;
}

Result<Json> resolve_check(RequestContext& context, FieldCall& call) {
  const DeploymentAnswer answer =
      TRY(check_deployment(context.registry, context.caller, read_question(call.input())));
  Json permits = Json::array();
  for (const IssuedPermit& permit : answer.permits) {
    permits.push_back(Json::object({{"targetID", permit.target_id},
                                    {"permit", permit.permit},
                                    {"expiresAt", time_json(permit.expires_at)}}));
  }
  return Json::object({{"allowed", answer.allowed},
                       {"reasons", to_json(answer.reasons)},
                       {"permits", std::move(permits)}});
}

// ------------------------------------------------------------------------------------- policies

Json policy_json(const PromotionPolicy& policy) {
  return Json::object({{"id", std::to_string(policy.id)},
                       {"repo", text_json(policy.repo)},
                       {"stages", to_json(policy.stages)}});
}

/// All, or the one that a repository is under.
Result<std::vector<PromotionPolicy>> find_shown(RequestContext& context,
                                                Session& session,
                                                const std::string& repo_name) {
  if (repo_name.empty()) {
    return list_policies(session, context.caller.org_id);
  }
  const std::optional<int64_t> repo = TRY(find_repo_id(session, context.caller.org_id, repo_name));
  std::vector<PromotionPolicy> out;
  std::optional<PromotionPolicy> policy =
      TRY(find_policy(session, context.caller.org_id, repo.value_or(0)));
  if (policy) {
    out.push_back(*std::move(policy));
  }
  return out;
}

Result<Json> resolve_policies(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const std::string repo = call.arguments().string_or_empty("repo");
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::vector<PromotionPolicy> policies = TRY(find_shown(context, session, repo));
    Json out = Json::array();
    for (const PromotionPolicy& policy : policies) {
      out.push_back(policy_json(policy));
    }
    return out;
  });
}

Result<Json> resolve_set(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  PolicyChange change;
  if (const auto repo = input.find_string("repo")) {
    change.repo = std::string(*repo);
  }
  change.stages = TRY(read_stages(input.at("stages")));
  const PromotionPolicy policy = TRY(set_policy(context.registry, context.caller, change));
  return policy_json(policy);
}

Result<Json> resolve_delete(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "policy"));
  TRY(delete_policy(context.registry, context.caller, id));
  return Json::object({{"success", true}});
}

Result<Json> resolve_approve(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  ApprovalRequest request{.repo = input.string_or_empty("repo"),
                          .stage = input.string_or_empty("stage"),
                          .version = input.string_or_empty("version"),
                          .comment = {}};
  if (const auto comment = input.find_string("comment"); comment && !comment->empty()) {
    request.comment = std::string(*comment);
  }
  const PromotionApproval approval =
      TRY(approve_version(context.registry, context.caller, request));
  return Json::object({{"stage", approval.stage},
                       {"version", approval.version},
                       {"approvals", approval.approvals},
                       {"needed", approval.needed}});
}

// -------------------------------------------------------------------------------------- waiting

Json waiting_json(const WaitingVersion& waiting) {
  Json approved_by = Json::array();
  for (const Actor& actor : waiting.approved_by) {
    approved_by.push_back(actor_json(actor.kind, actor.id, actor.name));
  }
  Json out = Json::object({{"repo", waiting.repo},
                           {"stage", waiting.stage},
                           {"version", waiting.version},
                           {"approvals", static_cast<int64_t>(waiting.approved_by.size())},
                           {"needed", waiting.needed},
                           {"envs", to_json(waiting.envs)},
                           {"approvedBy", std::move(approved_by)},
                           {"since", time_json(waiting.since)}});
  const std::optional<Actor>& pusher = waiting.pushed_by;
  out.set("pushedBy", pusher ? actor_json(pusher->kind, pusher->id, pusher->name) : Json());
  return out;
}

Result<Json> resolve_waiting(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const Json& input = call.input();
  const Page page = TRY(read_page(input.find("page")));
  WaitingFilter filter{
      .org_id = context.caller.org_id, .repo_id = {}, .env = input.string_or_empty("envName")};
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    TRY(narrow_to_repo(session, filter.org_id, input.string_or_empty("repo"), filter.repo_id));
    const WaitingPage found = TRY(list_waiting_versions(session, filter, page));
    Json versions = Json::array();
    for (const WaitingVersion& waiting : found.versions) {
      versions.push_back(waiting_json(waiting));
    }
    return Json::object(
        {{"versions", std::move(versions)}, {"pageInfo", page_info(page, found.facts)}});
  });
}

// --------------------------------------------------------------------------------- environments

/// What one environment has that is not archived, and how many of those have failed or wait.
struct EnvironmentFigures {
  int64_t all = 0;
  int64_t failed = 0;
  int64_t pending = 0;
};

/// By environment, in one pass however many there are.
Result<std::map<int64_t, EnvironmentFigures>> count_by_environment(Session& session,
                                                                   int64_t org_id) {
  std::map<int64_t, EnvironmentFigures> out;
  TRY(session.for_each(
      "SELECT env_id, count(*), sum(CASE WHEN status = 'FAILED' THEN 1 ELSE 0 END), sum(CASE WHEN "
      "status = 'PENDING' THEN 1 ELSE 0 END) FROM databases WHERE org_id = ? AND archived_at IS "
      "NULL GROUP BY env_id",
      {org_id}, [&out](const Row& row) {
        out[row[0].number()] = {row[1].number(), row[2].number(), row[3].number()};
        return true;
      }));
  return out;
}

Json environment_json(const Row& row, const EnvironmentFigures& counts) {
  return Json::object({{"name", row[0].text()},
                       {"rank", row[1].is_null() ? Json() : Json(row[1].number())},
                       {"protected", row[2].flag()},
                       {"databases", counts.all},
                       {"failed", counts.failed},
                       {"pending", counts.pending},
                       {"ephemeralHours", row[3].is_null() ? Json() : Json(row[3].number())}});
}

/// Every environment that has a name, or the one of that name.
Result<Json> load_environments(RequestContext& context, const std::string& name) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::map<int64_t, EnvironmentFigures> counts =
        TRY(count_by_environment(session, context.caller.org_id));
    Json out = Json::array();
    TRY(session.for_each(
        "SELECT name, rank, protected, ephemeral_hours, id FROM environments WHERE org_id = ?1 AND "
        "name <> '' AND ?2 IN ('', name) ORDER BY rank IS NULL, rank, name",
        {context.caller.org_id, name}, [&](const Row& row) {
          const auto found = counts.find(row[4].number());
          out.push_back(
              environment_json(row, found == counts.end() ? EnvironmentFigures() : found->second));
          return true;
        }));
    return out;
  });
}

Result<Json> resolve_environments(RequestContext& context, FieldCall&) {
  TRY(require(context.caller, "cloud:read"));
  return load_environments(context, "");
}

Result<Json> resolve_update_environment(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  const EnvironmentChange change{.name = input.string_or_empty("name"),
                                 .rank = input.find_int("rank"),
                                 .is_protected = input.find_bool("protected")};
  TRY(update_environment(context.registry, context.caller, change));
  const Json found = TRY(load_environments(context, change.name));
  return found.empty() ? Result<Json>(Error(ErrorCode::kNotFound, "environment not found"))
                       : Result<Json>(found.at(0));
}

Json ephemeral_json(const EphemeralEnvironments& known) {
  return Json::object(
      {{"glob", known.glob}, {"hours", known.hours}, {"environments", known.environments}});
}

Result<std::vector<EphemeralEnvironments>> load_ephemeral(RequestContext& context) {
  return read_value<std::vector<EphemeralEnvironments>>(
      context.registry.store,
      [&](Session& session) { return list_ephemeral(session, context.caller.org_id); });
}

Result<Json> resolve_ephemeral(RequestContext& context, FieldCall&) {
  TRY(require(context.caller, "cloud:read"));
  const std::vector<EphemeralEnvironments> known = TRY(load_ephemeral(context));
  Json out = Json::array();
  for (const EphemeralEnvironments& one : known) {
    out.push_back(ephemeral_json(one));
  }
  return out;
}

Result<Json> resolve_set_ephemeral(RequestContext& context, FieldCall& call) {
  const EphemeralEnvironments wanted{.glob = call.input().string_or_empty("glob"),
                                     .hours = call.input().find_int("hours").value_or(0)};
  TRY(set_ephemeral(context.registry, context.caller, wanted));
  const std::vector<EphemeralEnvironments> known = TRY(load_ephemeral(context));
  for (const EphemeralEnvironments& one : known) {
    if (one.glob == wanted.glob) {
      return ephemeral_json(one);
    }
  }
  return Error(ErrorCode::kNotFound, "somebody removed the glob meanwhile");
}

Result<Json> resolve_delete_ephemeral(RequestContext& context, FieldCall& call) {
  TRY(remove_ephemeral(context.registry, context.caller, call.arguments().string_or_empty("glob")));
  return Json::object({{"success", true}});
}

}  // namespace

void add_policy_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "checkDeployment", resolve_check);
  bind_root(resolvers, "Query", "promotionPolicies", resolve_policies);
  bind_root(resolvers, "Query", "waitingVersions", resolve_waiting);
  bind_root(resolvers, "Query", "environments", resolve_environments);
  bind_root(resolvers, "Mutation", "setPromotionPolicy", resolve_set);
  bind_root(resolvers, "Mutation", "deletePromotionPolicy", resolve_delete);
  bind_root(resolvers, "Mutation", "approveVersion", resolve_approve);
  bind_root(resolvers, "Mutation", "updateEnvironment", resolve_update_environment);
  bind_root(resolvers, "Query", "ephemeralEnvironments", resolve_ephemeral);
  bind_root(resolvers, "Mutation", "setEphemeralEnvironments", resolve_set_ephemeral);
  bind_root(resolvers, "Mutation", "deleteEphemeralEnvironments", resolve_delete_ephemeral);
}

}  // namespace rhumb::registry
