#include "registry/ingest/database_unmerge.h"

#include <fmt/format.h>

#include "registry/identity/access.h"
#include "registry/ingest/known_database_internal.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

/// The one that comes back and the one that has what it had.
Result<KnownPair> load_merged(Session& session, int64_t org_id, int64_t id) {
  KnownPair pair;
  pair.database = TRY(load_known(session, org_id, id));
  if (!pair.database.merged_into) {
    return Error(ErrorCode::kConflict,
                 fmt::format("database {} was not merged into another one", id));
  }
  if (!pair.database.merged_archived) {
    return Error(ErrorCode::kConflict,
                 fmt::format("database {} was merged by a release that did not note what was "
                             "whose; it stays part of database {}",
                             id, *pair.database.merged_into));
  }
  pair.other = TRY(load_known(session, org_id, *pair.database.merged_into));
  return pair;
}

Result<UnmergeFigures> move_events(Session& session, const KnownPair& pair) {
  const std::optional<Row> row =
      TRY(session.find_row("SELECT count(*) - count(set_id), count(set_id) FROM events WHERE "
                           "database_id = ? AND place_id = ?",
                           {pair.other.id, pair.database.id}));
  TRY(
      session.run("UPDATE events SET database_id = ?1, place_id = NULL WHERE database_id = ?2 AND "
                  "place_id = ?1",
                  {pair.database.id, pair.other.id}));
  return UnmergeFigures{.from = pair.other.id,
                        .deployments = row ? (*row)[0].number() : 0,
                        .set_entries = row ? (*row)[1].number() : 0};
}

/// Those that its deployments and the snapshots of its place have told of. At most one of a
/// database is open, so that none of both gets a second.
Result<int64_t> move_drifts(Session& session, int64_t org_id, const KnownPair& pair) {
  TRY(
      session.run("UPDATE drifts SET database_id = ?1 WHERE database_id = ?2 AND event_id IN "
                  "(SELECT id FROM events WHERE database_id = ?1)",
                  {pair.database.id, pair.other.id}));
  if (pair.database.url != pair.other.url) {
    TRY(
        session.run("UPDATE drifts SET database_id = ?1 WHERE database_id = ?2 AND snapshot_id IN "
                    "(SELECT s.id FROM instances i JOIN snapshots s ON s.instance_id = i.id WHERE "
                    "i.org_id = ?3 AND i.url = ?4)",
                    {pair.database.id, pair.other.id, org_id, pair.database.url}));
  }
  const Value count =
      TRY(session.scalar("SELECT count(*) FROM drifts WHERE database_id = ?", {pair.database.id}));
  return count.number();
}

Result<void> turn_notices(Session& session, const KnownPair& pair) {
  const bool are_apart = pair.database.kept_apart && pair.other.kept_apart;
  if (are_apart || pair.database.ext_id != pair.other.ext_id) {
    return {};
  }
  TRY(session.run("UPDATE databases SET duplicate_of = ? WHERE id = ?",
                  {pair.other.id, pair.database.id}));
  return session.run("UPDATE databases SET duplicate_of = ? WHERE id = ? AND duplicate_of IS NULL",
                     {pair.database.id, pair.other.id});
}

/// When it was seen first and last, as its events say it; without any as its row does.
Result<void> settle_times(Session& session, const KnownDatabase& known) {
  return session.run(
      "UPDATE databases SET first_seen = coalesce((SELECT min(e.received_at) FROM events e WHERE "
      "e.database_id = ?1), first_seen), last_report = coalesce((SELECT max(e.received_at) FROM "
      "events e WHERE e.database_id = ?1), last_report) WHERE id = ?1",
      {known.id});
}

/// It lives, unless it was archived before the merge and nothing was reported at its place since.
Result<void> settle_archived(Session& session, KnownDatabase& known) {
  const Value since = TRY(session.scalar(
      "SELECT count(*) FROM databases d JOIN events e ON e.database_id = d.id WHERE d.id = ? AND "
      "e.received_at > d.archived_at AND e.dry_run = 0",
      {known.id}));
  return known.merged_archived.value_or(false) && since.number() == 0
             ? Result<void>()
             : set_archived(session, known, std::nullopt);
}

Result<UnmergeFigures> unmerge(Registry& registry,
                               const Caller& caller,
                               int64_t id,
                               Session& session) {
  const KnownPair before = TRY(load_merged(session, caller.org_id, id));
  KnownPair pair = before;
  UnmergeFigures figures = TRY(move_events(session, pair));
  figures.drifts = TRY(move_drifts(session, caller.org_id, pair));
  TRY(session.run("UPDATE databases SET merged_into = NULL, merged_archived = NULL WHERE id = ?",
                  {id}));
  TRY(turn_notices(session, pair));
  TRY(settle_archived(session, pair.database));
  const Repo repo = TRY(load_repo(session, caller.org_id, pair.other.repo_id));
  const RepoHead head = TRY(load_head(session, registry.orders, repo));
  for (const KnownDatabase& known : {pair.database, pair.other}) {
    TRY(settle_times(session, known));
    TRY(measure_again(session, head, known));
  }
  TRY(audit_pair(session, audit_entry(caller, registry.now(), "database.unmerge", ""),
                 caller.org_id, before));
  return figures;
}

}  // namespace

Result<UnmergeFigures> unmerge_database(Registry& registry, const Caller& caller, int64_t id) {
  TRY(require(caller, kAdminPermission));
  return write_value<UnmergeFigures>(
      registry.store, [&](Session& session) { return unmerge(registry, caller, id, session); });
}

}  // namespace rhumb::registry
