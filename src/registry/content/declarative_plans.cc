#include "registry/content/declarative_plans.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/alerts/alert_content.h"
#include "registry/content/protected_flows.h"
#include "registry/content/states.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/ingest/redact.h"
#include "registry/names.h"
#include "registry/store/bodies.h"
#include "registry/store/row_page.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr std::string_view kApproved = "APPROVED";
constexpr std::string_view kPending = "PENDING";
constexpr std::string_view kColumns =
    "p.id, p.repo_id, r.slug, p.name, p.status, p.from_hash, p.to_hash, p.from_desc, p.to_desc, "
    "p.migration_body, p.lint_body, p.run_context, p.created_at, p.actor_kind, p.actor_id, "
    "p.actor_name, p.approved_at, p.approver_kind, p.approver_id, p.approver_name";
constexpr std::string_view kFrom = "FROM declarative_plans p JOIN repos r ON r.id = p.repo_id";

DeclarativePlan read_plan(const Row& row) {
  DeclarativePlan plan;
  plan.id = row[0].number();
  plan.repo_id = row[1].number();
  plan.repo_slug = row[2].text();
  plan.name = row[3].text();
  plan.status = row[4].text();
  plan.from_hash = row[5].text();
  plan.to_hash = row[6].text();
  plan.from_desc = row[7].find_text();
  plan.to_desc = row[8].find_text();
  plan.migration = Blob{row[9].text()};
  if (!row[10].is_null()) {
    plan.lint = Blob{row[10].text()};
  }
  plan.run_context = row[11].find_text();
  plan.created_at = row[12].number();
  plan.actor = Actor{row[13].text(), row[14].find_number(), row[15].text()};
  plan.approved_at = row[16].find_number();
  if (!row[17].is_null()) {
    plan.approver = Actor{row[17].text(), row[18].find_number(), row[19].text()};
  }
  return plan;
}

Result<std::optional<DeclarativePlan>> find_by(Session& session,
                                               std::string_view condition,
                                               const Params& params) {
  const std::optional<Row> row = TRY(
      session.find_row(fmt::format("SELECT {} {} WHERE {}", kColumns, kFrom, condition), params));
  return row ? std::optional<DeclarativePlan>(read_plan(*row)) : std::nullopt;
}

/// The repository of a plan. One that holds a directory has none.
Result<Repo> load_schema_repo(Session& session, int64_t org_id, const std::string& slug) {
  std::optional<Repo> repo = TRY(find_repo(session, org_id, slug));
  if (!repo || repo->type != kSchemaType) {
    return Error(ErrorCode::kNotFound, fmt::format("schema \"{}\" not found", slug));
  }
  return *std::move(repo);
}

Result<DeclarativePlan> load_of_repo(Session& session, const Repo& repo, const std::string& name) {
  std::optional<DeclarativePlan> plan =
      TRY(find_by(session, "p.repo_id = ? AND p.name = ?", {repo.id, name}));
  if (!plan) {
    return Error(ErrorCode::kNotFound,
                 fmt::format("plan \"{}\" not found in schema \"{}\"", name, repo.slug));
  }
  return *std::move(plan);
}

/// A plan's name is the last part of its URL.
Result<void> check_plan_name(std::string_view name) {
  TRY(check_name("plan name", name));
  const bool fits = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  });
  return fits ? Result<void>()
              : Result<void>(invalid("plan name must be alphanumeric and may contain .-_"));
}

struct ReadyPlan {
  DeclarativePlanPush push;  ///< without its texts
  Body migration;
  std::optional<Body> lint;
  std::optional<std::string> run_context;
};

void clean(std::optional<std::string>& text) {
  if (text) {
    *text = cut_middle(redact_urls(*text), kErrorMax);
  }
}

/// The SQL stays as it is: it is what will run.
Result<ReadyPlan> prepare(DeclarativePlanPush push) {
  TRY(check_plan_name(push.name));
  TRY(check_name("fromHash", push.from_hash));
  TRY(check_name("toHash", push.to_hash));
  ReadyPlan ready;
  ready.migration = TRY(make_bounded_body("migration", push.migration));
  push.migration.clear();
  if (push.lint) {
    ready.lint = TRY(make_optional_body("lint", codec::format_json(redact_texts(*push.lint))));
    push.lint.reset();
  }
  if (push.context) {
    ready.run_context = codec::format_json(registry_api::to_json(*push.context));
  }
  clean(push.from_desc);
  clean(push.to_desc);
  ready.push = std::move(push);
  return ready;
}

Result<void> audit_plan(Session& session,
                        const Caller& caller,
                        int64_t now,
                        std::string_view action,
                        const DeclarativePlan& plan) {
  AuditEntry entry = audit_entry(caller, now, std::string(action), declarative_plan_url(plan));
  const std::string facts = codec::format_json(Json::object({{"id", std::to_string(plan.id)},
                                                             {"status", plan.status},
                                                             {"fromHash", plan.from_hash},
                                                             {"toHash", plan.to_hash}}));
  (action == "plan.remove" ? entry.before : entry.after) = facts;
  return append_audit(session, std::move(entry));
}

