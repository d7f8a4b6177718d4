#include "registry/identity/login_routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "codec/url.h"
#include "registry/api/request_context.h"
#include "registry/identity/cookies.h"
#include "registry/identity/http_answers.h"
#include "registry/identity/passkey_login.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using http::Request;
using http::Response;

constexpr int kGone = 410;
constexpr size_t kBodyMax = size_t{64} << 10;
constexpr std::string_view kOidcCookie = "rhumb_oidc";
constexpr int64_t kOidcSeconds = 600;
constexpr size_t kReturnMax = 1000;

/// The object of a request that pages of ours send. Errors: kInvalid, kDenied from another site.
Result<Json> read_body(const Request& request, const std::string& public_url) {
  const std::string_view type = request.header("Content-Type");
  if (!type.starts_with("application/json") || request.body.size() > kBodyMax) {
    return invalid("send a JSON object, with Content-Type: application/json");
  }
  if (is_cross_site(request, public_url)) {
    return Error(ErrorCode::kDenied, "the request comes from another site");
  }
  Json body = TRY(codec::parse_json(request.body));
  if (!body.is_object()) {
    return invalid("send a JSON object");
  }
  return body;
}

/// A page of ours to go back to; the start for anything else.
std::string return_path(std::string_view path) {
  const bool is_path = path.starts_with('/') && !path.starts_with("//") &&
                       path.size() <= kReturnMax && path.find('\\') == std::string_view::npos &&
                       std::ranges::all_of(path, [](char c) { return c > ' ' && c <= '~'; });
  return is_path ? std::string(path) : "/";
}

Response redirect_without_cache(const std::string& location) {
  Response response = http::redirect_response(location);
  http::set_header(response.headers, "Cache-Control", "no-store");
  http::set_header(response.headers, "Referrer-Policy", "no-referrer");
  return response;
}

Response answer_outcome(const LoginOutcome& outcome, std::string_view refusal) {
  switch (outcome.result) {
    case LoginResult::kIn:
      return json_response(200, Json::object({{"success", true}}));
    case LoginResult::kCodeNeeded:
      return error_response(401, "the code of your app is needed", "CODE_NEEDED");
    case LoginResult::kWait: {
      Response response = error_response(
          429, fmt::format("too many attempts; wait {} seconds", outcome.wait_seconds), "LIMIT");
      http::set_header(response.headers, "Retry-After", std::to_string(outcome.wait_seconds));
      return response;
    }
    case LoginResult::kRefused:
      break;
  }
  return error_response(401, refusal, "REFUSED");
}

/// What a browser answers: AuthenticationResponseJSON, of which the rest says nothing new.
/// Source: W3C Web Authentication Level 3, 5.1.8. Errors: kInvalid naming the member.
Result<Assertion> read_assertion(const Json& body) {
  const Json* found = body.find_object("response");
  const Json response = found != nullptr ? *found : Json::object();
  Assertion assertion;
  assertion.credential_id = TRY(read_base64url(body, "id"));
  assertion.client_data = TRY(read_base64url(response, "clientDataJSON"));
  assertion.authenticator_data = TRY(read_base64url(response, "authenticatorData"));
  assertion.signature = TRY(read_base64url(response, "signature"));
  assertion.user_handle = TRY(read_base64url(response, "userHandle"));
  return assertion;
}

}  // namespace

void LoginRoutes::add_to(http::Router& router) {
  router.add("POST", "/auth/login", [this](const Request& request, const http::PathParameters&) {
    return handle_login(request);
  });
  router.add("POST", "/auth/logout", [this](const Request& request, const http::PathParameters&) {
    return handle_logout(request);
  });
  router.add("POST", "/auth/invitation",
             [this](const Request& request, const http::PathParameters&) {
               return handle_invitation(request);
             });
  router.add("POST", "/auth/passkey/options",
             [this](const Request& request, const http::PathParameters&) {
               return begin_passkey(request);
             });
  router.add("POST", "/auth/passkey", [this](const Request& request, const http::PathParameters&) {
    return finish_passkey(request);
  });
  router.add("GET", "/auth/ways",
             [this](const Request&, const http::PathParameters&) { return handle_ways(); });
  router.add("GET", "/auth/oidc", [this](const Request& request, const http::PathParameters&) {
    return begin_oidc(request);
  });
  router.add(
      "GET", "/auth/oidc/callback",
      [this](const Request& request, const http::PathParameters&) { return finish_oidc(request); });
  router.add("POST", "/setup/{code}",
             [this](const Request& request, const http::PathParameters& parameters) {
               return handle_setup(request, parameters.get("code"));
             });
}

