#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "driver/connection.h"
#include "history/entry.h"
#include "history/locate.h"

namespace rhumb::history {

/// Reads a history table and what stands beside it; nothing is written and no lock is taken.
///
/// `scope` keeps the entries of one Django app or one Sqitch project; empty: all.
/// Errors: the database's; kNotFound for a scope without entries, naming those there are.
[[nodiscard]] Result<History> read_history(driver::Connection& connection,
                                           const Located& located,
                                           const std::string& scope = {});

/// What is true now: of several rows about one migration the last one counts.
struct Standing {
  std::vector<HistoryEntry> entries{};  ///< in the order they reached their state
  std::optional<size_t> current{};      ///< the newest that is applied or declared

  /// The label of the current entry, empty without one.
  [[nodiscard]] std::string version() const;
};

[[nodiscard]] Standing stand(Tool tool, const std::vector<HistoryEntry>& log);

/// Follows a log row by row: what was true after each.
class LogFold {
 public:
  explicit LogFold(Tool tool) : tool_(tool) {}

  /// `entry` must live as long as this.
  void add(const HistoryEntry& entry);
  /// The newest entry that is applied or declared; null when nothing is.
  [[nodiscard]] const HistoryEntry* current() const { return current_; }
  /// The last row of each migration, in their order.
  [[nodiscard]] std::vector<std::reference_wrapper<const HistoryEntry>> entries() const;

 private:
  [[nodiscard]] bool may_be_current(const HistoryEntry& entry) const;
  void find_current();

  Tool tool_;
  size_t count_ = 0;
  std::map<std::string, size_t> places_{};  // of each migration in rows_
  std::map<size_t, const HistoryEntry*> rows_{};
  const HistoryEntry* current_ = nullptr;
};

/// How a person gets out of failed entries with the tool's own means.
[[nodiscard]] std::string_view way_out(Tool tool);

}  // namespace rhumb::history
