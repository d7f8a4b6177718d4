#include "registry/identity/oauth_routes.h"

#include <fmt/format.h>

#include "base/text.h"
#include "codec/url.h"
#include "registry/identity/devices.h"
#include "registry/identity/http_answers.h"
#include "registry/identity/trusts.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using http::Request;
using http::Response;

constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr std::string_view kExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
constexpr std::string_view kAccessToken = "urn:ietf:params:oauth:token-type:access_token";
constexpr size_t kBodyMax = size_t{64} << 10;

Response oauth_error(int status, std::string_view code, std::string_view description) {
  return json_response(status, Json::object({{"error", code}, {"error_description", description}}));
}

Response oauth_error(const Error& error) {
  if (error.code() == ErrorCode::kLimit) {
    return oauth_error(429, "temporarily_unavailable", error.message());
  }
  if (error.code() == ErrorCode::kInvalid) {
    return oauth_error(400, "invalid_request", error.message());
  }
  if (error.code() == ErrorCode::kDenied) {
    return oauth_error(400, "invalid_grant", error.message());
  }
  if (error.code() == ErrorCode::kUnavailable) {
    return oauth_error(503, "temporarily_unavailable", "the issuer or the store does not answer");
  }
  return oauth_error(503, "temporarily_unavailable", "the store does not answer");
}

bool is_form(const Request& request) {
  const std::string_view type = request.header("Content-Type");
  return request.body.size() <= kBodyMax && equal_fold_ascii(trim(type.substr(0, type.find(';'))),
                                                             "application/x-www-form-urlencoded");
}

std::string field(const Request& request, std::string_view name) {
  return http::find_parameter(request.body, name).value_or("");
}

}  // namespace

void OauthRoutes::add_to(http::Router& router) {
  router.add("POST", "/oauth/device_authorization",
             [this](const Request& request, const http::PathParameters&) {
               return handle_device(request);
             });
  router.add("POST", "/oauth/token", [this](const Request& request, const http::PathParameters&) {
    return handle_token(request);
  });
}

Response OauthRoutes::handle_device(const Request& request) {
  const std::string client = is_form(request) ? field(request, "client_id") : "";
  if (client.empty()) {
    return oauth_error(400, "invalid_request", "send a form with client_id");
  }
  const Origin origin = origin_of(request);
  const Result<DeviceRequest> made =
      request_device(registry_, fmt::format("{}, {}", client, origin.user_agent), origin);
  if (!made) {
    return oauth_error(made.error());
  }
  const std::string page = registry_.public_url + "/device";
  return json_response(
      200, Json::object({{"device_code", made->device_code},
                         {"user_code", made->user_code},
                         {"verification_uri", page},
                         {"verification_uri_complete",
                          fmt::format("{}?code={}", page, codec::query_escape(made->user_code))},
                         {"expires_in", kDeviceSeconds},
                         {"interval", kPollSeconds}}));
}

Response OauthRoutes::handle_token(const Request& request) {
  if (!is_form(request)) {
    return oauth_error(400, "invalid_request", "send a form");
  }
  const std::string grant = field(request, "grant_type");
  if (grant == kDeviceGrant) {
    return handle_device_token(request);
  }
  if (grant == kExchangeGrant) {
    return handle_exchange(request);
  }
  return oauth_error(400, "unsupported_grant_type", "this grant_type is not known here");
}

Response OauthRoutes::handle_device_token(const Request& request) {
  const std::string code = field(request, "device_code");
  if (code.empty()) {
    return oauth_error(400, "invalid_request", "device_code is missing");
  }
  const Result<DevicePoll> poll = poll_device(registry_, code, origin_of(request));
  if (!poll) {
    return oauth_error(poll.error());
  }
  if (!poll->error.empty()) {
    return json_response(400, Json::object({{"error", poll->error}}));
  }
  return json_response(200, Json::object({{"access_token", poll->token},
                                          {"token_type", "Bearer"},
                                          {"expires_in", poll->expires_in}}));
}

Response OauthRoutes::handle_exchange(const Request& request) {
  const std::string token = field(request, "subject_token");
  const std::string type = field(request, "subject_token_type");
  if (token.empty() || (!type.ends_with(":jwt") && !type.ends_with(":id_token"))) {
    return oauth_error(400, "invalid_request",
                       "subject_token must be a JSON Web Token, subject_token_type say so");
  }
  const Result<GivenToken> given = exchange_token(registry_, providers_, token, origin_of(request));
  if (!given) {
    return oauth_error(given.error());
  }
  return json_response(200, Json::object({{"access_token", given->token},
                                          {"issued_token_type", kAccessToken},
                                          {"token_type", "Bearer"},
                                          {"expires_in", given->expires_in}}));
}

}  // namespace rhumb::registry
