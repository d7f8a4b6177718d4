#include "registry/alerts/delivery_route.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "codec/url.h"

namespace rhumb::registry {
namespace {

// Names that lead nowhere outside. Source: IANA Special-Use Domain Names; ICANN for `internal`.
constexpr std::array<std::string_view, 6> kLocalDomains = {
    ".localhost", ".local", ".internal", ".home.arpa", ".localdomain", ".lan"};

bool is_local_name(std::string_view host) {
  std::string name = to_lower_ascii(host);
  name.resize(name.size() - (name.ends_with('.') ? 1 : 0));
  return name.find('.') == std::string::npos ||
         std::ranges::any_of(kLocalDomains,
                             [&name](std::string_view domain) { return name.ends_with(domain); });
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
}

/// The host of a URL, when everybody reads the same one in it: other letters and escapes are
/// turned into plain ones only later, each program in its own way.
Result<std::string> read_plain_host(const std::string& text) {
  const size_t scheme_end = text.find("://");
  const size_t begin = scheme_end == std::string::npos ? 0 : scheme_end + 3;
  const std::string authority = text.substr(begin, text.find_first_of("/?#", begin) - begin);
  const std::string place = authority.substr(authority.rfind('@') + 1);
  const Result<codec::Url> url = codec::parse_url(text);
  if (!url || place.empty() || url->host != place || !std::ranges::all_of(place, is_plain)) {
    return invalid("the host must be written in plain letters, digits, dots and hyphens");
  }
  return url->hostname();
}

}  // namespace

Result<DeliveryRoute> choose_route(const std::string& url,
                                   const http::AddressGuard& guard,
                                   const HostLookup& look_up) {
  const std::string host = TRY(read_plain_host(url));
  const std::vector<http::IpAddress> addresses = look_up(host);
  for (const http::IpAddress& address : addresses) {
    if (const auto refusal = guard.refuse(address)) {
      return Error(ErrorCode::kDenied, *refusal);
    }
  }
  if (addresses.empty() && is_local_name(host)) {
    return Error(ErrorCode::kDenied, fmt::format("{} has no address here, and is no name of the "
                                                 "open Internet",
                                                 host));
  }
  const bool is_inside = std::ranges::any_of(addresses, [](const http::IpAddress& address) {
    return !http::special_purpose(address).empty();
  });
  return is_inside ? DeliveryRoute::kDirect : DeliveryRoute::kProxy;
}

}  // namespace rhumb::registry
