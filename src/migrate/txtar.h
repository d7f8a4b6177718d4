#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::migrate {

/// One section of a txtar file.
struct TxtarSection {
  std::string_view name;
  std::string_view body;
  size_t offset = 0;  ///< of the body in the file
};

/// Splits a text at its marker lines, `-- NAME --`; what stands before the first is not returned.
///
/// Lifetime: views refer to `text`. A CR at the end of a marker line is not part of it.
[[nodiscard]] std::vector<TxtarSection> split_txtar(std::string_view text);

/// The sections of a migration file with the directive `atlas:txtar`, by their use.
struct MigrationSections {
  std::vector<TxtarSection> checks;  ///< `checks.sql` and `checks/<name>.sql`, in file order
  TxtarSection migration;            ///< empty when the file has none
  TxtarSection down;                 ///< likewise; `has_down` tells
  bool has_down = false;
};

/// Sorts the sections of a migration file.
///
/// Errors: kInvalid, a name that is none of ours, or twice the same; a statement before the first
/// section, which nobody would execute. Source: spec
/// migration-directory.md 6.
[[nodiscard]] Result<MigrationSections> read_migration_sections(std::string_view text,
                                                                std::string_view file_name);

/// The name of a check group for people: `checks.sql` -> "", `checks/a.sql` -> "a".
[[nodiscard]] std::string check_group_name(std::string_view section_name);
/// Whether one passing assertion is enough for a check section.
[[nodiscard]] bool is_one_of(std::string_view section_body);

}  // namespace rhumb::migrate
