#include "registry/policy/policy_targets.h"

#include <algorithm>
#include <map>
#include <string>

#include "registry/ingest/redact.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using registry_api::DeployedTarget;

/// Databases by what they are found by; null where several have it in common.
class KnownDatabases {
 public:
  void add(const DeployedTarget& database) {
    insert("url " + database.url, database);
    insert("place " + location_of_url(database.url), database);
  }

  [[nodiscard]] const DeployedTarget* find(const std::string& url) const {
    for (const std::string& key : {"url " + url, "place " + location_of_url(url)}) {
      const auto found = databases_.find(key);
      if (found != databases_.end() && !found->second.id.empty()) {
        return &found->second;
      }
    }
    return nullptr;
  }

 private:
  void insert(const std::string& key, const DeployedTarget& database) {
    const auto [place, is_new] = databases_.emplace(key, database);
    if (!is_new) {
      place->second.id.clear();
    }
  }

  std::map<std::string, DeployedTarget> databases_;
};

}  // namespace

Result<void> name_targets(Session& session,
                          const TargetPlace& place,
                          std::vector<DeployedTarget>& targets) {
  const auto lacks_name = [](const DeployedTarget& target) { return target.id.empty(); };
  if (std::ranges::none_of(targets, lacks_name)) {
    return {};
  }
  KnownDatabases known;
  TRY(session.for_each(
      "SELECT ext_id, schema_name, url FROM databases WHERE repo_id = ? AND env_id = ? AND "
      "provisional = 0 AND (archived_at IS NULL OR merged_into IS NOT NULL)",
      {place.repo_id, place.env_id}, [&known](const Row& row) {
        known.add({row[0].text(), row[1].text(), row[2].text()});
        return true;
      }));
  for (DeployedTarget& target : targets) {
    const DeployedTarget* database =
        target.id.empty() ? known.find(stored_url(target.url)) : nullptr;
    if (database != nullptr) {
      target.id = database->id;
      target.schema = database->schema;
    }
  }
  return {};
}

}  // namespace rhumb::registry