Result<DeclarativePlan> insert_plan(Registry& registry,
                                    Session& session,
                                    const Caller& caller,
                                    const ReadyPlan& ready,
                                    const Repo& repo) {
  const int64_t now = registry.now();
  const DeclarativePlanPush& push = ready.push;
  const Origin& origin = caller.origin;
  TRY(put_body(session, ready.migration));
  TRY(put_body(session, ready.lint));
  const std::optional<Actor> approver =
      push.approved ? std::optional<Actor>(origin.actor) : std::nullopt;
  const Value id = TRY(session.scalar(
      "INSERT INTO declarative_plans (org_id, repo_id, name, status, from_hash, to_hash, "
      "from_desc, to_desc, migration_body, lint_body, run_context, created_at, actor_kind, "
      "actor_id, actor_name, user_agent, approved_at, approver_kind, approver_id, approver_name) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {caller.org_id,
       repo.id,
       push.name,
       push.approved ? kApproved : kPending,
       push.from_hash,
       push.to_hash,
       push.from_desc,
       push.to_desc,
       ready.migration.sha256,
       to_value(ready.lint),
       ready.run_context,
       now,
       origin.actor.kind,
       origin.actor.id,
       origin.actor.name,
       origin.user_agent,
       approver ? Value(now) : Value(),
       approver ? Value(approver->kind) : Value(),
       approver ? Value(approver->id) : Value(),
       approver ? Value(approver->name) : Value()}));
  DeclarativePlan plan = TRY(load_of_repo(session, repo, push.name));
  TRY(audit_plan(session, caller, now, "plan.push", plan));
  TRY(tell_plan(registry, caller, session, plan));
  return plan;
}

/// Where approvals are protected, nobody approves a plan of their own unless reverts allow that as
/// well.
Result<void> check_approver(Session& session, const Caller& caller, const DeclarativePlan& plan) {
  const Repo repo = TRY(load_repo(session, caller.org_id, plan.repo_id));
  if (!repo.flows.approve_plan) {
    return {};
  }
  TRY(require_protected(caller, repo, "approvals of plans"));
  if (is_same(caller.origin.actor, plan.actor) && !repo.down.self_approval) {
    return Error(ErrorCode::kDenied,
                 fmt::format("plan \"{}\" of \"{}\" is your own: somebody else must approve it",
                             plan.name, repo.slug));
  }
  return {};
}

Result<DeclarativePlan> approve(Registry& registry,
                                Session& session,
                                const Caller& caller,
                                DeclarativePlan plan) {
  TRY(require(caller, "plan:approve", {.repo = plan.repo_slug}));
  if (plan.is_approved()) {
    return plan;
  }
  const int64_t now = registry.now();
  const Actor& actor = caller.origin.actor;
  TRY(check_approver(session, caller, plan));
  TRY(
      session.run("UPDATE declarative_plans SET status = ?, approved_at = ?, approver_kind = ?, "
                  "approver_id = ?, approver_name = ? WHERE id = ?",
                  {kApproved, now, actor.kind, actor.id, actor.name, plan.id}));
  plan.status = kApproved;
  plan.approved_at = now;
  plan.approver = actor;
  TRY(audit_plan(session, caller, now, "plan.approve", plan));
  TRY(tell_plan(registry, caller, session, plan));
  return plan;
}

Result<DeclarativePlan> store_push(Registry& registry,
                                   const Caller& caller,
                                   const ReadyPlan& ready,
                                   Session& session) {
  const DeclarativePlanPush& push = ready.push;
  const Repo repo = TRY(load_schema_repo(session, caller.org_id, push.schema_slug));
  TRY(require(caller, "plan:push", {.repo = repo.slug}));
  const std::optional<DeclarativePlan> known =
      TRY(find_by(session, "p.repo_id = ? AND p.name = ?", {repo.id, push.name}));
  if (push.approved && (repo.flows.push_plan || repo.flows.approve_plan)) {
    TRY(require_protected(caller, repo, "pushes of approved plans"));
  }
  if (!known) {
    return insert_plan(registry, session, caller, ready, repo);
  }
  const bool is_same = known->from_hash == push.from_hash && known->to_hash == push.to_hash &&
                       known->migration == ready.migration.sha256;
  if (!is_same) {
    return Error(ErrorCode::kConflict,
                 fmt::format("plan \"{}\" of schema \"{}\" holds another plan; use another name",
                             push.name, repo.slug));
  }
  return push.approved && !known->is_approved() ? approve(registry, session, caller, *known)
                                                : Result<DeclarativePlan>(*known);
}

}  // namespace

