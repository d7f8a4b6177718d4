#include "registry/alerts/alert_content.h"

#include <fmt/format.h>

#include "base/text.h"
#include "registry/api/request_context.h"
#include "registry/content/schemas.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kProblemsTold = 3;
constexpr size_t kTextMax = 2000;  ///< bytes of one text in a message

Result<bool> is_wanted(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       AlertEvent event) {
  const AlertEvents wanted = TRY(registry.alerts.wanted(session, caller.org_id, registry.now()));
  return wanted.has(event);
}

Alert alert_of(AlertEvent event, const Repo& repo, std::string part) {
  Alert alert;
  alert.event = event;
  alert.repo = alert_repo(repo);
  alert.part = std::move(part);
  return alert;
}

Json stored_context(const std::string& run_context) {
  return run_context.empty() ? Json() : stored_json(Value(run_context));
}

/// The first things that a linter's summary complains of.
Json problems_of(const Json& payload) {
  Json out = Json::array();
  const auto add = [&out](const std::string& file, const std::string& text) {
    if (!text.empty() && out.size() < kProblemsTold) {
      out.push_back(cut_middle(file.empty() ? text : fmt::format("{}: {}", file, text), kTextMax));
    }
  };
  const Json::Array* files = payload.find_array("Files");
  static const Json::Array kNone;
  for (const Json& file : files == nullptr ? kNone : *files) {
    const std::string name = file.string_or_empty("Name");
    add(name, file.string_or_empty("Error"));
    const Json::Array* reports = file.find_array("Reports");
    for (const Json& report : reports == nullptr ? kNone : *reports) {
      const Json::Array* diagnostics = report.find_array("Diagnostics");
      for (const Json& diagnostic : diagnostics == nullptr ? kNone : *diagnostics) {
        const std::string code = diagnostic.string_or_empty("Code");
        const std::string text = diagnostic.string_or_empty("Text");
        add(name, code.empty() ? text : fmt::format("{} ({})", text, code));
      }
    }
  }
  return out;
}

Result<void> tell_drift(
    Registry& registry, const Caller& caller, Session& session, int64_t drift_id, bool resolved) {
  const AlertEvent event = resolved ? AlertEvent::kDriftResolved : AlertEvent::kDriftDetected;
  const bool wanted = TRY(is_wanted(registry, caller, session, event));
  if (!wanted) {
    return {};
  }
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT f.database_id, f.version, f.source, f.diff_body, d.name, d.repo_id, n.name, "
      "f.detected_at FROM drifts f JOIN databases d ON d.id = f.database_id JOIN environments n ON "
      "n.id = d.env_id WHERE f.id = ?",
      {drift_id}));
  if (!row) {
    return {};
  }
  const Row& r = *row;
  const Repo repo = TRY(load_repo(session, caller.org_id, r[5].number()));
  std::string diff;
  if (!resolved && !r[3].is_null()) {
    diff = TRY(read_body(session, r[3]));
  }
  Drift drift;
  drift.id = drift_id;
  drift.database_id = r[0].number();
  Alert alert = alert_of(event, repo, "drift");
  alert.env = r[6].text();
  alert.url = drift_link(registry, drift);
  alert.detail = Json::object({{"id", std::to_string(drift_id)},
                               {"url", alert.url},
                               {"env", alert.env},
                               {"databases", Json::array({r[4].text()})},
                               {"version", text_json(r[1].find_text())},
                               {"source", r[2].text()},
                               {"detectedAt", time_json(r[7].number())},
                               {"diff", filled_json(cut_middle(diff, kTextMax))}});
  return put_alert(registry, caller, session, alert);
}

}  // namespace

Result<void> tell_push(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       const ToldPush& told) {
  const Repo& repo = told.repo;
  const bool is_schema = repo.type == kSchemaType;
  Alert alert =
      alert_of(is_schema ? AlertEvent::kSchemaPushed : AlertEvent::kDirPushed, repo, "push");
  alert.url = is_schema ? schema_link(registry, repo.id) : tag_link(registry, repo.id, told.tag_id);
  alert.detail = Json::object({{"tag", told.push.tag},
                               {"version", filled_json(told.push.version)},
                               {"hash", told.push.hash},
                               {"context", stored_context(told.push.run_context)}});
  if (told.moves_tag) {
    Alert moved = alert;
    moved.event = AlertEvent::kTagMoved;
    TRY(put_alert(registry, caller, session, moved));
  }
  return put_alert(registry, caller, session, alert);
}

Result<void> tell_tag_move(Registry& registry,
                           const Caller& caller,
                           Session& session,
                           const ToldTagMove& told) {
  const bool wanted = TRY(is_wanted(registry, caller, session, AlertEvent::kTagMoved));
  if (!wanted) {
    return {};
  }
  const std::optional<Row> state = TRY(
      session.find_row("SELECT version, hash FROM dir_states WHERE id = ?", {told.tag.state_id}));
  Alert alert = alert_of(AlertEvent::kTagMoved, told.repo, "push");
  alert.url = told.repo.type == kSchemaType ? schema_link(registry, told.repo.id)
                                            : tag_link(registry, told.repo.id, told.tag.id);
  alert.detail = Json::object({{"tag", told.tag.name},
                               {"version", state ? filled_json((*state)[0].text()) : Json()},
                               {"hash", state ? Json((*state)[1].text()) : Json()},
                               {"context", Json()}});
  return put_alert(registry, caller, session, alert);
}

