#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "migrate/format.h"

namespace rhumb::migrate {

/// One statement of a plan, with what undoes it.
struct PlannedChange {
  std::string statement;             ///< without its delimiter
  std::string comment;               ///< as the planner says it, lower case first; may be empty
  std::vector<std::string> reverse;  ///< statements that undo it, in order; empty: irreversible
};

/// What becomes one new migration.
struct MigrationPlan {
  std::string version;
  std::string name;  ///< as given, may be empty
  std::vector<PlannedChange> changes;
  std::string delimiter;                ///< empty: `;`
  std::vector<std::string> directives;  ///< whole lines, `-- atlas:...`
};

/// A file to be written into a directory.
struct NewFile {
  std::string name;
  std::string bytes;

  bool operator==(const NewFile&) const = default;
};

/// Lays a plan out as the files of a format.
///
/// Errors: `invalid directive: "<d>"`, `duplicate directive: "<d>". delimiter already set`.
/// Source: spec migration-directory.md 2.1 and 4.1.
[[nodiscard]] Result<std::vector<NewFile>> format_plan(const MigrationPlan& plan, Format format);

/// Whether a plan of that format is one file: only those take a template for their content.
/// Errors come from the caller: `cannot use format with: "<format>"`.
[[nodiscard]] bool is_single_file(Format format);

}  // namespace rhumb::migrate
