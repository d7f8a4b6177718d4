#include <algorithm>
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

Result<void> IngestJob::ask_for(Reports several, bool maybe_new) {
  TRY(ask_for_places(several));
  // Where one round trip more counts.
  const Places guessed = maybe_new ? Places() : guess_places(several);
  TRY(ask_for_placed(several, guessed, maybe_new));
  const Places places = TRY(find_places(several));
  if (places != guessed) {
    // Answers that nobody takes may be out of date when somebody does.
    if (!guessed.empty()) {
      session_.forget_asked();
    }
    TRY(ask_for_placed(several, places, maybe_new));
  }
  TRY(event_ids_.receive());
  return databases_.ids.receive();
}

IngestJob::Places IngestJob::guess_places(Reports several) const {
  Places places;
  for (const PreparedReport* prepared : several) {
    const registry_api::MigrationReport& report = prepared->report;
    places.push_back(registry_.places.find(caller_->org_id, report.dir_name, report.env_name));
    if (!places.back()) {
      return {};
    }
  }
  return places;
}

Result<IngestJob::Places> IngestJob::find_places(Reports several) {
  Places places;
  std::set<std::string_view> keys;
  for (const PreparedReport* prepared : several) {
    const std::optional<KnownEvent> known = TRY(find_known(*prepared));
    std::optional<Place> place;
    if (!known && keys.insert(prepared->key.bytes).second) {
      place = TRY(find_place(*prepared));
    }
    places.push_back(place);
  }
  return places;
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

Result<IngestJob::Place> IngestJob::find_place(const PreparedReport& prepared) {
  const registry_api::MigrationReport& report = prepared.report;
  const Repo* repo = TRY(find_known_repo(report.dir_name));
  const KnownEnvironment* environment = TRY(find_known_environment(report.env_name));
  if (repo == nullptr || environment == nullptr) {
    return Place();
  }
  const Place place{repo->id, environment->id};
  registry_.places.note(caller_->org_id, report.dir_name, report.env_name, place);
  return place;
}

Result<void> IngestJob::ask_for_placed(Reports several, const Places& places, bool maybe_new) {
  const auto count = static_cast<size_t>(
      std::ranges::count_if(places, [](const auto& place) { return place.has_value(); }));
  TRY(event_ids_.ask_for(count));
  if (maybe_new) {
    TRY(databases_.ids.ask_for(count));
  }
  FirstSightings first;
  for (size_t i = 0; i < places.size(); ++i) {
    const std::optional<Place>& place = places[i];
    // What an earlier one of them may change is read when its turn comes.
    if (place && place->repo_id != 0 && first.add(sighting(*several[i], *place))) {
      TRY(ask_for_database(*several[i], *place, maybe_new));
    }
  }
  return {};
}

Result<void> IngestJob::ask_for_database(const PreparedReport& prepared,
                                         const Place& place,
                                         bool maybe_new) {
  TRY(registry::ask_for_database(session_, sighting(prepared, place), maybe_new));
  // A revert changes its own plan before it looks for others.
  return settles_plans(prepared) && prepared.plan_id.empty()
             ? ask_for_open_plans(session_, settlement_of(prepared, place.repo_id, place.env_id))
             : Result<void>();
}

}  // namespace rhumb::registry
