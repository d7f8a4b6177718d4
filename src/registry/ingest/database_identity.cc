#include "registry/ingest/database_identity.h"

#include <fmt/format.h>

#include "registry/identity/access.h"
#include "registry/ingest/known_database_internal.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

Result<void> check_unmerged(const KnownDatabase& database) {
  return !database.merged_into
             ? Result<void>()
             : Error(ErrorCode::kConflict, fmt::format("database {} was merged into database {}",
                                                       database.id, *database.merged_into));
}

/// What has to be the same of both, as a message names it.
Result<void> check_same(const KnownPair& pair,
                        std::string_view what,
                        std::string KnownDatabase::* member) {
  if (pair.database.*member == pair.other.*member) {
    return {};
  }
  return Error(
      ErrorCode::kConflict,
      fmt::format("databases {} and {} are of different {}: \"{}\" and \"{}\"", pair.database.id,
                  pair.other.id, what, pair.database.*member, pair.other.*member));
}

Result<KnownPair> load_pair(Session& session, const DatabasePair& pair) {
  if (pair.id == pair.other) {
    return invalid(fmt::format("database {} is named twice; name two databases", pair.id));
  }
  KnownPair known;
  known.database = TRY(load_known(session, pair.org_id, pair.id));
  known.other = TRY(load_known(session, pair.org_id, pair.other));
  TRY(check_same(known, "repositories", &KnownDatabase::repo));
  TRY(check_same(known, "environments", &KnownDatabase::env));
  TRY(check_same(known, "schemas", &KnownDatabase::schema));
  TRY(check_unmerged(known.database));
  TRY(check_unmerged(known.other));
  return known;
}

Result<MergeFigures> count_figures(Session& session, const KnownDatabase& database) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT (SELECT count(*) FROM events WHERE database_id = ?1 AND set_id IS NULL), "
      "(SELECT count(*) FROM events WHERE database_id = ?1 AND set_id IS NOT NULL), "
      "(SELECT count(*) FROM drifts WHERE database_id = ?1), "
      "(SELECT count(*) FROM down_plans p WHERE p.repo_id = d.repo_id AND p.env_id = d.env_id AND "
      "p.target_id = d.ext_id AND p.target_schema = d.schema_name AND p.target_url = d.url), "
      "(SELECT count(*) FROM instances i WHERE i.org_id = d.org_id AND i.url = d.url), "
      "(SELECT count(*) FROM snapshots s JOIN instances i ON i.id = s.instance_id WHERE i.org_id = "
      "d.org_id AND i.url = d.url), "
      "(SELECT count(*) FROM databases f WHERE f.merged_into = ?1) FROM databases d WHERE d.id = "
      "?1",
      {database.id}));
  if (!row) {
    return Error(ErrorCode::kInternal, fmt::format("database {} is gone", database.id));
  }
  return MergeFigures{.deployments = (*row)[0].number(),
                      .set_entries = (*row)[1].number(),
                      .drifts = (*row)[2].number(),
                      .plans = (*row)[3].number(),
                      .instances = (*row)[4].number(),
                      .snapshots = (*row)[5].number(),
                      .former = (*row)[6].number()};
}

// ---------------------------------------------------------------------------------------- merging

/// At most one drift of a database is open: of two the one that was found first ends.
Result<void> move_drifts(Session& session, const KnownPair& pair, int64_t now) {
  TRY(session.run(
      "UPDATE drifts SET resolved_at = ?1 WHERE id IN (SELECT id FROM drifts WHERE database_id IN "
      "(?2, ?3) AND resolved_at IS NULL ORDER BY detected_at, id LIMIT 1) AND (SELECT count(*) "
      "FROM drifts WHERE database_id IN (?2, ?3) AND resolved_at IS NULL) > 1",
      {now, pair.database.id, pair.other.id}));
  return session.run("UPDATE drifts SET database_id = ? WHERE database_id = ?",
                     {pair.other.id, pair.database.id});
}

/// Those that tell of one database tell of another; a database that is told of tells back.
Result<void> turn_notices(Session& session, const KnownPair& pair) {
  TRY(session.run("UPDATE databases SET duplicate_of = ? WHERE duplicate_of = ? AND id <> ?",
                  {pair.other.id, pair.database.id, pair.other.id}));
  TRY(
      session.run("UPDATE databases SET duplicate_of = NULL WHERE id = ? OR (id = ? AND "
                  "duplicate_of = ?)",
                  {pair.database.id, pair.other.id, pair.database.id}));
  return session.run(
      "UPDATE databases SET duplicate_of = (SELECT min(d.id) FROM databases d WHERE d.duplicate_of "
      "= ?1) WHERE id = ?1 AND duplicate_of IS NULL",
      {pair.other.id});
}