Response LoginRoutes::let_in(const Request& request,
                             Response response,
                             const std::string& session) {
  // What the browser had before is of no use any more.
  if (const auto old = session_cookie(request, registry_.public_url)) {
    (void)log_out(registry_, *old, origin_of(request));
  }
  set_cookie(response, request, registry_.public_url, {.name = kSessionCookie, .value = session});
  return response;
}

Response LoginRoutes::handle_login(const Request& request) {
  const Result<Json> body = read_body(request, registry_.public_url);
  if (!body) {
    return error_response(body.error());
  }
  const Credentials credentials{body->string_or_empty("email"), body->string_or_empty("password"),
                                body->string_or_empty("code")};
  return answer_login(request, log_in(registry_, credentials, origin_of(request)),
                      "e-mail address, password or code is wrong");
}

Response LoginRoutes::answer_login(const Request& request,
                                   const Result<LoginOutcome>& outcome,
                                   std::string_view refusal) {
  if (!outcome) {
    return error_response(outcome.error());
  }
  Response response = answer_outcome(*outcome, refusal);
  return outcome->result == LoginResult::kIn
             ? let_in(request, std::move(response), outcome->session)
             : response;
}

Response LoginRoutes::handle_logout(const Request& request) {
  const std::optional<std::string> session = session_cookie(request, registry_.public_url);
  if (session.has_value()) {
    if (may_be_forged(request, registry_.public_url)) {
      return error_response(403, "the request comes from another site", "FORBIDDEN");
    }
    const Result<void> ended = log_out(registry_, *session, origin_of(request));
    if (!ended) {
      return error_response(ended.error());
    }
  }
  Response response = json_response(200, Json::object({{"success", true}}));
  set_cookie(response, request, registry_.public_url,
             {.name = kSessionCookie, .value = "", .seconds = 0});
  return response;
}

/// Without a password it only tells whom the address is for.
Response LoginRoutes::handle_invitation(const Request& request) {
  const Result<Json> body = read_body(request, registry_.public_url);
  if (!body) {
    return error_response(body.error());
  }
  const std::string secret = body->string_or_empty("code");
  if (!body->find_string("password").has_value()) {
    const Result<InvitationFacts> facts = find_invitation(registry_, secret);
    if (!facts) {
      return error_response(facts.error(), kGone);
    }
    return json_response(200, Json::object({{"email", facts->email},
                                            {"name", facts->name},
                                            {"isKnown", facts->is_known},
                                            {"expiresAt", time_json(facts->expires_at)}}));
  }
  const Result<std::string> session =
      accept_invitation(registry_,
                        {.secret = secret,
                         .name = body->string_or_empty("name"),
                         .password = body->string_or_empty("password")},
                        origin_of(request));
  if (!session) {
    return error_response(session.error(), kGone);
  }
  return let_in(request, json_response(200, Json::object({{"success", true}})), *session);
}

Response LoginRoutes::handle_setup(const Request& request, const std::string& code) {
  Result<Json> body = request.body.empty() ? Json::object() : codec::parse_json(request.body);
  if (!body) {
    return error_response(400, body.error().message(), "INVALID");
  }
  if (is_cross_site(request, registry_.public_url)) {
    return error_response(403, "the request comes from another site", "FORBIDDEN");
  }
  FirstPerson person;
  person.name = body->string_or_empty("name");
  person.email = body->string_or_empty("email");
  person.password = body->string_or_empty("password");
  if (person.name.empty()) {
    person.name = "owner";
  }
  const Result<FirstAccess> access = setup_.redeem(code, person, origin_of(request));
  if (!access) {
    return error_response(access.error(), kGone);
  }
  Response response = json_response(200, Json::object({{"token", access->token}}));
  return access->session.empty() ? response : let_in(request, std::move(response), access->session);
}

