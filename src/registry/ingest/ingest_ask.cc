#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "registry/content/down_plans.h"
#include "registry/ingest/ingest_job.h"
#include "registry/names.h"

/// What a report is known to need of the store is asked for together, before it is read.
namespace rhumb::registry {
namespace {

/// Whether no report before this one has a part of what its database is looked up by.
class FirstSightings {
 public:
  bool add(const DatabaseSighting& seen) {
    const bool is_first_id = ids_.insert(key(seen, seen.target.id)).second;
    const bool is_first_url = urls_.insert(key(seen, seen.target.url)).second;
    const bool is_first_name =
        names_.insert(key(seen, database_name_of_url(seen.target.url))).second;
    return is_first_id && is_first_url && is_first_name;
  }

 private:
  using Key = std::tuple<int64_t, int64_t, std::string>;
  static Key key(const DatabaseSighting& seen, std::string part) {
    return {seen.repo_id, seen.env_id, std::move(part)};
  }

  std::set<Key> ids_;
  std::set<Key> urls_;
  std::set<Key> names_;
};

}  // namespace

Result<void> IngestJob::ask_for(std::span<const PreparedReport* const> several, bool maybe_new) {
  TRY(ask_for_places(several));
  std::vector<const PreparedReport*> unknown;
  std::set<std::string_view> keys;
  for (const PreparedReport* prepared : several) {
    const std::optional<KnownEvent> known = TRY(find_known(*prepared));
    if (!known && keys.insert(prepared->key.bytes).second) {
      unknown.push_back(prepared);
    }
  }
  TRY(event_ids_.ask_for(unknown.size()));
  if (maybe_new) {
    TRY(databases_.ids.ask_for(unknown.size()));
  }
  FirstSightings first;
  for (const PreparedReport* prepared : unknown) {
    const std::optional<Place> place = TRY(find_place(*prepared));
    if (!place) {
      continue;
    }
    const DatabaseSighting seen = sighting(*prepared, place->repo_id, place->environment);
    // What an earlier one of them may change is read when its turn comes.
    if (first.add(seen)) {
      TRY(ask_for_placed(*prepared, seen, maybe_new));
    }
  }
  TRY(event_ids_.receive());
  return databases_.ids.receive();
}

Result<void> IngestJob::ask_for_places(std::span<const PreparedReport* const> several) {
  std::set<std::string_view> dirs;
  std::set<std::string_view> environments;
  for (const PreparedReport* prepared : several) {
    const registry_api::MigrationReport& report = prepared->report;
    TRY(ask_for_event_key(session_, caller_->org_id, prepared->key));
    if (!names_.contains(report.dir_name) && dirs.insert(report.dir_name).second) {
      TRY(ask_for_repo(session_, caller_->org_id, report.dir_name));
    }
    if (!environments_.contains(report.env_name) && environments.insert(report.env_name).second) {
      TRY(ask_for_environment(session_, caller_->org_id, report.env_name));
    }
  }
  return {};
}

Result<std::optional<IngestJob::Place>> IngestJob::find_place(const PreparedReport& prepared) {
  const Repo* repo = TRY(find_known_repo(prepared.report.dir_name));
  const KnownEnvironment* environment = TRY(find_known_environment(prepared.report.env_name));
  return repo != nullptr && environment != nullptr ? std::optional(Place{repo->id, *environment})
                                                   : std::nullopt;
}

Result<void> IngestJob::ask_for_placed(const PreparedReport& prepared,
                                       const DatabaseSighting& seen,
                                       bool maybe_new) {
  TRY(ask_for_database(session_, seen, maybe_new));
  // A revert changes its own plan before it looks for others.
  return settles_plans(prepared) && prepared.plan_id.empty()
             ? ask_for_open_plans(session_, settlement_of(prepared, seen.repo_id, seen.env_id))
             : Result<void>();
}

}  // namespace rhumb::registry