Result<void> tell_ci_run(Registry& registry,
                         const Caller& caller,
                         Session& session,
                         const CiRun& run,
                         const CiReport& report) {
  if (run.status == kUnknownStatus) {
    return {};
  }
  const bool failed = run.status == "FAILED";
  Alert alert;
  alert.event = failed ? AlertEvent::kCiFailed : AlertEvent::kCiPassed;
  const bool wanted = TRY(is_wanted(registry, caller, session, alert.event));
  if (!wanted) {
    return {};
  }
  if (run.repo_id) {
    const Repo repo = TRY(load_repo(session, caller.org_id, *run.repo_id));
    alert.repo = alert_repo(repo);
  }
  const Value payload =
      TRY(session.scalar("SELECT payload_body FROM ci_runs WHERE id = ?", {run.id}));
  const std::string summary = TRY(read_body(session, payload));
  const Json json = TRY(codec::parse_json(summary));
  alert.env = report.env_name;
  alert.status = run.status;
  alert.url = ci_run_link(registry, run.id);
  alert.part = "ciRun";
  alert.detail = Json::object({{"id", std::to_string(run.id)},
                               {"url", alert.url},
                               {"status", run.status},
                               {"base", text_json(run.base)},
                               {"problems", problems_of(json)},
                               {"context", stored_context(run.run_context.value_or(""))}});
  return put_alert(registry, caller, session, alert);
}

Result<void> tell_plan(Registry& registry,
                       const Caller& caller,
                       Session& session,
                       const DeclarativePlan& plan) {
  const AlertEvent event =
      plan.is_approved() ? AlertEvent::kPlanApproved : AlertEvent::kPlanPending;
  const bool wanted = TRY(is_wanted(registry, caller, session, event));
  if (!wanted) {
    return {};
  }
  const Repo repo = TRY(load_repo(session, caller.org_id, plan.repo_id));
  Alert alert = alert_of(event, repo, "plan");
  alert.status = plan.status;
  alert.url = declarative_plan_link(registry, plan);
  alert.detail = Json::object({{"id", std::to_string(plan.id)},
                               {"url", declarative_plan_url(plan)},
                               {"name", plan.name},
                               {"status", plan.status},
                               {"fromHash", plan.from_hash},
                               {"toHash", plan.to_hash},
                               {"context", stored_context(plan.run_context.value_or(""))}});
  return put_alert(registry, caller, session, alert);
}

Result<void> tell_down_plan(Registry& registry,
                            const Caller& caller,
                            Session& session,
                            const ToldDownPlan& told) {
  const DownPlan& plan = told.plan;
  const AlertEvent event =
      plan.status == "PENDING_USER" ? AlertEvent::kDownPending : AlertEvent::kDownDecided;
  const bool wanted = TRY(is_wanted(registry, caller, session, event));
  if (!wanted) {
    return {};
  }
  const Repo repo = TRY(load_repo(session, caller.org_id, plan.repo_id));
  const Value name = TRY(session.scalar(
      "SELECT d.name FROM down_plans q JOIN databases p ON p.repo_id = q.repo_id AND p.env_id = "
      "q.env_id AND p.ext_id = q.target_id AND p.schema_name = q.target_schema JOIN databases d ON "
      "d.id = coalesce(p.merged_into, p.id) WHERE q.id = ? ORDER BY p.url <> q.target_url, p.id "
      "LIMIT 1",
      {plan.id}));
  Json databases = Json::array();
  if (!name.is_null()) {
    databases.push_back(name.text());
  }
  Alert alert = alert_of(event, repo, "down");
  alert.env = plan.env_name;
  alert.status = plan.status;
  alert.url = plan_link(registry, plan.id);
  alert.detail = Json::object({{"id", std::to_string(plan.id)},
                               {"url", alert.url},
                               {"status", plan.status},
                               {"env", plan.env_name},
                               {"databases", std::move(databases)},
                               {"fromVersion", filled_json(plan.from_version)},
                               {"toVersion", filled_json(plan.to_version)},
                               {"requestedBy", plan.actor.name},
                               {"comment", text_json(told.comment)},
                               {"because", filled_json(told.because)}});
  return put_alert(registry, caller, session, alert);
}

Result<void> tell_drift_change(Registry& registry,
                               const Caller& caller,
                               Session& session,
                               const DriftChange& change) {
  // One that is taken over by another is not over.
  if (change.ended != 0 && change.opened == 0) {
    TRY(tell_drift(registry, caller, session, change.ended, true));
  }
  return change.opened == 0 ? Result<void>()
                            : tell_drift(registry, caller, session, change.opened, false);
}

}  // namespace rhumb::registry
