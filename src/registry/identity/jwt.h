#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

/// JSON Web Tokens of identity providers. Pure.
/// Source: RFC 7515, 7517, 7519, 8037; OpenID Connect Core 3.1.3.7; RFC 8725 for what to refuse.
namespace rhumb::registry {

inline constexpr size_t kJwtMax = size_t{16} << 10;

/// A token in its parts. Nothing of it may be believed before its signature was checked.
struct Jwt {
  std::string alg;
  std::string kid;  ///< empty: none
  codec::Json claims;
  std::string signed_text;
  std::vector<std::byte> signature;
};
/// Of a name that occurs twice the last one counts (RFC 7515 4).
/// Errors: kInvalid for anything but three parts of base64url with JSON objects, for extensions
/// (`crit`), and for algorithms other than RS256, ES256 and EdDSA.
Result<Jwt> parse_jwt(std::string_view text);

/// A public key of a provider.
struct Jwk {
  std::string kid;
  std::string alg;                ///< that its kind is for: RS256, ES256, EdDSA
  std::vector<std::byte> first;   ///< n, or x
  std::vector<std::byte> second;  ///< e, or y
};
/// The keys of a set that can be used; others are passed over. Errors: kInvalid for no key set.
Result<std::vector<Jwk>> parse_jwks(std::string_view text);

/// Whether one of the keys has signed it: the one it names, where it names one.
[[nodiscard]] bool is_signed(const Jwt& token, const std::vector<Jwk>& keys);
[[nodiscard]] bool has_key(const std::vector<Jwk>& keys, std::string_view kid);

struct ClaimRules {
  std::string issuer;
  std::string audience;
  int64_t now = 0;  ///< nanoseconds since 1970
};
/// That it is from that issuer, for that audience, of now: a minute of difference between clocks is
/// let pass. Errors: kDenied naming the claim, never its value.
Result<void> check_claims(const codec::Json& claims, const ClaimRules& rules);

}  // namespace rhumb::registry
