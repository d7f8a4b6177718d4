#include "history/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/go_format.h"
#include "base/text.h"
#include "history/version_order.h"
#include "migrate/plan.h"
#include "migrate/revision.h"

namespace rhumb::history {
namespace {

using migrate::FileEntry;
using Places = std::vector<std::optional<size_t>>;

bool counts(const HistoryEntry& entry) {
  return entry.state == EntryState::kApplied || entry.state == EntryState::kBaseline;
}

Result<void> check_scopes(const Standing& standing) {
  std::set<std::string> scopes;
  for (const HistoryEntry& entry : standing.entries) {
    scopes.insert(entry.scope);
  }
  if (scopes.size() > 1) {
    return invalid(
        fmt::format("the history is that of several ({}); choose the one that the directory is for "
                    "with --scope",
                    join(scopes, ", ")));
  }
  return {};
}

/// Whether every changeset of a file is applied.
bool is_complete(const KnownFiles& known, size_t file, const std::vector<HistoryEntry>& entries) {
  if (known.changesets.empty()) {
    return true;
  }
  return std::ranges::all_of(known.changesets[file], [&](const std::string& changeset) {
    return std::ranges::any_of(entries, [&](const HistoryEntry& entry) {
      return counts(entry) && entry.by + ":" + entry.version == changeset;
    });
  });
}

/// Whether a database can be at a file.
bool is_place(const FileEntry& file) {
  return !file.checkpoint && !file.version.empty();
}

/// The number of files, from the first on, that an entry without a file of its own speaks for.
size_t count_up_to(const std::vector<FileEntry>& files, const std::string& version) {
  const auto behind = std::ranges::find_if(
      files, [&](const FileEntry& file) { return compare_versions(file.version, version) > 0; });
  return static_cast<size_t>(behind - files.begin());
}

/// The number of files, from the first on, that are applied if the entry is: of a declared version
/// and of a tool that keeps its newest version only.
size_t count_spoken_for(const History& history,
                        const HistoryEntry& entry,
                        const std::optional<size_t>& place,
                        const std::vector<FileEntry>& files) {
  if (entry.state == EntryState::kBaseline) {
    return place ? *place + 1 : count_up_to(files, entry.version);
  }
  return place && keeps_newest_only(history.tool) ? *place + 1 : 0;
}

/// Which files the tool has applied, as far as its table tells.
std::vector<bool> find_applied(const History& history,
                               const Standing& standing,
                               const KnownFiles& known,
                               const Places& places) {
  std::vector<bool> applied(known.files.size(), false);
  for (size_t i = 0; i < places.size(); ++i) {
    const HistoryEntry& entry = standing.entries[i];
    if (!counts(entry)) {
      continue;
    }
    const size_t spoken_for = count_spoken_for(history, entry, places[i], known.files);
    std::fill_n(applied.begin(), spoken_for, true);
    const std::optional<size_t>& place = places[i];
    if (place && is_complete(known, *place, standing.entries)) {
      applied[*place] = true;
    }
  }
  return applied;
}

/// The last file that is applied and that a database can be at.
std::optional<size_t> find_last(const std::vector<bool>& applied,
                                const std::vector<FileEntry>& files) {
  for (size_t i = files.size(); i > 0; --i) {
    if (applied[i - 1] && is_place(files[i - 1])) {
      return i - 1;
    }
  }
  return std::nullopt;
}

/// Files of the directory before `last` that the tool does not have.
std::vector<std::string> find_gaps(const std::vector<bool>& applied,
                                   const std::vector<FileEntry>& files,
                                   size_t last) {
  std::vector<std::string> names;
  for (size_t i = 0; i < last; ++i) {
    if (is_place(files[i]) && !applied[i]) {
      names.push_back(files[i].name);
    }
  }
  return names;
}

std::vector<std::string> find_unknown(const Standing& standing, const Places& places) {
  std::vector<std::string> labels;
  for (size_t i = 0; i < places.size(); ++i) {
    if (!places[i] && standing.entries[i].state == EntryState::kApplied) {
      labels.push_back(entry_label(standing.entries[i]));
    }
  }
  return labels;
}

/// The rows after which planning takes no applied file for a new one.
Result<std::vector<size_t>> find_rows(const std::vector<FileEntry>& files,
                                      const std::vector<bool>& applied,
                                      size_t last) {
  std::vector<size_t> rows{last};
  std::vector<migrate::Revision> revisions{{.version = files[last].version}};
  for (;;) {
    const migrate::PendingPlan plan =
        TRY(migrate::compute_pending(files, revisions, {.order = migrate::ExecOrder::kNonLinear}));
    const auto missed =
        std::ranges::find_if(plan.pending, [&](size_t file) { return applied[file]; });
    if (missed == plan.pending.end()) {
      return rows;
    }
    rows.push_back(*missed);
    revisions.push_back({.version = files[*missed].version});
    std::ranges::sort(revisions, {}, &migrate::Revision::version);
  }
}

Error nothing_known(const History& history, const std::vector<std::string>& unknown) {
  return {ErrorCode::kNotFound,
          fmt::format("the directory has no file of the versions that {} has applied ({}); make it "
                      "from the tool's files with 'migrate import', or pass another --dir",
                      tool_name(history.tool), unknown.empty() ? "none" : join(unknown, ", "))};
}

Error passed_over(const History& history,
                  const std::vector<std::string>& gaps,
                  const FileEntry& last) {
  return {ErrorCode::kConflict,
          fmt::format("{} has not applied {}, which stand{} before {}; with that baseline {} would "
                      "never run: apply {} with {} first",
                      tool_name(history.tool), join(gaps, ", "), gaps.size() == 1 ? "s" : "",
                      last.name, gaps.size() == 1 ? "it" : "they", gaps.size() == 1 ? "it" : "them",
                      tool_name(history.tool))};
}

}  // namespace

Result<void> check_whole(const History& history, const Standing& standing) {
  if (!history.running.empty()) {
    return Error(ErrorCode::kConflict,
                 fmt::format("{} is at work: its lock is held by {}; wait for it, or give the lock "
                             "back with 'liquibase release-locks'",
                             tool_name(history.tool), history.running));
  }
  std::vector<std::string> failed;
  for (const HistoryEntry& entry : standing.entries) {
    if (entry.state == EntryState::kFailed) {
      failed.push_back(go_quote(entry_label(entry)));
    }
  }
  if (failed.empty()) {
    return {};
  }
  return Error(
      ErrorCode::kConflict,
      fmt::format("version {} of {} failed half-way, so nobody knows what the database has "
                  "of it; {}, or declare the version yourself with 'migrate set'",
                  join(failed, ", "), tool_name(history.tool), way_out(history.tool)));
}

Result<BaselinePlan> plan_baseline(const History& history,
                                   const Standing& standing,
                                   const KnownFiles& known) {
  TRY(check_whole(history, standing));
  TRY(check_scopes(standing));
  const Places places = map_files(history.tool, standing.entries, known.files);
  const std::vector<bool> applied = find_applied(history, standing, known, places);
  BaselinePlan plan{.unknown = find_unknown(standing, places)};
  const std::optional<size_t> last = find_last(applied, known.files);
  const bool has_unknown_head = keeps_newest_only(history.tool) && !plan.unknown.empty();
  if (!last || has_unknown_head) {
    return nothing_known(history, plan.unknown);
  }
  plan.file = *last;
  const std::vector<std::string> gaps = find_gaps(applied, known.files, plan.file);
  if (!gaps.empty()) {
    return passed_over(history, gaps, known.files[plan.file]);
  }
  plan.rows = TRY(find_rows(known.files, applied, plan.file));
  return plan;
}

}  // namespace rhumb::history
