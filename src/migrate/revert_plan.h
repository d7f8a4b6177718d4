#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrate/plan.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

/// How far `migrate down` goes; both absent: one version.
struct RevertLimits {
  std::optional<size_t> amount{};
  /// The version to be left; empty: no limit. That of a checkpoint stands for the files before it
  /// in a history that began earlier.
  std::string to_version{};
};

/// One version to revert, as indexes into the history and the directory.
struct RevertStep {
  size_t row = 0;
  size_t file = 0;
  /// Nothing of its file was done, so only its row goes.
  bool row_only = false;

  bool operator==(const RevertStep&) const = default;
};

/// Which versions are reverted, newest first.
///
/// `files` are in directory order, `revisions` in byte order of version.
/// Errors: kNotFound `migration version "v" not found` (limit, or the file of a version to revert);
/// kInvalid, an amount above what is applied; kConflict, a version that was not applied here, a
/// baseline, a file that is applied in part, a history whose order is not the directory's.
/// Source: spec cli-migrate.md 3.
[[nodiscard]] Result<std::vector<RevertStep>> plan_revert(std::span<const FileEntry> files,
                                                          const std::vector<Revision>& revisions,
                                                          const RevertLimits& limits);

}  // namespace rhumb::migrate
