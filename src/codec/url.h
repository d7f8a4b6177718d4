#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

struct UserInfo {
  std::string name;
  std::optional<std::string> password;

  bool operator==(const UserInfo&) const = default;
};

/// Query parameters, decoded; sorted by key, the values of one key in order.
using QueryValues = std::map<std::string, std::vector<std::string>, std::less<>>;

/// A URL in the parts that Go's net/url takes it into; programs read them as JSON.
///
/// There is no way to print one by accident: choose text_with_secrets() to connect, redacted_text()
/// for everything a person or another machine may see.
/// Source: spec urls.md 1; behaviour compared with Go 1.26.
struct Url {
  std::string scheme;  ///< lower case
  std::string opaque;  ///< what follows `scheme:` when that does not begin with `/`; not decoded
  std::optional<UserInfo> user;
  std::string host;       ///< with the port: `localhost:5432`, `[::1]:80`, `file:`; decoded
  std::string path;       ///< decoded
  std::string raw_path;   ///< as written, when encoding `path` anew gives something else
  std::string raw_query;  ///< without `?`, not decoded
  std::string fragment;   ///< without `#`, decoded
  std::string raw_fragment;
  bool force_query = false;  ///< a `?` with nothing behind it
  bool omit_host = false;    ///< `file:/x`: a path without `//` before it

  bool operator==(const Url&) const = default;

  [[nodiscard]] std::string text_with_secrets() const;
  /// As redacted().text_with_secrets().
  [[nodiscard]] std::string redacted_text() const;
  /// The same URL with the password and the value of every secret query parameter `xxxxx`;
  /// otherwise, and without any of them altogether, it is as it was. Source: spec urls.md 1.1.
  [[nodiscard]] Url redacted() const;

  /// The host without port and brackets; the port without colon, or "".
  [[nodiscard]] std::string hostname() const;
  [[nodiscard]] std::string port() const;
  [[nodiscard]] std::string escaped_path() const;
  [[nodiscard]] QueryValues query() const;
  /// The first value of a query parameter.
  [[nodiscard]] std::optional<std::string> find_query(std::string_view key) const;
  void set_query(const QueryValues& values);
};

/// Errors: kInvalid `parse "<url>": <cause>`. The whole message holds the URL and with it its
/// secrets; `root_message()` is the cause alone, which is what may be shown.
/// One form is accepted that Go refuses: `sqlite://file:name.db` (spec urls.md 1).
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// Pairs that can not be decoded, or hold `;`, are left out, as Go's URL.Query does.
[[nodiscard]] QueryValues parse_query(std::string_view text);
/// Keys sorted, values escaped, a space as `+`.
[[nodiscard]] std::string encode_query(const QueryValues& values);

/// Everything but letters, digits and `-_.~` as %XX; a space as `+`.
[[nodiscard]] std::string query_escape(std::string_view text);
/// For one segment of a path: as query_escape, but `$&+:=@` stay and a space is `%20`.
[[nodiscard]] std::string path_escape(std::string_view text);
/// Errors: kInvalid `invalid URL escape "%zz"`.
[[nodiscard]] Result<std::string> query_unescape(std::string_view text);
[[nodiscard]] Result<std::string> path_unescape(std::string_view text);

}  // namespace rhumb::codec