// ---------------------------------------------------------------------------------------- passkeys

Response LoginRoutes::begin_passkey(const Request& request) {
  const Result<Json> body = read_body(request, registry_.public_url);
  if (!body) {
    return error_response(body.error());
  }
  const Result<Json> options = begin_passkey_login(registry_, origin_of(request));
  return options ? json_response(200, *options) : error_response(options.error());
}

Response LoginRoutes::finish_passkey(const Request& request) {
  const Result<Json> body = read_body(request, registry_.public_url);
  if (!body) {
    return error_response(body.error());
  }
  const Result<Assertion> assertion = read_assertion(*body);
  if (!assertion) {
    return error_response(assertion.error());
  }
  return answer_login(request, log_in_with_passkey(registry_, *assertion, origin_of(request)),
                      "this passkey was not accepted; try again, or log in another way and look "
                      "under My account whether it is still there");
}

// ------------------------------------------------------------------------------ identity providers

Response LoginRoutes::handle_ways() {
  const OidcSettings& settings = oidc_.settings();
  const bool has_passkeys = relying_party(registry_.public_url) && check_webauthn();
  return json_response(200, Json::object({{"oidc", settings.is_on() ? Json(settings.name) : Json()},
                                          {"passkeys", has_passkeys}}));
}

Response LoginRoutes::begin_oidc(const Request& request) {
  if (!oidc_.settings().is_on()) {
    return error_response(404, "there is no login by an identity provider here", "NOT_FOUND");
  }
  const OidcAttempt attempt{make_secret()};
  const Result<std::string> location = oidc_.begin(attempt);
  if (!location) {
    return redirect_without_cache("/login/failed?why=provider");
  }
  const std::string back = return_path(request.parameter("to").value_or("/"));
  const std::string value =
      attempt.secret + "." + codec::base64_encode(codec::as_bytes(back), codec::Base64::kRawUrl);
  Response response = redirect_without_cache(*location);
  set_cookie(response, request, registry_.public_url,
             {.name = kOidcCookie, .value = value, .seconds = kOidcSeconds});
  return response;
}

Result<std::string> LoginRoutes::read_callback(const Request& request, const std::string& secret) {
  const OidcAttempt attempt{secret};
  const std::string state = request.parameter("state").value_or("");
  const bool is_ours =
      !secret.empty() &&
      codec::equal_constant_time(codec::as_bytes(state), codec::as_bytes(attempt.state()));
  if (!is_ours) {
    return Error(ErrorCode::kInvalid, "this browser has not begun that login");
  }
  const std::string code = request.parameter("code").value_or("");
  if (code.empty()) {
    return Error(ErrorCode::kDenied, "the identity provider refused the login");
  }
  return oidc_.finish(attempt, code, origin_of(request));
}

Response LoginRoutes::finish_oidc(const Request& request) {
  const std::string cookie = find_cookie(request, registry_.public_url, kOidcCookie).value_or("");
  const size_t dot = cookie.find('.');
  const std::string secret = dot == std::string::npos ? "" : cookie.substr(0, dot);
  const Result<std::string> session = read_callback(request, secret);
  const CookieWish used{.name = kOidcCookie, .value = "", .seconds = 0};
  if (!session) {
    (void)note_failed_login(registry_, origin_of(request), {}, session.error().message());
    const ErrorCode why = session.error().code();
    Response response = redirect_without_cache(
        fmt::format("/login/failed?why={}", why == ErrorCode::kDenied    ? "refused"
                                            : why == ErrorCode::kInvalid ? "state"
                                                                         : "provider"));
    set_cookie(response, request, registry_.public_url, used);
    return response;
  }
  const Result<std::vector<std::byte>> back =
      codec::base64_decode(std::string_view(cookie).substr(dot + 1), codec::Base64::kRawUrl);
  const std::string path = return_path(back ? codec::to_string(*back) : "/");
  Response response = redirect_without_cache("/login/done?to=" + codec::query_escape(path));
  set_cookie(response, request, registry_.public_url, used);
  return let_in(request, std::move(response), *session);
}

}  // namespace rhumb::registry
