#include "registry/audit/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "codec/hex.h"
#include "codec/json.h"
#include "registry/audit/evidence_readme.h"
#include "registry/content/states.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// Which event ran the version: with repository and version as parameters.
constexpr std::string_view kFileRan =
    "EXISTS (SELECT 1 FROM event_files f WHERE f.event_id = e.id AND (f.name = ?2 || '.sql' OR "
    "substr(f.name, 1, length(?2) + 1) = ?2 || '_'))";
constexpr std::string_view kSchemaRan = "e.version = ?2";

Json time_of(const Value& value) {
  return value.is_null() ? Json() : Json(format_audit_time(value.number()));
}
Json text_of(const Value& value) {
  return value.is_null() ? Json() : Json(value.text());
}
Json document_of(const Value& value) {
  const Result<Json> document =
      value.is_null() ? Result<Json>(Json()) : codec::parse_json(value.text());
  return document ? *document : text_of(value);
}
Json actor_of(const Row& row, size_t at) {
  Json actor = Json::object({{"kind", row[at].text()}});
  if (!row[at + 1].is_null()) {
    actor.set("id", row[at + 1].number());
  }
  actor.set("name", row[at + 2].text());
  return actor;
}
Json hex_of(const Value& digest) {
  return codec::hex_encode(codec::as_bytes(digest.text()));
}

class Collector {
 public:
  Collector(Session& session, const EvidenceRequest& request)
      : session_(session), request_(request) {}

