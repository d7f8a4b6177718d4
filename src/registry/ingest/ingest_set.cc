#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/json.h"
#include "registry/ingest/ingest.h"
#include "registry/ingest/ingest_job.h"
#include "registry/ingest/redact.h"
#include "registry/names.h"

/// Sets arrive whole, in parts, or announced first and then again and again while they run. What is
/// stored is always the union: entries by their key, the longest log, the latest end.
namespace rhumb::registry {
namespace {

using codec::Json;
using registry_api::SetStep;
using registry_api::StepLog;

constexpr std::string_view kDirectoryLine = "Migration directory: ";
constexpr std::string_view kTargetLine = "Target URL: ";

// Entries that are asked for at once: the store takes in what came of one while the next is looked
// at, and only the next question waits for it.
constexpr size_t kEntriesTogether = 1000;

/// A set as it stands in the store.
struct StoredSet {
  int64_t event_id = 0;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  std::string kind;
  EventStatus status = EventStatus::kRunning;
  int64_t planned = 0;
  std::optional<int64_t> started_at;
  std::optional<int64_t> completed_at;
  std::optional<std::string> error;
  std::vector<SetStep> steps;
};

Result<StoredSet> load_set(Session& session, int64_t event_id) {
  std::optional<Row> row = TRY(session.find_row(
      "SELECT e.id, e.repo_id, e.env_id, e.status, s.planned, e.started_at, e.completed_at, "
      "e.error, s.steps, e.kind FROM events e JOIN sets s ON s.event_id = e.id WHERE e.id = ?",
      {event_id}));
  if (!row.has_value()) {
    return Error(ErrorCode::kConflict,
                 fmt::format("set {} was deleted with its repository", event_id));
  }
  const Row& r = *row;
  StoredSet set;
  set.event_id = r[0].number();
  set.repo_id = r[1].number();
  set.env_id = r[2].number();
  set.status = parse_event_status(r[3].text()).value_or(EventStatus::kRunning);
  set.planned = r[4].number();
  set.started_at = r[5].find_number();
  set.completed_at = r[6].find_number();
  set.error = r[7].find_text();
  set.kind = r[9].text();
  Json const steps = TRY(codec::parse_json(r[8].text()));
  set.steps = TRY(registry_api::read_set_steps(steps));
  return set;
}

std::string steps_json(const std::vector<SetStep>& steps) {
  Json out = Json::array();
  for (const SetStep& step : steps) {
    out.push_back(registry_api::to_json(step));
  }
  return codec::format_json(out);
}

std::string texts_json(const std::vector<std::string>& texts) {
  return codec::format_json(to_json(texts));
}

/// The text after `start` of the first log line that has it.
std::string find_line(const std::vector<SetStep>& steps, std::string_view start) {
  for (const SetStep& step : steps) {
    for (const StepLog& line : step.log) {
      if (line.text.starts_with(start)) {
        return line.text.substr(start.size());
      }
    }
  }
  return "";
}

/// The targets that the first step lists.
std::vector<std::string> listed_targets(const std::vector<SetStep>& steps) {
  std::vector<std::string> out;
  if (!steps.empty() && steps.front().text.starts_with("Start migration for ")) {
    for (const StepLog& line : steps.front().log) {
      if (!line.text.empty()) {
        out.push_back(line.text);
      }
    }
  }
  return out;
}

/// The repository that a directory URL of a step stands for: `mem://app` and `atlas://app?tag=x`
/// are `app`; a local one has none.
std::string repo_of_directory(std::string_view url) {
  for (std::string_view const scheme : {"mem://", "atlas://"}) {
    if (url.starts_with(scheme)) {
      std::string_view rest = url.substr(scheme.size());
      rest = rest.substr(0, rest.find_first_of("?#"));
      return rest.empty() || rest.size() > kNameMax ? std::string(kDanglingSlug)
                                                    : std::string(rest);
    }
  }
  return std::string(kDanglingSlug);
}

bool extends(const std::vector<SetStep>& longer, const std::vector<SetStep>& shorter) {
  return longer.size() >= shorter.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin(),
                    [](const SetStep& a, const SetStep& b) { return a.text == b.text; });
}

/// Where a new set belongs: to what its entries say, else to what its log says.
struct SetPlace {
  std::string project = "default";
  std::string dir = std::string(kDanglingSlug);
  std::optional<std::string> env;
  std::string url;
};

SetPlace place_set(const PreparedSet& prepared) {
  SetPlace place;
  for (const PreparedReport& entry : prepared.entries) {
    bool const better = !place.env.has_value() || place.dir == kDanglingSlug;
    if (better) {
      place = SetPlace{entry.report.project_name, entry.report.dir_name, entry.report.env_name,
                       entry.report.target.url};
    }
  }
  if (!place.env.has_value()) {
    place.dir = repo_of_directory(find_line(prepared.set.log, kDirectoryLine));
    place.url = find_line(prepared.set.log, kTargetLine);
  }
  return place;
}

class SetJob {
 public:
  SetJob(Registry& registry, const Caller& caller, Session& session)
      : registry_(registry), caller_(caller), session_(session), job_(registry, caller, session) {}

