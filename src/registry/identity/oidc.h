#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "registry/identity/providers.h"
#include "registry/registry.h"

/// Logins at an identity provider: OpenID Connect, code flow with PKCE.
/// Source: OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700 for what to guard against.
namespace rhumb::registry {

struct OidcSettings {
  std::string issuer;  ///< empty: there is no such login
  std::string client_id;
  std::string client_secret;  ///< empty: a public client
  std::string name = "single sign-on";
  /// For people who were not invited; empty: they are not let in.
  std::string default_role;

  [[nodiscard]] bool is_on() const { return !issuer.empty(); }
};
/// Errors: kInvalid for an issuer without an address or a client, and a role that is none or may
/// administer.
Result<void> check_settings(const OidcSettings& settings);

/// What one login is held together by: random, kept by the browser, and never seen by the provider
/// but by its digests.
struct OidcAttempt {
  std::string secret;

  [[nodiscard]] std::string state() const;
  [[nodiscard]] std::string nonce() const;
  [[nodiscard]] std::string verifier() const;
  [[nodiscard]] std::string challenge() const;
};

class OidcLogin {
 public:
  OidcLogin(Registry& registry, Providers& providers, OidcSettings settings)
      : registry_(registry), providers_(providers), settings_(std::move(settings)) {}

  [[nodiscard]] const OidcSettings& settings() const { return settings_; }
  /// Where the browser is sent. Errors: kUnavailable.
  Result<std::string> begin(const OidcAttempt& attempt);
  /// Takes the code that the browser came back with. Returns the secret of a session.
  /// Errors: kDenied for a login that is not let in; kUnavailable when the provider does not
  /// answer.
  Result<std::string> finish(const OidcAttempt& attempt,
                             const std::string& code,
                             const Origin& origin);

 private:
  [[nodiscard]] std::string callback() const;
  Result<codec::Json> claims_of(const OidcAttempt& attempt, const std::string& code);
  Result<codec::Json> exchange_code(const OidcAttempt& attempt,
                                    const std::string& code,
                                    const ProviderFacts& facts);
  Result<codec::Json> complete(codec::Json claims,
                               const std::string& access_token,
                               const ProviderFacts& facts);
  Result<std::string> enter_person(const codec::Json& claims, const Origin& origin);

  Registry& registry_;
  Providers& providers_;
  const OidcSettings settings_;
};

}  // namespace rhumb::registry
