#include "registry/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace rhumb::registry {
namespace {

constexpr size_t kShortTagMin = 7;
constexpr size_t kCommitDigits = 40;

bool is_lower_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool made_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [others](char c) {
    return is_lower_alnum(c) || others.find(c) != std::string_view::npos;
  });
}

// Canonical name, name on the wire where it is not just upper case.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kDrivers = {{
    {"postgresql", "postgres"},
    {"sqlite3", "sqlite"},
    {"maria", "mariadb"},
    {"mssql", "sqlserver"},
    {"azuresql", "sqlserver"},
    {"cockroachdb", "cockroach"},
    {"crdb", "cockroach"},
    {"ysql", "postgres"},
}};

std::string_view without_scheme(std::string_view url) {
  const size_t mark = url.find("://");
  return mark == std::string_view::npos ? url : url.substr(mark + 3);
}

/// Without user, query and fragment.
std::string_view place_of(std::string_view url) {
  std::string_view rest = without_scheme(url);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const size_t at = rest.substr(0, rest.find('/')).rfind('@');
  return at == std::string_view::npos ? rest : rest.substr(at + 1);
}

}  // namespace

Result<void> check_length(std::string_view what, std::string_view text) {
  if (text.size() > kNameMax) {
    return invalid(fmt::format("{} must not be longer than {} bytes", what, kNameMax));
  }
  return {};
}

Result<void> check_name(std::string_view what, std::string_view text) {
  if (trim(text).empty()) {
    return invalid(fmt::format("{} must not be empty", what));
  }
  if (text.find('\0') != std::string_view::npos) {  // which not every store can hold
    return invalid(fmt::format("{} must not hold U+0000", what));
  }
  return check_length(what, text);
}

Result<void> check_slug(std::string_view slug) {
  TRY(check_name("slug", slug));
  if (!made_of(slug, "/.-_")) {
    return invalid("slug must be lowercase alphanumeric and may contain /.-_");
  }
  return {};
}

Result<void> check_tag(std::string_view tag) {
  TRY(check_name("tag", tag));
  if (!made_of(tag, ".-_")) {
    return invalid("tag must be lowercase alphanumeric and may contain .-_");
  }
  return {};
}

std::string to_slug(std::string_view name) {
  std::string slug = to_lower_ascii(trim(name));
  for (char& c : slug) {
    if (!is_lower_alnum(c) && std::string_view("-._/").find(c) == std::string_view::npos) {
      c = '-';
    }
  }
  return slug;
}

bool is_short_tag(std::string_view tag) {
  return tag.size() >= kShortTagMin && tag.size() < kCommitDigits &&
         std::all_of(
             tag.begin(), tag.end(),
             [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string driver_from_wire(std::string_view driver) {
  std::string lower = to_lower_ascii(trim(driver));
  for (const auto& [spelling, canonical] : kDrivers) {
    if (lower == spelling) {
      return std::string(canonical);
    }
  }
  return lower;
}

std::string driver_to_wire(std::string_view driver) {
  if (driver == "postgres") {
    return "POSTGRESQL";
  }
  return driver == "cockroach" ? "COCKROACHDB" : to_upper_ascii(driver);
}

std::string driver_of_url(std::string_view url) {
  const size_t mark = url.find("://");
  if (mark == std::string_view::npos) {
    return "";
  }
  std::string_view scheme = url.substr(0, mark);
  scheme = scheme.substr(0, scheme.find('+'));
  return driver_from_wire(scheme);
}

std::string location_of_url(std::string_view url) {
  return std::string(place_of(url));
}

std::string host_of_url(std::string_view url) {
  const std::string_view place = place_of(url);
  return std::string(place.substr(0, place.find('/')));
}

std::string database_name_of_url(std::string_view url) {
  std::string_view place = place_of(url);
  while (place.ends_with('/')) {
    place.remove_suffix(1);
  }
  const std::string driver = driver_of_url(url);
  if ((driver == "sqlite" || driver == "libsql") && place.starts_with("file:")) {
    place.remove_prefix(std::string_view("file:").size());
  }
  const size_t slash = place.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? place : place.substr(slash + 1);
  return name.empty() ? "database" : std::string(name.substr(0, kNameMax));
}

}  // namespace rhumb::registry
