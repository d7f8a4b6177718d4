#include <fmt/format.h>

#include "registry/ingest/known_database_internal.h"
#include "registry/ingest/rebuild.h"

namespace rhumb::registry {
namespace {

using codec::Json;

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
                      .kept_apart = row[16].flag(),
                      .merged_archived = {}};
  known.standing.status = row[10].text();
  known.standing.unknown_version = row[11].flag();
  known.standing.pending_files = row[12].find_number();
  known.standing.archived = !row[13].is_null();
  known.standing.ephemeral = row[17].flag();
  if (!row[18].is_null()) {
    known.merged_archived = row[18].flag();
  }
  return known;
}

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

}  // namespace

Result<KnownDatabase> load_known(Session& session, int64_t org_id, int64_t id) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT d.id, d.name, r.slug, n.name, d.repo_id, d.env_id, d.ext_id, d.schema_name, d.url, "
      "d.current_version, d.status, d.unknown_version, d.pending_files, d.archived_at, "
      "d.duplicate_of, d.merged_into, d.kept_apart, n.ephemeral_hours IS NOT NULL, "
      "d.merged_archived FROM "
      "databases d JOIN repos r ON r.id = d.repo_id JOIN environments n ON n.id = d.env_id WHERE "
      "d.org_id = ? AND d.id = ?",
      {org_id, id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, fmt::format("database {} not found", id));
  }
  return read_known(*row);
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

Result<void> audit_pair(Session& session,
                        const AuditEntry& entry,
                        int64_t org_id,
                        const KnownPair& before) {
  TRY(audit_change(session, entry, org_id, before.database));
  return audit_change(session, entry, org_id, before.other);
}

}  // namespace rhumb::registry
