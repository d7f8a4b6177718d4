#include "history/read_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/go_format.h"
#include "base/text.h"
#include "history/readers_internal.h"
#include "history/table_rows.h"
#include "history/version_order.h"

namespace rhumb::history {
namespace {

Result<Log> read_log(driver::Connection& connection, const Located& located) {
  switch (located.tool) {
    case Tool::kFlyway:
    case Tool::kLiquibase:
    case Tool::kPrisma:
    case Tool::kDjango:
      return read_records(connection, located);
    case Tool::kGoose:
    case Tool::kSqitch:
      return read_events(connection, located);
    default:
      return read_versions(connection, located);
  }
}

/// The environment Rails wrote down when it first migrated this database.
Result<std::string> read_environment(driver::Connection& connection, const Located& located) {
  const Table* metadata = located.find_companion("ar_internal_metadata");
  if (metadata == nullptr) {
    return std::string();
  }
  for (const TableRow& row :
       TRY(read_rows(connection, *metadata, {.columns = {"key", "value"}, .order = {}}))) {
    if (row.text("key") == "environment") {
      return row.text("value");
    }
  }
  return std::string();
}

Result<std::string> read_lock(driver::Connection& connection, const Located& located) {
  const Table* locks = located.find_companion("databasechangeloglock");
  if (locks == nullptr) {
    return std::string();
  }
  for (const TableRow& row : TRY(read_rows(
           connection, *locks, {.columns = {"locked", "lockgranted", "lockedby"}, .order = {}}))) {
    if (row.flag("locked")) {
      return fmt::format("{} since {}", row.text("lockedby"), row.text("lockgranted"));
    }
  }
  return std::string();
}

Result<void> keep_scope(Log& log, const std::string& scope) {
  std::set<std::string> known;
  for (const HistoryEntry& entry : log) {
    known.insert(entry.scope);
  }
  if (!known.contains(scope)) {
    known.erase("");
    return Error(ErrorCode::kNotFound,
                 fmt::format("the history has nothing of {}; it has {}", go_quote(scope),
                             known.empty() ? "no scopes" : join(known, ", ")));
  }
  std::erase_if(log, [&](const HistoryEntry& entry) { return entry.scope != scope; });
  return {};
}

/// What rows of one migration have in common.
std::string identity_of(Tool tool, const HistoryEntry& entry) {
  const bool by_script = entry.version.empty() || tool == Tool::kLiquibase;
  return join(std::vector{entry.scope, entry.version, by_script ? entry.script : std::string(),
                          tool == Tool::kLiquibase ? entry.by : std::string()},
              std::string_view("\0", 1));
}

bool counts(const HistoryEntry& entry) {
  return entry.state == EntryState::kApplied || entry.state == EntryState::kBaseline;
}

/// Flyway runs by version and may fill gaps later; the others are where they went last.
bool is_newer(Tool tool, const HistoryEntry& entry, const HistoryEntry& than) {
  return tool != Tool::kFlyway || compare_versions(entry.version, than.version) > 0;
}

}  // namespace

Result<History> read_history(driver::Connection& connection,
                             const Located& located,
                             const std::string& scope) {
  History history{.tool = located.tool, .table = located.table.shown(connection.info().engine)};
  history.log = TRY(read_log(connection, located));
  if (!scope.empty()) {
    TRY(keep_scope(history.log, scope));
  }
  history.environment = TRY(read_environment(connection, located));
  history.running = TRY(read_lock(connection, located));
  return history;
}

bool LogFold::may_be_current(const HistoryEntry& entry) const {
  return counts(entry) && !(tool_ == Tool::kFlyway && entry.version.empty());
}

void LogFold::find_current() {
  current_ = nullptr;
  for (auto row = rows_.rbegin(); row != rows_.rend(); ++row) {
    const HistoryEntry& entry = *row->second;
    if (may_be_current(entry) && (current_ == nullptr || is_newer(tool_, entry, *current_))) {
      current_ = &entry;
      if (tool_ != Tool::kFlyway) {
        return;
      }
    }
  }
}

void LogFold::add(const HistoryEntry& entry) {
  const auto [place, is_new] = places_.emplace(identity_of(tool_, entry), count_);
  bool is_lost = false;
  if (!is_new) {
    const auto earlier = rows_.find(place->second);
    is_lost = earlier->second == current_;
    rows_.erase(earlier);
    place->second = count_;
  }
  rows_.emplace(count_, &entry);
  ++count_;
  if (is_lost) {
    find_current();
  } else if (may_be_current(entry) && (current_ == nullptr || is_newer(tool_, entry, *current_))) {
    current_ = &entry;
  }
}

std::vector<std::reference_wrapper<const HistoryEntry>> LogFold::entries() const {
  std::vector<std::reference_wrapper<const HistoryEntry>> entries;
  entries.reserve(rows_.size());
  for (const auto& [place, entry] : rows_) {
    entries.emplace_back(*entry);
  }
  return entries;
}

Standing stand(Tool tool, const std::vector<HistoryEntry>& log) {
  LogFold fold(tool);
  for (const HistoryEntry& entry : log) {
    fold.add(entry);
  }
  Standing standing;
  for (const HistoryEntry& entry : fold.entries()) {
    if (&entry == fold.current()) {
      standing.current = standing.entries.size();
    }
    standing.entries.push_back(entry);
  }
  return standing;
}

std::string Standing::version() const {
  return current ? entry_label(entries[*current]) : std::string();
}

std::string_view way_out(Tool tool) {
  switch (tool) {
    case Tool::kFlyway:
      return "clean up what it left behind and run 'flyway repair'";
    case Tool::kLiquibase:
      return "let 'liquibase update' succeed first";
    case Tool::kGolangMigrate:
      return "clean up what it left behind and run 'migrate force VERSION'";
    case Tool::kPrisma:
      return "run 'prisma migrate resolve --applied NAME' or '--rolled-back NAME'";
    case Tool::kSqitch:
      return "let 'sqitch deploy' succeed first";
    default:
      return "finish it with the tool itself";
  }
}

}  // namespace rhumb::history
