#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

/// The forms of names in the registry. Pure.
/// Source: spec registry.md 2.5, 2.6, 2.8, 4.4.
namespace rhumb::registry {

/// Slugs, tags, names of environments, projects, bots and repositories, versions.
inline constexpr size_t kNameMax = 255;
/// The repository of deployments from a local directory that nothing names.
inline constexpr std::string_view kDanglingSlug = ".atlas";

/// Errors: kInvalid `slug must be lowercase alphanumeric and may contain /.-_`; too long or empty.
Result<void> check_slug(std::string_view slug);
/// Errors: kInvalid `tag must be lowercase alphanumeric and may contain .-_`; too long or empty.
Result<void> check_tag(std::string_view tag);
/// Errors: kInvalid `<what> must not be longer than 255 bytes`.
Result<void> check_length(std::string_view what, std::string_view text);
/// As check_length, and not empty.
Result<void> check_name(std::string_view what, std::string_view text);

/// Lower-case, trimmed, every character outside `[a-z0-9-._/]` a `-`.
[[nodiscard]] std::string to_slug(std::string_view name);
/// At least seven hexadecimal digits, fewer than a whole commit: stands for a longer tag.
[[nodiscard]] bool is_short_tag(std::string_view tag);

/// The canonical lower-case name; `POSTGRESQL` and `postgres` are one.
[[nodiscard]] std::string driver_from_wire(std::string_view driver);
/// Upper case as clients know it: `POSTGRESQL`.
[[nodiscard]] std::string driver_to_wire(std::string_view driver);
/// The canonical driver of a database URL; empty when it has no scheme.
[[nodiscard]] std::string driver_of_url(std::string_view url);

/// What tells two databases apart: the URL without scheme, user, query and fragment.
[[nodiscard]] std::string location_of_url(std::string_view url);
[[nodiscard]] std::string host_of_url(std::string_view url);
/// The last path element, or the host; for SQLite the file.
[[nodiscard]] std::string database_name_of_url(std::string_view url);

}  // namespace rhumb::registry
