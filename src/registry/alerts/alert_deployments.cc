#include "registry/alerts/alert_deployments.h"

#include <fmt/format.h>

#include <unordered_map>

#include "base/text.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "registry/api/request_context.h"
#include "registry/policy/policy_json.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// How long a message of a set that still runs waits for others like it.
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kFailureHoldNs = 10 * kSecondNs;
constexpr int64_t kOtherHoldNs = 3600 * kSecondNs;
constexpr size_t kTextMax = 2000;  ///< bytes of a statement or an error
constexpr size_t kMovesReadApart = 20;
constexpr int64_t kFailuresTold = 5;

struct Failure {
  std::string file;
  std::string statement;
  std::string text;
};

std::string cut_text(std::string_view text) {
  return cut_middle(text, kTextMax);
}

/// The first thing that went wrong.
Failure find_failure(const PreparedReport& prepared) {
  for (const PreparedFile& file : prepared.files) {
    if (file.notes == nullptr) {
      continue;
    }
    const std::string& name = file.file->name;
    const FileNotes& notes = *file.notes;
    if (notes.error) {
      return {name, cut_text(notes.error->statement), cut_text(notes.error->text)};
    }
    if (notes.failed_check) {
      return {name, "", fmt::format("check \"{}\" failed", *notes.failed_check)};
    }
  }
  return {"", "", cut_text(prepared.report.error.value_or(""))};
}

Json failure_json(const Failure& failure) {
  return Json::object({{"file", filled_json(failure.file)},
                       {"statement", filled_json(failure.statement)},
                       {"text", filled_json(failure.text)}});
}

AlertEvent event_of(EventStatus status) {
  switch (status) {
    case EventStatus::kPassed:
      return AlertEvent::kDeploymentPassed;
    case EventStatus::kNoAction:
      return AlertEvent::kDeploymentNoAction;
    case EventStatus::kDryRun:
      return AlertEvent::kDeploymentDryRun;
    case EventStatus::kFailed:
    case EventStatus::kRunning:
    case EventStatus::kAborted:
      break;
  }
  return AlertEvent::kDeploymentFailed;
}

AlertEvent event_of(DatabaseStatus status) {
  return status == DatabaseStatus::kFailed    ? AlertEvent::kDatabaseFailed
         : status == DatabaseStatus::kPending ? AlertEvent::kDatabasePending
                                              : AlertEvent::kDatabaseSynced;
}

/// What entries of a set have in common that are told together. An error text that names the
/// database would keep them apart.
std::string group_of(const ToldDeployment& told, const Failure& failure, AlertEvent event) {
  if (!told.set_id) {
    return "";
  }
  const registry_api::MigrationReport& report = told.prepared.report;
  std::string text = failure.text;
  if (!report.target.url.empty()) {
    text = replace_all(text, report.target.url, "*");
  }
  codec::Sha256Hasher hasher;
  for (const std::string& part : {report.to_version, failure.file, failure.statement, text}) {
    hasher.update(fmt::format("{}:", part.size())).update(part);
  }
  return fmt::format("set:{}:{}:{}:{}", *told.set_id, to_text(event), report.env_name,
                     codec::hex_encode(hasher.digest()).substr(0, 32));
}

/// A list of the one database, without it when the message names enough.
Result<Json> database_names(Session& session,
                            const AlertBatch& batch,
                            const ToldDeployment& told,
                            const std::string& group_key) {
  Json names = Json::array();
  if (group_key.empty() || batch.names_more(group_key)) {
    const Value name =
        TRY(session.scalar("SELECT name FROM databases WHERE id = ?", {told.database_id}));
    names.push_back(name.text());
  }
  return names;
}

Json deployment_json(const Registry& registry,
                     const ToldDeployment& told,
                     const Failure& failure,
                     Json names) {
  const registry_api::MigrationReport& report = told.prepared.report;
  const bool failed = !failure.file.empty() || !failure.text.empty();
  return Json::object(
      {{"id", std::to_string(told.event_id)},
       {"url", event_link(registry, told.event_id, false)},
       {"status", to_text(told.status)},
       {"kind", told.prepared.kind},
       {"env", report.env_name},
       {"count", 1},
       {"databases", std::move(names)},
       {"target", report.target.url},
       {"fromVersion", filled_json(report.from_version)},
       {"toVersion", filled_json(report.to_version)},
       {"currentVersion", filled_json(report.current_version)},
       {"failure", failed ? failure_json(failure) : Json()},
       {"set", told.set_id ? Json(std::to_string(*told.set_id)) : Json()},
       {"startTime", time_json(to_stored(report.start))},
       {"endTime", time_json(to_stored(report.end))},
       {"trigger", report.context ? text_json(report.context->trigger_type) : Json()},
       {"atlasVersion", filled_json(report.atlas_version)}});
}

