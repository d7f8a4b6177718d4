#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "registry/alerts/alert_content.h"
#include "registry/content/down_plans.h"
#include "registry/content/drifts.h"
#include "registry/ingest/ingest_job.h"
#include "registry/names.h"

/// What a report means for what is known: its database, the versions of its repository, plans to
/// revert, drift.
namespace rhumb::registry {
namespace {

std::optional<std::string> or_absent(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Result<void> IngestJob::raise_reported_version(const PreparedReport& prepared,
                                               const Placed& placed) {
  Repo& known = repos_.at(placed.repo->id);
  const std::string& version = prepared.report.to_version;
  const bool counts = placed.status == EventStatus::kPassed && !version.empty() && !known.hidden &&
                      !placed.database.standing.ephemeral;
  if (!counts || VersionOrder().compare(version, known.reported_version) <= 0) {
    return {};
  }
  known.reported_version = version;
  TRY(session_.run("UPDATE repos SET reported_version = ? WHERE id = ?", {version, known.id}));
  if (!known.head_state_id.has_value()) {
    RepoHead* repo_head = TRY(head(known));
    repo_head->latest = version;
    moved_.insert(known.id);
  }
  return {};
}

/// What the report says of its database, in the row that it has.
Result<void> IngestJob::note_report(const PreparedReport& prepared,
                                    const Placed& placed,
                                    int64_t event_id) {
  const registry_api::MigrationReport& report = prepared.report;
  if (!placed.applies) {
    return session_.run_later(
        "UPDATE databases SET last_report = ?, atlas_version = ?, "
        "listed_events = listed_events + ? WHERE id = ?",
        {now_, report.atlas_version, placed.listed, placed.database.id});
  }
  // Apart, for an index has it, and it hardly ever changes.
  if (placed.database.standing.archived) {
    TRY(session_.run_later("UPDATE databases SET archived_at = NULL WHERE id = ?",
                           {placed.database.id}));
  }
  return session_.run_later(
      "UPDATE databases SET last_report = ?, atlas_version = ?, "
      "listed_events = listed_events + ?, last_event_id = ?, last_order = ?, last_failed = ?, "
      "current_version = ?, last_deployment_at = ? WHERE id = ?",
      {now_, report.atlas_version, placed.listed, event_id, placed.order_at,
       placed.status == EventStatus::kFailed, report.current_version,
       to_stored(report.end).value_or(now_), placed.database.id});
}

/// The same, in a row that is new.
Result<void> IngestJob::insert_new(const PreparedReport& prepared,
                                   const Placed& placed,
                                   int64_t event_id) {
  const registry_api::MigrationReport& report = prepared.report;
  DatabaseFigures figures;
  figures.listed = placed.listed;
  if (placed.applies) {
    figures.last_event_id = event_id;
    figures.last_order = placed.order_at;
    figures.last_failed = placed.status == EventStatus::kFailed;
    figures.current_version = report.current_version;
    figures.last_deployment_at = to_stored(report.end).value_or(now_);
  }
  if (!moved_.contains(placed.repo->id)) {
    const RepoHead* repo_head = TRY(head(*placed.repo));
    const DatabaseMeasure measure = measure_of(prepared, placed);
    figures.projection =
        measure_one(*repo_head, measure, databases_.counts, &moves_by_[measure.repo_id])
            .value_or(figures.projection);
  }
  return insert_database(session_, placed.seen, placed.database, figures);
}

DatabaseMeasure IngestJob::measure_of(const PreparedReport& prepared, const Placed& placed) {
  DatabaseMeasure measure;
  measure.repo_id = placed.repo->id;
  measure.database_id = placed.database.id;
  measure.before = placed.database.standing;
  measure.facts = placed.applies ? DatabaseFacts{prepared.report.current_version,
                                                 placed.status == EventStatus::kFailed}
                                 : DatabaseFacts{placed.database.current_version.value_or(""),
                                                 placed.database.last_failed};
  return measure;
}

Result<void> IngestJob::apply(const PreparedReport& prepared,
                              const Placed& placed,
                              int64_t event_id) {
  TRY(raise_reported_version(prepared, placed));
  if (placed.database.made) {
    return insert_new(prepared, placed, event_id);
  }
  TRY(note_report(prepared, placed, event_id));
  if (moved_.contains(placed.repo->id) || !placed.applies) {
    return {};
  }
  const RepoHead* repo_head = TRY(head(*placed.repo));
  DatabaseMeasure measure = measure_of(prepared, placed);
  if (measure.before.archived) {  // it lives
    measure.before.archived = false;
    if (measure.before.counts()) {
      databases_.counts.add(measure.repo_id, measure.before.status, 1);
    }
  }
  return project_one(session_, *repo_head, measure, databases_.counts, &moves_by_[measure.repo_id]);
}

/// What the report means for plans to revert its database.
Result<void> IngestJob::settle(const PreparedReport& prepared,
                               const Placed& placed,
                               int64_t event_id) {
  if (!settles_plans(prepared)) {
    return {};
  }
  PlanSettlement settlement = settlement_of(prepared, placed.repo->id, placed.env_id);
  settlement.passed = placed.status == EventStatus::kPassed;
  settlement.applies = placed.applies;
  settlement.event_id = event_id;
  const std::vector<int64_t> overtaken = TRY(settle_plans(session_, settlement, now_));
  for (const int64_t plan_id : overtaken) {
    AuditEntry entry = audit_entry(*caller_, now_, "down.abort", fmt::format("plan/{}", plan_id));
    entry.after = codec::format_json(codec::Json::object(
        {{"status", "ABORTED"}, {"because", fmt::format("deployment/{}", event_id)}}));
    TRY(append_audit(session_, std::move(entry)));
    const DownPlan plan = TRY(load_plan(session_, caller_->org_id, plan_id, now_));
    TRY(tell_down_plan(registry_, *caller_, session_,
                       {.plan = plan, .because = "the database is at another version by now"}));
  }
  return {};
}

/// What the report says of the schema that it found, or left.
Result<void> IngestJob::note_drift(const PreparedReport& prepared,
                                   const Placed& placed,
                                   int64_t event_id) {
  const registry_api::MigrationReport& report = prepared.report;
  const std::optional<registry_api::Drift>& drift = report.extras.drift;
  const bool replaced = prepared.schema && placed.status == EventStatus::kPassed;
  const std::optional<bool> drifted =
      replaced ? std::optional(false) : parse_drift_status(drift ? drift->status : "");
  if (!placed.newest || !drifted) {
    return {};
  }
  DriftFinding finding{.org_id = caller_->org_id,
                       .database_id = placed.database.id,
                       .version = or_absent(report.from_version),
                       .drifted = *drifted,
                       .source = "report",
                       .event_id = event_id};
  if (*drifted) {
    const std::optional<ExpectedState> expected =
        TRY(find_expected_state(session_, *placed.repo, report.from_version));
    finding.expected_hash = expected ? expected->hash : std::string();
    finding.diff = drift ? drift->diff.value_or("") : std::string();
  }
  const DriftChange change = TRY(note_finding(session_, finding, now_));
  return tell_drift_change(registry_, *caller_, session_, change);
}

}  // namespace rhumb::registry
