#include "graphql/response.h"

#include <fmt/format.h>

#include <cstdint>

namespace rhumb::graphql {

using codec::Json;

namespace {

Json error_to_json(const ResponseError& error, std::string_view request_id) {
  Json out = Json::object();
  const bool internal = error.code == "INTERNAL";
  out.set("message",
          internal
              ? fmt::format("internal error; the server log has it under request {}", request_id)
              : error.error.message());
  if (!error.locations.empty()) {
    Json locations = Json::array();
    for (const SourcePosition& position : error.locations) {
      Json location = Json::object();
      location.set("line", static_cast<int64_t>(position.line));
      location.set("column", static_cast<int64_t>(position.column));
      locations.push_back(std::move(location));
    }
    out.set("locations", std::move(locations));
  }
  if (!error.path.empty()) {
    out.set("path", Json::array_of(error.path));
  }
  Json extensions = Json::object();
  extensions.set("code", error.code);
  if (!request_id.empty()) {
    extensions.set("requestId", request_id);
  }
  if (!error.details.is_null()) {
    extensions.set("details", error.details);
  }
  out.set("extensions", std::move(extensions));
  return out;
}

}  // namespace

std::string_view extension_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return "NOT_FOUND";
    case ErrorCode::kConflict:
    case ErrorCode::kBusy:
      return "CONFLICT";
    case ErrorCode::kDenied:
      return "FORBIDDEN";
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
    case ErrorCode::kUnterminated:
      return "INVALID";
    case ErrorCode::kLimit:
      return "LIMIT";
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
    case ErrorCode::kIo:
    case ErrorCode::kDatabase:
    case ErrorCode::kInternal:
      return "INTERNAL";
  }
  return "INTERNAL";
}

Response refuse(const std::vector<Error>& errors) {
  Response response;
  for (const Error& error : errors) {
    ResponseError entry{.error = error,
                        .path = {},
                        .locations = {},
                        .code = std::string(extension_code(error.code())),
                        .details = {}};
    if (const std::optional<SourceSpan>& span = error.span()) {
      entry.locations.push_back(span->begin);
    }
    response.errors.push_back(std::move(entry));
  }
  return response;
}

Response refuse_body(const Error& error) {
  Response response = refuse({error});
  response.readable = false;
  return response;
}

int http_status(const Response& response) {
  if (!response.executed) {
    return response.readable ? 422 : 400;
  }
  const bool forbidden = !response.errors.empty() && response.errors.front().code == "FORBIDDEN";
  return forbidden ? 403 : 200;
}

Json to_json(const Response& response, std::string_view request_id) {
  Json out = Json::object();
  out.set("data", response.data);
  if (!response.errors.empty()) {
    Json errors = Json::array();
    for (const ResponseError& error : response.errors) {
      errors.push_back(error_to_json(error, request_id));
    }
    out.set("errors", std::move(errors));
  }
  return out;
}

}  // namespace rhumb::graphql
