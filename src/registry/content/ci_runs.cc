#include "registry/content/ci_runs.h"

#include <fmt/format.h>

#include <set>

#include "migrate/format.h"
#include "migrate/sum.h"
#include "registry/alerts/alert_content.h"
#include "registry/content/repos.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/ingest/redact.h"
#include "registry/names.h"
#include "registry/store/bodies.h"
#include "registry/store/row_page.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// Longer than a client goes on sending one report.
constexpr int64_t kRepeatedNs = int64_t{600} * 1'000'000'000;
constexpr std::string_view kColumns =
    "c.id, c.repo_id, c.status, c.base, c.run_context, c.created_at";

CiRun read_run(const Row& row) {
  CiRun run;
  run.id = row[0].number();
  run.repo_id = row[1].find_number();
  run.status = row[2].text();
  run.base = row[3].find_text();
  run.run_context = row[4].find_text();
  run.created_at = row[5].number();
  return run;
}

/// A report with all that can be done before the writer's turn.
struct ReadyRun {
  CiReport report;  ///< without files, payload and schemas
  Body payload;
  std::optional<Body> from_hcl;
  std::optional<Body> to_hcl;
  std::string dir_hash;
  std::set<std::string> versions;
  std::optional<std::string> run_context;
  Blob fingerprint;
};

Result<void> check_report(const CiReport& report) {
  TRY(check_length("slug", report.slug));
  TRY(check_length("envName", report.env_name));
  TRY(check_length("driver", report.driver));
  TRY(check_length("atlasVersion", report.atlas_version));
  if (report.context) {
    TRY(check_length("context.branch", report.context->branch.value_or("")));
  }
  return {};
}

void add_version(std::set<std::string>& versions, const std::string& file_name) {
  const std::string version = migrate::file_version(file_name, migrate::Format::kAtlas);
  if (migrate::is_migration_name(file_name, migrate::Format::kAtlas) &&
      version.size() <= kNameMax) {
    versions.insert(version);
  }
}

/// The files that the summary names; without a summary those of the directory.
std::set<std::string> find_versions(const CiReport& report) {
  std::set<std::string> versions;
  const Json::Array* files = report.payload.find_array("Files");
  if (files == nullptr) {
    for (const codec::ArchiveFile& file : report.files) {
      add_version(versions, file.name);
    }
    return versions;
  }
  for (const Json& file : *files) {
    add_version(versions, file.string_or_empty("Name"));
  }
  return versions;
}

std::string hash_of_directory(const std::vector<codec::ArchiveFile>& files) {
  for (const codec::ArchiveFile& file : files) {
    if (file.name == migrate::kSumFileName) {
      const std::string first = file.content.substr(0, file.content.find('\n'));
      return first.size() <= kNameMax ? first : std::string();
    }
  }
  return "";
}

Blob digest_report(const CiReport& report, const ReadyRun& ready, const Actor& actor) {
  return digest_json(Json::object({{"actor", actor.kind + ":" + actor.name},
                                   {"slug", report.slug},
                                   {"env", report.env_name},
                                   {"driver", report.driver},
                                   {"status", report.status},
                                   {"base", report.base.value_or("")},
                                   {"context", ready.run_context.value_or("")},
                                   {"dir", ready.dir_hash},
                                   {"payload", report.payload},
                                   {"from", report.from_hcl.value_or("")},
                                   {"to", report.to_hcl.value_or("")}}));
}

Result<ReadyRun> prepare(CiReport report, const Actor& actor) {
  TRY(check_report(report));
  ReadyRun ready;
  report.payload = redact_texts(std::move(report.payload));
  ready.payload = TRY(make_bounded_body("payload", codec::format_json(report.payload)));
  ready.from_hcl = TRY(make_optional_body("fromHCL", report.from_hcl.value_or("")));
  ready.to_hcl = TRY(make_optional_body("toHCL", report.to_hcl.value_or("")));
  ready.dir_hash = hash_of_directory(report.files);
  ready.versions = find_versions(report);
  if (report.context) {
    ready.run_context = codec::format_json(registry_api::to_json(*report.context));
  }
  if (report.base) {
    report.base = cut_middle(redact_url(*report.base), kErrorMax);
  }
  ready.fingerprint = digest_report(report, ready, actor);
  report.files.clear();
  report.payload = Json();
  report.from_hcl.reset();
  report.to_hcl.reset();
  ready.report = std::move(report);
  return ready;
}

