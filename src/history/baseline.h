#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "history/file_map.h"
#include "history/read_history.h"

namespace rhumb::history {

/// Where our own history of the database can begin.
struct BaselinePlan {
  size_t file = 0;  ///< the last file that the tool has applied
  /// The files that get a row: that one, and others that would be taken for new without theirs,
  /// because versions are compared by their bytes (`10` is before `9`).
  std::vector<size_t> rows{};
  /// Labels of applied entries that no file of the directory stands for.
  std::vector<std::string> unknown{};
};

/// Decides up to which file a database counts as migrated.
///
/// Shape: every file up to that one has been applied by the tool, as far as its table can tell: a
/// tool that keeps only its newest version, and a declared baseline, speak for all files before.
/// Errors: kConflict for a failed entry, a run that goes on, and files that would be passed over;
/// kNotFound where nothing applied has a file; kInvalid for several scopes. Each names what is in
/// the way and what to do.
[[nodiscard]] Result<BaselinePlan> plan_baseline(const History& history,
                                                 const Standing& standing,
                                                 const KnownFiles& known);

/// The failed entries and a run that goes on, as an error; nothing when the history is whole.
[[nodiscard]] Result<void> check_whole(const History& history, const Standing& standing);

}  // namespace rhumb::history
