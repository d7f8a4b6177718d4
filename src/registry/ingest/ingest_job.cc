#include "registry/ingest/ingest_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/json.h"
#include "registry/alerts/alert_content.h"
#include "registry/content/down_plans.h"
#include "registry/content/repo_settings.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

constexpr std::string_view kEventKeySql =
    "SELECT event_id, fingerprint FROM event_keys WHERE org_id = ? AND key = ?";

/// 0 when a clock went back.
double seconds_of(const registry_api::MigrationReport& report) {
  const int64_t start = to_stored(report.start).value_or(0);
  const int64_t end = to_stored(report.end).value_or(start);
  return std::max(0.0, static_cast<double>(end - start) / 1e9);
}

Value or_null(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

RepoSighting sighting_of(const PreparedReport& prepared) {
  return {.project = prepared.report.project_name,
          .dir = prepared.report.dir_name,
          .url = prepared.report.target.url,
          .type = prepared.schema ? kSchemaType : kDirectoryType};
}

Value trigger(const PreparedReport& prepared, bool version) {
  const std::optional<registry_api::DeployContext>& context = prepared.report.context;
  if (!context.has_value()) {
    return {};
  }
  return version ? Value(context->trigger_version) : Value(context->trigger_type);
}

/// What the event is listed under.
const std::string& version_of(const registry_api::MigrationReport& report) {
  return report.to_version.empty() ? report.current_version : report.to_version;
}

}  // namespace

Result<std::optional<KnownEvent>> find_event_key(Session& session,
                                                 int64_t org_id,
                                                 const Blob& key) {
  std::optional<Row> row = TRY(session.find_row(kEventKeySql, {org_id, key}));
  if (!row.has_value()) {
    return std::optional<KnownEvent>();
  }
  return std::optional<KnownEvent>(KnownEvent{(*row)[0].number(), Blob{(*row)[1].text()}});
}

Result<void> ask_for_event_key(Session& session, int64_t org_id, const Blob& key) {
  return session.ask_ahead(kEventKeySql, {org_id, key});
}

Result<void> store_event_key(
    Session& session, int64_t org_id, const Blob& key, const Blob& fingerprint, int64_t event_id) {
  return session.insert_later({"event_keys (org_id, key, fingerprint, event_id)"},
                              {org_id, key, fingerprint, event_id});
}

Result<void> count_event(Session& session, const EventCounter& counter, int64_t delta) {
  return session.run_later(
      "INSERT INTO event_counts (org_id, repo_id, env_id, status, kind, events) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, repo_id, env_id, status, kind) "
      "DO UPDATE SET events = event_counts.events + excluded.events",
      {counter.org_id, counter.repo_id, counter.env_id, to_text(counter.status), counter.kind,
       delta});
}

Result<void> EventCounts::store(Session& session) {
  for (const auto& [counter, events] : std::exchange(counts_, {})) {
    TRY(count_event(session, counter, events));
  }
  return {};
}

Result<void> IngestJob::store_counts() {
  TRY(event_counts_.store(session_));
  return period_counts_.store(session_);
}

void IngestJob::count(const PreparedReport& prepared, const Placed& placed) {
  event_counts_.add({.org_id = caller_->org_id,
                     .repo_id = placed.repo->id,
                     .env_id = placed.env_id,
                     .status = placed.status,
                     .kind = prepared.kind});
  period_counts_.add({.org_id = caller_->org_id,
                      .order_at = placed.order_at,
                      .version = version_of(prepared.report),
                      .trigger_type = trigger(prepared, false).text(),
                      .repo_id = placed.repo->id,
                      .env_id = placed.env_id,
                      .status = std::string(to_text(placed.status)),
                      .kind = prepared.kind});
}

void IngestJob::speak_for(const Caller& caller) {
  caller_ = &caller;
  judge_.speak_for(caller);
  alerts_.speak_for(caller);
}

