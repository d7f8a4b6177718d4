#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/identity/providers.h"
#include "registry/registry.h"

/// Programs that come with a token of their platform (GitHub Actions, GitLab CI, Kubernetes) and
/// get one of a bot for it, which ends soon: nothing secret has to be kept for them. Source: RFC
/// 8693; the claims are those that the platforms document.
namespace rhumb::registry {

inline constexpr int64_t kTrustMinutesMax = int64_t{24} * 60;
inline constexpr size_t kTrustClaimsMax = 20;

/// Whose tokens are taken, and what is given for them.
struct Trust {
  int64_t id = 0;
  int64_t org_id = 0;
  int64_t bot_id = 0;
  std::string name;
  std::string issuer;
  std::string audience;
  std::vector<std::pair<std::string, std::string>> claims;  ///< name and glob; all must match
  Rights rights;
  int64_t minutes = 0;
};

/// Whether every claim is there as a text, number or yes-or-no that its glob matches.
[[nodiscard]] bool matches_claims(const Trust& trust, const codec::Json& claims);
[[nodiscard]] codec::Json claims_json(const Trust& trust);
/// Errors: kInvalid unless it is an object of one to twenty texts.
Result<std::vector<std::pair<std::string, std::string>>> parse_trust_claims(
    const codec::Json& claims);

struct GivenToken {
  std::string token;
  int64_t expires_in = 0;  ///< seconds
};
/// Gives a token for `subject_token`, by the first trust whose issuer has signed it and whose
/// claims match. Errors: kDenied without one; kUnavailable when the issuer does not answer.
Result<GivenToken> exchange_token(Registry& registry,
                                  Providers& providers,
                                  std::string_view subject_token,
                                  const Origin& origin);

}  // namespace rhumb::registry
