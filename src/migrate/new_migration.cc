#include "migrate/new_migration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <set>

namespace rhumb::migrate {

std::string format_version(std::chrono::sys_seconds time) {
  using std::chrono::days;
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<std::chrono::sys_seconds> parse_version(std::string_view version) {
  constexpr std::array<size_t, 6> kWidths = {4, 2, 2, 2, 2, 2};
  std::array<unsigned, 6> fields{};
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string_view digits = version.substr(0, kWidths[i]);
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), fields[i]);
    if (failure != std::errc{} || digits.size() != kWidths[i] ||
        end != digits.data() + digits.size()) {
      return std::nullopt;
    }
    version.remove_prefix(kWidths[i]);
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(fields[0])),
                                         std::chrono::month(fields[1]),
                                         std::chrono::day(fields[2]));
  if (!version.empty() || !date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date) + std::chrono::hours(fields[3]) +
         std::chrono::minutes(fields[4]) + std::chrono::seconds(fields[5]);
}

Result<std::string> free_version(const Directory& directory, std::chrono::sys_seconds now) {
  const std::vector<std::string> names = TRY(directory.list());
  std::set<std::string> taken;
  for (const std::string& name : names) {
    taken.insert(file_version(name, directory.format()));
  }
  std::string version = format_version(now);
  while (taken.contains(version)) {
    now += std::chrono::seconds(1);
    version = format_version(now);
  }
  return version;
}

Result<void> write_files(Directory& directory, const std::vector<NewFile>& files) {
  for (const NewFile& file : files) {
    TRY(directory.write(file.name, file.bytes));
  }
  return rehash(directory);
}

Result<std::vector<std::string>> new_migration(Directory& directory,
                                               std::string_view name,
                                               std::chrono::sys_seconds now,
                                               const ContentEdit& edit) {
  MigrationPlan plan;
  plan.version = TRY(free_version(directory, now));
  plan.name = name;
  std::vector<NewFile> files = TRY(format_plan(plan, directory.format()));
  if (edit) {
    for (NewFile& file : files) {
      file.bytes = TRY(edit(file));
    }
  }
  TRY(write_files(directory, files));
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const NewFile& file : files) {
    names.push_back(file.name);
  }
  return names;
}

}  // namespace rhumb::migrate
