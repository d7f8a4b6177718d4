#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/clock.h"

/// The history tables of other migration tools, read and never written.
///
/// Source: docs/history-import.md, with the documentation and the version of each tool.
namespace rhumb::history {

enum class Tool : std::uint8_t {
  kFlyway,
  kLiquibase,
  kGolangMigrate,
  kGoose,
  kDbmate,
  kAlembic,
  kPrisma,
  kSqitch,
  kRails,
  kDjango,
  kEf
};

/// `flyway`, `golang-migrate`, ...: the values of `--from`.
[[nodiscard]] std::string_view tool_name(Tool tool);
/// Errors: `unknown tool "x"; --from takes flyway, ...`.
[[nodiscard]] Result<Tool> parse_tool(std::string_view name);
/// Every tool, in the order of the documentation.
[[nodiscard]] const std::vector<Tool>& all_tools();

enum class EntryState : std::uint8_t {
  kApplied,
  kBaseline,  ///< declared and not run: everything up to it counts as applied
  kFailed,    ///< stopped half-way, or nobody knows how it ended
  kReverted
};

/// `applied`, `baseline`, `failed`, `reverted`.
[[nodiscard]] std::string_view state_name(EntryState state);

/// One row of a history table, in the words all tools share. What a tool does not keep is empty.
struct HistoryEntry {
  std::string version{};      ///< as the tool writes it; empty for a script that has none
  std::string description{};  ///< words for a person
  std::string script{};       ///< name of the file or of the migration
  std::string scope{};        ///< what versions are unique in: a Django app, a Sqitch project
  EntryState state = EntryState::kApplied;
  std::optional<sys::Instant> at{};  ///< when it reached that state; UTC where no zone is kept
  std::string by{};                  ///< who ran it; of liquibase its author
  std::optional<std::chrono::nanoseconds> duration{};
  std::string checksum{};
  std::string detail{};  ///< why it failed, in the tool's words

  bool operator==(const HistoryEntry&) const = default;
};

/// A history table as it was found.
struct History {
  Tool tool = Tool::kFlyway;
  std::string table{};              ///< as people write it, `public.flyway_schema_history`
  std::vector<HistoryEntry> log{};  ///< every row, oldest first; later rows overrule earlier ones
  std::string environment{};        ///< the one the tool says this database belongs to (rails)
  std::string running{};            ///< who holds the tool's own lock; empty when nobody does
};

/// Whether a table holds only where the database is, and not how it came there.
[[nodiscard]] bool keeps_newest_only(Tool tool);
/// Whether the tool writes down when a migration was applied.
[[nodiscard]] bool keeps_times(Tool tool);

/// `scope.version` where there is a scope, the script for what has no version.
[[nodiscard]] std::string entry_label(const HistoryEntry& entry);

}  // namespace rhumb::history
