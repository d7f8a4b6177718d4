#include "registry/projection.h"

#include <fmt/format.h>

#include "registry/names.h"

namespace rhumb::registry {
namespace {

constexpr size_t kOrdersKept = 256;

constexpr std::string_view kSelect =
    "SELECT id, current_version, last_failed, status, unknown_version, pending_files, archived_at "
    "FROM databases WHERE ";

struct Measured {
  int64_t id = 0;
  std::string before;
  DatabaseProjection after;
  bool changed = false;
  bool counted = false;
};

Measured measure(const Row& row, const RepoHead& head) {
  Measured out;
  out.id = row[0].number();
  out.before = row[3].text();
  out.counted = row[6].is_null();
  out.after = project_database(DatabaseFacts{row[1].text(), row[2].flag()}, head);
  out.changed = out.before != to_text(out.after.status) ||
                row[4].flag() != out.after.unknown_version ||
                row[5].find_number() != out.after.pending_files;
  return out;
}

Result<void> store(Session& session, const Measured& measured) {
  return session.run(
      "UPDATE databases SET status = ?, unknown_version = ?, pending_files = ? WHERE id = ?",
      {to_text(measured.after.status), measured.after.unknown_version,
       measured.after.pending_files, measured.id});
}

}  // namespace

Result<std::shared_ptr<const VersionOrder>> StateOrders::get(Session& session,
                                                             int64_t state_id,
                                                             const std::string& content) {
  {
    std::lock_guard guard(mutex_);
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
  std::lock_guard guard(mutex_);
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
  head.versions = TRY(orders.get(session, *repo.head_state_id, (*state)[1].text()));
  return head;
}

Result<void> project_one(Session& session,
                         const RepoHead& head,
                         int64_t repo_id,
                         int64_t database_id) {
  std::optional<Row> row =
      TRY(session.find_row(fmt::format("{}id = ?", kSelect), {database_id}));
  if (!row.has_value()) {
    return {};
  }
  Measured measured = measure(*row, head);
  if (!measured.changed) {
    return {};
  }
  TRY(store(session, measured));
  if (!measured.counted || measured.before == to_text(measured.after.status)) {
    return {};
  }
  // Only the two counters that move.
  for (bool adds : {false, true}) {
    std::string_view status = adds ? to_text(measured.after.status) : measured.before;
    std::string_view column = status == "SYNCED"    ? "databases_synced"
                              : status == "PENDING" ? "databases_pending"
                                                    : "databases_failed";
    TRY(session.run(fmt::format("UPDATE repos SET {0} = {0} {1} 1 WHERE id = ?", column,
                                adds ? '+' : '-'),
                    {repo_id}));
  }
  return {};
}

Result<void> project_repo(Session& session, const RepoHead& head, int64_t repo_id) {
  Rows rows = TRY(session.query(fmt::format("{}repo_id = ?", kSelect), {repo_id}));
  int64_t synced = 0;
  int64_t pending = 0;
  int64_t failed = 0;
  for (const Row& row : rows) {
    Measured measured = measure(row, head);
    if (measured.changed) {
      TRY(store(session, measured));
    }
    if (measured.counted) {
      DatabaseStatus status = measured.after.status;
      (status == DatabaseStatus::kSynced    ? synced
       : status == DatabaseStatus::kPending ? pending
                                            : failed) += 1;
    }
  }
  return session.run(
      "UPDATE repos SET databases_synced = ?, databases_pending = ?, databases_failed = ? "
      "WHERE id = ?",
      {synced, pending, failed, repo_id});
}

}  // namespace rhumb::registry
