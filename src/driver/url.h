#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/url.h"
#include "driver/connection.h"
#include "sys/cancellation.h"

namespace rhumb::driver {

/// How a database is opened.
struct OpenTerms {
  /// Between two transactions a connection pooler may give the session another server process, so
  /// that nothing a session keeps may be relied upon.
  bool pooled = false;
  /// Ends the wait for a server that does not answer; what is opened does not know of it.
  sys::CancellationToken stop{};
};

/// A database URL, as a driver needs it.
///
/// Shape: `text` is the URL as given (secrets included, never print it); `rest` is what follows
/// `scheme://`; `redacted` is fit for people.
struct DatabaseUrl {
  codec::Url url{};
  std::string text{};
  std::string rest{};
  std::string redacted{};
  OpenTerms terms{};

  [[nodiscard]] const std::string& scheme() const { return url.scheme; }
};

/// Which databases can be opened: a scheme and the function that opens it. Filled once by `main`
/// and handed down; there is no global registry.
class DriverRegistry {
 public:
  using Opener = std::function<Result<std::unique_ptr<Connection>>(const DatabaseUrl&)>;

  /// Makes `opener` answer for every one of `schemes` (lower case).
  void add(const std::vector<std::string>& schemes, const Opener& opener);
  [[nodiscard]] bool knows(std::string_view scheme) const;

  /// Opens a database.
  ///
  /// Errors: `sql/sqlclient: missing driver. See: https://atlasgo.io/url`,
  /// `sql/sqlclient: unknown driver "x". See: https://atlasgo.io/url`,
  /// `sql/sqlclient: parse open url: <cause>` without the URL; then the driver's own, such as
  /// `sqlite: querying schemas: unable to open database file: no such file or directory`;
  /// kCancelled when `terms` say stop. Source: spec urls.md 1, 2.
  [[nodiscard]] Result<std::unique_ptr<Connection>> open(std::string_view url,
                                                         OpenTerms terms = {}) const;

 private:
  std::map<std::string, Opener, std::less<>> openers_;
};

/// Takes a database URL apart without opening it. Errors: as DriverRegistry::open, but for the
/// unknown driver.
[[nodiscard]] Result<DatabaseUrl> parse_database_url(std::string_view url);

/// What reports call the driver of a scheme, before anything is opened: `sqlite` of `sqlite3`. A
/// scheme of no driver stays as it is. Source: spec urls.md 2.
[[nodiscard]] std::string driver_name(std::string_view scheme);

}  // namespace rhumb::driver