Result<std::optional<KnownEvent>> IngestJob::find_known(const PreparedReport& prepared) {
  auto known = known_.find(prepared.key.bytes);
  if (known == known_.end()) {
    const std::optional<KnownEvent> found =
        TRY(find_event_key(session_, caller_->org_id, prepared.key));
    known = known_.emplace(prepared.key.bytes, found).first;
  }
  return known->second;
}

Repo* IngestJob::keep_repo(const std::string& dir, Repo repo) {
  const int64_t id = repo.id;
  names_.emplace(dir, id);
  return &repos_.emplace(id, std::move(repo)).first->second;
}

Result<Repo*> IngestJob::find_known_repo(const std::string& dir) {
  const auto named = names_.find(dir);
  if (named != names_.end()) {
    return &repos_.at(named->second);
  }
  std::optional<Repo> found = TRY(find_repo(session_, caller_->org_id, dir));
  return found ? keep_repo(dir, std::move(*found)) : nullptr;
}

Result<Repo> IngestJob::make_repo(const RepoSighting& sighting) {
  NewRepo repo;
  repo.org_id = caller_->org_id;
  repo.project = sighting.project.empty() ? "default" : sighting.project;
  repo.slug = to_slug(sighting.dir);
  repo.name = sighting.dir;
  repo.type = sighting.type;
  repo.driver = driver_of_url(sighting.url);
  repo.now = now_;
  TRY(require(*caller_, "repo:create", {.repo = repo.slug, .project = repo.project}));
  Repo made = TRY(create_repo(session_, repo));
  AuditEntry entry = audit_entry(*caller_, now_, "repo.create", "repo/" + repo.slug);
  entry.after = R"({"reportOnly":true})";
  TRY(append_audit(session_, std::move(entry)));
  return made;
}

Result<Repo*> IngestJob::repo(const RepoSighting& sighting) {
  Repo* known = TRY(find_known_repo(sighting.dir));
  if (known == nullptr) {
    known = keep_repo(sighting.dir, TRY(make_repo(sighting)));
  }
  // What belongs nowhere is kept in one place, whatever it is.
  if (!known->hidden) {
    TRY(check_type(*known, sighting.type));
  }
  if (known->archived_at) {
    TRY(revive_repo(session_, *caller_, *known, now_));
  }
  return known;
}

Result<const KnownEnvironment*> IngestJob::find_known_environment(const std::string& name) {
  auto cached = environments_.find(name);
  if (cached == environments_.end()) {
    const std::optional<KnownEnvironment> found =
        TRY(find_environment(session_, caller_->org_id, name));
    if (!found) {
      return nullptr;
    }
    cached = environments_.emplace(name, *found).first;
  }
  return &cached->second;
}

Result<KnownEnvironment> IngestJob::environment(const std::string& name) {
  const KnownEnvironment* known = TRY(find_known_environment(name));
  if (known != nullptr) {
    return *known;
  }
  const KnownEnvironment made = TRY(ensure_environment(session_, caller_->org_id, name, now_));
  environments_.emplace(name, made);
  return made;
}

Result<RepoHead*> IngestJob::head(const Repo& repo) {
  auto cached = heads_.find(repo.id);
  if (cached == heads_.end()) {
    RepoHead loaded = TRY(load_head(session_, registry_.orders, repo));
    cached = heads_.emplace(repo.id, std::move(loaded)).first;
  }
  return &cached->second;
}

DatabaseSighting IngestJob::sighting(const PreparedReport& prepared, const Place& place) const {
  const registry_api::MigrationReport& report = prepared.report;
  DatabaseSighting seen;
  seen.org_id = caller_->org_id;
  seen.repo_id = place.repo_id;
  seen.env_id = place.env_id;
  seen.target = report.target;
  seen.provisional = report.extras.provisional_target.value_or(false);
  seen.atlas_version = report.atlas_version;
  seen.received_at = now_;
  return seen;
}

