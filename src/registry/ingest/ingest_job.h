#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "registry/alerts/alert_deployments.h"
#include "registry/content/down_plans.h"
#include "registry/content/states.h"
#include "registry/ingest/databases.h"
#include "registry/ingest/event_periods.h"
#include "registry/ingest/ingest.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/policy/policy_report.h"
#include "registry/registry.h"

/// The part of taking a report in that runs in the writer's transaction. Internal to this folder.
namespace rhumb::registry {

/// More that are asked for at once gain nothing.
inline constexpr size_t kReportsTogether = 48;

/// What is known of an event that was stored before.
struct KnownEvent {
  int64_t event_id = 0;
  Blob fingerprint;
};
Result<std::optional<KnownEvent>> find_event_key(Session& session, int64_t org_id, const Blob& key);
/// Asks ahead (Session::ask_ahead) for that.
Result<void> ask_for_event_key(Session& session, int64_t org_id, const Blob& key);
Result<void> store_event_key(
    Session& session, int64_t org_id, const Blob& key, const Blob& fingerprint, int64_t event_id);
/// Which counter of the list an event is in.
struct EventCounter {
  int64_t org_id = 0;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  EventStatus status = EventStatus::kPassed;
  std::string kind = "APPLY";
  auto operator<=>(const EventCounter&) const = default;
};
/// Moves the number of listed events of that sort by `delta`.
Result<void> count_event(Session& session, const EventCounter& counter, int64_t delta);

/// The same for many events, whose counters are written once.
class EventCounts {
 public:
  void add(const EventCounter& counter) { ++counts_[counter]; }
  /// Writes what was gathered, and has nothing gathered then.
  Result<void> store(Session& session);

 private:
  std::map<EventCounter, int64_t> counts_;
};

/// A report of a `schema apply` with what only the store can tell: the versions that its hashes
/// stand for, the one that the run left, and the plan that it carried out.
Result<PreparedReport> complete_schema_report(Session& session,
                                              const Repo& repo,
                                              const PreparedReport& prepared);

/// Where a run says that it belongs.
struct RepoSighting {
  std::string project;
  std::string dir;  ///< slug or name
  std::string url;  ///< of the target
  std::string_view type = kDirectoryType;
};

/// One transaction's worth of reports: looks repositories and environments up once, measures each
/// repository whose head moved once, at the end.
class IngestJob {
 public:
  IngestJob(Registry& registry, const Caller& caller, Session& session)
      : registry_(registry),
        caller_(&caller),
        session_(session),
        now_(registry.now()),
        judge_(registry, caller, session),
        alerts_(registry, caller, session),
        event_ids_(session, "events"),
        databases_(session) {}

  /// Asks the store, in one go or two, for what it takes to know these reports and to store them
  /// one after the other. That of databases which may be new costs more, and then saves more.
  Result<void> ask_for(std::span<const PreparedReport* const> several, bool maybe_new);
  /// Whose report is added next; all are of one organization.
  void speak_for(const Caller& caller);
  /// The event of a report that was stored before.
  Result<std::optional<KnownEvent>> find_known(const PreparedReport& prepared);
  /// A new deployment event. The caller has made sure that it is new.
  Result<int64_t> add(const PreparedReport& prepared, std::optional<int64_t> set_id);
  /// Ends a report, or the entries of a set: measures what is left to measure, and stores what
  /// webhooks are told of all of it.
  Result<void> finish();
  /// Ends a job of reports that stand in the list.
  Result<void> store_counts();

  /// Found, or made on first use. Errors: kConflict for a repository of another type.
  Result<Repo*> repo(const RepoSighting& sighting);
  Result<KnownEnvironment> environment(const std::string& name);
  Result<RepoHead*> head(const Repo& repo);
  [[nodiscard]] int64_t now() const { return now_; }
  /// What the last report that was added left its database at.
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const std::vector<LiveEvent>& published() const { return published_; }

 private:
  using Place = PlaceHints::Place;
  using Reports = std::span<const PreparedReport* const>;
  /// Where each of some reports belongs: nothing for one that was stored before, `repo_id` 0 for
  /// what is to be made.
  using Places = std::vector<std::optional<Place>>;
  struct Placed {
    const Repo* repo = nullptr;
    int64_t env_id = 0;
    DatabaseSighting seen;
    DatabaseRow database;
    bool listed = false;   ///< the event stands in the list, not inside a set
    bool applies = false;  ///< it changes what is known of the database
    bool newest = false;   ///< nothing later is known, though it may be a dry run
    int64_t order_at = 0;
    EventStatus status = EventStatus::kPassed;
  };

