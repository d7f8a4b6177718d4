#include "registry/content/repos.h"

#include <fmt/format.h>

#include "registry/content/ci_runs.h"
#include "registry/content/ephemeral.h"
#include "registry/content/protected_flows.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kBySlug = "r.org_id = ? AND r.slug = ?";
constexpr std::string_view kEnvironmentSql =
    "SELECT id, ephemeral_hours IS NOT NULL FROM environments WHERE org_id = ? AND name = ?";

std::string sql_by(std::string_view condition) {
  return fmt::format("SELECT {} FROM repos r WHERE {} ORDER BY r.id LIMIT 1", kRepoColumns,
                     condition);
}

Result<std::optional<Repo>> find_by(Session& session,
                                    std::string_view condition,
                                    const Params& params) {
  std::optional<Row> row = TRY(session.find_row(sql_by(condition), params));
  return row.has_value() ? std::optional<Repo>(read_repo(*row)) : std::nullopt;
}

Result<int64_t> ensure_named(Session& session,
                             std::string_view table,
                             const Params& org_and_name,
                             int64_t now) {
  Value const found = TRY(session.scalar(
      fmt::format("SELECT id FROM {} WHERE org_id = ? AND name = ?", table), org_and_name));
  if (!found.is_null()) {
    return found.number();
  }
  Value const made = TRY(session.scalar(
      fmt::format("INSERT INTO {} (org_id, name, created_at) VALUES (?, ?, ?) RETURNING id", table),
      {org_and_name[0], org_and_name[1], now}));
  return made.number();
}

/// What the organization wants new repositories to start with.
Result<void> apply_defaults(Session& session, int64_t org_id, int64_t repo_id) {
  const std::string columns = fmt::format(
      "protect_down, plan_approvals, plan_self_approval, plan_expiry_hours, review_policy, {}",
      kFlowColumns);
  return session.run(
      fmt::format(
          "UPDATE repos SET ({}) = (SELECT {} FROM organizations WHERE id = ?) WHERE id = ? "
          "AND EXISTS (SELECT 1 FROM organizations WHERE id = ?)",
          columns, columns),
      {org_id, repo_id, org_id});
}

}  // namespace

Repo read_repo(const Row& row, size_t offset) {
  auto at = [&row, offset](size_t i) -> const Value& { return row[offset + i]; };
  Repo repo;
  repo.id = at(0).number();
  repo.org_id = at(1).number();
  repo.project_id = at(2).number();
  repo.slug = at(3).text();
  repo.name = at(4).text();
  repo.type = at(5).text();
  repo.driver = at(6).text();
  repo.description = at(7).find_text();
  repo.hidden = at(8).flag();
  repo.created_at = at(9).number();
  repo.archived_at = at(10).find_number();
  repo.head_state_id = at(11).find_number();
  repo.head_tagged = at(12).flag();
  repo.reported_version = at(13).text();
  repo.last_push_id = at(14).find_number();
  repo.last_push_at = at(15).find_number();
  repo.databases_synced = at(16).number();
  repo.databases_pending = at(17).number();
  repo.databases_failed = at(18).number();
  repo.down = DownProtection{.required = at(19).flag(),
                             .approvals = at(20).number(),
                             .self_approval = at(21).flag(),
                             .expiry_hours = at(22).number()};
  repo.locked_tags = at(23).flag();
  repo.flows = read_flows(row, offset + 24);
  repo.review_policy = at(29).find_text().value_or("");
  repo.retention_days = at(30).find_number();
  return repo;
}

Result<std::optional<Repo>> find_repo(Session& session, int64_t org_id, int64_t id) {
  return find_by(session, "r.org_id = ? AND r.id = ?", {org_id, id});
}

Result<Repo> load_repo(Session& session, int64_t org_id, int64_t id) {
  std::optional<Repo> found = TRY(find_repo(session, org_id, id));
  if (!found) {
    return Error(ErrorCode::kNotFound, fmt::format("repository {} does not exist", id));
  }
  return *std::move(found);
}

Result<std::optional<Repo>> find_repo(Session& session,
                                      int64_t org_id,
                                      std::string_view slug_or_name) {
  std::optional<Repo> found = TRY(find_current_repo(session, org_id, slug_or_name));
  if (!found.has_value()) {
    found = TRY(find_by(session,
                        "r.id = (SELECT repo_id FROM former_slugs WHERE org_id = ? AND slug = ?)",
                        {org_id, to_slug(slug_or_name)}));
  }
  return found;
}

Result<std::optional<Repo>> find_current_repo(Session& session,
                                              int64_t org_id,
                                              std::string_view slug_or_name) {
  std::optional<Repo> found = TRY(find_by(session, kBySlug, {org_id, slug_or_name}));
  if (!found.has_value()) {
    found = TRY(find_by(session, "r.org_id = ? AND r.name = ?", {org_id, slug_or_name}));
  }
  if (!found.has_value()) {
    found = TRY(find_by(session, kBySlug, {org_id, to_slug(slug_or_name)}));
  }
  return found;
}

Result<Repo> create_repo(Session& session, const NewRepo& repo) {
  int64_t const project = TRY(ensure_project(session, repo.org_id, repo.project, repo.now));
  Value const taken = TRY(session.scalar("SELECT id FROM repos WHERE org_id = ? AND slug = ?",
                                   {repo.org_id, repo.slug}));
  if (!taken.is_null()) {
    return Error(ErrorCode::kConflict, fmt::format("repository \"{}\" already exists", repo.slug));
  }
  Value const id = TRY(session.scalar(
      "INSERT INTO repos (org_id, project_id, slug, name, type, driver, description, hidden, "
      "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {repo.org_id, project, repo.slug, repo.name, repo.type, repo.driver, repo.description,
       repo.slug == kDanglingSlug, repo.now}));
  TRY(apply_defaults(session, repo.org_id, id.number()));
  TRY(session.run("DELETE FROM former_slugs WHERE org_id = ? AND slug = ?",
                  {repo.org_id, repo.slug}));
  TRY(claim_ci_runs(session, repo.org_id, id.number(), repo.slug));
  return load_repo(session, repo.org_id, id.number());
}

Result<int64_t> ensure_project(Session& session,
                               int64_t org_id,
                               std::string_view name,
                               int64_t now) {
  return ensure_named(session, "projects", {org_id, name}, now);
}

Result<std::optional<KnownEnvironment>> find_environment(Session& session,
                                                         int64_t org_id,
                                                         std::string_view name) {
  const std::optional<Row> row = TRY(session.find_row(kEnvironmentSql, {org_id, name}));
  return row ? std::optional(KnownEnvironment{(*row)[0].number(), (*row)[1].flag()}) : std::nullopt;
}

Result<KnownEnvironment> ensure_environment(Session& session,
                                            int64_t org_id,
                                            std::string_view name,
                                            int64_t now) {
  const std::optional<KnownEnvironment> known = TRY(find_environment(session, org_id, name));
  if (known) {
    return *known;
  }
  const int64_t id = TRY(ensure_named(session, "environments", {org_id, name}, now));
  TRY(settle_ephemeral(session, org_id, name));
  return TRY(find_environment(session, org_id, name)).value_or(KnownEnvironment{.id = id});
}

Result<void> ask_for_repo(Session& session, int64_t org_id, std::string_view slug) {
  return session.ask_ahead(sql_by(kBySlug), {org_id, slug});
}

Result<void> ask_for_environment(Session& session, int64_t org_id, std::string_view name) {
  return session.ask_ahead(kEnvironmentSql, {org_id, name});
}

}  // namespace rhumb::registry
