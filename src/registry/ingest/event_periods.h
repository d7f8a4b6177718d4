#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "registry/store/sql.h"

/// How many events the list has by version, trigger and time: the table event_periods.
///
/// The list is in the order of arrival, and reports may arrive late; so a stretch of time is no
/// stretch of the list, and without these counters its total would have to be counted.
namespace rhumb::registry {

inline constexpr int64_t kDayHours = 24;

/// Which counters a listed event is in: one for its hour, one for its day.
struct PeriodCounter {
  int64_t org_id = 0;
  int64_t order_at = 0;
  std::string version;       ///< empty: none
  std::string trigger_type;  ///< empty: none
  int64_t repo_id = 0;
  int64_t env_id = 0;
  std::string status;
  std::string kind;
  auto operator<=>(const PeriodCounter&) const = default;
};

/// Counts that are gathered while a transaction runs, and written once.
class PeriodCounts {
 public:
  void add(PeriodCounter counter);
  /// Writes what was gathered, and has nothing gathered then.
  Result<void> store(Session& session);

 private:
  /// The time of a counter is the number of its hour here, or that of its day.
  using Counters = std::map<PeriodCounter, int64_t>;

  Counters by_hour_;
  Counters by_day_;
};

/// Moves the counters of a listed event, as it is stored, by `change`.
Result<void> count_periods_of(Session& session, int64_t event_id, int64_t change);
/// Counts all events anew.
Result<void> recount_periods(Session& session);

}  // namespace rhumb::registry
