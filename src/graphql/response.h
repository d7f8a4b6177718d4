#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/source.h"
#include "codec/json.h"

namespace rhumb::graphql {

/// One entry of `errors`.
///
/// Shape: `path` holds reply keys (strings) and list indexes (integers) from the root; empty for a
/// request that was refused. `locations` are set only then. `code` is the word for
/// `extensions.code`; `details` its machine-readable companion, null when there is none.
struct ResponseError {
  Error error;
  std::vector<codec::Json> path;
  std::vector<SourcePosition> locations;
  std::string code;
  codec::Json details;
};

/// The answer to a request.
struct Response {
  /// False: the request was refused before anything ran (grammar, validation, variables).
  bool executed = false;
  bool readable = true;  ///< false: it was refused because its body is no request at all
  codec::Json data;  ///< null when refused, or when a failure reached the root
  std::vector<ResponseError> errors;
  /// Members of inputs that were dropped because their type is lenient.
  std::vector<std::string> ignored_members;
  size_t ignored_count = 0;

  [[nodiscard]] bool ok() const { return errors.empty(); }
};

/// The word clients see for a kind of failure: NOT_FOUND, CONFLICT, FORBIDDEN, INVALID, LIMIT or
/// INTERNAL.
/// Source: registry.md 3.2, rule 6.
[[nodiscard]] std::string_view extension_code(ErrorCode code);

/// A refused request with one error per problem.
[[nodiscard]] Response refuse(const std::vector<Error>& errors);

/// A refused request whose body is no JSON, or is not that of a request.
[[nodiscard]] Response refuse_body(const Error& error);

/// The HTTP status that goes with it: 200; 400 when the body could not be read; 422 when refused
/// otherwise; 403 when the first error is FORBIDDEN.
/// Never 5xx: clients would send the request again.
/// Source: registry.md 3.2.
[[nodiscard]] int http_status(const Response& response);

/// The body: `{"data": ..., "errors": [{message, locations, path, extensions}]}`, without the
/// members that are empty; `data` is always there.
///
/// Shape: an INTERNAL error shows `request_id` in place of its message, which is for the log only.
/// Errors of execution have no `locations`: clients would print them before the message.
/// Source: registry.md 3.1, 3.2; GraphQL specification, October 2021, section 7.
[[nodiscard]] codec::Json to_json(const Response& response, std::string_view request_id);

}  // namespace rhumb::graphql
