#include "registry/ingest/databases.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "registry/ingest/bounded_text.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kSilenceNs = int64_t{24} * 3600 * 1'000'000'000;

/// A place that is known, and the database that it is of: another row when that one was merged.
struct Candidate {
  int64_t place_id = 0;
  DatabaseRow row;
  std::string ext_id;
  std::string url;
  int64_t last_report = 0;
  bool provisional = false;
  bool kept_apart = false;

  [[nodiscard]] bool is_former() const { return place_id != row.id; }
};

DatabaseStanding read_standing(const Row& row) {
  DatabaseStanding standing;
  standing.status = row[1].text();
  standing.archived = !row[4].is_null();
  standing.unknown_version = row[10].flag();
  standing.pending_files = row[11].find_number();
  standing.ephemeral = row[14].flag();
  return standing;
}

/// What a database is looked up by.
enum class LookupKey { kId, kUrl };

std::string lookup_sql(std::string_view column) {
  // `+ 0`: by the identifier or the address alone, whatever the engine thinks of the other indexes
  // before it has counted the rows.
  return fmt::format(
      "SELECT d.id, d.status, d.last_order, d.current_version, d.archived_at, p.ext_id, p.url, "
      "d.last_report, p.provisional, d.last_failed, d.unknown_version, d.pending_files, p.id, "
      "d.kept_apart, n.ephemeral_hours IS NOT NULL FROM databases p JOIN databases d ON d.id = "
      "coalesce(p.merged_into, p.id) JOIN environments n ON n.id = d.env_id WHERE "
      "p.repo_id + 0 = ? AND p.env_id + 0 = ? AND p.{} = ? AND p.schema_name = ? ORDER BY p.id",
      column);
}

const std::string& lookup_sql(LookupKey key) {
  static const std::string by_id = lookup_sql("ext_id");
  static const std::string by_url = lookup_sql("url");
  return key == LookupKey::kId ? by_id : by_url;
}

Params lookup_params(LookupKey key, const DatabaseSighting& sighting) {
  const registry_api::DeployedTarget& target = sighting.target;
  return {sighting.repo_id, sighting.env_id, key == LookupKey::kId ? target.id : target.url,
          target.schema};
}

Candidate read_candidate(const Row& row) {
  Candidate candidate;
  candidate.row.id = row[0].number();
  candidate.row.standing = read_standing(row);
  candidate.row.last_order = row[2].find_number();
  candidate.row.current_version = row[3].find_text();
  candidate.ext_id = row[5].text();
  candidate.url = row[6].text();
  candidate.last_report = row[7].number();
  candidate.provisional = row[8].flag();
  candidate.row.last_failed = row[9].flag();
  candidate.place_id = row[12].number();
  if (candidate.is_former()) {
    candidate.row.place_id = candidate.place_id;
  }
  candidate.kept_apart = row[13].flag();
  return candidate;
}

Result<std::vector<Candidate>> read_candidates(Session& session,
                                               const DatabaseSighting& sighting,
                                               LookupKey key) {
  std::vector<Candidate> out;
  TRY(session.for_each(lookup_sql(key), lookup_params(key, sighting), [&out](const Row& row) {
    out.push_back(read_candidate(row));
    return true;
  }));
  return out;
}

/// A row that two places stand for changes with the reports of either: as it was asked for ahead it
/// may be no more, neither here nor for those that come later.
Result<std::vector<Candidate>> find_candidates(Session& session,
                                               const DatabaseSighting& sighting,
                                               LookupKey key) {
  std::vector<Candidate> found = TRY(read_candidates(session, sighting, key));
  if (std::ranges::none_of(found, &Candidate::is_former)) {
    return found;
  }
  session.forget_asked();
  return read_candidates(session, sighting, key);
}

constexpr std::string_view kNameSql =
    "SELECT id FROM databases WHERE repo_id = ? AND name = ? AND env_id = ?";

Params name_params(const DatabaseSighting& sighting, std::string_view name) {
  return {sighting.repo_id, name, sighting.env_id};
}

Result<bool> name_is_free(Session& session,
                          const DatabaseSighting& sighting,
                          std::string_view name) {
  const Value taken = TRY(session.scalar(kNameSql, name_params(sighting, name)));
  return taken.is_null();
}

std::string base_name(const DatabaseSighting& sighting) {
  return shorten(database_name_of_url(sighting.target.url), kNameMax);
}

/// The name of the URL; when that is taken with the host, then with the schema, then numbered.
Result<std::string> free_name(Session& session, const DatabaseSighting& sighting) {
  const std::string base = base_name(sighting);
  const std::string host =
      fmt::format("{}@{}", base, shorten(host_of_url(sighting.target.url), kNameMax));
  std::vector<std::string> names = {host};
  if (!sighting.target.schema.empty()) {
    names.push_back(fmt::format("{}/{}", host, sighting.target.schema));
  }
  if (TRY(name_is_free(session, sighting, base))) {
    return base;
  }
  session.forget_asked();  // others may have asked for the name that it gets instead
  for (const std::string& name : names) {
    const bool is_free = TRY(name_is_free(session, sighting, name));
    if (is_free) {
      return name;
    }
  }
  for (int number = 2;; ++number) {
    std::string name = fmt::format("{}#{}", names.back(), number);
    const bool is_free = TRY(name_is_free(session, sighting, name));
    if (is_free) {
      return name;
    }
  }
}

