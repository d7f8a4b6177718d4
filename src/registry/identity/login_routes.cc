#include "registry/identity/login_routes.h"

#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/identity/cookies.h"
#include "registry/identity/http_answers.h"
#include "registry/identity/login.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using http::Request;
using http::Response;

constexpr int kGone = 410;
constexpr size_t kBodyMax = size_t{64} << 10;

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

Response answer_outcome(const LoginOutcome& outcome) {
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
  return error_response(401, "e-mail address, password or code is wrong", "REFUSED");
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
  const Result<LoginOutcome> outcome = log_in(registry_, credentials, origin_of(request));
  if (!outcome) {
    return error_response(outcome.error());
  }
  Response response = answer_outcome(*outcome);
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

}  // namespace rhumb::registry
