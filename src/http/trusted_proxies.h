#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::http {

/// The reverse proxies whose word about their clients counts.
///
/// Source: X-Forwarded-For as every proxy of note writes it (nginx, HAProxy, Envoy): each appends
/// the address it was called from, so the list is read from its end.
class TrustedProxies {
 public:
  /// Addresses and networks: `10.0.0.0/8`, `::1`. Errors: kInvalid naming the one that is neither.
  static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

  [[nodiscard]] bool contains(std::string_view address) const;
  /// Who really asks: `peer` unless that is a proxy, else the last address of `forwarded` that is
  /// none. What is no address ends the search: the proxy before it is all that is known.
  [[nodiscard]] std::string client_of(std::string_view peer, std::string_view forwarded) const;

 private:
  /// An IPv6 network; IPv4 ones are `::ffff:a.b.c.d/n`.
  struct Network {
    std::array<uint8_t, 16> address{};
    int bits = 0;
  };
  std::vector<Network> networks_;
};

}  // namespace rhumb::http