PlanSettlement IngestJob::settlement_of(const PreparedReport& prepared,
                                        int64_t repo_id,
                                        int64_t env_id) const {
  return {.org_id = caller_->org_id,
          .repo_id = repo_id,
          .env_id = env_id,
          .target = prepared.report.target,
          .plan_id = prepared.plan_id,
          .current_version = prepared.report.current_version};
}

bool IngestJob::settles_plans(const PreparedReport& prepared) {
  return !prepared.report.dry_run && !prepared.report.target.id.empty();
}

Result<IngestJob::Placed> IngestJob::place(const PreparedReport& prepared, bool listed) {
  const registry_api::MigrationReport& report = prepared.report;
  Placed placed;
  placed.listed = listed;
  placed.repo = TRY(repo(sighting_of(prepared)));
  TRY(require(*caller_, "report:write",
              {.repo = placed.repo->slug, .project = report.project_name, .env = report.env_name}));
  const KnownEnvironment env = TRY(environment(report.env_name));
  placed.env_id = env.id;
  placed.seen = sighting(prepared, {placed.repo->id, env.id});
  placed.seen.ephemeral = env.ephemeral;
  placed.database = TRY(ensure_database(session_, placed.seen, databases_));
  placed.order_at = order_time(to_stored(report.end), now_);
  placed.newest =
      !placed.database.last_order.has_value() || placed.order_at >= *placed.database.last_order;
  placed.applies = placed.newest && !report.dry_run;
  EventFacts facts;
  facts.dry_run = report.dry_run;
  facts.failed = prepared.failed;
  facts.ran_files = !prepared.files.empty();
  facts.moved_version =
      placed.applies && report.current_version != placed.database.current_version.value_or("");
  placed.status = event_status(facts);
  return placed;
}

Result<int64_t> IngestJob::insert_event(const PreparedReport& prepared,
                                        const Placed& placed,
                                        std::optional<int64_t> set_id) {
  const registry_api::MigrationReport& report = prepared.report;
  const Origin& origin = caller_->origin;
  TRY(put_once(prepared.log));
  constexpr RowsInto kInto{
      "events (id, org_id, repo_id, env_id, database_id, place_id, set_id, kind, status, "
      "version, started_at, completed_at, received_at, order_at, from_version, to_version, "
      "current_version, dry_run, error, log_body, trigger_type, trigger_version, actor_kind, "
      "actor_id, actor_name, user_agent, atlas_version, extra)"};
  const int64_t id = TRY(event_ids_.take());
  TRY(session_.insert_later(kInto, {id,
                                    caller_->org_id,
                                    placed.repo->id,
                                    placed.env_id,
                                    placed.database.id,
                                    placed.database.place_id,
                                    set_id,
                                    prepared.kind,
                                    to_text(placed.status),
                                    or_null(version_of(report)),
                                    to_stored(report.start).value_or(now_),
                                    to_stored(report.end),
                                    now_,
                                    placed.order_at,
                                    report.from_version,
                                    report.to_version,
                                    report.current_version,
                                    report.dry_run,
                                    report.error,
                                    prepared.log.sha256,
                                    trigger(prepared, false),
                                    trigger(prepared, true),
                                    origin.actor.kind,
                                    origin.actor.id,
                                    origin.actor.name,
                                    origin.user_agent,
                                    report.atlas_version,
                                    prepared.extra}));
  return id;
}

/// Many targets of a set run the same files.
Result<void> IngestJob::put_once(const Body& body) {
  return bodies_.insert(body.sha256.bytes).second ? put_body(session_, body) : Result<void>();
}

Result<void> IngestJob::insert_files(const PreparedReport& prepared, int64_t event_id) {
  constexpr RowsInto kInto{
      "event_files (event_id, position, name, body, started_at, ended_at, skipped, applied, "
      "checks, error_stmt, error_text, slowest)"};
  static const FileNotes kNone;
  int64_t position = 0;
  for (const PreparedFile& file : prepared.files) {
    const Body& content = file.file->content;
    TRY(put_once(content));
    const FileNotes& notes = file.notes ? *file.notes : kNone;
    Value statement;
    Value text;
    if (notes.error) {
      statement = notes.error->statement;
      text = notes.error->text;
    }
    TRY(session_.insert_later(kInto, {event_id, position++, file.file->name, content.sha256,
                                      to_stored(file.start), to_stored(file.end), file.skipped,
                                      file.applied, notes.checks, statement, text, notes.slowest}));
  }
  return {};
}

