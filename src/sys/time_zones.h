#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/clock.h"

/// Time zones by their IANA names, from the files that the package tzdata installs.
namespace rhumb::sys {

/// What the clocks on the walls of a zone show.
using LocalMinute = std::chrono::local_time<std::chrono::minutes>;

/// The instants at which clocks show one minute: one, or two in a night in which they are set back.
/// A minute that they skip when they are set forward is the first instant after the gap.
struct MinuteInstants {
  Instant first{};
  Instant last{};
  bool operator==(const MinuteInstants&) const = default;
};

/// The rules of one zone, past and future. Cheap to copy. Threads: any.
class TimeZone {
 public:
  [[nodiscard]] static TimeZone utc();

  /// Of a minute that has begun.
  [[nodiscard]] LocalMinute local(Instant instant) const;
  [[nodiscard]] MinuteInstants instants(LocalMinute minute) const;

 private:
  friend class TimeZones;
  struct Rules;
  explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

  std::shared_ptr<const Rules> rules_;  // shared: never changed, so copies need none of their own
};

/// The zones of one directory. What a file said when it was first read holds until the process
/// ends.
class TimeZones {
 public:
  explicit TimeZones(std::string directory) : directory_(std::move(directory)) {}
  /// Those of /usr/share/zoneinfo, or of where TZDIR points.
  [[nodiscard]] static TimeZones of_machine();

  /// Whether a zone could be called so, `Europe/Berlin`; nothing that leads out of the directory.
  [[nodiscard]] static bool is_name(std::string_view name);

  /// Errors: kInvalid for what is no name; kNotFound when there is no such zone; kUnsupported when
  /// there are none at all, since the package is missing; kIo when its file cannot be read. All
  /// name the zone, the last three the directory and the package.
  [[nodiscard]] Result<TimeZone> load(const std::string& name) const;
  /// The names that tzdata lists, former ones too; none when the list is missing.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::string directory_;
};

}  // namespace rhumb::sys
