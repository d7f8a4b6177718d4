#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "registry/api/event_condition.h"
#include "registry/api/event_list.h"

/// Totals of the event list from the counters that ingestion keeps: event_counts for repository,
/// environment, status and kind, event_periods for these with version, trigger and time. Internal
/// to this folder.
namespace rhumb::registry {

/// A number of whole periods, both ends included; an end that is missing is open.
struct Periods {
  int64_t hours = 0;  ///< of one period
  std::optional<int64_t> first;
  std::optional<int64_t> last;
};
/// From the first instant up to and without the second.
struct Stretch {
  std::optional<int64_t> from;
  std::optional<int64_t> to;
};
/// Less than an hour, which no counter is for.
struct Rest {
  int64_t from = 0;
  int64_t to = 0;
};
/// A stretch of time as whole days, whole hours at their ends, and what is left: at most two rests.
/// An example: from Monday 22:30 to Thursday 01:00 is Tuesday and Wednesday, Monday's last hour,
/// Thursday's first, and half an hour.
struct StretchParts {
  std::vector<Periods> periods;
  std::vector<Rest> rests;
};
[[nodiscard]] StretchParts split_stretch(const Stretch& stretch);

/// The days that a stretch touches.
[[nodiscard]] Periods touched_days(const Stretch& stretch);

/// How many listed events fit. The name, the database and the set of the filter are left out.
Result<int64_t> count_listed(Session& session, const EventFilter& filter);
/// About as many, from counters alone: the days that the time touches are counted whole.
Result<int64_t> estimate_listed(Session& session, const EventFilter& filter);

/// A statement whose rows are the days on which events may fit, each once, as `period`.
[[nodiscard]] Condition select_fitting_days(const EventFilter& filter);

}  // namespace rhumb::registry
