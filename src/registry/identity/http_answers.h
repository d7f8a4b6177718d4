#pragma once

#include <string_view>

#include "base/error.h"
#include "codec/json.h"
#include "http/message.h"
#include "registry/audit/audit.h"

/// Answers in JSON outside of the API, in the form of the API's, and where requests come from.
namespace rhumb::registry {

[[nodiscard]] http::Response json_response(int status, const codec::Json& body);
/// `{"errors": [{"message", "extensions": {"code"}}]}`
[[nodiscard]] http::Response error_response(int status,
                                            std::string_view message,
                                            std::string_view code = "");
/// With the status that fits the error; `denied` for kDenied.
[[nodiscard]] http::Response error_response(const Error& error, int denied = 403);
/// Of nobody yet.
[[nodiscard]] Origin origin_of(const http::Request& request);

}  // namespace rhumb::registry