std::string page_of(const Registry& registry, const ToldDeployment& told) {
  return told.set_id ? event_link(registry, *told.set_id, true)
                     : event_link(registry, told.event_id, false);
}

/// Names and environments of databases that moved.
struct MovedDatabase {
  int64_t id = 0;
  std::string name;
  std::string env;
};
Result<std::vector<MovedDatabase>> read_moved(Session& session, const ToldMoves& told) {
  constexpr std::string_view kSelect =
      "SELECT d.id, d.name, n.name FROM databases d JOIN environments n ON n.id = d.env_id WHERE ";
  std::vector<MovedDatabase> out;
  const auto take = [&out](const Row& row) {
    out.push_back({row[0].number(), row[1].text(), row[2].text()});
    return true;
  };
  if (told.moves.size() > kMovesReadApart) {
    TRY(session.for_each(fmt::format("{}d.repo_id = ? ORDER BY d.name, d.id", kSelect),
                         {told.repo.id}, take));
    return out;
  }
  for (const StatusMove& move : told.moves) {
    TRY(session.for_each(fmt::format("{}d.id = ?", kSelect), {move.database_id}, take));
  }
  return out;
}

Alert move_alert(const Registry& registry,
                 const ToldMoves& told,
                 const MovedDatabase& database,
                 const StatusMove& move) {
  Alert alert;
  alert.event = event_of(move.after);
  alert.repo = alert_repo(told.repo);
  alert.env = database.env;
  alert.status = to_text(move.after);
  alert.url = told.moves.size() == 1 ? database_link(registry, database.id)
                                     : repo_link(registry, told.repo.slug);
  alert.part = "database";
  alert.detail = Json::object({{"status", alert.status},
                               {"before", move.before},
                               {"env", database.env},
                               {"count", 1},
                               {"databases", Json::array({database.name})},
                               {"latestVersion", filled_json(told.latest_version)}});
  alert.set_id = told.set_id;
  if (told.set_id) {
    alert.group_key = fmt::format("set:{}:{}:{}", *told.set_id, to_text(alert.event), alert.env);
    alert.hold_ns = kFailureHoldNs;
  }
  return alert;
}

/// What failed in a set: alike failures are one.
Result<Json> failures_of(Session& session, int64_t set_id) {
  const Rows rows = TRY(session.query(
      "SELECT coalesce(f.name, ''), coalesce(f.error_stmt, ''), "
      "coalesce(f.error_text, e.error, ''), count(*), min(d.name) FROM events e "
      "LEFT JOIN event_files f ON f.event_id = e.id AND f.error_text IS NOT NULL "
      "LEFT JOIN databases d ON d.id = e.database_id WHERE e.set_id = ? AND e.status = 'FAILED' "
      "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ?",
      {set_id, kFailuresTold}));
  Json out = Json::array();
  for (const Row& row : rows) {
    Json failure = failure_json({row[0].text(), cut_text(row[1].text()), cut_text(row[2].text())});
    failure.set("count", row[3].number());
    failure.set("database", row[4].text());
    out.push_back(std::move(failure));
  }
  return out;
}

}  // namespace

Result<void> note_deployment(Registry& registry,
                             Session& session,
                             AlertBatch& batch,
                             const ToldDeployment& told) {
  const AlertEvent event = event_of(told.status);
  const bool wanted = TRY(batch.wants(event));
  if (!wanted) {
    return {};
  }
  const Failure failure = told.prepared.failed ? find_failure(told.prepared) : Failure();
  Alert alert;
  alert.event = event;
  alert.repo = alert_repo(told.repo);
  alert.env = told.prepared.report.env_name;
  alert.status = to_text(told.status);
  alert.url = page_of(registry, told);
  alert.part = "deployment";
  alert.group_key = group_of(told, failure, event);
  alert.set_id = told.set_id;
  if (told.set_id) {
    alert.hold_ns = event == AlertEvent::kDeploymentFailed ? kFailureHoldNs : kOtherHoldNs;
  }
  Json names = TRY(database_names(session, batch, told, alert.group_key));
  alert.detail = deployment_json(registry, told, failure, std::move(names));
  batch.add(std::move(alert));
  return {};
}

