#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/directory.h"
#include "migrate/plan.h"
#include "migrate/revision.h"
#include "sys/clock.h"

namespace rhumb::migrate {

/// One line of `migrate set`'s output.
struct SetChange {
  bool added = true;  ///< else removed
  std::string version{};
  std::string description{};
};

/// What `migrate set` did, by version. `current` is empty when no revision is left.
struct SetResult {
  std::string current{};
  std::vector<SetChange> changes{};
};

/// A version, with the description and hash its row will get.
struct SetFile {
  std::string version{};
  std::string description{};
  std::string hash{};  ///< without `h1:`
};

/// What has to be written to make a version the current one.
struct SetPlan {
  std::vector<std::string> remove{};
  std::vector<Revision> resolve{};  ///< rows as they will be
  std::vector<Revision> mark{};     ///< new rows
  SetResult result;
};

/// The pure part. `version` must be a version of `files`, or absent: the last file.
/// Errors: `migration with version "v" not found`, `accepts 1 arg(s), received 0` (no argument and
/// no history).
/// Source: spec revisions.md 9.
[[nodiscard]] Result<SetPlan> plan_set(const std::vector<SetFile>& files,
                                       const std::vector<Revision>& revisions,
                                       const std::optional<std::string>& version,
                                       const StoredTime& now,
                                       std::string_view operator_version);

struct SetOptions {
  std::vector<std::string> arguments{};  ///< the command's positional arguments
  std::string revisions_schema{};
  std::string holder{};
  std::string operator_version{};
};

/// Locks the database, creates the revisions table if it is missing and changes its rows in one
/// transaction. The table is kept even when the arguments turn out to be wrong.
[[nodiscard]] Result<SetResult> set_version(driver::Connection& connection,
                                            const DirectoryFiles& directory,
                                            const SetOptions& options,
                                            sys::Clock& clock);

}  // namespace rhumb::migrate