  Result<IngestOutcome> run(const PreparedSet& prepared) {
    std::optional<KnownEvent> known = TRY(find_event_key(session_, caller_.org_id, prepared.key));
    if (known.has_value() && known->fingerprint == prepared.fingerprint) {
      return IngestOutcome{known->event_id, true};
    }
    StoredSet set;
    if (known.has_value()) {
      set = TRY(load_set(session_, known->event_id));
      TRY(merge(set, prepared));
      TRY(session_.run("UPDATE event_keys SET fingerprint = ? WHERE org_id = ? AND key = ?",
                       {prepared.fingerprint, caller_.org_id, prepared.key}));
    } else {
      SetPlace const place = place_set(prepared);
      set = TRY(insert(prepared, place));
    }
    size_t const added = TRY(add_entries(prepared, set.event_id));
    TRY(close(set, prepared));
    TRY(audit(set, prepared.set.id, added));
    return IngestOutcome{set.event_id, false};
  }

  Result<IngestOutcome> begin(const PreparedSet& prepared, const registry_api::BeginSet& begin) {
    std::optional<KnownEvent> known = TRY(find_event_key(session_, caller_.org_id, prepared.key));
    if (known.has_value()) {
      StoredSet const set = TRY(load_set(session_, known->event_id));
      if (set.planned != begin.planned || set.started_at != to_stored(begin.start)) {
        return conflict(begin.id);
      }
      return IngestOutcome{known->event_id, true};
    }
    SetPlace const place{"default", begin.dir_name, begin.env_name, ""};
    StoredSet set = TRY(insert(prepared, place));
    TRY(session_.run("UPDATE sets SET targets = ? WHERE event_id = ?",
                     {texts_json(begin.targets), set.event_id}));
    TRY(close(set, prepared));
    TRY(audit(set, begin.id, 0));
    return IngestOutcome{set.event_id, false};
  }

  [[nodiscard]] const std::vector<LiveEvent>& entries() const { return job_.published(); }
  [[nodiscard]] const LiveEvent& event() const { return event_; }

 private:
  static Error conflict(std::string_view id) {
    return Error(ErrorCode::kConflict,
                 fmt::format("set id \"{}\" was used for another run; send a new id", id));
  }

  Result<StoredSet> insert(const PreparedSet& prepared, const SetPlace& place) {
    const registry_api::MigrationSetReport& set = prepared.set;
    const bool is_schema = prepared.kind == kSchemaApplyKind;
    Repo* repo = TRY(job_.repo({.project = place.project,
                                .dir = place.dir,
                                .url = place.url,
                                .type = is_schema ? kSchemaType : kDirectoryType}));
    TRY(require(caller_, "report:write",
                {.repo = repo->slug, .project = place.project, .env = place.env.value_or("")}));
    StoredSet stored;
    stored.repo_id = repo->id;
    stored.env_id = TRY(environment_of(place, repo->id));
    stored.kind = prepared.kind;
    stored.planned = set.planned;
    stored.started_at = to_stored(set.start);
    const Origin& origin = caller_.origin;
    std::optional<registry_api::DeployContext> context = set.context;
    const Value id = TRY(session_.scalar(
        "INSERT INTO events (org_id, repo_id, env_id, kind, status, started_at, received_at, "
        "order_at, trigger_type, trigger_version, actor_kind, actor_id, actor_name, user_agent, "
        "atlas_version) VALUES (?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        {caller_.org_id, stored.repo_id, stored.env_id, stored.kind,
         stored.started_at.value_or(job_.now()), job_.now(), job_.now(),
         context ? Value(context->trigger_type) : Value(),
         context ? Value(context->trigger_version) : Value(), origin.actor.kind, origin.actor.id,
         origin.actor.name, origin.user_agent,
         prepared.entries.empty() ? "" : prepared.entries.front().report.atlas_version}));
    stored.event_id = id.number();
    TRY(session_.run(
        "INSERT INTO sets (event_id, client_id, planned, succeeded, completed, steps, targets) "
        "VALUES (?, ?, ?, 0, 0, '[]', '[]')",
        {stored.event_id, set.id, set.planned}));
    TRY(store_event_key(session_, caller_.org_id, prepared.key, prepared.fingerprint,
                        stored.event_id));
    TRY(count_event(session_, counter_of(stored), 1));
    TRY(count_periods_of(session_, stored.event_id, 1));
    take(stored, set);
    return stored;
  }

