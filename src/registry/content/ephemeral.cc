#include "registry/content/ephemeral.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/identity/access.h"
#include "registry/ingest/rebuild.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kHourNs = int64_t{3600} * 1'000'000'000;
constexpr int64_t kSlice = 200;  // databases archived in one transaction

/// An environment, and for how long its databases may be silent; absent: for ever.
struct Environment {
  int64_t id = 0;
  std::string name;
  std::optional<int64_t> hours;
  bool is_protected = false;
};

Result<std::vector<EphemeralEnvironments>> read_globs(Session& session, int64_t org_id) {
  std::vector<EphemeralEnvironments> out;
  TRY(session.for_each(
      "SELECT glob, hours FROM ephemeral_environments WHERE org_id = ? ORDER BY glob", {org_id},
      [&out](const Row& row) {
        out.push_back({.glob = row[0].text(), .hours = row[1].number()});
        return true;
      }));
  return out;
}

Result<std::vector<Environment>> read_environments(Session& session,
                                                   int64_t org_id,
                                                   std::string_view name) {
  std::vector<Environment> out;
  TRY(session.for_each(
      "SELECT id, name, ephemeral_hours, protected FROM environments WHERE org_id = ?1 AND ?2 IN "
      "('', name) ORDER BY name",
      {org_id, name}, [&out](const Row& row) {
        out.push_back({row[0].number(), row[1].text(), row[2].find_number(), row[3].flag()});
        return true;
      }));
  return out;
}

std::optional<int64_t> hours_of(const std::vector<EphemeralEnvironments>& globs,
                                const Environment& environment) {
  std::optional<int64_t> hours;
  for (const EphemeralEnvironments& known : globs) {
    if (!environment.is_protected && matches_glob(known.glob, environment.name)) {
      hours = std::max(hours.value_or(0), known.hours);
    }
  }
  return hours;
}

/// What is counted changed with them.
Result<void> measure_repos_of(Session& session,
                              int64_t org_id,
                              const std::vector<int64_t>& environments) {
  std::vector<int64_t> repos;
  for (const int64_t environment : environments) {
    TRY(session.for_each("SELECT DISTINCT repo_id FROM databases WHERE env_id = ?", {environment},
                         [&repos](const Row& row) {
                           repos.push_back(row[0].number());
                           return true;
                         }));
  }
  std::ranges::sort(repos);
  repos.erase(std::unique(repos.begin(), repos.end()), repos.end());
  for (const int64_t repo : repos) {
    TRY(measure_repository(session, org_id, repo));
  }
  return {};
}

Json shown(const Value& hours) {
  return Json::object({{"hours", hours.is_null() ? Json() : Json(hours.number())}});
}

/// Changes a glob and what follows from it. `hours` absent: it goes.
Result<void> change(Registry& registry,
                    const Caller& caller,
                    Session& session,
                    std::string_view glob,
                    std::optional<int64_t> hours) {
  const Value before =
      TRY(session.scalar("SELECT hours FROM ephemeral_environments WHERE org_id = ? AND glob = ?",
                         {caller.org_id, glob}));
  if (before.find_number() == hours) {
    return {};
  }
  if (hours) {
    TRY(
        session.run("INSERT INTO ephemeral_environments (org_id, glob, hours, created_at) VALUES "
                    "(?, ?, ?, ?) ON CONFLICT (org_id, glob) DO UPDATE SET hours = excluded.hours",
                    {caller.org_id, glob, *hours, registry.now()}));
  } else {
    TRY(session.run("DELETE FROM ephemeral_environments WHERE org_id = ? AND glob = ?",
                    {caller.org_id, glob}));
  }
  AuditEntry entry = audit_entry(caller, registry.now(), "settings.ephemeral",
                                 fmt::format("environment/{}", glob));
  entry.before = codec::format_json(shown(before));
  entry.after = codec::format_json(shown(Value(hours)));
  TRY(append_audit(session, std::move(entry)));
  return settle_ephemeral(session, caller.org_id);
}

Result<void> check_room(Session& session, int64_t org_id, std::string_view glob) {
  const Value others = TRY(
      session.scalar("SELECT count(*) FROM ephemeral_environments WHERE org_id = ? AND glob <> ?",
                     {org_id, glob}));
  if (others.number() >= kEphemeralGlobsMax) {
    return Error(ErrorCode::kLimit, fmt::format("an organization has at most {} globs of ephemeral "
                                                "environments; remove one that is not used",
                                                kEphemeralGlobsMax));
  }
  return {};
}