Result<int64_t> insert_run(Session& session,
                           const Caller& caller,
                           const ReadyRun& ready,
                           const std::optional<Repo>& repo,
                           int64_t now) {
  TRY(put_body(session, ready.payload));
  TRY(put_body(session, ready.from_hcl));
  TRY(put_body(session, ready.to_hcl));
  const CiReport& report = ready.report;
  const Origin& origin = caller.origin;
  const Value id = TRY(session.scalar(
      "INSERT INTO ci_runs (org_id, repo_id, slug, env_name, driver, status, base, branch, "
      "run_context, dir_hash, payload_body, from_body, to_body, fingerprint, created_at, "
      "actor_kind, actor_id, actor_name, user_agent, atlas_version) VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {caller.org_id,
       repo ? Value(repo->id) : Value(),
       repo ? repo->slug : to_slug(report.slug),
       report.env_name,
       driver_from_wire(report.driver),
       report.status,
       report.base,
       report.context ? report.context->branch.value_or("") : "",
       ready.run_context,
       ready.dir_hash,
       ready.payload.sha256,
       to_value(ready.from_hcl),
       to_value(ready.to_hcl),
       ready.fingerprint,
       now,
       origin.actor.kind,
       origin.actor.id,
       origin.actor.name,
       origin.user_agent,
       report.atlas_version}));
  for (const std::string& version : ready.versions) {
    TRY(session.run("INSERT INTO ci_run_versions (run_id, version) VALUES (?, ?)", {id, version}));
  }
  return id.number();
}

Result<CiRun> store_run(Registry& registry,
                        const Caller& caller,
                        const ReadyRun& ready,
                        Session& session) {
  const CiReport& report = ready.report;
  const int64_t now = registry.now();
  const Value known = TRY(
      session.scalar("SELECT id FROM ci_runs WHERE org_id = ? AND fingerprint = ? AND created_at > "
                     "? ORDER BY id DESC LIMIT 1",
                     {caller.org_id, ready.fingerprint, now - kRepeatedNs}));
  if (!known.is_null()) {
    return load_ci_run(session, caller.org_id, known.number());
  }
  std::optional<Repo> repo;
  if (!report.slug.empty()) {
    repo = TRY(find_repo(session, caller.org_id, report.slug));
  }
  TRY(require(caller, "ci:write",
              {.repo = repo ? repo->slug : report.slug, .env = report.env_name}));
  const int64_t id = TRY(insert_run(session, caller, ready, repo, now));
  AuditEntry entry = audit_entry(caller, now, "ci.report", fmt::format("ci-run/{}", id));
  entry.after =
      codec::format_json(Json::object({{"repo", report.slug}, {"status", report.status}}));
  TRY(append_audit(session, std::move(entry)));
  CiRun run = TRY(load_ci_run(session, caller.org_id, id));
  TRY(tell_ci_run(registry, caller, session, run, report));
  return run;
}

}  // namespace

Result<CiRun> store_ci_run(Registry& registry, const Caller& caller, CiReport report) {
  TRY(require(caller, "ci:write", {.repo = report.slug, .env = report.env_name}));
  const ReadyRun ready = TRY(prepare(std::move(report), caller.origin.actor));
  return write_value<CiRun>(registry.store, [&](Session& session) {
    return store_run(registry, caller, ready, session);
  });
}

Result<CiRun> load_ci_run(Session& session, int64_t org_id, int64_t id) {
  const std::optional<Row> row = TRY(session.find_row(
      fmt::format("SELECT {} FROM ci_runs c WHERE c.org_id = ? AND c.id = ?", kColumns),
      {org_id, id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, "ci run not found");
  }
  return read_run(*row);
}

Result<CiRunPage> list_ci_runs(Session& session, const CiRunFilter& filter, const Page& page) {
  std::string from = "FROM ci_runs c WHERE c.org_id = ?";
  Params params = {filter.org_id};
  const auto add = [&from, &params](std::string_view condition, const Value& value) {
    from += fmt::format(" AND {}", condition);
    params.push_back(value);
  };
  if (filter.repo_id) {
    add("c.repo_id = ?", *filter.repo_id);
  }
  if (!filter.branch.empty()) {
    add("c.branch = ?", filter.branch);
  }
  if (!filter.version.empty()) {
    add("c.id IN (SELECT run_id FROM ci_run_versions WHERE version = ?)", filter.version);
  }
  std::string list;
  for (const std::string& status : filter.statuses) {
    list += list.empty() ? "?" : ", ?";
    params.emplace_back(status);
  }
  from += list.empty() ? "" : fmt::format(" AND c.status IN ({})", list);
  const RowPage found = TRY(
      read_rows(session, {.columns = kColumns, .from = from, .order = "c.id DESC"}, params, page));
  CiRunPage out;
  out.facts = found.facts;
  for (const Row& row : found.rows) {
    out.runs.push_back(read_run(row));
  }
  return out;
}

Result<void> claim_ci_runs(Session& session,
                           int64_t org_id,
                           int64_t repo_id,
                           std::string_view slug) {
  return session.run(
      "UPDATE ci_runs SET repo_id = ? WHERE org_id = ? AND slug = ? AND repo_id IS NULL",
      {repo_id, org_id, slug});
}

std::string ci_run_link(const Registry& registry, int64_t id) {
  return fmt::format("{}/ci-runs/{}", registry.public_url, id);
}

}  // namespace rhumb::registry
