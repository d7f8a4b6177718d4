#include "registry/ingest/projection.h"

#include <fmt/format.h>

#include "registry/content/states.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

constexpr size_t kOrdersKept = 256;

struct Measured {
  int64_t id = 0;
  DatabaseStanding before;
  DatabaseProjection after;

  [[nodiscard]] bool moved() const { return before.status != to_text(after.status); }
  [[nodiscard]] bool changed() const {
    return moved() || before.unknown_version != after.unknown_version ||
           before.pending_files != after.pending_files;
  }
};

/// A row of project_repo().
Measured measure(const Row& row, const RepoHead& head) {
  Measured out;
  out.id = row[0].number();
  out.before.status = row[3].text();
  out.before.unknown_version = row[4].flag();
  out.before.pending_files = row[5].find_number();
  out.before.archived = !row[6].is_null();
  out.before.ephemeral = row[7].flag();
  out.after = project_database(DatabaseFacts{row[1].text(), row[2].flag()}, head);
  return out;
}

/// The versions a schema was pushed in. Each is a state of its own, so the head does not list them.
Result<std::shared_ptr<const VersionOrder>> order_of_schema(Session& session, int64_t repo_id) {
  std::vector<std::string> versions;
  TRY(session.for_each("SELECT version FROM dir_states WHERE repo_id = ? ORDER BY id", {repo_id},
                       [&versions](const Row& row) {
                         versions.push_back(row[0].text());
                         return true;
                       }));
  return std::make_shared<const VersionOrder>(versions);
}

void note_move(const Measured& measured, std::vector<StatusMove>* moves) {
  if (moves != nullptr && measured.moved() && measured.before.counts()) {
    moves->push_back({measured.id, measured.before.status, measured.after.status});
  }
}

Result<void> store(Session& session, int64_t database_id, const DatabaseProjection& projection) {
  return session.run_later(
      "UPDATE databases SET status = ?, unknown_version = ?, pending_files = ? WHERE id = ?",
      {to_text(projection.status), projection.unknown_version, projection.pending_files,
       database_id});
}

}  // namespace

Result<std::shared_ptr<const VersionOrder>> StateOrders::get(Session& session,
                                                             int64_t state_id,
                                                             const std::string& content) {
  {
    const std::lock_guard guard(mutex_);
    auto found = orders_.find(content);
    if (found != orders_.end()) {
      return found->second;
    }
  }
  std::vector<std::string> versions;
  TRY(session.for_each(
      "SELECT version FROM dir_files WHERE state_id = ? AND listed = 1 ORDER BY position",
      {state_id}, [&versions](const Row& row) {
        versions.push_back(row[0].text());
        return true;
      }));
  auto order = std::make_shared<const VersionOrder>(versions);
  const std::lock_guard guard(mutex_);
  if (orders_.size() >= kOrdersKept) {
    orders_.erase(orders_.begin());
  }
  orders_[content] = order;
  return order;
}

Result<RepoHead> load_head(Session& session, StateOrders& orders, const Repo& repo) {
  RepoHead head;
  if (!repo.head_state_id.has_value()) {
    head.latest = repo.reported_version;
    return head;
  }
  std::optional<Row> state = TRY(session.find_row(
      "SELECT version, content_sha256 FROM dir_states WHERE id = ?", {*repo.head_state_id}));
  if (!state.has_value()) {
    return Error(ErrorCode::kInternal, fmt::format("repository {} has no head", repo.slug));
  }
  head.pushed = true;
  head.latest = (*state)[0].text();
  if (repo.type == kSchemaType) {
    // Versions of a schema replace each other: there are no files to be behind by.
    head.counts_files = false;
    head.versions = TRY(order_of_schema(session, repo.id));
  } else {
    head.versions = TRY(orders.get(session, *repo.head_state_id, (*state)[1].text()));
  }
  return head;
}

std::optional<DatabaseProjection> measure_one(const RepoHead& head,
                                              const DatabaseMeasure& database,
                                              DatabaseCounts& counts,
                                              std::vector<StatusMove>* moves) {
  const Measured measured{database.database_id, database.before,
                          project_database(database.facts, head)};
  if (!measured.changed()) {
    return std::nullopt;
  }
  note_move(measured, moves);
  if (measured.before.counts() && measured.moved()) {
    counts.add(database.repo_id, measured.before.status, -1);
    counts.add(database.repo_id, to_text(measured.after.status), 1);
  }
  return measured.after;
}

Result<void> project_one(Session& session,
                         const RepoHead& head,
                         const DatabaseMeasure& database,
                         DatabaseCounts& counts,
                         std::vector<StatusMove>* moves) {
  const std::optional<DatabaseProjection> after = measure_one(head, database, counts, moves);
  return after ? store(session, database.database_id, *after) : Result<void>();
}

Result<void> project_repo(Session& session,
                          const RepoHead& head,
                          int64_t repo_id,
                          std::vector<StatusMove>* moves) {
  const Rows rows = TRY(session.query(
      "SELECT d.id, d.current_version, d.last_failed, d.status, d.unknown_version, "
      "d.pending_files, d.archived_at, n.ephemeral_hours IS NOT NULL FROM databases d JOIN "
      "environments n ON n.id = d.env_id WHERE d.repo_id = ?",
      {repo_id}));
  int64_t synced = 0;
  int64_t pending = 0;
  int64_t failed = 0;
  for (const Row& row : rows) {
    const Measured measured = measure(row, head);
    if (measured.changed()) {
      TRY(store(session, measured.id, measured.after));
      note_move(measured, moves);
    }
    if (measured.before.counts()) {
      const DatabaseStatus status = measured.after.status;
      (status == DatabaseStatus::kSynced    ? synced
       : status == DatabaseStatus::kPending ? pending
                                            : failed) += 1;
    }
  }
  return session.run_later(
      "UPDATE repos SET databases_synced = ?, databases_pending = ?, databases_failed = ? "
      "WHERE id = ?",
      {synced, pending, failed, repo_id});
}

}  // namespace rhumb::registry