  /// Null for one that is to be made.
  Result<Repo*> find_known_repo(const std::string& dir);
  Result<Repo> make_repo(const RepoSighting& sighting);
  Repo* keep_repo(const std::string& dir, Repo repo);
  Result<const KnownEnvironment*> find_known_environment(const std::string& name);
  Result<void> ask_for_places(Reports several);
  /// Empty when there is no hint for one of them.
  [[nodiscard]] Places guess_places(Reports several) const;
  Result<Places> find_places(Reports several);
  Result<Place> find_place(const PreparedReport& prepared);
  /// What those need that are new.
  Result<void> ask_for_placed(Reports several, const Places& places, bool maybe_new);
  DatabaseSighting sighting(const PreparedReport& prepared, const Place& place) const;
  [[nodiscard]] PlanSettlement settlement_of(const PreparedReport& prepared,
                                             int64_t repo_id,
                                             int64_t env_id) const;
  /// Whether the report has a say in plans to revert its database.
  [[nodiscard]] static bool settles_plans(const PreparedReport& prepared);
  Result<void> ask_for_database(const PreparedReport& prepared, const Place& place, bool maybe_new);
  Result<int64_t> add_complete(const PreparedReport& prepared, std::optional<int64_t> set_id);
  Result<Placed> place(const PreparedReport& prepared, bool listed);
  Result<int64_t> insert_event(const PreparedReport& prepared,
                               const Placed& placed,
                               std::optional<int64_t> set_id);
  void count(const PreparedReport& prepared, const Placed& placed);
  Result<void> put_once(const Body& body);
  Result<void> insert_files(const PreparedReport& prepared, int64_t event_id);
  Result<void> note_report(const PreparedReport& prepared, const Placed& placed, int64_t event_id);
  Result<void> insert_new(const PreparedReport& prepared, const Placed& placed, int64_t event_id);
  /// What the database of a report is measured by.
  [[nodiscard]] static DatabaseMeasure measure_of(const PreparedReport& prepared,
                                                  const Placed& placed);
  Result<void> apply(const PreparedReport& prepared, const Placed& placed, int64_t event_id);
  Result<void> settle(const PreparedReport& prepared, const Placed& placed, int64_t event_id);
  Result<void> note_drift(const PreparedReport& prepared, const Placed& placed, int64_t event_id);
  Result<void> raise_reported_version(const PreparedReport& prepared, const Placed& placed);
  Result<void> judge(const PreparedReport& prepared, const ToldDeployment& told);
  Result<void> tell_moves();

  Registry& registry_;
  const Caller* caller_;
  Session& session_;
  int64_t now_;
  ReportJudge judge_;
  AlertBatch alerts_;
  std::optional<int64_t> set_id_;                        ///< of the entries
  std::map<int64_t, std::vector<StatusMove>> moves_by_;  ///< by repository
  std::map<std::string, int64_t> names_;  ///< as given; a repository can have two
  std::map<int64_t, Repo> repos_;
  std::map<std::string, KnownEnvironment> environments_;
  std::map<int64_t, RepoHead> heads_;
  NewIds event_ids_;
  EventCounts event_counts_;
  PeriodCounts period_counts_;
  DatabaseChanges databases_;
  std::unordered_map<std::string, std::optional<KnownEvent>> known_;  ///< by key
  std::unordered_set<std::string> bodies_;  ///< digests of those that are stored
  std::set<int64_t> moved_;  ///< repositories to measure whole
  std::vector<LiveEvent> published_;
  std::string version_;
};

/// Counts stored events, and shows them on open pages of this server.
void publish_events(Registry& registry, const std::vector<LiveEvent>& events);

/// A write that tells what became of deployments; the list is empty each time it is run.
using IngestWrite = std::function<Result<IngestOutcome>(Session&, std::vector<LiveEvent>& events)>;
/// Stores, and then shows the events on open pages, of this server and of its neighbours.
Result<IngestOutcome> write_and_publish(Registry& registry, const IngestWrite& write);

}  // namespace rhumb::registry
