#include "registry/content/repo_settings.h"

#include <fmt/format.h>

#include "registry/content/ci_runs.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kDescriptionMax = 4096;
constexpr int64_t kRetentionDaysMax = int64_t{365} * 100;

Result<void> check_change(const RepoChange& change) {
  if (change.name) {
    TRY(check_name("name", *change.name));
  }
  if (change.slug) {
    TRY(check_slug(*change.slug));
  }
  if (change.project) {
    TRY(check_name("project", *change.project));
  }
  if (change.description.value_or("").size() > kDescriptionMax) {
    return invalid(fmt::format("description must not be longer than {} bytes", kDescriptionMax));
  }
  const int64_t days = change.retention_days.value_or(0);
  if (days < 0 || days > kRetentionDaysMax) {
    return invalid(fmt::format("retentionDays must be from 0 to {}", kRetentionDaysMax));
  }
  return {};
}

/// The settings that the audit log tells of, as the API calls them.
Json settings_json(const Repo& repo) {
  Json out = Json::object({{"name", repo.name}, {"slug", repo.slug}});
  out.set("description", repo.description ? Json(*repo.description) : Json());
  out.set("projectID", repo.project_id);
  out.set("reviewPolicy", repo.review_policy.empty() ? Json() : Json(repo.review_policy));
  out.set("retentionDays", repo.retention_days ? Json(*repo.retention_days) : Json());
  out.set("lockedTags", repo.locked_tags);
  return out;
}

/// Only the members that differ, of each side.
void keep_differences(Json& before, Json& after) {
  Json left = Json::object();
  Json right = Json::object();
  for (const Json::Member& member : before.as_object()) {
    const Json& other = after.at(member.key);
    if (codec::format_json(member.value) != codec::format_json(other)) {
      left.set(member.key, member.value);
      right.set(member.key, other);
    }
  }
  before = std::move(left);
  after = std::move(right);
}

/// One change of a repository, inside a transaction.
class Update {
 public:
  Update(Session& session, const Caller& caller, int64_t now, Repo known)
      : session_(session), caller_(caller), now_(now), before_(std::move(known)), after_(before_) {}

  Result<Repo> run(const RepoChange& change) {
    apply_flows_change(change.flows, now_, after_.down, after_.flows);
    TRY(apply_settings(change));
    if (after_.slug != before_.slug) {
      TRY(rename(after_.slug));
    }
    TRY(store());
    TRY(audit("settings.update", settings_json(before_), settings_json(after_)));
    TRY(audit("policy.update", protected_flows_json(before_.down, before_.flows),
              protected_flows_json(after_.down, after_.flows)));
    return after_;
  }

 private:
  Result<void> apply_settings(const RepoChange& change) {
    after_.name = change.name.value_or(after_.name);
    after_.slug = change.slug.value_or(after_.slug);
    after_.locked_tags = change.locked_tags.value_or(after_.locked_tags);
    after_.review_policy = change.review_policy.value_or(after_.review_policy);
    if (change.description) {
      after_.description =
          change.description->empty() ? std::optional<std::string>() : change.description;
    }
    if (change.retention_days) {
      after_.retention_days =
          *change.retention_days == 0 ? std::optional<int64_t>() : change.retention_days;
    }
    if (change.project) {
      after_.project_id = TRY(ensure_project(session_, before_.org_id, *change.project, now_));
    }
    return {};
  }

  Result<void> rename(const std::string& slug) {
    if (before_.hidden) {
      return invalid(fmt::format("repository \"{}\" cannot be renamed", before_.slug));
    }
    const Value taken =
        TRY(session_.scalar("SELECT id FROM repos WHERE org_id = ? AND slug = ? AND id <> ?",
                            {before_.org_id, slug, before_.id}));
    if (!taken.is_null()) {
      return Error(ErrorCode::kConflict,
                   fmt::format("slug \"{}\" is taken by repository {}", slug, taken.number()));
    }
    TRY(session_.run("DELETE FROM former_slugs WHERE org_id = ? AND slug = ?",
                     {before_.org_id, slug}));
    TRY(
        session_.run("INSERT INTO former_slugs (org_id, slug, repo_id) VALUES (?, ?, ?) "
                     "ON CONFLICT (org_id, slug) DO UPDATE SET repo_id = excluded.repo_id",
                     {before_.org_id, before_.slug, before_.id}));
    return claim_ci_runs(session_, before_.org_id, before_.id, slug);
  }

