#pragma once

#include <string>

#include "base/result.h"

namespace rhumb::cli {

struct App;

/// Gets a token by showing a code that somebody confirms at the pages of the registry.
///
/// Shape: address and code go to stderr; it waits until the person has decided, for as long as the
/// registry says.
/// Errors: kUnsupported when the registry has no such login; kDenied when the person refused or let
/// the time pass; kUnavailable without an answer.
/// Source: RFC 8628.
Result<std::string> log_in_by_device(App& app, const std::string& endpoint);

/// The address beside the endpoint that `path` is at: `https://host/query` and `/oauth/token` are
/// `https://host/oauth/token`.
[[nodiscard]] std::string beside_endpoint(const std::string& endpoint, std::string_view path);

}  // namespace rhumb::cli
