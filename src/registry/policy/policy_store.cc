#include "registry/policy/policy_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_format.h"
#include "registry/api/request_context.h"
#include "registry/content/ephemeral.h"
#include "registry/names.h"
#include "registry/policy/policy_json.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kRankMax = 1'000'000;
constexpr std::string_view kSelect =
    "SELECT p.id, r.slug, p.stages, p.created_at FROM promotion_policies p LEFT JOIN repos r ON "
    "r.id = "
    "p.repo_id ";

Result<PromotionPolicy> read_policy(const Row& row) {
  PromotionPolicy policy;
  policy.id = row[0].number();
  policy.repo = row[1].find_text();
  policy.since = row[3].number();
  const Json stages = TRY(codec::parse_json(row[2].text()));
  policy.stages = TRY(read_stages(stages));
  return policy;
}

Result<std::vector<PromotionPolicy>> find_policies(Session& session,
                                                   std::string_view rest,
                                                   const Params& params) {
  const Rows rows = TRY(session.query(fmt::format("{}{}", kSelect, rest), params));
  std::vector<PromotionPolicy> out;
  for (const Row& row : rows) {
    PromotionPolicy policy = TRY(read_policy(row));
    out.push_back(std::move(policy));
  }
  return out;
}

std::string shown(const PromotionPolicy& policy) {
  return codec::format_json(
      Json::object({{"repo", text_json(policy.repo)}, {"stages", to_json(policy.stages)}}));
}

Error no_repository(std::string_view name) {
  return Error(ErrorCode::kNotFound, fmt::format("dir \"{}\" not found", name));
}

/// What is stored already is not asked again: it freezes where its zone is gone.
Result<void> check_zones(const std::vector<PromotionStage>& stages) {
  const sys::TimeZones zones = sys::TimeZones::of_machine();
  for (const PromotionStage& stage : stages) {
    for (const Freeze& freeze : stage.freezes) {
      TRY(check_zone(freeze, zones).context("stage " + go_quote(stage.name)));
    }
  }
  return {};
}

Result<PromotionPolicy> store_policy(Registry& registry,
                                     const Caller& caller,
                                     const PolicyChange& change,
                                     Session& session) {
  int64_t repo_id = 0;
  if (change.repo) {
    const std::optional<Repo> repo = TRY(find_repo(session, caller.org_id, *change.repo));
    if (!repo) {
      return no_repository(*change.repo);
    }
    repo_id = repo->id;
  }
  const auto before =
      TRY(find_policies(session, "WHERE p.org_id = ? AND p.repo_id = ?", {caller.org_id, repo_id}));
  TRY(session.run(
      "INSERT INTO promotion_policies (org_id, repo_id, stages, created_at) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (org_id, repo_id) DO UPDATE SET stages = excluded.stages",
      {caller.org_id, repo_id, codec::format_json(to_json(change.stages)), registry.now()}));
  const auto after =
      TRY(find_policies(session, "WHERE p.org_id = ? AND p.repo_id = ?", {caller.org_id, repo_id}));
  AuditEntry entry =
      audit_entry(caller, registry.now(), "policy.set", fmt::format("policy/{}", after.front().id));
  entry.before = before.empty() ? std::nullopt : std::optional(shown(before.front()));
  entry.after = shown(after.front());
  TRY(append_audit(session, std::move(entry)));
  TRY(tell_policies_changed(registry, session));
  return after.front();
}

Result<void> remove_policy(Registry& registry, const Caller& caller, int64_t id, Session& session) {
  const auto before =
      TRY(find_policies(session, "WHERE p.org_id = ? AND p.id = ?", {caller.org_id, id}));
  if (before.empty()) {
    return Error(ErrorCode::kNotFound, "policy not found");
  }
  TRY(session.run("DELETE FROM promotion_policies WHERE id = ?", {id}));
  AuditEntry entry =
      audit_entry(caller, registry.now(), "policy.delete", fmt::format("policy/{}", id));
  entry.before = shown(before.front());
  TRY(append_audit(session, std::move(entry)));
  return tell_policies_changed(registry, session);
}

/// An environment as the audit log shows it.
Result<Row> load_environment(Session& session, int64_t id) {
  const std::optional<Row> row =
      TRY(session.find_row("SELECT rank, protected FROM environments WHERE id = ?", {id}));
  return row.value_or(Row(2));
}

