#include "http/trusted_proxies.h"

#include <algorithm>

#include "base/text.h"

namespace rhumb::http {

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& ranges) {
  std::vector<IpRange> out;
  for (const std::string& text : ranges) {
    out.push_back(TRY(IpRange::parse(text)));
  }
  return TrustedProxies(std::move(out));
}

bool TrustedProxies::contains(std::string_view address) const {
  const std::optional<IpAddress> parsed = IpAddress::parse(address);
  return parsed && std::ranges::any_of(ranges_, [&parsed](const IpRange& range) {
           return range.contains(*parsed);
         });
}

std::string TrustedProxies::client_of(std::string_view peer, std::string_view forwarded) const {
  std::string_view client = peer;
  while (!forwarded.empty() && contains(client)) {
    const size_t comma = forwarded.rfind(',');
    const std::string_view before =
        trim(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
    if (!IpAddress::parse(before)) {
      break;
    }
    client = before;
    forwarded = comma == std::string_view::npos ? "" : forwarded.substr(0, comma);
  }
  return std::string(client);
}

}  // namespace rhumb::http
