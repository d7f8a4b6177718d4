#include <algorithm>
#include <optional>
#include <tuple>

#include "base/text.h"
#include "history/readers_internal.h"
#include "history/table_rows.h"

namespace rhumb::history {
namespace {

using std::chrono::milliseconds;

/// A table of this family: how its rows are read and what one of them means. Rows that are no
/// migration give nothing.
struct RecordTable {
  RowQuestion question{};
  std::optional<HistoryEntry> (*read)(const TableRow& row);
};

EntryState flyway_state(const TableRow& row) {
  const std::string type = row.text("type");
  if (!row.flag("success")) {
    return EntryState::kFailed;
  }
  if (type.starts_with("UNDO") || type == "DELETE") {
    return EntryState::kReverted;
  }
  return type.find("BASELINE") == std::string::npos ? EntryState::kApplied : EntryState::kBaseline;
}

std::optional<HistoryEntry> flyway_entry(const TableRow& row) {
  const std::string type = row.text("type");
  if (type == "SCHEMA" || type == "TABLE") {
    return std::nullopt;  // says that flyway made the schema, or the table itself
  }
  HistoryEntry entry{.version = row.text("version"),
                     .description = row.text("description"),
                     .script = row.text("script"),
                     .state = flyway_state(row),
                     .at = row.time("installed_on"),
                     .by = row.text("installed_by"),
                     .duration = milliseconds(row.number("execution_time")),
                     .checksum = row.text("checksum")};
  if (entry.state == EntryState::kFailed) {
    entry.detail = type.starts_with("UNDO") ? "undoing it failed" : "success is false";
  }
  return entry;
}

std::optional<HistoryEntry> liquibase_entry(const TableRow& row) {
  const std::string type = row.text("exectype");
  if (type == "SKIPPED") {
    return std::nullopt;  // by its preconditions, to be tried again
  }
  const std::string comments = row.text("comments");
  return HistoryEntry{.version = row.text("id"),
                      .description = comments.empty() ? row.text("description") : comments,
                      .script = row.text("filename"),
                      .state = type == "FAILED" ? EntryState::kFailed : EntryState::kApplied,
                      .at = row.time("dateexecuted"),
                      .by = row.text("author"),
                      .checksum = row.text("md5sum"),
                      .detail = type == "EXECUTED" ? "" : to_lower_ascii(type)};
}

std::optional<HistoryEntry> prisma_entry(const TableRow& row) {
  const std::string name = row.text("migration_name");
  auto [version, description] = split_migration_name(name);
  HistoryEntry entry{.version = std::move(version),
                     .description = std::move(description),
                     .script = name,
                     .at = row.time("finished_at"),
                     .checksum = row.text("checksum")};
  const std::optional<sys::Instant> started = row.time("started_at");
  if (!row.is_null("rolled_back_at")) {
    entry.state = EntryState::kReverted;
    entry.at = row.time("rolled_back_at");
  } else if (row.is_null("finished_at")) {
    entry.state = EntryState::kFailed;
    entry.at = started;
    const std::string logs(trim(row.text("logs")));
    entry.detail = logs.empty() ? "not finished" : logs;
  } else if (entry.at && started) {
    entry.duration = *entry.at - *started;
  }
  return entry;
}

std::optional<HistoryEntry> django_entry(const TableRow& row) {
  const std::string name = row.text("name");
  auto [version, description] = split_migration_name(name);
  return HistoryEntry{.version = std::move(version),
                      .description = std::move(description),
                      .script = name,
                      .scope = row.text("app"),
                      .at = row.time("applied")};
}

RecordTable record_table(Tool tool) {
  switch (tool) {
    case Tool::kFlyway:
      return {.question = {.columns = {"version", "description", "type", "script", "checksum",
                                       "installed_by", "installed_on", "execution_time", "success"},
                           .order = {"installed_rank"}},
              .read = flyway_entry};
    case Tool::kLiquibase:
      return {.question = {.columns = {"id", "author", "filename", "dateexecuted", "exectype",
                                       "md5sum", "description", "comments"},
                           .order = {"dateexecuted", "orderexecuted"}},
              .read = liquibase_entry};
    case Tool::kPrisma:
      return {.question = {.columns = {"migration_name", "checksum", "started_at", "finished_at",
                                       "rolled_back_at", "logs"},
                           .order = {"started_at", "migration_name"}},
              .read = prisma_entry};
    default:
      return {.question = {.columns = {"app", "name", "applied"}, .order = {"id"}},
              .read = django_entry};
  }
}

}  // namespace

Result<Log> read_records(driver::Connection& connection, const Located& located) {
  const RecordTable table = record_table(located.tool);
  Log log;
  for (const TableRow& row : TRY(read_rows(connection, located.table, table.question))) {
    if (std::optional<HistoryEntry> entry = table.read(row)) {
      log.push_back(std::move(*entry));
    }
  }
  if (located.tool == Tool::kPrisma) {
    // A row is written when a migration starts and changed when it ends or is taken back.
    std::ranges::sort(log, {},
                      [](const HistoryEntry& entry) { return std::tie(entry.at, entry.script); });
  }
  return log;
}

}  // namespace rhumb::history