Result<void> note_violation(Registry& registry,
                            Session& session,
                            AlertBatch& batch,
                            const ToldDeployment& told,
                            const std::vector<PolicyReason>& reasons) {
  const bool wanted = TRY(batch.wants(AlertEvent::kPolicyViolation));
  if (!wanted || reasons.empty()) {
    return {};
  }
  Alert alert;
  alert.event = AlertEvent::kPolicyViolation;
  alert.repo = alert_repo(told.repo);
  alert.env = told.prepared.report.env_name;
  alert.status = to_text(told.status);
  alert.url = page_of(registry, told);
  alert.part = "policy";
  alert.set_id = told.set_id;
  if (told.set_id) {
    alert.group_key = fmt::format("set:{}:{}:{}:{}", *told.set_id, to_text(alert.event), alert.env,
                                  reasons.front().policy);
    alert.hold_ns = kFailureHoldNs;
  }
  Json names = TRY(database_names(session, batch, told, alert.group_key));
  alert.detail = Json::object({{"deployment", std::to_string(told.event_id)},
                               {"env", alert.env},
                               {"count", 1},
                               {"databases", std::move(names)},
                               {"version", filled_json(told.prepared.report.to_version)},
                               {"reasons", to_json(reasons)}});
  batch.add(std::move(alert));
  return {};
}

Result<void> note_moves(Registry& registry,
                        Session& session,
                        AlertBatch& batch,
                        const ToldMoves& told) {
  // Of a database that moved twice the last move counts.
  std::unordered_map<int64_t, const StatusMove*> last;
  for (const StatusMove& move : told.moves) {
    last[move.database_id] = &move;
  }
  std::unordered_map<int64_t, const StatusMove*> wanted;
  for (const auto& [id, move] : last) {
    const bool is_wanted = TRY(batch.wants(event_of(move->after)));
    if (is_wanted) {
      wanted.emplace(id, move);
    }
  }
  if (wanted.empty()) {
    return {};
  }
  // Those of one environment are one message, also without a set: a push moves them together.
  std::vector<Alert> alerts;
  std::unordered_map<std::string, size_t> places;
  for (const MovedDatabase& database : TRY(read_moved(session, told))) {
    const auto move = wanted.find(database.id);
    if (move == wanted.end()) {
      continue;
    }
    Alert alert = move_alert(registry, told, database, *move->second);
    const auto [known, is_new] =
        places.emplace(fmt::format("{} {}", alert.status, alert.env), alerts.size());
    if (is_new) {
      alerts.push_back(std::move(alert));
    } else {
      merge_alert_detail(alerts[known->second].detail, alert.detail);
    }
  }
  for (Alert& alert : alerts) {
    batch.add(std::move(alert));
  }
  return {};
}

Result<void> note_set(Registry& registry,
                      Session& session,
                      AlertBatch& batch,
                      const ToldSet& told) {
  const bool wanted = TRY(batch.wants(AlertEvent::kSetFinished));
  if (!wanted) {
    return {};
  }
  const Value env =
      TRY(session.scalar("SELECT name FROM environments WHERE id = ?", {told.env_id}));
  Json failures = TRY(failures_of(session, told.event_id));
  Alert alert;
  alert.event = AlertEvent::kSetFinished;
  alert.repo = alert_repo(told.repo);
  alert.env = env.text();
  alert.status = to_text(told.status);
  alert.url = event_link(registry, told.event_id, true);
  alert.part = "deploymentSet";
  alert.set_id = told.event_id;
  alert.group_key = fmt::format("set:{}:finished:{}", told.event_id, alert.status);
  alert.detail = Json::object({{"id", std::to_string(told.event_id)},
                               {"url", alert.url},
                               {"status", alert.status},
                               {"env", alert.env},
                               {"planned", told.facts.planned},
                               {"completed", told.facts.completed()},
                               {"succeeded", told.facts.succeeded()},
                               {"failed", told.facts.entries_failed},
                               {"error", told.error ? Json(cut_text(*told.error)) : Json()},
                               {"failures", std::move(failures)}});
  batch.add(std::move(alert));
  return {};
}

}  // namespace rhumb::registry
