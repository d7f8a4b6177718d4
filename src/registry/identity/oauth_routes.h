#pragma once

#include "http/router.h"
#include "registry/identity/providers.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// Tokens for programs, by the forms of OAuth 2.0: `POST /oauth/device_authorization` and
/// `POST /oauth/token`.
///
/// Lifetime: refers to the registry, which must outlive it. Threads: any.
/// Source: RFC 6749 5, RFC 8628, RFC 8693.
class OauthRoutes {
 public:
  OauthRoutes(Registry& registry, Providers& providers)
      : registry_(registry), providers_(providers) {}

  void add_to(http::Router& router);

 private:
  http::Response handle_device(const http::Request& request);
  http::Response handle_token(const http::Request& request);
  http::Response handle_device_token(const http::Request& request);
  http::Response handle_exchange(const http::Request& request);

  Registry& registry_;
  Providers& providers_;
};

}  // namespace rhumb::registry
