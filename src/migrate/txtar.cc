#include "migrate/txtar.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/go_format.h"
#include "base/text.h"
#include "sql/directives.h"

namespace rhumb::migrate {
namespace {

constexpr std::string_view kMarkerBegin = "-- ";
constexpr std::string_view kMarkerEnd = " --";
constexpr std::string_view kChecksFile = "checks.sql";
constexpr std::string_view kChecksFolder = "checks/";
constexpr std::string_view kSqlSuffix = ".sql";

/// The name on a marker line; nothing for other lines.
std::optional<std::string_view> marker_name(std::string_view line) {
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
  }
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (!line.starts_with(kMarkerBegin) || !line.ends_with(kMarkerEnd) ||
      line.size() < kMarkerBegin.size() + kMarkerEnd.size()) {
    return std::nullopt;
  }
  line.remove_prefix(kMarkerBegin.size());
  line.remove_suffix(kMarkerEnd.size());
  const std::string_view name = trim(line);
  return name.empty() ? std::nullopt : std::optional(name);
}

bool is_comment(std::string_view line) {
  return line.empty() || line.starts_with("--") || line.starts_with('#');
}

/// The number of the first line before the sections that is more than a comment.
std::optional<size_t> find_line_outside(std::string_view text) {
  size_t number = 1;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (marker_name(line)) {
      return std::nullopt;
    }
    if (!is_comment(trim(line))) {
      return number;
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    ++number;
  }
  return std::nullopt;
}

bool is_check_name(std::string_view name) {
  return name == kChecksFile || (name.starts_with(kChecksFolder) && name.ends_with(kSqlSuffix) &&
                                 name.size() > kChecksFolder.size() + kSqlSuffix.size());
}

}  // namespace

std::vector<TxtarSection> split_txtar(std::string_view text) {
  std::vector<TxtarSection> sections;
  size_t at = 0;
  while (at < text.size()) {
    const size_t feed = text.find('\n', at);
    const size_t end = feed == std::string_view::npos ? text.size() : feed + 1;
    if (const auto name = marker_name(text.substr(at, end - at))) {
      sections.push_back({.name = *name, .body = {}, .offset = end});
    } else if (!sections.empty()) {
      TxtarSection& section = sections.back();
      section.body = text.substr(section.offset, end - section.offset);
    }
    at = end;
  }
  return sections;
}

Result<MigrationSections> read_migration_sections(std::string_view text,
                                                  std::string_view file_name) {
  if (const std::optional<size_t> line = find_line_outside(text)) {
    return invalid(fmt::format(
        "sql/migrate: line {} of file {} is in no section and would not be executed; with the "
        "directive atlas:txtar statements stand below a line \"-- migration.sql --\"",
        *line, go_quote(file_name)));
  }
  MigrationSections sorted;
  std::set<std::string_view> seen;
  for (const TxtarSection& section : split_txtar(text)) {
    if (!seen.insert(section.name).second) {
      return invalid(fmt::format("sql/migrate: section {} of file {} occurs twice",
                                 go_quote(section.name), go_quote(file_name)));
    }
    if (is_check_name(section.name)) {
      sorted.checks.push_back(section);
    } else if (section.name == "migration.sql") {
      sorted.migration = section;
    } else if (section.name == "down.sql") {
      sorted.down = section;
      sorted.has_down = true;
    } else {
      return invalid(fmt::format(
          "sql/migrate: unknown section {} in file {}; known are checks.sql, checks/<name>.sql, "
          "migration.sql and down.sql",
          go_quote(section.name), go_quote(file_name)));
    }
  }
  return sorted;
}

std::string check_group_name(std::string_view section_name) {
  if (section_name == kChecksFile) {
    return {};
  }
  section_name.remove_prefix(kChecksFolder.size());
  section_name.remove_suffix(kSqlSuffix.size());
  return std::string(section_name);
}

bool is_one_of(std::string_view section_body) {
  while (section_body.starts_with("--") || section_body.starts_with('#')) {
    const std::string_view line = section_body.substr(0, section_body.find('\n'));
    const auto directive = sql::parse_directive(line);
    if (directive && directive->name == "assert" && directive->argument == "oneof") {
      return true;
    }
    section_body.remove_prefix(std::min(line.size() + 1, section_body.size()));
  }
  return false;
}

}  // namespace rhumb::migrate
