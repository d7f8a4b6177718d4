#include "sys/time_zones.h"

// The only place that includes Abseil: its headers cost a second each time.
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/go_format.h"
#include "base/text.h"
#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb::sys {
namespace {

constexpr const char* kUsualDirectory = "/usr/share/zoneinfo";
constexpr size_t kNameMax = 64;
const absl::CivilMinute kEpoch(1970, 1, 1);

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_name_character(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '+';
}

/// `Berlin` of `Europe/Berlin`.
bool is_name_part(std::string_view part) {
  return !part.empty() && std::ranges::all_of(part, is_name_character);
}

Instant to_instant(absl::Time time) {
  return Instant(std::chrono::nanoseconds(absl::ToUnixNanos(time)));
}

/// The name of a line of tzdata.zi: `Z Europe/Berlin 0:53:28 ...`, `L Europe/Berlin Arctic/...`.
std::optional<std::string> read_listed_name(std::string_view line) {
  const std::vector<std::string_view> words = split(line, ' ');
  if (words.size() < 3 || (words[0] != "Z" && words[0] != "L")) {
    return std::nullopt;
  }
  return std::string(words[0] == "Z" ? words[1] : words[2]);
}

}  // namespace

struct TimeZone::Rules {
  absl::TimeZone zone;
};

TimeZone TimeZone::utc() {
  return TimeZone(std::make_shared<const Rules>(Rules{absl::UTCTimeZone()}));
}

LocalMinute TimeZone::local(Instant instant) const {
  const absl::Time time = absl::FromUnixNanos(instant.time_since_epoch().count());
  return LocalMinute(std::chrono::minutes(absl::ToCivilMinute(time, rules_->zone) - kEpoch));
}

MinuteInstants TimeZone::instants(LocalMinute minute) const {
  const absl::CivilMinute shown = kEpoch + minute.time_since_epoch().count();
  const absl::TimeZone::TimeInfo found = rules_->zone.At(absl::CivilSecond(shown));
  if (found.kind == absl::TimeZone::TimeInfo::SKIPPED) {
    return {to_instant(found.trans), to_instant(found.trans)};
  }
  return {to_instant(found.pre), to_instant(found.post)};
}

TimeZones TimeZones::of_machine() {
  const std::string chosen = SystemEnvironment().get_or_empty("TZDIR");
  return TimeZones(chosen.empty() ? kUsualDirectory : chosen);
}

bool TimeZones::is_name(std::string_view name) {
  // Every zone begins with a capital; files beside them (`localtime`, `posixrules`) do not.
  return name.size() <= kNameMax && !name.empty() && is_upper(name.front()) &&
         std::ranges::all_of(split(name, '/'), is_name_part);
}

Result<TimeZone> TimeZones::load(const std::string& name) const {
  const std::string zone = "time zone " + go_quote(name);
  if (!is_name(name)) {
    return invalid(zone + " is none; write one such as \"Europe/Berlin\"");
  }
  const std::string path = directory_ + "/" + name;
  const Result<FileStatus> status = stat_file(path);
  if (!status && !is_directory(directory_)) {
    return Error(ErrorCode::kUnsupported, zone + " cannot be read: there is no directory " +
                                              directory_ + "; install the package tzdata");
  }
  // Abseil remembers every name it was asked for, so it is asked for files only.
  if (!status || status->kind != FileKind::kFile) {
    return Error(ErrorCode::kNotFound,
                 zone + " is not in " + directory_ + ", where the package tzdata puts them");
  }
  absl::TimeZone rules;
  if (!absl::LoadTimeZone(path, &rules)) {
    return Error(ErrorCode::kIo, zone + " cannot be read: " + path +
                                     " is no zone; install the package tzdata anew");
  }
  return TimeZone(std::make_shared<const TimeZone::Rules>(TimeZone::Rules{rules}));
}

std::vector<std::string> TimeZones::names() const {
  std::vector<std::string> out;
  const std::string list = read_file(directory_ + "/tzdata.zi").value_or("");
  for (const std::string_view line : split(list, '\n')) {
    if (auto name = read_listed_name(line)) {
      out.push_back(*std::move(name));
    }
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace rhumb::sys
