#include "registry/identity/http_answers.h"

#include <utility>

#include "graphql/response.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kUserAgentMax = 255;

int status_of(ErrorCode code, int denied) {
  switch (code) {
    case ErrorCode::kDenied:
      return denied;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kLimit:
      return 429;
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
      return 422;
    case ErrorCode::kInternal:
      return 500;
    default:
      return 503;
  }
}

}  // namespace

http::Response json_response(int status, const Json& body) {
  http::Response response;
  response.status = status;
  http::set_header(response.headers, "Content-Type", "application/json");
  http::set_header(response.headers, "Cache-Control", "no-store");
  response.body = codec::format_json(body);
  return response;
}

http::Response error_response(int status, std::string_view message, std::string_view code) {
  Json error = Json::object({{"message", message}});
  if (!code.empty()) {
    error.set("extensions", Json::object({{"code", code}}));
  }
  Json errors = Json::array();
  errors.push_back(std::move(error));
  return json_response(status, Json::object({{"errors", std::move(errors)}}));
}

http::Response error_response(const Error& error, int denied) {
  const int status = status_of(error.code(), denied);
  const bool is_outage = status == 500 || status == 503;
  const bool is_busy = error.code() == ErrorCode::kBusy;
  http::Response response =
      error_response(status, is_outage && !is_busy ? "the store does not answer" : error.message(),
                     graphql::extension_code(error.code()));
  if (is_outage) {
    http::set_header(response.headers, "Retry-After", "1");
  }
  return response;
}

Origin origin_of(const http::Request& request) {
  Origin origin;
  origin.actor = Actor{"SYSTEM", std::nullopt, "anonymous"};
  origin.ip = request.remote_address;
  origin.user_agent = std::string(request.header("User-Agent").substr(0, kUserAgentMax));
  origin.request_id = request.id;
  return origin;
}

}  // namespace rhumb::registry
