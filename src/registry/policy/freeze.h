#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/time_zones.h"

/// Times in which nothing is deployed. Pure but for the files of time zones.
namespace rhumb::registry {

/// The same hours of every week, by minutes since Monday 00:00 on the clocks of a zone. It may run
/// over the end of the week.
struct WeeklySpan {
  int64_t from_minute = 0;
  int64_t until_minute = 0;
  std::string zone{};  ///< IANA name; empty: UTC
  bool operator==(const WeeklySpan&) const = default;
};
/// Reads `Fri 16:00 - Mon 08:00` and `Fri 16:00 - Mon 08:00 Europe/Berlin`; whether there is such a
/// zone is not looked at. Errors: kInvalid that shows such a text.
Result<WeeklySpan> parse_weekly_span(std::string_view text);
[[nodiscard]] std::string to_text(const WeeklySpan& span);

/// One freeze: between two instants (nanoseconds since 1970, the second not included), or weekly.
struct Freeze {
  int64_t from = 0;
  int64_t until = 0;
  std::optional<WeeklySpan> weekly{};
  std::string reason{};
  bool operator==(const Freeze&) const = default;
};

/// A freeze that holds.
struct ActiveFreeze {
  int64_t until = 0;
  std::string local{};    ///< when it ends on the clocks of its zone; empty: in UTC
  std::string problem{};  ///< why it cannot be told whether it holds, which counts as if it did
  std::string reason{};
  bool operator==(const ActiveFreeze&) const = default;
};
/// Those that hold at `now`, in their order.
///
/// Weekly hours follow the clocks through daylight saving: what begins or ends in a gap does so
/// right after it; an hour that comes twice is frozen from its first on and up to the end of its
/// second, so that a freeze is never shorter than it reads.
[[nodiscard]] std::vector<ActiveFreeze> active_freezes(const std::vector<Freeze>& freezes,
                                                       int64_t now,
                                                       const sys::TimeZones& zones);

/// Whether the zone of a freeze can be read. Errors: kInvalid for one that there is not, with the
/// one that was perhaps meant; kUnsupported when the machine knows none.
Result<void> check_zone(const Freeze& freeze, const sys::TimeZones& zones);

}  // namespace rhumb::registry
