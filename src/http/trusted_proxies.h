#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/ip_address.h"

namespace rhumb::http {

/// The reverse proxies whose word about their clients counts.
///
/// Source: X-Forwarded-For as every proxy of note writes it (nginx, HAProxy, Envoy): each appends
/// the address it was called from, so the list is read from its end.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  explicit TrustedProxies(std::vector<IpRange> ranges) : ranges_(std::move(ranges)) {}
  /// Errors: kInvalid naming the text that is neither an address nor a range.
  static Result<TrustedProxies> parse(const std::vector<std::string>& ranges);

  [[nodiscard]] bool contains(std::string_view address) const;
  /// Who really asks: `peer` unless that is a proxy, else the last address of `forwarded` that is
  /// none. What is no address ends the search: the proxy before it is all that is known.
  [[nodiscard]] std::string client_of(std::string_view peer, std::string_view forwarded) const;

 private:
  std::vector<IpRange> ranges_;
};

}  // namespace rhumb::http
