#include <set>

#include "registry/content/down_plans.h"
#include "registry/ingest/ingest_job.h"
#include "registry/names.h"

/// What a report is known to need of the store is asked for together, before it is read.
namespace rhumb::registry {
namespace {

/// Whether no entry before this one has a part of what its database is looked up by.
class FirstSightings {
 public:
  bool add(const registry_api::DeployedTarget& target) {
    const bool is_first_id = ids_.insert(target.id).second;
    const bool is_first_url = urls_.insert(target.url).second;
    const bool is_first_name = names_.insert(database_name_of_url(target.url)).second;
    return is_first_id && is_first_url && is_first_name;
  }

 private:
  std::set<std::string> ids_;
  std::set<std::string> urls_;
  std::set<std::string> names_;
};

}  // namespace

Result<void> IngestJob::ask_for(const PreparedReport& prepared) {
  TRY(ask_for_event_key(session_, caller_.org_id, prepared.key));
  TRY(ask_for_repo(session_, caller_.org_id, prepared.report.dir_name));
  return ask_for_environment(session_, caller_.org_id, prepared.report.env_name);
}

Result<void> IngestJob::ask_for(std::span<const PreparedReport> several) {
  FirstSightings first;
  for (const PreparedReport& prepared : several) {
    TRY(ask_for_event_key(session_, caller_.org_id, prepared.key));
    const auto repo = names_.find(prepared.report.dir_name);
    const auto environment = environments_.find(prepared.report.env_name);
    const bool is_placed = repo != names_.end() && environment != environments_.end();
    // What an earlier one of them may change is read when its turn comes.
    const bool is_first = first.add(prepared.report.target);
    if (is_placed && is_first) {
      TRY(ask_for_placed(prepared, sighting(prepared, repo->second, environment->second), true));
    }
  }
  return {};
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
