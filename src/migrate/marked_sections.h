#pragma once

#include <string_view>

#include "base/result.h"
#include "migrate/section_script.h"

namespace rhumb::migrate {

/// One direction of a file whose up and down parts are set apart by marker lines.
struct MarkedSection {
  SectionScript script;
  bool is_delimited = false;  ///< statements are divided by lines of kStatementEnd, not by `;`
  bool is_present = false;    ///< its marker line stands in the file
  bool no_transaction = false;
};
struct MarkedSections {
  MarkedSection up;
  MarkedSection down;
};

/// The line that ends a statement where `MarkedSection::is_delimited`.
inline constexpr std::string_view kStatementEnd = "-- rhumb:statement-end";

/// Reads the sections of a goose file; a file without any marker is one up section.
///
/// Errors: `sql/migrate: goose: <name>:<line> unexpected goosePragma '<Name>'`.
/// Source: spec migration-directory.md 4; only whole marker lines are markers.
[[nodiscard]] Result<MarkedSections> read_goose(std::string_view text, std::string_view name);
/// Reads the sections of a dbmate file; lines before the first marker belong to none.
[[nodiscard]] MarkedSections read_dbmate(std::string_view text);

/// `NO TRANSACTION` anywhere in a goose file.
[[nodiscard]] bool is_goose_no_transaction(std::string_view text);

}  // namespace rhumb::migrate
