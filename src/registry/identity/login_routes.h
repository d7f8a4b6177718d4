#pragma once

#include <string>

#include "http/router.h"
#include "registry/identity/login.h"
#include "registry/identity/oidc.h"
#include "registry/identity/setup.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// Where people get in: `POST /auth/login`, `/auth/logout`, `/auth/invitation`, `/setup/<code>`;
/// JSON in and out; `GET /auth/ways` what ways there are beside passwords, `GET /auth/oidc` that by
/// an identity provider, which comes back to `/auth/oidc/callback`; `POST /auth/passkey/options`
/// what a browser is asked for a login by passkey, `POST /auth/passkey` what it answers. A session
/// is a cookie that scripts cannot read.
///
/// Lifetime: refers to registry and set-up, which must outlive it. Threads: any.
class LoginRoutes {
 public:
  LoginRoutes(Registry& registry, Setup& setup, OidcLogin& oidc)
      : registry_(registry), setup_(setup), oidc_(oidc) {}

  void add_to(http::Router& router);

 private:
  http::Response handle_login(const http::Request& request);
  http::Response handle_logout(const http::Request& request);
  http::Response handle_invitation(const http::Request& request);
  http::Response handle_setup(const http::Request& request, const std::string& code);
  http::Response handle_ways();
  http::Response begin_passkey(const http::Request& request);
  http::Response finish_passkey(const http::Request& request);
  /// The answer to a login, with the session that came out.
  http::Response answer_login(const http::Request& request,
                              const Result<LoginOutcome>& outcome,
                              std::string_view refusal);
  http::Response begin_oidc(const http::Request& request);
  http::Response finish_oidc(const http::Request& request);
  /// The session of whoever comes back from the provider.
  Result<std::string> read_callback(const http::Request& request, const std::string& secret);
  /// `response` for somebody who got in.
  http::Response let_in(const http::Request& request,
                        http::Response response,
                        const std::string& session);

  Registry& registry_;
  Setup& setup_;
  OidcLogin& oidc_;
};

}  // namespace rhumb::registry
