#include "registry/content/repo_removal.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "codec/json.h"
#include "registry/content/repos.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSlice = 2000;  // events or states in one transaction
/// The name of what is being removed; its slug has its number.
constexpr std::string_view kLeaving = "leaving";
constexpr std::string_view kGone = "gone";

/// Rows that refer to rows of `owner` by `column`.
struct Part {
  std::string_view table;
  std::string_view column;
};
/// A table with many rows of one repository, and what hangs on each.
struct Owner {
  std::string_view table;
  std::vector<Part> parts;
  Result<void> (*note)(Session& session) = nullptr;  ///< that some are removed
};

/// Events come before databases, which they refer to.
const std::vector<Owner>& owners() {
  static const std::vector<Owner> kOwners = {
      {"events", {{"event_files", "event_id"}, {"sets", "event_id"}}},
      {"databases",
       {{"drifts", "database_id"}, {"database_name_changes", "database_id"}},
       note_databases_removed},
      {"dir_states", {{"dir_files", "state_id"}, {"schema_contents", "state_id"}}},
      {"down_plans", {{"down_decisions", "plan_id"}}},
      {"ci_runs", {{"ci_run_versions", "run_id"}}},
      {"declarative_plans", {}},
      {"webhooks", {{"webhook_deliveries", "webhook_id"}}},
      {"alerts", {{"webhook_deliveries", "alert_id"}}},
      {"pushes", {}},
      {"tags", {}},
      {"promotion_approvals", {}},
      {"promotion_policies", {}}};
  return kOwners;
}
/// Tables without a number of their own, few rows each.
constexpr std::array<std::string_view, 4> kKeyedTables = {"version_states", "event_counts",
                                                          "event_periods", "former_slugs"};

/// Removes some rows of `owner` and what hangs on them. Returns whether there may be more.
Result<bool> remove_slice(Session& session, const Owner& owner, int64_t repo_id) {
  const Value last = TRY(session.scalar(
      fmt::format("SELECT max(id) FROM (SELECT id FROM {} WHERE repo_id = ? ORDER BY id LIMIT ?) s",
                  owner.table),
      {repo_id, kSlice}));
  if (last.is_null()) {
    return false;
  }
  for (const Part& part : owner.parts) {
    TRY(session.run(
        fmt::format("DELETE FROM {} WHERE {} IN (SELECT id FROM {} WHERE repo_id = ? AND id <= ?)",
                    part.table, part.column, owner.table),
        {repo_id, last}));
  }
  TRY(session.run(fmt::format("DELETE FROM {} WHERE repo_id = ? AND id <= ?", owner.table),
                  {repo_id, last}));
  if (owner.note != nullptr) {
    TRY(owner.note(session));
  }
  return true;
}

Result<void> remove_rows(Store& store, int64_t repo_id, const sys::CancellationToken& stop) {
  for (const Owner& owner : owners()) {
    bool more = true;
    while (more) {
      if (stop.is_cancelled()) {
        return {};  // the rest goes with the next start
      }
      more = TRY(write_value<bool>(
          store, [&](Session& session) { return remove_slice(session, owner, repo_id); }));
    }
  }
  // The row stays, under no organization: a number that was shown to somebody is never given twice.
  return store.write([&](Session& session) -> Result<void> {
    for (const std::string_view table : kKeyedTables) {
      TRY(session.run(fmt::format("DELETE FROM {} WHERE repo_id = ?", table), {repo_id}));
    }
    return session.run("UPDATE repos SET name = ? WHERE id = ?", {kGone, repo_id});
  });
}

Result<void> check_removal(const Caller& caller, const Repo& repo, std::string_view confirm_slug) {
  TRY(require(caller, kAdminPermission, {.repo = repo.slug}));
  if (confirm_slug != repo.slug) {
    return invalid(
        fmt::format("confirmSlug must be the slug of the repository, \"{}\"", repo.slug));
  }
  if (!repo.archived_at) {
    return Error(ErrorCode::kConflict,
                 fmt::format("repository \"{}\" is not archived; archive it first", repo.slug));
  }
  return {};
}

/// What is lost, for the audit log.
Result<Json> inventory(Session& session, const Repo& repo) {
  const Value states =
      TRY(session.scalar("SELECT count(*) FROM dir_states WHERE repo_id = ?", {repo.id}));
  const Value events = TRY(session.scalar(
      "SELECT coalesce(sum(events), 0) FROM event_counts WHERE repo_id = ?", {repo.id}));
  const Value databases =
      TRY(session.scalar("SELECT count(*) FROM databases WHERE repo_id = ?", {repo.id}));
  return Json::object({{"slug", repo.slug},
                       {"name", repo.name},
                       {"type", repo.type},
                       {"states", states.number()},
                       {"deployments", events.number()},
                       {"databases", databases.number()}});
}

/// Takes the repository out of its organization.
Result<void> hide(Session& session, const Caller& caller, const Repo& repo, int64_t now) {
  AuditEntry entry = audit_entry(caller, now, "repo.delete", "repo/" + repo.slug);
  entry.before = codec::format_json(TRY(inventory(session, repo)));
  TRY(append_audit(session, std::move(entry)));
  TRY(session.run("DELETE FROM event_counts WHERE repo_id = ?", {repo.id}));
  return session.run(
      "UPDATE repos SET org_id = 0, hidden = 1, slug = ?, name = ?, description = NULL, "
      "head_state_id = NULL, last_push_id = NULL, reported_version = '', databases_synced = 0, "
      "databases_pending = 0, databases_failed = 0 WHERE id = ?",
      {fmt::format("{} {}", kLeaving, repo.id), kLeaving, repo.id});
}

}  // namespace

Result<void> delete_repo(Registry& registry,
                         const Caller& caller,
                         int64_t id,
                         const std::string& confirm_slug) {
  TRY(registry.store.write([&](Session& session) -> Result<void> {
    const std::optional<Repo> repo = TRY(find_repo(session, caller.org_id, id));
    if (!repo) {
      return Error(ErrorCode::kNotFound, "repository not found");
    }
    TRY(check_removal(caller, *repo, confirm_slug));
    return hide(session, caller, *repo, registry.now());
  }));
  registry.policies.forget();
  return remove_rows(registry.store, id, {});
}

Result<int64_t> finish_removals(Store& store, const sys::CancellationToken& stop) {
  const Rows left = TRY(read_value<Rows>(store, [](Session& session) {
    return session.query("SELECT id FROM repos WHERE org_id = 0 AND name = ? ORDER BY id",
                         {kLeaving});
  }));
  for (const Row& row : left) {
    TRY(remove_rows(store, row[0].number(), stop));
  }
  return static_cast<int64_t>(left.size());
}

}  // namespace rhumb::registry
