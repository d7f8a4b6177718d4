#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "migrate/directory.h"
#include "migrate/plan.h"
#include "migrate/revision.h"

namespace rhumb::migrate {

/// What `migrate status` prints. Files are those of the directory, in its order.
struct Status {
  std::vector<FileEntry> available{};
  std::vector<FileEntry> out_of_order{};
  std::vector<FileEntry> pending{};
  std::vector<Revision> applied{};
  std::string current{};  ///< a version, or `No migration applied yet`
  std::string next{};     ///< a version, `Already at latest version`, or empty when out of order
  int64_t count = 0;      ///< statements applied of a partial last file
  int64_t total = 0;      ///< statements in that file now
  std::string status{};   ///< `OK` or `PENDING`
  std::string error{};
  std::string sql{};
};

/// Facts about the database and directory that the computation needs.
struct StatusInput {
  std::vector<FileEntry> files{};
  bool table_exists = false;
  std::vector<Revision> revisions{};
  std::optional<std::string> dirt{};  ///< looked at when the table is there but empty
  std::optional<int64_t>
      partial_total{};  ///< statements in the last revision's file, if it is there
};

/// The pure part. Errors: those of compute_pending; `migration file with version "v" not found`.
/// Source: spec revisions.md 10.
[[nodiscard]] Result<Status> compute_status(const StatusInput& input);

/// Reads the database, which is not written to, and computes its status.
[[nodiscard]] Result<Status> read_status(driver::Connection& connection,
                                         const DirectoryFiles& directory,
                                         std::string_view revisions_schema);

}  // namespace rhumb::migrate