  /// A set whose targets never started does not name its environment; its target may be known.
  Result<int64_t> environment_of(const SetPlace& place, int64_t repo_id) {
    if (place.env.has_value()) {
      return TRY(job_.environment(*place.env)).id;
    }
    const Value known = TRY(session_.scalar(
        "SELECT env_id FROM databases WHERE repo_id + 0 = ? AND url = ? ORDER BY last_report DESC "
        "LIMIT 1",
        {repo_id, place.url}));
    return known.is_null() ? TRY(job_.environment("")).id : known.number();
  }

  [[nodiscard]] EventCounter counter_of(const StoredSet& stored) const {
    return {.org_id = caller_.org_id,
            .repo_id = stored.repo_id,
            .env_id = stored.env_id,
            .status = stored.status,
            .kind = stored.kind};
  }

  static void take(StoredSet& stored, const registry_api::MigrationSetReport& set) {
    stored.steps = set.log;
    stored.error = set.error;
    stored.completed_at = to_stored(set.end);
  }

  Result<void> merge(StoredSet& stored, const PreparedSet& prepared) {
    const registry_api::MigrationSetReport& set = prepared.set;
    const bool same_run = stored.kind == prepared.kind && stored.planned == set.planned &&
                          stored.started_at == to_stored(set.start);
    bool const same_error =
        !stored.error.has_value() || !set.error.has_value() || stored.error == set.error;
    bool const grows = extends(set.log, stored.steps);
    if (!same_run || !same_error || (!grows && !extends(stored.steps, set.log))) {
      return conflict(set.id);
    }
    if (grows) {
      stored.steps = set.log;
    }
    if (set.error.has_value()) {
      stored.error = set.error;
    }
    std::optional<int64_t> end = to_stored(set.end);
    if (end.has_value()) {
      stored.completed_at = std::max(stored.completed_at.value_or(*end), *end);
    }
    return {};
  }

  Result<void> ask_for_entries(std::span<const PreparedReport> entries) {
    std::vector<const PreparedReport*> next;
    for (const PreparedReport& entry : entries.first(std::min(kEntriesTogether, entries.size()))) {
      next.push_back(&entry);
    }
    return job_.ask_for(next, true);
  }

  Result<size_t> add_entries(const PreparedSet& prepared, int64_t set_id) {
    size_t added = 0;
    for (size_t i = 0; i < prepared.entries.size(); ++i) {
      const PreparedReport& entry = prepared.entries[i];
      if (i % kEntriesTogether == 0) {
        TRY(ask_for_entries(prepared.entries.subspan(i)));
      }
      const std::optional<KnownEvent> known = TRY(job_.find_known(entry));
      if (known.has_value()) {
        if (known->fingerprint != entry.fingerprint) {
          return conflict(prepared.set.id);
        }
        continue;
      }
      TRY(job_.add(entry, set_id));
      ++added;
    }
    TRY(job_.finish());
    return added;
  }

