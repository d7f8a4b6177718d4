#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/url.h"
#include "sys/environment.h"

namespace rhumb::driver::postgres {

/// What a URL asks of libpq.
struct Parameters {
  /// The library's keywords and their values; secrets included, never print them.
  std::map<std::string, std::string> values{};
  std::string search_path{};  ///< as given; empty: not bound to a schema
  /// Run-time parameters that the start of a session does not set: a pooler refuses or drops them.
  std::map<std::string, std::string> settings{};
};

/// Reads a URL: host, port, user, password and database from its parts; a query key that is one of
/// `keywords`, the library's own, goes to the library, any other becomes a run-time parameter of
/// the session (`search_path`, `statement_timeout`), which go to `settings` when the URL is pooled.
///
/// Shape: `sslmode` is `require` and the host `localhost` unless the URL or `PG*` variables say
/// otherwise; several hosts are separated by commas. Keys that only other drivers know
/// (`binary_parameters`) are left out.
/// Source: spec urls.md 2.3; libpq 15 manual 34.1.
[[nodiscard]] Parameters read_parameters(const codec::Url& url,
                                         const std::vector<std::string>& keywords,
                                         const sys::Environment& environment,
                                         bool pooled = false);

/// The names in a search path by the server's rules: unquoted ones in lower case. Text that is no
/// such list is one name, as it stands.
[[nodiscard]] std::vector<std::string> split_search_path(std::string_view search_path);

}  // namespace rhumb::driver::postgres