Result<DeclarativePlan> push_declarative_plan(Registry& registry,
                                              const Caller& caller,
                                              DeclarativePlanPush push) {
  TRY(require(caller, "plan:push", {.repo = push.schema_slug}));
  const ReadyPlan ready = TRY(prepare(std::move(push)));
  return write_value<DeclarativePlan>(registry.store, [&](Session& session) {
    return store_push(registry, caller, ready, session);
  });
}

Result<DeclarativePlan> approve_declarative_plan(Registry& registry,
                                                 const Caller& caller,
                                                 const DeclarativePlanName& plan) {
  TRY(require(caller, "plan:approve", {.repo = plan.schema_slug}));
  return write_value<DeclarativePlan>(
      registry.store, [&](Session& session) -> Result<DeclarativePlan> {
        DeclarativePlan known = TRY(load_declarative_plan(session, caller.org_id, plan));
        return approve(registry, session, caller, std::move(known));
      });
}

Result<void> delete_declarative_plan(Registry& registry,
                                     const Caller& caller,
                                     const DeclarativePlanName& plan) {
  TRY(require(caller, "plan:push", {.repo = plan.schema_slug}));
  return registry.store.write([&](Session& session) -> Result<void> {
    const DeclarativePlan known = TRY(load_declarative_plan(session, caller.org_id, plan));
    TRY(require(caller, known.is_approved() ? "plan:approve" : "plan:push",
                {.repo = known.repo_slug}));
    TRY(audit_plan(session, caller, registry.now(), "plan.remove", known));
    return session.run("DELETE FROM declarative_plans WHERE id = ?", {known.id});
  });
}

Result<std::vector<DeclarativePlan>> find_declarative_plans(Session& session,
                                                            int64_t org_id,
                                                            const SchemaTransition& transition) {
  std::vector<DeclarativePlan> plans;
  const std::optional<Repo> repo = TRY(find_repo(session, org_id, transition.schema_slug));
  if (!repo) {
    return plans;
  }
  TRY(session.for_each(
      fmt::format("SELECT {} {} WHERE p.repo_id = ? AND p.from_hash = ? AND p.to_hash = ? "
                  "ORDER BY p.id",
                  kColumns, kFrom),
      {repo->id, transition.from_hash, transition.to_hash}, [&plans](const Row& row) {
        plans.push_back(read_plan(row));
        return true;
      }));
  return plans;
}

Result<DeclarativePlan> load_declarative_plan(Session& session,
                                              int64_t org_id,
                                              const DeclarativePlanName& name) {
  const Repo repo = TRY(load_schema_repo(session, org_id, name.schema_slug));
  return load_of_repo(session, repo, name.name);
}

Result<std::optional<DeclarativePlan>> find_declarative_plan(Session& session,
                                                             int64_t org_id,
                                                             int64_t id) {
  return find_by(session, "p.org_id = ? AND p.id = ?", {org_id, id});
}

Result<DeclarativePlanPage> list_declarative_plans(Session& session,
                                                   const DeclarativePlanFilter& filter,
                                                   const Page& page) {
  std::string from = fmt::format("{} WHERE p.org_id = ?", kFrom);
  Params params = {filter.org_id};
  if (filter.repo_id) {
    from += " AND p.repo_id = ?";
    params.emplace_back(*filter.repo_id);
  }
  if (!filter.status.empty()) {
    from += " AND p.status = ?";
    params.emplace_back(filter.status);
  }
  const RowPage found = TRY(
      read_rows(session, {.columns = kColumns, .from = from, .order = "p.id DESC"}, params, page));
  DeclarativePlanPage out;
  out.facts = found.facts;
  for (const Row& row : found.rows) {
    out.plans.push_back(read_plan(row));
  }
  return out;
}

std::string declarative_plan_url(const DeclarativePlan& plan) {
  return fmt::format("atlas://{}/plans/{}", plan.repo_slug, plan.name);
}

DeclarativePlanName parse_plan_url(std::string_view url) {
  constexpr std::string_view kScheme = "atlas://";
  constexpr std::string_view kLongForm = "repo/schema/";
  constexpr std::string_view kPlans = "/plans/";
  if (!url.starts_with(kScheme)) {
    return {};
  }
  url.remove_prefix(kScheme.size());
  // Names of repositories may hold slashes, those of plans do not.
  const size_t at = url.rfind(kPlans);
  if (at == std::string_view::npos) {
    return {};
  }
  std::string_view slug = url.substr(0, at);
  if (slug.starts_with(kLongForm)) {
    slug.remove_prefix(kLongForm.size());
  }
  return {std::string(slug), std::string(url.substr(at + kPlans.size()))};
}

std::string declarative_plan_link(const Registry& registry, const DeclarativePlan& plan) {
  return fmt::format("{}/schemas/{}/plans/{}", registry.public_url, plan.repo_id, plan.id);
}

}  // namespace rhumb::registry
