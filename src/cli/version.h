#pragma once

#include <string>
#include <string_view>

namespace rhumb::cli {

/// The version as clients parse it: `v1.2.3`.
extern const std::string_view kSemanticVersion;

/// The first line and the page of this release, as `version` prints them.
/// Called as `atlas`: `atlas version v1.2.3-<sha>`, which client programs match.
/// Source: spec clients.md 1.1.
[[nodiscard]] std::string version_text(std::string_view program);

/// Who wrote a revision or a report: `Atlas CLI v1.2.3`, of a build that is no release
/// `Atlas CLI - development`.
[[nodiscard]] std::string operator_version();

}  // namespace rhumb::cli
