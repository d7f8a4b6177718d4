#include "migrate/format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace rhumb::migrate {
namespace {

constexpr std::array<std::string_view, 6> kFormatNames = {"atlas",  "golang-migrate", "goose",
                                                          "flyway", "liquibase",      "dbmate"};

constexpr std::string_view kSqlSuffix = ".sql";
constexpr std::string_view kUpSuffix = ".up";

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

std::string_view base_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// The parts of a flyway version as numbers; what is not a number counts as 0.
std::vector<std::uint64_t> version_parts(std::string_view version) {
  const std::string dotted = replace_all(version, "_", ".");
  std::vector<std::uint64_t> parts;
  for (const std::string_view part : split(dotted, '.')) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), number);
    const bool is_number = failure == std::errc{} && end == part.data() + part.size();
    parts.push_back(is_number ? number : 0);
  }
  return parts;
}

std::vector<std::string> order_flyway(std::vector<std::string> names) {
  std::string baseline;
  std::vector<std::pair<std::vector<std::uint64_t>, std::string>> versioned;
  std::vector<std::string> repeatable;
  for (const std::string& name : names) {
    const bool is_baseline = base_name(name).front() == 'B';
    if (is_baseline && (baseline.empty() || file_version(name, Format::kFlyway) >
                                                file_version(baseline, Format::kFlyway))) {
      baseline = name;
    }
  }
  const std::string base_version = file_version(baseline, Format::kFlyway);
  for (std::string& name : names) {
    const std::string version = file_version(name, Format::kFlyway);
    if (base_name(name).front() == 'R') {
      repeatable.push_back(std::move(name));
    } else if (base_name(name).front() == 'V' && (baseline.empty() || version > base_version)) {
      versioned.emplace_back(version_parts(version), std::move(name));
    }
  }
  std::stable_sort(versioned.begin(), versioned.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> ordered;
  if (!baseline.empty()) {
    ordered.push_back(std::move(baseline));
  }
  for (auto& [parts, name] : versioned) {
    ordered.push_back(std::move(name));
  }
  std::move(repeatable.begin(), repeatable.end(), std::back_inserter(ordered));
  return ordered;
}

std::string flyway_version(std::string_view name) {
  std::string_view base = without_suffix(base_name(name), kSqlSuffix);
  if (base.empty() || base.front() == 'R') {
    return {};
  }
  base.remove_prefix(1);
  return std::string(base.substr(0, base.find("__")));
}

std::string flyway_description(std::string_view name) {
  const auto halves = cut(name, "__");
  return halves ? std::string(without_suffix(halves->second, kSqlSuffix)) : std::string();
}

}  // namespace

std::string_view format_name(Format format) {
  return kFormatNames[static_cast<size_t>(format)];
}

std::optional<Format> find_format(std::string_view name) {
  if (name.empty()) {
    return Format::kAtlas;
  }
  const auto* const found = std::find(kFormatNames.begin(), kFormatNames.end(), name);
  if (found == kFormatNames.end()) {
    return std::nullopt;
  }
  return static_cast<Format>(found - kFormatNames.begin());
}

std::string file_version(std::string_view name, Format format) {
  if (format == Format::kFlyway) {
    return flyway_version(name);
  }
  const std::string_view stem = without_suffix(name, kSqlSuffix);
  return std::string(stem.substr(0, stem.find('_')));
}

std::string file_description(std::string_view name, Format format) {
  if (format == Format::kFlyway) {
    return flyway_description(name);
  }
  const auto halves = cut(without_suffix(name, kSqlSuffix), "_");
  if (!halves) {
    return {};
  }
  const bool has_direction = format == Format::kGolangMigrate;
  return std::string(has_direction ? without_suffix(halves->second, kUpSuffix) : halves->second);
}

bool is_migration_name(std::string_view name, Format format) {
  if (!name.ends_with(kSqlSuffix)) {
    return false;
  }
  switch (format) {
    case Format::kGolangMigrate:
      return name.ends_with(".up.sql");
    case Format::kFlyway: {
      const std::string_view base = base_name(name);
      const std::string_view letters = "VBR";
      return base.size() > kSqlSuffix.size() &&
             letters.find(base.front()) != std::string_view::npos;
    }
    default:
      return true;
  }
}

std::vector<std::string> order_files(std::vector<std::string> names, Format format) {
  std::erase_if(names, [&](const std::string& name) { return !is_migration_name(name, format); });
  if (format == Format::kFlyway) {
    return order_flyway(std::move(names));
  }
  if (!std::is_sorted(names.begin(), names.end())) {
    std::sort(names.begin(), names.end());
  }
  return names;
}

}  // namespace rhumb::migrate
