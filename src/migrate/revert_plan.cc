#include "migrate/revert_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/go_format.h"
#include "base/text.h"
#include "migrate/revert_row.h"

namespace rhumb::migrate {
namespace {

using Files = std::span<const FileEntry>;
using Revisions = std::vector<Revision>;

// Where each version stands in the directory.
using Positions = std::unordered_map<std::string_view, size_t>;

Positions positions_of(Files files) {
  Positions positions;
  for (size_t i = 0; i < files.size(); ++i) {
    positions.emplace(files[i].version, i);
  }
  return positions;
}

Error not_found(std::string_view version) {
  return {ErrorCode::kNotFound, fmt::format("migration version {} not found", go_quote(version))};
}

// A history that began before a checkpoint passes over it: the state is that of the rows before.
bool passes_over(const Revisions& revisions, const FileEntry& file) {
  return file.checkpoint && revisions.front().version < file.version;
}

// How many rows, counted from the end, lie behind the version that is to be left.
Result<size_t> count_behind(Files files,
                            const Positions& positions,
                            const Revisions& revisions,
                            const std::string& version) {
  const auto row = std::ranges::find(revisions, version, &Revision::version);
  if (row != revisions.end()) {
    return static_cast<size_t>(revisions.end() - row) - 1;
  }
  const auto file = positions.find(version);
  if (file == positions.end()) {
    return not_found(version);
  }
  if (revisions.empty() || version > revisions.back().version) {
    return 0;
  }
  if (passes_over(revisions, files[file->second])) {
    const auto behind = std::ranges::upper_bound(revisions, version, {}, &Revision::version);
    return static_cast<size_t>(revisions.end() - behind);
  }
  return Error(ErrorCode::kConflict,
               fmt::format("cannot revert to version {}: it is not in the history of this database",
                           go_quote(version)));
}

Result<size_t> count_rows(Files files,
                          const Positions& positions,
                          const Revisions& revisions,
                          const RevertLimits& limits) {
  if (!limits.to_version.empty()) {
    return count_behind(files, positions, revisions, limits.to_version);
  }
  const size_t amount = limits.amount.value_or(1);
  if (!revisions.empty() && amount > revisions.size()) {
    return invalid(fmt::format("cannot revert {}: {} applied",
                               plural(amount, "migration", "migrations"),
                               plural(revisions.size(), "is", "are")));
  }
  return std::min(amount, revisions.size());
}

// The version that is left when row `row` is gone, for a command line.
std::string version_before(const Revisions& revisions, size_t row) {
  return row == 0 ? "<version>" : revisions[row - 1].version;
}

// What forbids to undo a version by running what undoes its whole file.
Result<RevertStep> make_step(const Positions& files, const Revisions& revisions, size_t index) {
  const Revision& row = revisions[index];
  const std::string name = go_quote(row.version);
  if ((row.type & revision_type::kBaseline) != 0) {
    return Error(ErrorCode::kConflict,
                 fmt::format("cannot revert version {}: it is the baseline of this database, which "
                             "began with it",
                             name));
  }
  const auto file = files.find(row.version);
  if (file == files.end()) {
    return not_found(row.version);
  }
  RevertStep step{.row = index, .file = file->second};
  if (row.complete() || find_revert_point(row)) {
    return step;
  }
  const bool untouched = row.applied == 0 && !parse_intent(row.error);
  if (!untouched) {
    return Error(
        ErrorCode::kConflict,
        fmt::format("cannot revert version {}: it is applied in part ({} of {} statements), and "
                    "what undoes it undoes the whole file\n"
                    "  migrate apply: finish it, then revert it\n"
                    "  migrate set {}: leave it out of the history, once it is undone by hand",
                    name, row.applied, row.total, version_before(revisions, index)));
  }
  step.row_only = true;
  return step;
}

// Versions are ordered by bytes in a history, otherwise in some directories: there the newest row
// is perhaps not what ran last, and undoing it first would be wrong. Files without a version run
// again and again and have no place.
Result<void> check_order(Files files,
                         const Positions& positions,
                         const Revisions& revisions,
                         const std::vector<RevertStep>& steps) {
  size_t newer = files.size();
  for (size_t i = revisions.size(); i > 0; --i) {
    const auto file = positions.find(revisions[i - 1].version);
    if (file == positions.end() || file->first.empty()) {
      continue;
    }
    if (file->second > newer) {
      return Error(
          ErrorCode::kConflict,
          fmt::format("cannot tell which version is the newest: the history of this database has "
                      "{} behind {}, the directory has them the other way round",
                      go_quote(files[newer].version), go_quote(file->first)));
    }
    // What stays is only compared with the oldest version that goes.
    newer = i - 1 >= steps.back().row ? file->second : newer;
  }
  return {};
}

}  // namespace

Result<std::vector<RevertStep>> plan_revert(Files files,
                                            const Revisions& revisions,
                                            const RevertLimits& limits) {
  const Positions positions = positions_of(files);
  const size_t count = TRY(count_rows(files, positions, revisions, limits));
  std::vector<RevertStep> steps;
  steps.reserve(count);
  for (size_t i = revisions.size(); i > revisions.size() - count; --i) {
    steps.push_back(TRY(make_step(positions, revisions, i - 1)));
  }
  if (!steps.empty()) {
    TRY(check_order(files, positions, revisions, steps));
  }
  return steps;
}

}  // namespace rhumb::migrate