std::string shown(const Row& environment) {
  return codec::format_json(
      Json::object({{"rank", environment[0].is_null() ? Json() : Json(environment[0].number())},
                    {"protected", environment[1].flag()}}));
}

Result<void> store_environment(Registry& registry,
                               const Caller& caller,
                               const EnvironmentChange& change,
                               Session& session) {
  const int64_t id =
      TRY(ensure_environment(session, caller.org_id, change.name, registry.now())).id;
  const Row before = TRY(load_environment(session, id));
  TRY(session.run(
      "UPDATE environments SET rank = coalesce(?1, rank), protected = coalesce(?2, protected), "
      "protected_at = CASE WHEN coalesce(?2, protected) = 0 THEN NULL WHEN protected = 1 THEN "
      "protected_at ELSE ?3 END WHERE id = ?4",
      {change.rank, change.is_protected, registry.now(), id}));
  const Row after = TRY(load_environment(session, id));
  if (before == after) {
    return {};
  }
  TRY(settle_ephemeral(session, caller.org_id, change.name));
  AuditEntry entry =
      audit_entry(caller, registry.now(), "policy.environment", "environment/" + change.name);
  entry.before = shown(before);
  entry.after = shown(after);
  TRY(append_audit(session, std::move(entry)));
  return tell_policies_changed(registry, session);
}

}  // namespace

Result<std::vector<PromotionPolicy>> list_policies(Session& session, int64_t org_id) {
  return find_policies(session, "WHERE p.org_id = ? ORDER BY r.slug IS NOT NULL, r.slug", {org_id});
}

Result<std::optional<PromotionPolicy>> find_policy(Session& session,
                                                   int64_t org_id,
                                                   int64_t repo_id) {
  const auto found = TRY(find_policies(
      session, "WHERE p.org_id = ? AND p.repo_id IN (0, ?) ORDER BY p.repo_id DESC LIMIT 1",
      {org_id, repo_id}));
  return found.empty() ? std::optional<PromotionPolicy>() : std::optional(found.front());
}

Result<std::optional<int64_t>> protected_since(Session& session,
                                               int64_t org_id,
                                               const Repo* repo,
                                               std::string_view env_name) {
  const Value of_env = TRY(session.scalar(
      "SELECT coalesce(protected_at, 0) FROM environments WHERE org_id = ? AND name = ? AND "
      "protected = 1",
      {org_id, env_name}));
  const std::optional<int64_t> of_repo =
      repo == nullptr ? std::optional<int64_t>() : repo->flows.deploy_since;
  if (of_env.is_null() || !of_repo) {
    return of_env.is_null() ? of_repo : of_env.find_number();
  }
  return std::optional(std::min(of_env.number(), *of_repo));
}

Result<bool> has_policies(Session& session, int64_t org_id) {
  const Value found = TRY(session.scalar(
      "SELECT id FROM promotion_policies WHERE org_id = ?1 UNION ALL SELECT id FROM environments "
      "WHERE org_id = ?1 AND protected = 1 UNION ALL SELECT id FROM repos WHERE org_id = ?1 AND "
      "deploy_protected_at IS NOT NULL LIMIT 1",
      {org_id}));
  return !found.is_null();
}

Result<PromotionPolicy> set_policy(Registry& registry,
                                   const Caller& caller,
                                   const PolicyChange& change) {
  TRY(check_zones(change.stages));
  Result<PromotionPolicy> policy = write_value<PromotionPolicy>(
      registry.store,
      [&](Session& session) { return store_policy(registry, caller, change, session); });
  registry.policies.forget();
  return policy;
}

Result<void> delete_policy(Registry& registry, const Caller& caller, int64_t id) {
  Result<void> removed = registry.store.write(
      [&](Session& session) { return remove_policy(registry, caller, id, session); });
  registry.policies.forget();
  return removed;
}

Result<void> update_environment(Registry& registry,
                                const Caller& caller,
                                const EnvironmentChange& change) {
  TRY(check_name("name", change.name));
  if (change.rank && (*change.rank < 0 || *change.rank > kRankMax)) {
    return invalid(fmt::format("rank must be from 0 to {}", kRankMax));
  }
  Result<void> stored = registry.store.write(
      [&](Session& session) { return store_environment(registry, caller, change, session); });
  registry.policies.forget();
  return stored;
}

}  // namespace rhumb::registry
