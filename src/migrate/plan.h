#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

enum class ExecOrder { kLinear, kLinearSkip, kNonLinear };

/// Errors: `unknown execution order: "x"`; the empty text is linear.
[[nodiscard]] Result<ExecOrder> parse_exec_order(std::string_view text);

/// What planning has to know of a migration file.
struct FileEntry {
  std::string name{};
  std::string version{};
  std::string description{};
  bool checkpoint = false;
};

/// The files of a directory, in its order.
[[nodiscard]] std::vector<FileEntry> file_entries(const DirectoryFiles& directory);

struct PlanOptions {
  ExecOrder order = ExecOrder::kLinear;
  std::string baseline{};
  bool allow_dirty = false;
  /// Why the database is not clean; looked at only when there are no revisions.
  std::optional<std::string> dirt{};
};

/// What is left to do, as indexes into the directory's files.
struct PendingPlan {
  std::vector<size_t> pending{};
  /// Files that came late. kLinear: not in `pending`, and a run must fail with out_of_order_error;
  /// kNonLinear: first in `pending`; kLinearSkip: empty.
  std::vector<size_t> out_of_order{};
  /// Index of the file that the new history starts behind.
  std::optional<size_t> baseline{};
};

/// Compares a directory with a history.
///
/// `files` are in directory order, `revisions` in byte order of version.
/// Shape: files that failed half-way come first, then late ones, then new ones.
/// Errors: `sql/migrate: connected database is not clean: ...`, `baseline version "v" not found`,
/// `sql/migrate: missing migration: revision "..." is partially applied but migration file was not
/// found`.
/// Source: spec revisions.md 4.
[[nodiscard]] Result<PendingPlan> compute_pending(std::span<const FileEntry> files,
                                                  const std::vector<Revision>& revisions,
                                                  const PlanOptions& options);

/// `migration files a.sql, b.sql were added out of order. See: ...`
[[nodiscard]] Error out_of_order_error(const std::vector<FileEntry>& files,
                                       const std::vector<size_t>& late);

/// Refuses a directory in which two files share a version; the error names both.
[[nodiscard]] Result<void> check_equal_versions(const std::vector<FileEntry>& files);

/// Which part of a plan a run executes.
struct PlanLimits {
  std::optional<size_t> amount{};
  std::string to_version{};  ///< empty: no limit
};

/// Shortens `plan.pending` to the limits and tells how many files were cut.
/// Errors: `migration version "v" not found`.
[[nodiscard]] Result<size_t> limit_pending(PendingPlan& plan,
                                           const std::vector<FileEntry>& files,
                                           const std::vector<Revision>& revisions,
                                           const PlanLimits& limits);

}  // namespace rhumb::migrate
