#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/url.h"
#include "migrate/format.h"

namespace rhumb::migrate {

/// The URL of a migration directory, taken apart.
struct DirectoryUrl {
  std::string scheme;  ///< lower case, never empty
  /// `file`: the folder, cleaned, `migrations` when the URL names none; otherwise host and path.
  std::string path;
  codec::QueryValues query;  ///< decoded
  std::string shown;         ///< for reports: as written, a password replaced by `xxxxx`

  /// The value of the first key of that name, empty without one.
  [[nodiscard]] std::string query_value(std::string_view key) const;
  /// Errors: `unknown dir format "x"`.
  [[nodiscard]] Result<Format> format() const;
};

/// Errors: `parse "<url>": <reason>`, reasons as Go's net/url has them; `missing scheme for dir
/// url. Did you mean "file://<path>"? ` with its final blank. Source: spec migration-directory.md
/// 1, urls.md 1.
[[nodiscard]] Result<DirectoryUrl> parse_directory_url(std::string_view text);

/// `a` and `b` as one path without `.`, `..` and double slashes; empty when both are.
[[nodiscard]] std::string join_path(const std::string& a, const std::string& b);

/// `url` with the key `format` added, unless it has one; the query is then encoded anew, keys
/// sorted. Errors: `parse "<url>": <reason>`; a missing scheme is none, so that opening can report
/// it.
[[nodiscard]] Result<std::string> with_format(std::string_view url, std::string_view format);

/// `url` with an `atlas` format, whatever it says. Errors: as parse_directory_url.
[[nodiscard]] Result<std::string> as_atlas_format(std::string_view url);

}  // namespace rhumb::migrate
