#include "base/text.h"
#include "history/readers_internal.h"
#include "history/table_rows.h"

namespace rhumb::history {
namespace {

Result<Log> read_goose(driver::Connection& connection, const Table& table) {
  Log log;
  for (const TableRow& row :
       TRY(read_rows(connection, table,
                     {.columns = {"version_id", "is_applied", "tstamp"}, .order = {"id"}}))) {
    const std::string version = row.text("version_id");
    if (version == "0") {
      continue;  // the row goose begins its table with
    }
    log.push_back({.version = version,
                   .state = row.flag("is_applied") ? EntryState::kApplied : EntryState::kReverted,
                   .at = row.time("tstamp")});
  }
  return log;
}

EntryState sqitch_state(const std::string& event) {
  if (event == "revert") {
    return EntryState::kReverted;
  }
  return event == "fail" ? EntryState::kFailed : EntryState::kApplied;
}

Result<Log> read_sqitch(driver::Connection& connection, const Table& table) {
  Log log;
  for (const TableRow& row : TRY(read_rows(connection, table,
                                           {.columns = {"event", "change_id", "change", "project",
                                                        "note", "committed_at", "committer_name"},
                                            .order = {"committed_at"}}))) {
    const std::string event = row.text("event");
    log.push_back({.version = row.text("change"),
                   .description = row.text("note"),
                   .scope = row.text("project"),
                   .state = sqitch_state(event),
                   .at = row.time("committed_at"),
                   .by = row.text("committer_name"),
                   .checksum = row.text("change_id"),
                   .detail = event == "fail" ? "deploying it failed" : ""});
  }
  return log;
}

}  // namespace

Result<Log> read_events(driver::Connection& connection, const Located& located) {
  return located.tool == Tool::kGoose ? read_goose(connection, located.table)
                                      : read_sqitch(connection, located.table);
}

}  // namespace rhumb::history
