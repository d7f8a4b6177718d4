#include "registry/content/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "registry/content/states.h"
#include "registry/ingest/projection.h"

namespace rhumb::registry {
namespace {

// With repository and version as parameters: events that applied the version, or tried to. A file
// has one version, and a name that begins with it.
constexpr std::string_view kFileRan =
    "EXISTS (SELECT 1 FROM event_files f WHERE f.event_id = e.id AND (f.name = ?2 || '.sql' OR "
    "substr(f.name, 1, length(?2) + 1) = ?2 || '_'))";
constexpr std::string_view kSchemaRan = "e.version = ?2";

/// An event that has to do with the version.
struct Ran {
  int64_t env_id = 0;
  int64_t listed_id = 0;  ///< of the event, or of the set that it belongs to
  std::optional<int64_t> ended_at;
  bool passed = false;
};

Result<std::vector<Ran>> find_events(Session& session, const Repo& repo, const TraceWish& wish) {
  std::vector<Ran> events;
  const std::string sql = fmt::format(
      "SELECT e.env_id, coalesce(e.set_id, e.id), e.completed_at, e.status FROM databases d JOIN "
      "environments n ON n.id = d.env_id JOIN events e ON e.database_id = d.id WHERE d.repo_id = "
      "?1 AND (n.ephemeral_hours IS NULL OR ?3 = 1) AND e.dry_run = 0 AND e.kind <> 'DOWN' AND {}",
      repo.type == kSchemaType ? kSchemaRan : kFileRan);
  TRY(session.for_each(sql, {repo.id, wish.version, wish.ephemeral}, [&events](const Row& row) {
    events.push_back(
        {row[0].number(), row[1].number(), row[2].find_number(), row[3].text() == "PASSED"});
    return true;
  }));
  return events;
}

void add_event(TraceEnvironment& env, const Ran& event) {
  env.event_ids.push_back(event.listed_id);
  if (!event.passed || !event.ended_at) {
    return;
  }
  env.first_at = std::min(env.first_at.value_or(*event.ended_at), *event.ended_at);
  env.last_at = std::max(env.last_at.value_or(*event.ended_at), *event.ended_at);
}

/// Oldest first, each once, no more than are shown.
void tidy(std::vector<int64_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  ids.resize(std::min(ids.size(), static_cast<size_t>(kTraceMax)));
}

/// The path, with environments by number in the order they are shown.
struct Places {
  std::vector<std::pair<int64_t, TraceEnvironment>> environments;
  int64_t left_out = 0;
};

Result<Places> load_places(Session& session, const Repo& repo, const TraceWish& wish) {
  Places places;
  TRY(session.for_each(
      "SELECT n.id, n.name, n.ephemeral_hours FROM environments n WHERE n.id IN (SELECT env_id "
      "FROM databases WHERE repo_id = ? AND archived_at IS NULL AND provisional = 0) ORDER BY "
      "n.rank IS NULL, n.rank, n.name",
      {repo.id}, [&](const Row& row) {
        TraceEnvironment env;
        env.name = row[1].text();
        env.ephemeral_hours = row[2].find_number();
        if (env.ephemeral_hours && !wish.ephemeral) {
          ++places.left_out;
        } else {
          places.environments.emplace_back(row[0].number(), std::move(env));
        }
        return true;
      }));
  return places;
}

}  // namespace

Result<TracePath> trace_environments(Session& session,
                                     Registry& registry,
                                     const Repo& repo,
                                     const TraceWish& wish) {
  Places places = TRY(load_places(session, repo, wish));
  std::map<int64_t, TraceEnvironment*> by_id;
  for (auto& [id, env] : places.environments) {
    by_id[id] = &env;
  }
  const RepoHead head = TRY(load_head(session, registry.orders, repo));
  TRY(session.for_each(
      "SELECT env_id, current_version, last_failed FROM databases WHERE repo_id = ? AND "
      "archived_at IS NULL AND provisional = 0",
      {repo.id}, [&](const Row& row) {
        const auto found = by_id.find(row[0].number());
        if (found != by_id.end()) {
          TraceEnvironment& env = *found->second;
          const std::string& current = row[1].text();
          ++env.total;
          env.failed += row[2].number();
          env.reached +=
              !current.empty() && head.order().compare(current, wish.version) >= 0 ? 1 : 0;
        }
        return true;
      }));
  const std::vector<Ran> events = TRY(find_events(session, repo, wish));
  for (const Ran& event : events) {
    const auto env = by_id.find(event.env_id);
    if (env != by_id.end()) {
      add_event(*env->second, event);
    }
  }
  TracePath path;
  path.left_out = places.left_out;
  for (auto& [id, env] : places.environments) {
    tidy(env.event_ids);
    path.environments.push_back(std::move(env));
  }
  return path;
}

Result<std::vector<int64_t>> trace_pushes(Session& session,
                                          const Repo& repo,
                                          const std::string& version) {
  std::vector<int64_t> ids;
  const auto add = [&ids](const Row& row) {
    ids.push_back(row[0].number());
    return true;
  };
  TRY(session.for_each(
      "SELECT p.id FROM dir_states s JOIN pushes p ON p.state_id = s.id WHERE s.repo_id = ? AND "
      "s.version = ? ORDER BY p.id LIMIT ?",
      {repo.id, version, kTraceMax}, add));
  if (ids.empty()) {
    TRY(session.for_each(
        "SELECT p.id FROM dir_states s JOIN dir_files f ON f.state_id = s.id JOIN pushes p ON "
        "p.state_id = s.id WHERE s.repo_id = ? AND f.version = ? AND f.listed = 1 "
        "ORDER BY p.id LIMIT 1",
        {repo.id, version}, add));
  }
  return ids;
}

}  // namespace rhumb::registry
