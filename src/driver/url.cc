#include "driver/url.h"

#include "base/text.h"

#include <fmt/format.h>

namespace rhumb::driver {

void DriverRegistry::add(const std::vector<std::string>& schemes, Opener opener) {
  for (const std::string& scheme : schemes) {
    openers_[scheme] = opener;
  }
}

bool DriverRegistry::knows(std::string_view scheme) const {
  return openers_.find(scheme) != openers_.end();
}

Result<std::unique_ptr<Connection>> DriverRegistry::open(std::string_view url) const {
  const DatabaseUrl parsed = TRY(parse_database_url(url));
  const auto opener = openers_.find(parsed.scheme);
  if (opener == openers_.end()) {
    return invalid(fmt::format(
        "sql/sqlclient: unknown driver \"{}\". See: https://atlasgo.io/url", parsed.scheme));
  }
  return opener->second(parsed);
}

Result<DatabaseUrl> parse_database_url(std::string_view url) {
  const auto parts = cut(url, "://");
  if (!parts) {
    return invalid("sql/sqlclient: missing driver. See: https://atlasgo.io/url");
  }
  DatabaseUrl parsed;
  parsed.scheme = to_lower_ascii(parts->first);
  parsed.text = url;
  parsed.rest = parts->second;
  parsed.redacted = url.find_first_of("@?") == std::string_view::npos ? std::string(url) : "(sensitive)";
  return parsed;
}

}  // namespace rhumb::driver