  Result<void> store() {
    const Repo& repo = after_;
    return session_.run(
        "UPDATE repos SET name = ?, slug = ?, description = ?, project_id = ?, review_policy = ?, "
        "retention_days = ?, locked_tags = ?, protect_down = ?, plan_approvals = ?, "
        "plan_self_approval = ?, plan_expiry_hours = ?, protect_push = ?, protect_move_tag = ?, "
        "protect_push_plan = ?, protect_approve_plan = ?, deploy_protected_at = ? WHERE id = ?",
        {repo.name, repo.slug, repo.description, repo.project_id,
         repo.review_policy.empty() ? Value() : Value(repo.review_policy), repo.retention_days,
         repo.locked_tags, repo.down.required, repo.down.approvals, repo.down.self_approval,
         repo.down.expiry_hours, repo.flows.push, repo.flows.move_tag, repo.flows.push_plan,
         repo.flows.approve_plan, repo.flows.deploy_since, repo.id});
  }

  Result<void> audit(std::string action, Json before, Json after) {
    keep_differences(before, after);
    if (after.as_object().empty()) {
      return {};
    }
    const bool is_renamed = after.find("slug") != nullptr;
    AuditEntry entry = audit_entry(caller_, now_, is_renamed ? "repo.rename" : std::move(action),
                                   "repo/" + before_.slug);
    entry.before = codec::format_json(before);
    entry.after = codec::format_json(after);
    return append_audit(session_, std::move(entry));
  }

  Session& session_;
  const Caller& caller_;
  int64_t now_;
  Repo before_;
  Repo after_;
};

Result<Repo> load_visible(Session& session, const Caller& caller, int64_t id) {
  std::optional<Repo> repo = TRY(find_repo(session, caller.org_id, id));
  if (!repo) {
    return Error(ErrorCode::kNotFound, "repository not found");
  }
  TRY(require(caller, kAdminPermission, {.repo = repo->slug}));
  return *std::move(repo);
}

Result<void> set_archived(
    Session& session, const Caller& caller, Repo& repo, std::optional<int64_t> since, int64_t now) {
  TRY(session.run("UPDATE repos SET archived_at = ? WHERE id = ?", {since, repo.id}));
  AuditEntry entry = audit_entry(caller, now, "repo.archive", "repo/" + repo.slug);
  entry.before = codec::format_json(Json::object({{"archived", repo.archived_at.has_value()}}));
  entry.after = codec::format_json(Json::object({{"archived", since.has_value()}}));
  repo.archived_at = since;
  return append_audit(session, std::move(entry));
}

}  // namespace

Result<Repo> update_repo(Registry& registry,
                         const Caller& caller,
                         int64_t id,
                         const RepoChange& change) {
  TRY(check_change(change));
  Result<Repo> repo = write_value<Repo>(registry.store, [&](Session& session) -> Result<Repo> {
    Repo known = TRY(load_visible(session, caller, id));
    return Update(session, caller, registry.now(), std::move(known)).run(change);
  });
  registry.policies.forget();
  return repo;
}

Result<Repo> archive_repo(Registry& registry, const Caller& caller, int64_t id, bool archived) {
  return write_value<Repo>(registry.store, [&](Session& session) -> Result<Repo> {
    Repo repo = TRY(load_visible(session, caller, id));
    if (repo.hidden) {
      return invalid(fmt::format("repository \"{}\" cannot be archived", repo.slug));
    }
    if (repo.archived_at.has_value() != archived) {
      const int64_t now = registry.now();
      TRY(set_archived(session, caller, repo, archived ? std::optional<int64_t>(now) : std::nullopt,
                       now));
    }
    return repo;
  });
}

Result<void> revive_repo(Session& session, const Caller& caller, Repo& repo, int64_t now) {
  return set_archived(session, caller, repo, std::nullopt, now);
}

}  // namespace rhumb::registry