Result<DatabaseRow> create(Session& session,
                           const DatabaseSighting& sighting,
                           std::optional<int64_t> duplicate_of,
                           DatabaseChanges& changes) {
  DatabaseRow row;
  row.made = NewDatabase{TRY(free_name(session, sighting)), duplicate_of};
  row.id = TRY(changes.ids.take());
  row.standing.status = to_text(DatabaseProjection().status);
  row.standing.ephemeral = sighting.ephemeral;
  if (row.standing.counts()) {
    changes.counts.add(sighting.repo_id, row.standing.status, 1);
  }
  return row;
}

/// The same database seen again, perhaps at a new address.
Result<DatabaseRow> touch(Session& session,
                          const DatabaseSighting& sighting,
                          const Candidate& candidate,
                          bool take_id) {
  const std::string& ext_id = take_id ? sighting.target.id : candidate.ext_id;
  const bool provisional = candidate.provisional && !take_id;
  // Three indexes have these columns, and they hardly ever change.
  if (ext_id != candidate.ext_id || sighting.target.url != candidate.url ||
      provisional != candidate.provisional) {
    TRY(session.run("UPDATE databases SET ext_id = ?, url = ?, provisional = ? WHERE id = ?",
                    {ext_id, sighting.target.url, provisional, candidate.place_id}));
  }
  return candidate.row;
}

const Candidate* find_place(const std::vector<Candidate>& candidates, const std::string& url) {
  for (const Candidate& candidate : candidates) {
    if (location_of_url(candidate.url) == location_of_url(url)) {
      return &candidate;
    }
  }
  return nullptr;
}

/// Of those that reported last the one that has no other place.
const Candidate& newest_of(const std::vector<Candidate>& known) {
  return *std::ranges::max_element(known, {}, [](const Candidate& candidate) {
    return std::pair(candidate.last_report, !candidate.is_former());
  });
}

Result<DatabaseRow> settle_known_id(Session& session,
                                    const DatabaseSighting& sighting,
                                    const std::vector<Candidate>& known,
                                    DatabaseChanges& changes) {
  if (const Candidate* same = find_place(known, sighting.target.url)) {
    return touch(session, sighting, *same, !sighting.provisional);
  }
  const Candidate& newest = newest_of(known);
  if (!newest.kept_apart && sighting.received_at - newest.last_report >= kSilenceNs) {
    return touch(session, sighting, newest, !sighting.provisional);
  }
  DatabaseRow copy = TRY(create(session, sighting, newest.row.id, changes));
  TRY(session.run("UPDATE databases SET duplicate_of = ? WHERE id = ? AND duplicate_of IS NULL",
                  {copy.id, newest.row.id}));
  return copy;
}

}  // namespace

Result<DatabaseRow> ensure_database(Session& session,
                                    const DatabaseSighting& sighting,
                                    DatabaseChanges& changes) {
  if (sighting.provisional || sighting.target.id.empty()) {
    const std::vector<Candidate> here = TRY(find_candidates(session, sighting, LookupKey::kUrl));
    if (!here.empty()) {
      return touch(session, sighting, here.front(), false);
    }
  }
  if (!sighting.target.id.empty()) {
    const std::vector<Candidate> known = TRY(find_candidates(session, sighting, LookupKey::kId));
    if (!known.empty()) {
      return settle_known_id(session, sighting, known, changes);
    }
  }
  if (!sighting.provisional) {
    const std::vector<Candidate> here = TRY(find_candidates(session, sighting, LookupKey::kUrl));
    for (const Candidate& candidate : here) {
      if (candidate.provisional) {
        return touch(session, sighting, candidate, true);
      }
    }
  }
  return create(session, sighting, std::nullopt, changes);
}

Result<void> insert_database(Session& session,
                             const DatabaseSighting& sighting,
                             const DatabaseRow& row,
                             const DatabaseFigures& figures) {
  constexpr RowsInto kInto{
      "databases (id, org_id, repo_id, env_id, ext_id, schema_name, name, url, driver, "
      "provisional, first_seen, last_report, atlas_version, duplicate_of, listed_events, "
      "last_event_id, last_order, last_failed, current_version, last_deployment_at, status, "
      "unknown_version, pending_files)"};
  const registry_api::DeployedTarget& target = sighting.target;
  const NewDatabase made = row.made.value_or(NewDatabase());
  return session.insert_later(kInto, {row.id,
                                      sighting.org_id,
                                      sighting.repo_id,
                                      sighting.env_id,
                                      target.id,
                                      target.schema,
                                      made.name,
                                      target.url,
                                      driver_of_url(target.url),
                                      sighting.provisional,
                                      sighting.received_at,
                                      sighting.received_at,
                                      sighting.atlas_version,
                                      made.duplicate_of,
                                      figures.listed,
                                      figures.last_event_id,
                                      figures.last_order,
                                      figures.last_failed,
                                      figures.current_version,
                                      figures.last_deployment_at,
                                      to_text(figures.projection.status),
                                      figures.projection.unknown_version,
                                      figures.projection.pending_files});
}

Result<void> ask_for_database(Session& session, const DatabaseSighting& sighting, bool maybe_new) {
  const auto ask_by = [&](LookupKey key) {
    return session.ask_ahead(lookup_sql(key), lookup_params(key, sighting));
  };
  if (!sighting.target.id.empty()) {  // all without one have that in common
    TRY(ask_by(LookupKey::kId));
  }
  if (maybe_new) {
    TRY(ask_by(LookupKey::kUrl));
    TRY(session.ask_ahead(kNameSql, name_params(sighting, base_name(sighting))));
  }
  return {};
}

}  // namespace rhumb::registry