Result<void> move_content(Session& session, const KnownPair& pair, int64_t now) {
  TRY(
      session.run("UPDATE events SET database_id = ?1, place_id = coalesce(place_id, ?2) WHERE "
                  "database_id = ?2",
                  {pair.other.id, pair.database.id}));
  TRY(move_drifts(session, pair, now));
  TRY(turn_notices(session, pair));
  TRY(session.run("UPDATE databases SET merged_into = ?1 WHERE id = ?2 OR merged_into = ?2",
                  {pair.other.id, pair.database.id}));
  TRY(session.run("UPDATE databases SET merged_archived = ? WHERE id = ?",
                  {pair.database.standing.archived, pair.database.id}));
  return session.run(
      "UPDATE databases SET first_seen = (SELECT min(d.first_seen) FROM databases d WHERE d.id IN "
      "(?1, ?2)), last_report = (SELECT max(d.last_report) FROM databases d WHERE d.id IN (?1, "
      "?2)) WHERE id = ?1",
      {pair.other.id, pair.database.id});
}

/// The row that goes is archived; the other one lives as long as one of them did.
Result<void> settle_archived(Session& session, KnownPair& pair, int64_t now) {
  if (!pair.database.standing.archived) {
    TRY(set_archived(session, pair.other, std::nullopt));
  }
  return set_archived(session, pair.database, now);
}

Result<MergeFigures> merge(Registry& registry,
                           const Caller& caller,
                           const DatabasePair& named,
                           Session& session) {
  const KnownPair before = TRY(load_pair(session, named));
  const MergeFigures figures = TRY(count_figures(session, before.database));
  const int64_t now = registry.now();
  KnownPair pair = before;
  TRY(move_content(session, pair, now));
  TRY(settle_archived(session, pair, now));
  const Repo repo = TRY(load_repo(session, named.org_id, pair.other.repo_id));
  const RepoHead head = TRY(load_head(session, registry.orders, repo));
  TRY(measure_again(session, head, pair.database));
  TRY(measure_again(session, head, pair.other));
  TRY(audit_pair(session, audit_entry(caller, now, "database.merge", ""), named.org_id, before));
  return figures;
}

// --------------------------------------------------------------------------------------- splitting

/// The notice of one about the other goes; another copy may still tell of it.
Result<void> keep_apart(Session& session, const KnownDatabase& known, int64_t other) {
  return session.run(
      "UPDATE databases SET kept_apart = 1, duplicate_of = CASE WHEN duplicate_of = ?2 THEN "
      "(SELECT min(d.id) FROM databases d WHERE d.duplicate_of = ?1 AND d.id <> ?2) ELSE "
      "duplicate_of END WHERE id = ?1",
      {known.id, other});
}

Result<void> split(Registry& registry,
                   const Caller& caller,
                   const DatabasePair& named,
                   Session& session) {
  const KnownPair pair = TRY(load_pair(session, named));
  TRY(check_same(pair, "identifiers", &KnownDatabase::ext_id));
  const bool is_said = pair.database.kept_apart && pair.other.kept_apart &&
                       pair.database.duplicate_of != pair.other.id &&
                       pair.other.duplicate_of != pair.database.id;
  if (is_said) {
    return {};
  }
  TRY(keep_apart(session, pair.database, pair.other.id));
  TRY(keep_apart(session, pair.other, pair.database.id));
  return audit_pair(session, audit_entry(caller, registry.now(), "database.split", ""),
                    named.org_id, pair);
}

}  // namespace

Result<MergeFigures> preview_merge(Session& session, const DatabasePair& pair) {
  const KnownPair known = TRY(load_pair(session, pair));
  return count_figures(session, known.database);
}

Result<MergeFigures> merge_databases(Registry& registry,
                                     const Caller& caller,
                                     const DatabasePair& pair) {
  TRY(require(caller, kAdminPermission));
  return write_value<MergeFigures>(
      registry.store, [&](Session& session) { return merge(registry, caller, pair, session); });
}

Result<void> split_databases(Registry& registry, const Caller& caller, const DatabasePair& pair) {
  TRY(require(caller, kAdminPermission));
  return registry.store.write(
      [&](Session& session) { return split(registry, caller, pair, session); });
}

}  // namespace rhumb::registry