Result<int64_t> IngestJob::add(const PreparedReport& prepared, std::optional<int64_t> set_id) {
  set_id_ = set_id;
  if (!prepared.schema) {
    return add_complete(prepared, set_id);
  }
  const Repo* schema = TRY(repo(sighting_of(prepared)));
  const PreparedReport complete = TRY(complete_schema_report(session_, *schema, prepared));
  return add_complete(complete, set_id);
}

Result<int64_t> IngestJob::add_complete(const PreparedReport& prepared,
                                        std::optional<int64_t> set_id) {
  const Placed placed = TRY(place(prepared, !set_id.has_value()));
  const int64_t event_id = TRY(insert_event(prepared, placed, set_id));
  TRY(insert_files(prepared, event_id));
  TRY(store_event_key(session_, caller_->org_id, prepared.key, prepared.fingerprint, event_id));
  known_[prepared.key.bytes] = KnownEvent{event_id, prepared.fingerprint};
  if (placed.listed) {
    count(prepared, placed);
  }
  TRY(apply(prepared, placed, event_id));
  TRY(note_drift(prepared, placed, event_id));
  TRY(settle(prepared, placed, event_id));
  const ToldDeployment told{.prepared = prepared,
                            .repo = *placed.repo,
                            .event_id = event_id,
                            .set_id = set_id,
                            .database_id = placed.database.id,
                            .status = placed.status};
  TRY(note_deployment(registry_, session_, alerts_, told));
  TRY(judge(prepared, told));
  version_ = prepared.report.current_version;
  published_.push_back(LiveEvent{caller_->org_id, event_id, set_id, placed.repo->id,
                                 std::string(to_text(placed.status)), seconds_of(prepared.report)});
  return event_id;
}

Result<void> IngestJob::judge(const PreparedReport& prepared, const ToldDeployment& told) {
  const std::vector<PolicyReason> reasons = TRY(judge_.judge(
      {.prepared = prepared, .repo = told.repo, .event_id = told.event_id, .received_at = now_}));
  return note_violation(registry_, session_, alerts_, told, reasons);
}

Result<void> IngestJob::tell_moves() {
  for (const auto& [repo_id, moves] : moves_by_) {
    if (!moves.empty()) {
      TRY(note_moves(registry_, session_, alerts_,
                     {.repo = repos_.at(repo_id),
                      .latest_version = heads_.at(repo_id).latest,
                      .moves = moves,
                      .set_id = set_id_}));
    }
  }
  moves_by_.clear();
  return {};
}

Result<void> IngestJob::finish() {
  for (const int64_t repo_id : moved_) {
    databases_.counts.forget(repo_id);
    TRY(project_repo(session_, heads_.at(repo_id), repo_id, &moves_by_[repo_id]));
  }
  moved_.clear();
  TRY(databases_.counts.store(session_));
  TRY(tell_moves());
  return alerts_.flush();
}

void publish_events(Registry& registry, const std::vector<LiveEvent>& events) {
  for (const LiveEvent& event : events) {
    if (event.seconds) {
      registry.metrics.count_deployment(event.status, *event.seconds);
    }
  }
  registry.live.publish(events);
}

Result<IngestOutcome> write_and_publish(Registry& registry, const IngestWrite& write) {
  std::vector<LiveEvent> events;
  IngestOutcome outcome = TRY(
      write_value<IngestOutcome>(registry.store, [&](Session& session) -> Result<IngestOutcome> {
        events.clear();
        IngestOutcome stored = TRY(write(session, events));
        TRY(tell_events(registry, session, events));
        return stored;
      }));
  publish_events(registry, events);
  return outcome;
}

}  // namespace rhumb::registry
