#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "graphql/engine.h"
#include "http/message.h"
#include "http/router.h"
#include "registry/api/api_options.h"
#include "registry/assets.h"
#include "registry/audit/audit_http.h"
#include "registry/identity/login_routes.h"
#include "registry/identity/oauth_routes.h"
#include "registry/identity/refused_tokens.h"
#include "registry/identity/setup.h"
#include "registry/live_feed.h"
#include "registry/registry.h"

namespace rhumb::registry {

/// Everything the registry answers over HTTP.
///
/// Shape: POST the API, at `/query` or any other path; `GET /events` the live events of an
/// organization, `?set=<id>` of one set, see LiveFeed; `GET /audit/...` see AuditHttp; `/livez`,
/// `/readyz`; `GET /metrics` counters in the text format of Prometheus; what LoginRoutes and
/// OauthRoutes have; anything else a file of the front end or, for a page, its `index.html`.
/// Threads: `handle` from any, once made.
class WebServer {
 public:
  struct Options {
    OidcSettings oidc{};                  ///< logins at an identity provider
    ApiOptions api{};
    std::string proxy{};                  ///< to identity providers; empty: the environment's
    size_t streams_max = 10'000;          ///< of live events, at the same time
    const AssetSource* assets = nullptr;  ///< outlives the server; null: no front end
    /// What went wrong inside, for the log; one line.
    std::function<void(const std::string&)> log;
  };

  /// `registry` must outlive it.
  static Result<std::unique_ptr<WebServer>> create(Registry& registry, Options options);

  [[nodiscard]] http::Response handle(const http::Request& request);
  /// Until it is called, and after `false`, everything but `/livez` answers 503.
  void set_ready(bool ready) { ready_ = ready; }
  /// Writes down what was only counted so far; when no request comes any more, and the store is
  /// there.
  void close();
  [[nodiscard]] std::string setup_code() const { return setup_->code(); }

 private:
  WebServer(Registry& registry, graphql::Engine engine, Options options);
  void add_routes();

  http::Response answer(const http::Request& request);
  /// `reply` for whom a valid token belongs to; a refusal without one.
  http::Response answer_caller(
      const http::Request& request,
      const std::function<http::Response(const Caller& caller, int64_t token_id)>& reply);
  http::Response handle_events(const http::Request& request, const Caller& caller);
  http::Response handle_ready();
  http::Response handle_metrics(const http::Request& request, const Caller& caller);
  http::Response handle_page(const http::Request& request);
  [[nodiscard]] http::Response asset_response(const http::Request& request,
                                              const Asset& asset) const;

  /// Whose token or session a request names; null for nobody's.
  Result<std::shared_ptr<const TokenOwner>> find_owner(const http::Request& request, int64_t now);
  /// Who a request comes from; nothing when its token is not valid.
  Result<std::optional<Caller>> authenticate(const http::Request& request, int64_t& token_id);
  http::Response refuse_token(const http::Request& request);
  void audit_refused(const std::vector<RefusedTokens::Told>& told);
  /// Nothing when the request may be made, else what is answered instead.
  std::optional<http::Response> refuse_too_many(int64_t token_id);
  http::Response execute(const http::Request& request, const Caller& caller, int64_t token_id);
  void log_internal_errors(const http::Request& request, const graphql::Response& response) const;

  Registry& registry_;
  graphql::Engine engine_;
  Options options_;
  RefusedTokens refused_;
  LiveFeed feed_;
  AuditHttp audit_;
  std::unique_ptr<Setup> setup_;
  Providers providers_;
  OidcLogin oidc_;
  std::unique_ptr<LoginRoutes> login_;
  OauthRoutes oauth_;
  http::Router router_;
  std::atomic<bool> ready_ = false;
};

}  // namespace rhumb::registry
