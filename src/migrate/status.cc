#include "migrate/status.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "migrate/prepared_file.h"
#include "migrate/revert_row.h"
#include "migrate/revision_store.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kNothingApplied = "No migration applied yet";
constexpr std::string_view kLatest = "Already at latest version";

std::vector<FileEntry> select(const std::vector<FileEntry>& files,
                              const std::vector<size_t>& indexes) {
  std::vector<FileEntry> selected;
  selected.reserve(indexes.size());
  for (const size_t index : indexes) {
    selected.push_back(files[index]);
  }
  return selected;
}

std::string one_line(std::string_view text) {
  return replace_all(text, "\n", " ");
}

// The failed attempt, shown when the last row stopped half-way, there or back. Without its file's
// statements there is nothing to compare with.
Result<void> add_last_attempt(Status& status, const StatusInput& input) {
  const Revision& last = input.revisions.back();
  if (find_revert_point(last)) {
    status.sql = one_line(last.error_stmt);
    status.error = one_line(last.error);
    return {};
  }
  if (last.resolved() || last.applied >= last.total || input.files.empty()) {
    return {};
  }
  if (!input.partial_total) {
    return Error(ErrorCode::kNotFound,
                 fmt::format("migration file with version \"{}\" not found", last.version));
  }
  status.sql = one_line(last.error_stmt);
  status.error = one_line(last.error);
  status.count = last.applied;
  status.total = *input.partial_total;
  return {};
}

void set_out_of_order(Status& status, const StatusInput& input, const PendingPlan& plan) {
  status.available = input.files;
  status.out_of_order = select(input.files, plan.out_of_order);
  status.pending = select(input.files, plan.pending);
  status.current = input.revisions.back().version;
  status.status = "PENDING";
  status.error = out_of_order_error(input.files, plan.out_of_order).message();
}

}  // namespace

Result<Status> compute_status(const StatusInput& input) {
  const PlanOptions options{.allow_dirty = !input.table_exists, .dirt = input.dirt};
  const PendingPlan plan = TRY(compute_pending(input.files, input.revisions, options));
  Status status;
  status.applied = input.revisions;
  if (!plan.out_of_order.empty()) {
    set_out_of_order(status, input, plan);
    return status;
  }
  status.pending = select(input.files, plan.pending);
  status.available = input.revisions.empty() ? status.pending : input.files;
  const bool has_current = !input.revisions.empty() && !input.files.empty();
  status.current = has_current ? input.revisions.back().version : std::string(kNothingApplied);
  status.status = status.pending.empty() ? "OK" : "PENDING";
  status.next = status.pending.empty() ? std::string(kLatest) : status.pending.front().version;
  if (!input.revisions.empty()) {
    TRY(add_last_attempt(status, input));
  }
  return status;
}

Result<Status> read_status(driver::Connection& connection,
                           const DirectoryFiles& directory,
                           std::string_view revisions_schema) {
  const bool ambiguous = TRY(has_ambiguous_revisions(connection, revisions_schema));
  if (ambiguous) {
    return ambiguous_revisions_error();
  }
  const auto store = TRY(open_revision_reader(connection, revisions_schema));
  StatusInput input;
  input.files = file_entries(directory);
  input.table_exists = TRY(store->exists());
  input.revisions = TRY(store->read_all());
  if (input.table_exists && input.revisions.empty()) {
    input.dirt = TRY(connection.find_dirt(
        {.revisions_schema = store->schema(), .revisions_table = std::string(kRevisionsTable)}));
  }
  if (!input.revisions.empty() && !input.revisions.back().complete()) {
    const auto file =
        std::ranges::find(input.files, input.revisions.back().version, &FileEntry::version);
    if (file != input.files.end()) {
      const auto index = static_cast<size_t>(file - input.files.begin());
      const PreparedFile prepared =
          TRY(prepare_file(directory.files[index], driver::sql_dialect(connection.info().engine)));
      input.partial_total = static_cast<int64_t>(prepared.size());
    }
  }
  return compute_status(input);
}

}  // namespace rhumb::migrate
