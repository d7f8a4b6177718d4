#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/ci_runs.h"
#include "registry/content/directory_archive.h"
#include "registry/store/body_fields.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

/// A CIRun; its texts are read when they are asked for.
Json run_json(const Registry& registry, const CiRun& run) {
  Json out = Json::object({{"id", std::to_string(run.id)},
                           {"status", run.status},
                           {"link", ci_run_link(registry, run.id)}});
  out.set("createdAt", time_json(run.created_at));
  out.set("context", run.run_context ? stored_json(*run.run_context) : Json());
  out.set("base", text_json(run.base));
  out.set("_id", run.id);
  out.set("_repo", run.repo_id ? Json(*run.repo_id) : Json());
  return out;
}

Result<Json> resolve_run(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "ci run"));
  const CiRun run = TRY(read_value<CiRun>(context.registry.store, [&](Session& session) {
    return load_ci_run(session, context.caller.org_id, id);
  }));
  return run_json(context.registry, run);
}

Result<Json> list(RequestContext& context, const Json& input, std::optional<int64_t> repo_id) {
  const Page page = TRY(read_page(input.find("page")));
  const std::string slug = input.string_or_empty("repo");
  CiRunFilter filter;
  filter.org_id = context.caller.org_id;
  filter.repo_id = repo_id;
  filter.statuses = read_texts(input, "statuses");
  filter.branch = input.string_or_empty("branch");
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    TRY(narrow_to_repo(session, filter.org_id, slug, filter.repo_id));
    const CiRunPage found = TRY(list_ci_runs(session, filter, page));
    return Json::object({{"runs", ci_runs_json(context.registry, found.runs)},
                         {"pageInfo", page_info(page, found.facts)}});
  });
}

Result<Json> resolve_runs(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  return list(context, call.input(), std::nullopt);
}

Result<CiReport> read_lint_report(const Json& input) {
  CiReport report;
  report.slug = input.string_or_empty("slug");
  report.env_name = input.string_or_empty("envName");
  report.driver = input.string_or_empty("driver");
  report.atlas_version = input.string_or_empty("atlasVersion");
  if (const std::optional<std::string> status = read_text(input, "status")) {
    report.status = *status;
  }
  report.base = read_text(input, "base");
  if (const Json* run_context = input.find_object("context")) {
    report.context = TRY(registry_api::read_run_context(*run_context));
  }
  if (!input.string_or_empty("dir").empty()) {
    report.files = TRY(read_directory_archive(input, "dir", migrate::Format::kAtlas));
  }
  if (const Json* payload = input.find("payload"); payload != nullptr && !payload->is_null()) {
    report.payload = *payload;
  }
  report.from_hcl = read_text(input, "fromHCL");
  report.to_hcl = read_text(input, "toHCL");
  return report;
}

Result<Json> resolve_lint(RequestContext& context, FieldCall& call) {
  CiReport report = TRY(read_lint_report(call.input()));
  const CiRun run = TRY(store_ci_run(context.registry, context.caller, std::move(report)));
  return Json::object({{"url", ci_run_link(context.registry, run.id)}});
}

/// The report of the first CI action: `projectName` is `<repository>/<directory>`, or only the
/// directory.
Result<CiReport> read_legacy_report(const Json& input) {
  CiReport report;
  report.slug = input.string_or_empty("projectName");
  report.env_name = input.string_or_empty("envName");
  report.status = input.string_or_empty("status");
  report.context = TRY(registry_api::read_run_context(input));
  if (!input.string_or_empty("payload").empty()) {
    const std::string bytes = TRY(decode_bytes(input, "payload"));
    report.payload = TRY(codec::parse_json(bytes).context("payload"));
  }
  return report;
}

Result<Json> resolve_create_report(RequestContext& context, FieldCall& call) {
  CiReport report = TRY(read_legacy_report(call.input()));
  const CiRun run = TRY(store_ci_run(context.registry, context.caller, std::move(report)));
  return Json::object({{"runID", std::to_string(run.id)},
                       {"url", ci_run_link(context.registry, run.id)},
                       {"cloudReports", Json::array()}});
}

Result<Json> resolve_repo(RequestContext& context, FieldCall& call) {
  const std::optional<int64_t> repo = call.parent().find_int("_repo");
  return repo ? load_repo(context, *repo) : Result<Json>(Json());
}

}  // namespace

Json ci_runs_json(const Registry& registry, const std::vector<CiRun>& runs) {
  Json out = Json::array();
  for (const CiRun& run : runs) {
    out.push_back(run_json(registry, run));
  }
  return out;
}

void add_ci_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "ciRuns", resolve_runs);
  bind_root(resolvers, "Query", "ciRun", resolve_run);
  bind_root(resolvers, "Mutation", "reportMigrationLint", resolve_lint);
  bind_root(resolvers, "Mutation", "createReport", resolve_create_report);
  bind_field(resolvers, "Repo", "ciRuns", [](RequestContext& context, FieldCall& call) {
    return list(context, call.input(), call.parent().find_int("_id"));
  });
  bind_field(resolvers, "CIRun", "repo", resolve_repo);
  bind_body(resolvers, {.type = "CIRun",
                        .field = "payload",
                        .table = "ci_runs",
                        .column = "payload_body",
                        .is_json = true});
  bind_body(resolvers,
            {.type = "CIRun", .field = "fromHCL", .table = "ci_runs", .column = "from_body"});
  bind_body(resolvers,
            {.type = "CIRun", .field = "toHCL", .table = "ci_runs", .column = "to_body"});
}

}  // namespace rhumb::registry
