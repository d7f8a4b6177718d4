#include "registry/ingest/database_identity.h"

#include <fmt/format.h>

#include "registry/identity/access.h"
#include "registry/ingest/projection.h"
#include "registry/ingest/rebuild.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

struct KnownDatabase {
  int64_t id = 0;
  std::string name;
  std::string repo;
  std::string env;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  std::string ext_id;
  std::string schema;
  std::string url;
  std::string current_version;
  DatabaseStanding standing;
  std::optional<int64_t> duplicate_of;
  std::optional<int64_t> merged_into;
  bool kept_apart = false;
};

KnownDatabase read_known(const Row& row) {
  KnownDatabase known{.id = row[0].number(),
                      .name = row[1].text(),
                      .repo = row[2].text(),
                      .env = row[3].text(),
                      .repo_id = row[4].number(),
                      .env_id = row[5].number(),
                      .ext_id = row[6].text(),
                      .schema = row[7].text(),
                      .url = row[8].text(),
                      .current_version = row[9].text(),
                      .standing = {},
                      .duplicate_of = row[14].find_number(),
                      .merged_into = row[15].find_number(),
                      .kept_apart = row[16].flag()};
  known.standing.status = row[10].text();
  known.standing.unknown_version = row[11].flag();
  known.standing.pending_files = row[12].find_number();
  known.standing.archived = !row[13].is_null();
  known.standing.ephemeral = row[17].flag();
  return known;
}

Result<KnownDatabase> load_known(Session& session, int64_t org_id, int64_t id) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT d.id, d.name, r.slug, n.name, d.repo_id, d.env_id, d.ext_id, d.schema_name, d.url, "
      "d.current_version, d.status, d.unknown_version, d.pending_files, d.archived_at, "
      "d.duplicate_of, d.merged_into, d.kept_apart, n.ephemeral_hours IS NOT NULL FROM "
      "databases d JOIN repos r ON r.id = d.repo_id JOIN environments n ON n.id = d.env_id WHERE "
      "d.org_id = ? AND d.id = ?",
      {org_id, id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, fmt::format("database {} not found", id));
  }
  return read_known(*row);
}

struct KnownPair {
  KnownDatabase database;
  KnownDatabase other;
};

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
  TRY(session.run("UPDATE events SET database_id = ? WHERE database_id = ?",
                  {pair.other.id, pair.database.id}));
  TRY(move_drifts(session, pair, now));
  TRY(turn_notices(session, pair));
  TRY(session.run("UPDATE databases SET merged_into = ?1 WHERE id = ?2 OR merged_into = ?2",
                  {pair.other.id, pair.database.id}));
  return session.run(
      "UPDATE databases SET first_seen = (SELECT min(d.first_seen) FROM databases d WHERE d.id IN "
      "(?1, ?2)), last_report = (SELECT max(d.last_report) FROM databases d WHERE d.id IN (?1, "
      "?2)) WHERE id = ?1",
      {pair.other.id, pair.database.id});
}

Result<void> set_archived(Session& session, KnownDatabase& known, std::optional<int64_t> since) {
  if (known.standing.archived == since.has_value()) {
    return {};
  }
  known.standing.archived = since.has_value();
  TRY(session.run("UPDATE databases SET archived_at = ? WHERE id = ?", {since, known.id}));
  return known.standing.ephemeral
             ? Result<void>()
             : count_database(session, known.repo_id, known.standing.status, since ? -1 : 1);
}

/// The row that goes is archived; the other one lives as long as one of them did.
Result<void> settle_archived(Session& session, KnownPair& pair, int64_t now) {
  if (!pair.database.standing.archived) {
    TRY(set_archived(session, pair.other, std::nullopt));
  }
  return set_archived(session, pair.database, now);
}

/// What its events say, now that they are others.
Result<void> measure_again(Session& session, const RepoHead& head, const KnownDatabase& known) {
  TRY(replay_database(session, known.id));
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT current_version, last_failed FROM databases WHERE id = ?", {known.id}));
  DatabaseMeasure measure;
  measure.repo_id = known.repo_id;
  measure.database_id = known.id;
  measure.before = known.standing;
  measure.facts = {row ? (*row)[0].text() : "", row && (*row)[1].flag()};
  DatabaseCounts counts;
  TRY(project_one(session, head, measure, counts));
  return counts.store(session);
}

// ------------------------------------------------------------------------------------- audit log

Json shown(const KnownDatabase& known) {
  return Json::object({{"name", known.name},
                       {"url", known.url},
                       {"status", known.standing.status},
                       {"currentVersion", known.current_version},
                       {"archived", known.standing.archived},
                       {"mergedInto", known.merged_into ? Json(*known.merged_into) : Json()},
                       {"duplicateOf", known.duplicate_of ? Json(*known.duplicate_of) : Json()},
                       {"keptApart", known.kept_apart}});
}

Result<void> audit_change(Session& session,
                          AuditEntry entry,
                          int64_t org_id,
                          const KnownDatabase& before) {
  const KnownDatabase after = TRY(load_known(session, org_id, before.id));
  entry.object = fmt::format("database/{}", before.id);
  entry.before = codec::format_json(shown(before));
  entry.after = codec::format_json(shown(after));
  return append_audit(session, std::move(entry));
}

/// An entry for each of both, so that the history of either tells of it.
Result<void> audit_pair(Session& session,
                        const AuditEntry& entry,
                        int64_t org_id,
                        const KnownPair& before) {
  TRY(audit_change(session, entry, org_id, before.database));
  return audit_change(session, entry, org_id, before.other);
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