/// Archives the next few; returns how many.
Result<int64_t> expire_slice(Session& session, int64_t now) {
  const Rows rows = TRY(session.query(
      "SELECT d.id, d.org_id, n.ephemeral_hours FROM environments n JOIN databases d ON d.env_id = "
      "n.id WHERE n.ephemeral_hours IS NOT NULL AND d.archived_at IS NULL AND d.last_report <= ?1 "
      "- n.ephemeral_hours * ?2 ORDER BY d.id LIMIT ?3",
      {now, kHourNs, kSlice}));
  for (const Row& row : rows) {
    TRY(session.run("UPDATE databases SET archived_at = ? WHERE id = ?", {now, row[0].number()}));
    AuditEntry entry;  // by the system
    entry.org_id = row[1].number();
    entry.time = now;
    entry.action = "database.archive";
    entry.object = fmt::format("database/{}", row[0].number());
    entry.before = codec::format_json(Json::object({{"archived", false}}));
    entry.after =
        codec::format_json(Json::object({{"archived", true}, {"silentHours", row[2].number()}}));
    TRY(append_audit(session, std::move(entry)));
  }
  return static_cast<int64_t>(rows.size());
}

}  // namespace

Result<std::vector<EphemeralEnvironments>> list_ephemeral(Session& session, int64_t org_id) {
  std::vector<EphemeralEnvironments> globs = TRY(read_globs(session, org_id));
  const std::vector<Environment> environments = TRY(read_environments(session, org_id, ""));
  for (EphemeralEnvironments& known : globs) {
    known.environments = std::ranges::count_if(environments, [&known](const Environment& env) {
      return env.hours && matches_glob(known.glob, env.name);
    });
  }
  return globs;
}

Result<void> set_ephemeral(Registry& registry,
                           const Caller& caller,
                           const EphemeralEnvironments& wanted) {
  TRY(require(caller, kAdminPermission));
  TRY(check_name("glob", wanted.glob));
  if (wanted.hours < 1 || wanted.hours > kEphemeralHoursMax) {
    return invalid(fmt::format("hours must be from 1 to {}", kEphemeralHoursMax));
  }
  return registry.store.write([&](Session& session) -> Result<void> {
    TRY(check_room(session, caller.org_id, wanted.glob));
    return change(registry, caller, session, wanted.glob, wanted.hours);
  });
}

Result<void> remove_ephemeral(Registry& registry, const Caller& caller, std::string_view glob) {
  TRY(require(caller, kAdminPermission));
  return registry.store.write([&](Session& session) -> Result<void> {
    const Value known =
        TRY(session.scalar("SELECT hours FROM ephemeral_environments WHERE org_id = ? AND glob = ?",
                           {caller.org_id, glob}));
    if (known.is_null()) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("no environments are ephemeral by the glob \"{}\"", glob));
    }
    return change(registry, caller, session, glob, std::nullopt);
  });
}

Result<void> settle_ephemeral(Session& session, int64_t org_id, std::string_view name) {
  const std::vector<EphemeralEnvironments> globs = TRY(read_globs(session, org_id));
  const std::vector<Environment> environments = TRY(read_environments(session, org_id, name));
  std::vector<int64_t> turned;
  for (const Environment& environment : environments) {
    const std::optional<int64_t> hours = hours_of(globs, environment);
    if (hours == environment.hours) {
      continue;
    }
    TRY(session.run("UPDATE environments SET ephemeral_hours = ? WHERE id = ?",
                    {hours, environment.id}));
    if (hours.has_value() != environment.hours.has_value()) {
      turned.push_back(environment.id);
    }
  }
  return measure_repos_of(session, org_id, turned);
}

Result<int64_t> expire_databases(Store& store, int64_t now, const sys::CancellationToken& stop) {
  int64_t total = 0;
  int64_t archived = 0;
  do {
    archived = TRY(write_value<int64_t>(
        store, [now](Session& session) { return expire_slice(session, now); }));
    total += archived;
  } while (archived > 0 && !stop.is_cancelled());
  return total;
}

}  // namespace rhumb::registry
