#include "codec/json.h"
#include "registry/content/declarative_plans.h"
#include "registry/ingest/ingest_job.h"

/// Reports of `schema apply`: they name schemas by hash, the registry knows them by version.
namespace rhumb::registry {
namespace {

using codec::Json;

/// The version that was pushed with that hash last; empty when there is none.
Result<std::string> find_version(Session& session,
                                 const Repo& repo,
                                 const std::optional<std::string>& hash) {
  if (hash.value_or("").empty()) {
    return std::string();
  }
  const Value version = TRY(session.scalar(
      "SELECT version FROM dir_states WHERE repo_id = ? AND hash = ? ORDER BY id DESC LIMIT 1",
      {repo.id, *hash}));
  return version.text();
}

/// The number of the plan that a URL names; null when it is not known (any more).
Result<Json> find_plan_id(Session& session, const Repo& repo, const std::string& url) {
  const DeclarativePlanName name = parse_plan_url(url);
  if (name.name.empty()) {
    return Json();
  }
  const Result<DeclarativePlan> plan = load_declarative_plan(session, repo.org_id, name);
  if (!plan) {
    return plan.error().code() == ErrorCode::kNotFound ? Result<Json>(Json())
                                                       : Result<Json>(plan.error());
  }
  return Json(plan->id);
}

/// The members that are kept beside the event, with those of schemas.
Result<std::string> extra_json(Session& session, const Repo& repo, const PreparedReport& prepared) {
  Json extra = Json::object();
  if (prepared.extra) {
    extra = TRY(codec::parse_json(*prepared.extra));
  }
  const SchemaFacts facts = prepared.schema.value_or(SchemaFacts{});
  extra.set_unless_empty("fromHash", facts.from_hash.value_or(""));
  extra.set_unless_empty("toHash", facts.to_hash.value_or(""));
  extra.set_unless_empty("planURL", facts.plan_url.value_or(""));
  Json plan_id = TRY(find_plan_id(session, repo, facts.plan_url.value_or("")));
  extra.set_unless_empty("planID", std::move(plan_id));
  return codec::format_json(extra);
}

}  // namespace

Result<PreparedReport> complete_schema_report(Session& session,
                                              const Repo& repo,
                                              const PreparedReport& prepared) {
  PreparedReport out = prepared;
  const SchemaFacts facts = prepared.schema.value_or(SchemaFacts{});
  registry_api::MigrationReport& run = out.report;
  if (run.from_version.empty()) {
    run.from_version = TRY(find_version(session, repo, facts.from_hash));
  }
  if (run.to_version.empty()) {
    run.to_version = TRY(find_version(session, repo, facts.to_hash));
  }
  run.current_version = out.failed || run.dry_run ? run.from_version : run.to_version;
  out.extra = TRY(extra_json(session, repo, prepared));
  return out;
}

}  // namespace rhumb::registry