  /// Gives the set what follows from its entries.
  Result<void> close(StoredSet& stored, const PreparedSet& prepared) {
    SetFacts facts;
    facts.failed = stored.error.has_value();
    facts.running = !stored.completed_at.has_value();
    facts.planned = stored.planned;
    std::vector<std::string> versions;
    TRY(session_.for_each(
        "SELECT status, error IS NOT NULL, version, count(*) FROM events WHERE set_id = ? "
        "GROUP BY 1, 2, 3",
        {stored.event_id}, [&facts, &versions](const Row& row) {
          const EventStatus status =
              parse_event_status(row[0].text()).value_or(EventStatus::kFailed);
          for (int64_t i = 0; i < row[3].number(); ++i) {
            facts.add(status, row[1].flag());
          }
          if (!row[2].is_null()) {
            versions.push_back(row[2].text());
          }
          return true;
        }));
    const Repo repo = TRY(load_repo(session_, caller_.org_id, stored.repo_id));
    const RepoHead* head = TRY(job_.head(repo));
    auto newest = std::max_element(versions.begin(), versions.end(),
                                   [head](const std::string& a, const std::string& b) {
                                     return head->order().compare(a, b) < 0;
                                   });
    EventStatus const status = set_status(facts);
    if (status != stored.status) {
      TRY(count_event(session_, counter_of(stored), -1));
      stored.status = status;
      TRY(count_event(session_, counter_of(stored), 1));
    }
    TRY(count_periods_of(session_, stored.event_id, -1));
    TRY(session_.run(
        "UPDATE events SET status = ?, version = ?, completed_at = ?, error = ?, order_at = ? "
        "WHERE id = ?",
        {to_text(status), newest == versions.end() ? Value() : Value(*newest), stored.completed_at,
         stored.error, order_time(stored.completed_at, job_.now()), stored.event_id}));
    TRY(count_periods_of(session_, stored.event_id, 1));
    TRY(session_.run(
        "UPDATE sets SET succeeded = ?, completed = ?, steps = ? WHERE event_id = ?",
        {facts.succeeded(), facts.completed(), steps_json(stored.steps), stored.event_id}));
    std::vector<std::string> const targets = listed_targets(prepared.set.log);
    if (!targets.empty()) {
      TRY(session_.run("UPDATE sets SET targets = ? WHERE event_id = ?",
                       {texts_json(targets), stored.event_id}));
    }
    event_ = LiveEvent{caller_.org_id, stored.event_id, stored.event_id, stored.repo_id,
                       std::string(to_text(status))};
    return facts.running ? Result<void>() : tell(stored, repo, facts);
  }

  /// The set has ended.
  Result<void> tell(const StoredSet& stored, const Repo& repo, const SetFacts& facts) {
    AlertBatch alerts(registry_, caller_, session_);
    TRY(note_set(registry_, session_, alerts,
                 {.repo = repo,
                  .event_id = stored.event_id,
                  .env_id = stored.env_id,
                  .status = stored.status,
                  .facts = facts,
                  .error = stored.error}));
    TRY(alerts.flush());
    return release_set(registry_, caller_, session_, stored.event_id);
  }

  Result<void> audit(const StoredSet& stored, const std::string& client_id, size_t added) {
    AuditEntry entry = audit_entry(caller_, job_.now(), "deployment.report",
                                   fmt::format("deployment/{}", stored.event_id));
    entry.after = codec::format_json(Json::object({{"set", client_id},
                                                   {"planned", stored.planned},
                                                   {"added", added},
                                                   {"status", to_text(stored.status)}}));
    return append_audit(session_, std::move(entry));
  }

  Registry& registry_;
  const Caller& caller_;
  Session& session_;
  IngestJob job_;
  LiveEvent event_;
};

Result<IngestOutcome> store_set(Registry& registry,
                                const Caller& caller,
                                const PreparedSet& prepared) {
  return write_and_publish(
      registry,
      [&](Session& session, std::vector<LiveEvent>& events) -> Result<IngestOutcome> {
        SetJob job(registry, caller, session);
        IngestOutcome stored = TRY(job.run(prepared));
        if (!stored.repeated) {
          events = job.entries();
          events.push_back(job.event());
        }
        return stored;
      });
}

}  // namespace

Result<IngestOutcome> ingest_set(Registry& registry,
                                 const Caller& caller,
                                 registry_api::MigrationSetReport set,
                                 SetEntries& entries) {
  return store_set(registry, caller, TRY(prepare_set(std::move(set), entries)));
}

Result<IngestOutcome> ingest_begin(Registry& registry,
                                   const Caller& caller,
                                   const registry_api::BeginSet& set) {
  TRY(check_length("envName", set.env_name));
  TRY(check_name("dirName", set.dir_name));
  if (set.targets.size() > kTargetsMax) {
    return Error(ErrorCode::kLimit, fmt::format("a set has at most {} targets", kTargetsMax));
  }
  registry_api::BeginSet begin = set;
  for (std::string& target : begin.targets) {
    target = stored_url(target);
  }
  registry_api::MigrationSetReport report;
  report.id = set.id;
  report.planned = set.planned;
  report.start = set.start;
  report.context = set.context;
  SetEntries none(kApplyKind, 0);
  const PreparedSet prepared = TRY(prepare_set(std::move(report), none));
  return write_and_publish(
      registry,
      [&](Session& session, std::vector<LiveEvent>& events) -> Result<IngestOutcome> {
        SetJob job(registry, caller, session);
        IngestOutcome stored = TRY(job.begin(prepared, begin));
        if (!stored.repeated) {
          events.push_back(job.event());
        }
        return stored;
      });
}

}  // namespace rhumb::registry