  Result<Evidence> run() {
    const std::optional<Repo> repo = TRY(find_repo(session_, request_.org_id, request_.repo));
    if (!repo) {
      return Error(ErrorCode::kNotFound, fmt::format("repository \"{}\" not found", request_.repo));
    }
    repo_ = *repo;
    TRY(find_environment());
    out_.org =
        TRY(session_.scalar("SELECT slug FROM organizations WHERE id = ?", {request_.org_id}))
            .text();
    out_.repo = repo_.slug;
    out_.version = request_.version;
    out_.env = request_.env;
    TRY(add_content());
    TRY(add_pushes());
    TRY(add_ci_runs());
    TRY(add_runs());
    if (facts_.pushes.empty() && facts_.environments.empty()) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("version {} of \"{}\" was neither pushed nor run", request_.version,
                               repo_.slug));
    }
    TRY(add_approvals());
    TRY(add_entries_of(fmt::format("repo/{}", repo_.slug)));
    TRY(add_decisions());
    add_json("facts/pushes.json", facts_.pushes);
    add_json("facts/ci-runs.json", facts_.ci_runs);
    add_json("facts/approvals.json", facts_.approvals);
    add_json("facts/policy.json", facts_.policy);
    add_json("facts/deployments.json", facts_.environments);
    out_.files.insert(out_.files.begin(),
                      {"README.txt", format_evidence_readme(out_, repo_.type, facts_)});
    return std::move(out_);
  }

 private:
  void add_json(std::string name, const Json& json) {
    out_.files.push_back({std::move(name), codec::format_json(json, {.indent = "  "}) + "\n"});
  }

  Result<void> find_environment() {
    if (request_.env.empty()) {
      return {};
    }
    const Value id =
        TRY(session_.scalar("SELECT id FROM environments WHERE org_id = ? AND name = ?",
                            {request_.org_id, request_.env}));
    if (id.is_null()) {
      return Error(ErrorCode::kNotFound, fmt::format("environment \"{}\" not found", request_.env));
    }
    env_id_ = id.number();
    return {};
  }

  // ------------------------------------------------------------------------------------- content

  /// The newest pushed state that ends with the version, else the newest that holds it.
  Result<std::optional<int64_t>> find_pushed_state() {
    Value id = TRY(session_.scalar(
        "SELECT s.id FROM dir_states s JOIN pushes p ON p.state_id = s.id WHERE s.repo_id = ? AND "
        "s.version = ? ORDER BY p.id DESC LIMIT 1",
        {repo_.id, request_.version}));
    if (id.is_null()) {
      id = TRY(session_.scalar(
          "SELECT s.id FROM dir_states s JOIN pushes p ON p.state_id = s.id JOIN dir_files f ON "
          "f.state_id = s.id WHERE s.repo_id = ? AND f.version = ? AND f.listed = 1 ORDER BY p.id "
          "DESC LIMIT 1",
          {repo_.id, request_.version}));
    }
    return id.find_number();
  }

  Result<void> add_content() {
    const std::optional<int64_t> state = TRY(find_pushed_state());
    if (!state) {
      return {};
    }
    const std::optional<Row> row = TRY(
        session_.find_row("SELECT hash, version, sum_body FROM dir_states WHERE id = ?", {*state}));
    if (!row) {
      return Error(ErrorCode::kInternal, fmt::format("state {} is missing", *state));
    }
    const Value& sum_body = (*row)[2];
    facts_.hash = row->front().text();
    if (repo_.type == kSchemaType) {
      const Value body =
          TRY(session_.scalar("SELECT hcl_body FROM schema_contents WHERE state_id = ?", {*state}));
      return body.is_null() ? Result<void>() : add_body("files/schema.hcl", body);
    }
    if (!sum_body.is_null()) {
      TRY(add_body("files/atlas.sum", sum_body));
    }
    const Rows files =
        TRY(session_.query("SELECT name, body, version, hash, listed FROM dir_files WHERE state_id "
                           "= ? ORDER BY position",
                           {*state}));
    for (const Row& file : files) {
      TRY(add_body("files/" + file[0].text(), file[1]));
      facts_.files.push_back(Json::object({{"name", file[0].text()},
                                           {"version", file[2].text()},
                                           {"hash", file[3].text()},
                                           {"migration", file[4].flag()}}));
    }
    add_json("facts/files.json", facts_.files);
    return {};
  }

  Result<void> add_body(std::string name, const Value& digest) {
    std::string content = TRY(read_body(session_, digest));
    out_.files.push_back({std::move(name), std::move(content)});
    return {};
  }

  Result<void> add_pushes() {
    const Rows rows = TRY(session_.query(
        "SELECT p.id, p.tag, p.pushed_at, p.actor_kind, p.actor_id, p.actor_name, p.user_agent, "
        "p.run_context, s.hash, s.version FROM dir_states s JOIN pushes p ON p.state_id = s.id "
        "WHERE "
        "s.repo_id = ?1 AND (s.version = ?2 OR s.id IN (SELECT f.state_id FROM dir_files f WHERE "
        "f.version = ?2 AND f.listed = 1)) ORDER BY p.id",
        {repo_.id, request_.version}));
    for (const Row& row : rows) {
      Json push = Json::object({{"id", row[0].number()},
                                {"tag", text_of(row[1])},
                                {"pushedAt", time_of(row[2])},
                                {"actor", actor_of(row, 3)},
                                {"userAgent", row[6].text()},
                                {"runContext", document_of(row[7])},
                                {"hash", row[8].text()},
                                {"endsAt", row[9].text()}});
      facts_.pushes.push_back(std::move(push));
    }
    return {};
  }

  Result<void> add_ci_runs() {
    const Rows rows = TRY(session_.query(
        "SELECT c.id, c.status, c.branch, c.run_context, c.dir_hash, c.created_at, c.actor_kind, "
        "c.actor_id, c.actor_name FROM ci_runs c WHERE c.repo_id = ? AND c.id IN (SELECT run_id "
        "FROM "
        "ci_run_versions WHERE version = ?) ORDER BY c.id",
        {repo_.id, request_.version}));
    for (const Row& row : rows) {
      facts_.ci_runs.push_back(Json::object({{"id", row[0].number()},
                                             {"status", row[1].text()},
                                             {"branch", row[2].text()},
                                             {"runContext", document_of(row[3])},
                                             {"hash", text_of(row[4])},
                                             {"reportedAt", time_of(row[5])},
                                             {"actor", actor_of(row, 6)}}));
      TRY(add_entries_of(fmt::format("ci-run/{}", row[0].number())));
    }
    return {};
  }

  // ---------------------------------------------------------------------------------------- runs

  Result<void> add_runs() {
    const std::string sql = fmt::format(
        "SELECT n.name, d.id, d.name, d.url, d.schema_name, e.id, e.status, e.kind, e.started_at, "
        "e.completed_at, e.received_at, e.from_version, e.to_version, e.current_version, "
        "e.dry_run, "
        "e.error, e.actor_kind, e.actor_id, e.actor_name, e.atlas_version, e.set_id, "
        "e.policy_violations FROM databases d JOIN events e ON e.database_id = d.id JOIN "
        "environments n ON n.id = e.env_id WHERE d.repo_id = ?1 AND (?3 = 0 OR e.env_id = ?3) AND "
        "{} "
        "ORDER BY n.rank IS NULL, n.rank, n.name, d.name, d.id, e.id",
        repo_.type == kSchemaType ? kSchemaRan : kFileRan);
    const Rows rows = TRY(session_.query(sql, {repo_.id, request_.version, env_id_}));
    for (const Row& row : rows) {
      TRY(add_run(row));
    }
    for (const int64_t set : sets_) {
      TRY(add_entries_of(fmt::format("deployment/{}", set)));
    }
    return {};
  }

  /// The last element of a list, or a new one when that has another `id`.
  static Json& element_of(Json& list, const Json& id, Json made) {
    if (list.empty() || list.as_array().back().at("id") != id) {
      list.push_back(std::move(made));
    }
    return list.as_array().back();
  }

  Result<void> add_run(const Row& row) {
    const std::string& name = row[0].text();
    Json& env = element_of(facts_.environments, name,
                           Json::object({{"id", name}, {"databases", Json::array()}}));
    const Json id(row[1].number());
    Json& database = element_of(*env.find("databases"), id,
                                Json::object({{"id", id},
                                              {"name", row[2].text()},
                                              {"url", row[3].text()},
                                              {"schema", row[4].text()},
                                              {"runs", Json::array()}}));
    Json run = Json::object({{"id", row[5].number()},
                             {"status", row[6].text()},
                             {"kind", row[7].text()},
                             {"startedAt", time_of(row[8])},
                             {"completedAt", time_of(row[9])},
                             {"receivedAt", time_of(row[10])},
                             {"fromVersion", text_of(row[11])},
                             {"toVersion", text_of(row[12])},
                             {"currentVersion", text_of(row[13])},
                             {"dryRun", row[14].flag()},
                             {"error", text_of(row[15])},
                             {"actor", actor_of(row, 16)},
                             {"client", row[19].text()}});
    if (!row[20].is_null()) {
      run.set("set", row[20].number());
      sets_.insert(row[20].number());
    }
    run.set("policyViolations", document_of(row[21]));
    Json files = TRY(list_run_files(row[5].number()));
    run.set("files", std::move(files));
    database.find("runs")->push_back(std::move(run));
    return add_entries_of(fmt::format("deployment/{}", row[5].number()));
  }

  Result<Json> list_run_files(int64_t event_id) {
    const Rows rows = TRY(session_.query(
        "SELECT name, body, started_at, ended_at, skipped, applied, error_stmt, error_text FROM "
        "event_files WHERE event_id = ? ORDER BY position",
        {event_id}));
    Json files = Json::array();
    for (const Row& row : rows) {
      files.push_back(Json::object({{"name", row[0].text()},
                                    {"sha256", hex_of(row[1])},
                                    {"startedAt", time_of(row[2])},
                                    {"endedAt", time_of(row[3])},
                                    {"skipped", row[4].number()},
                                    {"applied", row[5].number()},
                                    {"errorStatement", text_of(row[6])},
                                    {"error", text_of(row[7])}}));
    }
    return files;
  }

  // ----------------------------------------------------------------------- approvals and policies

  Result<void> add_approvals() {
    const Rows rows = TRY(session_.query(
        "SELECT stage, content, comment, approved_at, actor_kind, actor_id, actor_name FROM "
        "promotion_approvals WHERE repo_id = ? AND version = ? ORDER BY id",
        {repo_.id, request_.version}));
    for (const Row& row : rows) {
      facts_.approvals.push_back(Json::object({{"stage", row[0].text()},
                                               {"content", row[1].text()},
                                               {"comment", text_of(row[2])},
                                               {"approvedAt", time_of(row[3])},
                                               {"actor", actor_of(row, 4)}}));
    }
    const Rows plans = TRY(session_.query(
        "SELECT p.id, p.status, p.from_version, p.to_version, p.target_url, n.name, p.created_at, "
        "p.actor_kind, p.actor_id, p.actor_name FROM down_plans p JOIN environments n ON n.id = "
        "p.env_id WHERE p.repo_id = ?1 AND (p.from_version = ?2 OR p.to_version = ?2) AND (?3 = 0 "
        "OR "
        "p.env_id = ?3) ORDER BY p.id",
        {repo_.id, request_.version, env_id_}));
    for (const Row& row : plans) {
      TRY(add_plan(row));
    }
    return {};
  }

  Result<void> add_plan(const Row& row) {
    Json plan = Json::object({{"revert", row[0].number()},
                              {"status", row[1].text()},
                              {"fromVersion", row[2].text()},
                              {"toVersion", row[3].text()},
                              {"target", row[4].text()},
                              {"env", row[5].text()},
                              {"requestedAt", time_of(row[6])},
                              {"actor", actor_of(row, 7)}});
    Json decisions = Json::array();
    const Rows rows =
        TRY(session_.query("SELECT approved, comment, decided_at, actor_kind, actor_id, actor_name "
                           "FROM down_decisions "
                           "WHERE plan_id = ? ORDER BY id",
                           {row[0].number()}));
    for (const Row& decision : rows) {
      decisions.push_back(Json::object({{"approved", decision[0].flag()},
                                        {"comment", text_of(decision[1])},
                                        {"decidedAt", time_of(decision[2])},
                                        {"actor", actor_of(decision, 3)}}));
    }
    plan.set("decisions", std::move(decisions));
    facts_.approvals.push_back(std::move(plan));
    return add_entries_of(fmt::format("plan/{}", row[0].number()));
  }

  Result<void> add_decisions() {
    const std::optional<Row> policy = TRY(session_.find_row(
        "SELECT id, stages FROM promotion_policies WHERE org_id = ? AND repo_id IN (0, ?) ORDER BY "
        "repo_id DESC LIMIT 1",
        {request_.org_id, repo_.id}));
    Json decisions = Json::array();
    Result<void> added;
    TRY(session_.for_each(
        fmt::format("SELECT seq, {} FROM audit WHERE org_id = ? AND action IN ('policy.block', "
                    "'policy.override') ORDER BY seq",
                    sealed_columns()),
        {request_.org_id}, [&](const Row& row) {
          added = add_decision(row, decisions);
          return added.has_value();
        }));
    TRY(std::move(added));
    facts_.policy = Json::object({{"stages", policy ? document_of((*policy)[1]) : Json()},
                                  {"decisions", std::move(decisions)}});
    return {};
  }

  Result<void> add_decision(const Row& row, Json& decisions) {
    const SealedEntry sealed = TRY(read_sealed(row));
    const AuditEntry& entry = sealed.entry;
    const Result<Json> after = codec::parse_json(entry.after.value_or("null"));
    const bool is_ours = after && after->string_or_empty("repo") == repo_.slug &&
                         after->string_or_empty("version") == request_.version &&
                         (request_.env.empty() || entry.object == "environment/" + request_.env);
    if (is_ours) {
      decisions.push_back(Json::object({{"entry", entry.seq},
                                        {"action", entry.action},
                                        {"object", entry.object},
                                        {"time", format_audit_time(entry.time)},
                                        {"actor", entry.origin.actor.name},
                                        {"decision", *after}}));
      out_.entries.insert(entry.seq);
    }
    return {};
  }

  // ------------------------------------------------------------------------------- the audit log

  /// Entries about an object; of those about the repository, what names the version.
  Result<void> add_entries_of(const std::string& object) {
    const bool is_repo = object.starts_with("repo/");
    return session_.for_each(
        "SELECT seq, action, after_json FROM audit WHERE org_id = ? AND object = ? ORDER BY seq",
        {request_.org_id, object}, [&](const Row& row) {
          if (!is_repo || row[1].text() == "repo.create" || names_version(row[2])) {
            out_.entries.insert(row[0].number());
          }
          return true;
        });
  }

  [[nodiscard]] bool names_version(const Value& text) const {
    const Json after = document_of(text);
    return after.string_or_empty("version") == request_.version;
  }

  Session& session_;
  const EvidenceRequest& request_;
  Repo repo_;
  int64_t env_id_ = 0;
  Evidence out_;
  EvidenceFacts facts_;
  std::set<int64_t> sets_;
};

}  // namespace

Result<Evidence> collect_evidence(Session& session, const EvidenceRequest& request) {
  return Collector(session, request).run();
}

}  // namespace rhumb::registry
