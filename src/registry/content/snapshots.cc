#include "registry/content/snapshots.h"

#include <fmt/format.h>

#include <algorithm>

#include "registry/alerts/alert_content.h"
#include "registry/content/drifts.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/ingest/redact.h"
#include "registry/names.h"
#include "registry/store/bodies.h"
#include "registry/store/row_page.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr std::string_view kInstanceColumns = "id, ext_id, url, schemas, exclude, last_seen";
constexpr size_t kNamesMax = 1000;  ///< of schemas and of what is left out, each

/// A scope as it is kept: redacted, its lists sorted.
struct ReadyScope {
  std::string url;
  std::string ext_id;
  std::vector<std::string> schemas;
  std::vector<std::string> exclude;
};

struct ReadySnapshot {
  ReadyScope scope;
  std::string hash;
  std::optional<Body> hcl;
  std::optional<Body> stats;
  std::optional<int64_t> stats_at;
};

Result<std::vector<std::string>> ready_list(std::string_view what, std::vector<std::string> names) {
  if (names.size() > kNamesMax) {
    return Error(ErrorCode::kLimit, fmt::format("{}: more than {}", what, kNamesMax));
  }
  for (const std::string& name : names) {
    TRY(check_length(what, name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<ReadyScope> ready_scope(const SnapshotScope& scope) {
  if (scope.url.empty()) {
    return invalid("url must not be empty");
  }
  TRY(check_length("extID", scope.ext_id));
  ReadyScope ready;
  ready.url = stored_url(scope.url);
  ready.ext_id = scope.ext_id;
  ready.schemas = TRY(ready_list("schemas", scope.schemas));
  ready.exclude = TRY(ready_list("exclude", scope.exclude));
  return ready;
}

/// Whether the URL is part of the name: there is no identifier, or databases that share it were
/// told apart.
Result<bool> is_told_by_url(Session& session, int64_t org_id, const ReadyScope& scope) {
  if (scope.ext_id.empty()) {
    return true;
  }
  const Value found = TRY(session.scalar(
      "SELECT id FROM databases WHERE org_id = ? AND ext_id = ? AND kept_apart = 1 LIMIT 1",
      {org_id, scope.ext_id}));
  return !found.is_null();
}

/// The digest of what names a scope.
Result<Blob> key_of(Session& session, int64_t org_id, const ReadyScope& scope) {
  Json key =
      Json::object({{"schemas", to_json(scope.schemas)}, {"exclude", to_json(scope.exclude)}});
  const bool with_url = TRY(is_told_by_url(session, org_id, scope));
  if (with_url) {
    key.set("url", scope.url);
  }
  if (!scope.ext_id.empty()) {
    key.set("extID", scope.ext_id);
  }
  return digest_json(key);
}

Result<void> ready_stats(const SnapshotStats& stats, ReadySnapshot& ready) {
  ready.stats = TRY(make_optional_body("stats", codec::format_json(redact_texts(stats.stats))));
  ready.stats_at = to_stored(stats.time);
  return {};
}

Result<ReadySnapshot> prepare(const SnapshotPush& push) {
  ReadySnapshot ready;
  ready.scope = TRY(ready_scope(push.scope));
  if (!push.hash_match && !push.snapshot) {
    return invalid("snapshot must be given unless hashMatch is true");
  }
  if (push.snapshot) {
    TRY(check_name("snapshot.hash", push.snapshot->hash));
    ready.hash = push.snapshot->hash;
    ready.hcl = TRY(make_bounded_body("snapshot.hcl", push.snapshot->hcl));
  }
  if (push.stats) {
    TRY(ready_stats(*push.stats, ready));
  }
  return ready;
}

/// A database that the instance is of, and what is known of it.
struct WatchedDatabase {
  int64_t id = 0;
  int64_t repo_id = 0;
  std::string schema;
  bool is_at_url = false;  ///< of the scope
  std::string version;
};

/// Takes one prepared push in, in a transaction.
class SnapshotJob {
 public:
  SnapshotJob(Registry& registry,
              const Caller& caller,
              const ReadySnapshot& ready,
              Session& session)
      : registry_(registry),
        caller_(caller),
        ready_(ready),
        session_(session),
        now_(registry.now()) {}

  Result<SnapshotOutcome> run() {
    TRY(see_instance());
    SnapshotOutcome outcome;
    outcome.instance_id = instance_id_;
    outcome.is_new = TRY(store_snapshot());
    TRY(store_stats());
    TRY(compare());
    return outcome;
  }

 private:
  Result<void> see_instance() {
    const ReadyScope& scope = ready_.scope;
    const Blob key = TRY(key_of(session_, caller_.org_id, scope));
    const Value id = TRY(session_.scalar(
        "INSERT INTO instances (org_id, scope, url, ext_id, schemas, exclude, first_seen, "
        "last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, scope) DO UPDATE SET "
        "url = excluded.url, last_seen = excluded.last_seen RETURNING id",
        {caller_.org_id, key, scope.url, scope.ext_id, codec::format_json(to_json(scope.schemas)),
         codec::format_json(to_json(scope.exclude)), now_, now_}));
    instance_id_ = id.number();
    const std::optional<Row> latest = TRY(session_.find_row(
        "SELECT s.id, s.hash FROM instances i JOIN snapshots s ON s.id = i.snapshot_id "
        "WHERE i.id = ?",
        {instance_id_}));
    if (latest) {
      snapshot_id_ = (*latest)[0].number();
      hash_ = (*latest)[1].text();
    }
    return {};
  }

  Result<bool> store_snapshot() {
    if (!ready_.hcl && snapshot_id_ == 0) {
      return invalid("no snapshot of this scope is stored; send one");
    }
    if (!ready_.hcl || (snapshot_id_ != 0 && ready_.hash == hash_)) {
      return false;
    }
    TRY(put_body(session_, ready_.hcl));
    const Origin& origin = caller_.origin;
    const Value id = TRY(session_.scalar(
        "INSERT INTO snapshots (instance_id, hash, hcl_body, taken_at, actor_kind, actor_id, "
        "actor_name, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        {instance_id_, ready_.hash, ready_.hcl->sha256, now_, origin.actor.kind, origin.actor.id,
         origin.actor.name, origin.user_agent}));
    TRY(session_.run("UPDATE instances SET snapshot_id = ? WHERE id = ?", {id, instance_id_}));
    AuditEntry entry =
        audit_entry(caller_, now_, "snapshot.push", fmt::format("instance/{}", instance_id_));
    entry.after =
        codec::format_json(Json::object({{"url", ready_.scope.url}, {"hash", ready_.hash}}));
    TRY(append_audit(session_, std::move(entry)));
    snapshot_id_ = id.number();
    hash_ = ready_.hash;
    return true;
  }

  Result<void> store_stats() {
    if (!ready_.stats) {
      return {};
    }
    TRY(put_body(session_, ready_.stats));
    return session_.run("UPDATE snapshots SET stats_body = ?, stats_at = ? WHERE id = ?",
                        {to_value(ready_.stats), ready_.stats_at, snapshot_id_});
  }

  Result<void> compare() {
    const std::vector<WatchedDatabase> databases = TRY(find_databases());
    for (const WatchedDatabase& database : databases) {
      TRY(compare_database(database));
    }
    return {};
  }

  /// Those of the external id, else those of the URL. Of databases that share their identifier and
  /// were told apart the one at the URL. A database whose last run failed is between
  /// two versions: nothing says what it should be.
  Result<std::vector<WatchedDatabase>> find_databases() {
    std::vector<WatchedDatabase> databases;
    const ReadyScope& scope = ready_.scope;
    if (!scope.exclude.empty()) {
      return databases;
    }
    for (const auto& [column, value] :
         {std::pair<std::string_view, std::string_view>("ext_id", scope.ext_id),
          std::pair<std::string_view, std::string_view>("url", scope.url)}) {
      if (!value.empty() && databases.empty()) {
        TRY(session_.for_each(
            fmt::format(
                "SELECT d.id, d.repo_id, d.schema_name, max(CASE WHEN p.url = ?3 THEN 1 "
                "ELSE 0 END), d.current_version FROM databases p JOIN databases d ON d.id = "
                "coalesce(p.merged_into, p.id) WHERE p.org_id = ?1 AND p.{} = ?2 AND "
                "d.archived_at IS NULL AND d.last_failed = 0 AND (d.kept_apart = 0 OR p.url "
                "= ?3) GROUP BY d.id ORDER BY d.id",
                column),
            {caller_.org_id, value, scope.url}, [&databases](const Row& row) {
              databases.push_back(
                  {row[0].number(), row[1].number(), row[2].text(), row[3].flag(), row[4].text()});
              return true;
            }));
      }
    }
    return databases;
  }

  /// The snapshot shows what the versions of the database are about, no more and no less.
  [[nodiscard]] bool is_comparable(const WatchedDatabase& database) const {
    const ReadyScope& scope = ready_.scope;
    if (scope.schemas.empty()) {
      return database.schema.empty() || database.is_at_url;
    }
    return scope.schemas.size() == 1 && scope.schemas.front() == database.schema;
  }

  Result<void> compare_database(const WatchedDatabase& database) {
    if (!is_comparable(database)) {
      return {};
    }
    const Repo repo = TRY(load_repo(session_, caller_.org_id, database.repo_id));
    const std::optional<ExpectedState> expected =
        TRY(find_expected_state(session_, repo, database.version));
    if (!expected) {
      return {};
    }
    const bool is_older_form = hash_.starts_with("h1:");
    const DriftChange change =
        TRY(note_finding(session_,
                         {.org_id = caller_.org_id,
                          .database_id = database.id,
                          .version = database.version,
                          .drifted = hash_ != expected->hash && hash_ != expected->hcl_hash,
                          .expected_hash = is_older_form ? expected->hcl_hash : expected->hash,
                          .actual_hash = hash_,
                          .source = "snapshot",
                          .snapshot_id = snapshot_id_},
                         now_));
    return tell_drift_change(registry_, caller_, session_, change);
  }

  Registry& registry_;
  const Caller& caller_;
  const ReadySnapshot& ready_;
  Session& session_;
  int64_t now_;
  int64_t instance_id_ = 0;
  int64_t snapshot_id_ = 0;  ///< the latest; 0 when there is none
  std::string hash_;         ///< of the latest
};

Snapshot read_snapshot(const Row& row) {
  Snapshot snapshot;
  snapshot.id = row[0].number();
  snapshot.hash = row[1].text();
  snapshot.hcl = Blob{row[2].text()};
  snapshot.taken_at = row[3].number();
  if (!row[4].is_null()) {
    snapshot.stats = Blob{row[4].text()};
  }
  return snapshot;
}

Instance read_instance(const Row& row) {
  Instance instance;
  instance.id = row[0].number();
  instance.ext_id = row[1].text();
  instance.url = row[2].text();
  instance.schemas = row[3].text();
  instance.exclude = row[4].text();
  instance.last_seen = row[5].number();
  return instance;
}

}  // namespace

Result<std::string> find_snapshot_hash(Session& session,
                                       int64_t org_id,
                                       const SnapshotScope& scope) {
  const ReadyScope ready = TRY(ready_scope(scope));
  const Blob key = TRY(key_of(session, org_id, ready));
  const Value hash = TRY(session.scalar(
      "SELECT s.hash FROM instances i JOIN snapshots s ON s.id = i.snapshot_id WHERE i.org_id = ? "
      "AND i.scope = ?",
      {org_id, key}));
  return hash.text();
}

Result<SnapshotOutcome> push_snapshot(Registry& registry,
                                      const Caller& caller,
                                      const SnapshotPush& push) {
  TRY(require(caller, "snapshot:write"));
  const ReadySnapshot ready = TRY(prepare(push));
  return write_value<SnapshotOutcome>(registry.store, [&](Session& session) {
    return SnapshotJob(registry, caller, ready, session).run();
  });
}

Result<Instance> load_instance(Session& session, int64_t org_id, int64_t id) {
  const std::optional<Row> row = TRY(session.find_row(
      fmt::format("SELECT {} FROM instances WHERE org_id = ? AND id = ?", kInstanceColumns),
      {org_id, id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, "instance not found");
  }
  return read_instance(*row);
}

Result<InstancePage> list_instances(Session& session,
                                    int64_t org_id,
                                    const std::string& search,
                                    const Page& page) {
  const std::string pattern = like_pattern(search);
  const RowPage found = TRY(read_rows(
      session,
      {.columns = kInstanceColumns,
       .from = "FROM instances WHERE org_id = ? AND (url LIKE ? ESCAPE '\\' OR ext_id LIKE ? "
               "ESCAPE '\\')",
       .order = "url, id"},
      {org_id, pattern, pattern}, page));
  InstancePage out;
  out.facts = found.facts;
  for (const Row& row : found.rows) {
    out.instances.push_back(read_instance(row));
  }
  return out;
}

Result<SnapshotPage> list_snapshots(Session& session, int64_t instance_id, const Page& page) {
  const RowPage found = TRY(read_rows(session,
                                      {.columns = "id, hash, hcl_body, taken_at, stats_body",
                                       .from = "FROM snapshots WHERE instance_id = ?",
                                       .order = "id DESC"},
                                      {instance_id}, page));
  SnapshotPage out;
  out.facts = found.facts;
  for (const Row& row : found.rows) {
    out.snapshots.push_back(read_snapshot(row));
  }
  return out;
}

std::string instance_link(const Registry& registry, int64_t id) {
  return fmt::format("{}/instances/{}", registry.public_url, id);
}

}  // namespace rhumb::registry
