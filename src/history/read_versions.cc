#include <algorithm>

#include "history/readers_internal.h"
#include "history/table_rows.h"

namespace rhumb::history {
namespace {

HistoryEntry migrate_entry(const TableRow& row) {
  HistoryEntry entry{.version = row.text("version")};
  if (row.flag("dirty")) {
    entry.state = EntryState::kFailed;
    entry.detail = "dirty: the run to this version did not end";
  }
  return entry;
}

HistoryEntry ef_entry(const TableRow& row) {
  const std::string name = row.text("migrationid");
  auto [version, description] = split_migration_name(name);
  return {.version = std::move(version),
          .description = std::move(description),
          .script = name,
          .detail = "EF Core " + row.text("productversion")};
}

HistoryEntry make_entry(Tool tool, const TableRow& row) {
  if (tool == Tool::kGolangMigrate) {
    return migrate_entry(row);
  }
  if (tool == Tool::kEf) {
    return ef_entry(row);
  }
  return {.version = row.text(tool == Tool::kAlembic ? "version_num" : "version")};
}

}  // namespace

Result<Log> read_versions(driver::Connection& connection, const Located& located) {
  const std::vector<TableRow> rows = TRY(
      read_rows(connection, located.table,
                {.columns = {"version", "dirty", "version_num", "migrationid", "productversion"},
                 .order = {}}));
  Log log;
  for (const TableRow& row : rows) {
    log.push_back(make_entry(located.tool, row));
  }
  // Here and not in the statement: collations differ, versions are compared by their bytes.
  std::ranges::sort(log, {}, &HistoryEntry::version);
  return log;
}

std::pair<std::string, std::string> split_migration_name(std::string_view name) {
  const size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  const bool is_split = digits > 0 && digits < name.size() && name[digits] == '_';
  if (!is_split) {
    return {std::string(name), ""};
  }
  return {std::string(name.substr(0, digits)), std::string(name.substr(digits + 1))};
}

}  // namespace rhumb::history
