#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rhumb::provider {

/// Where a service is reached that speaks as one of AWS's.
struct AwsEndpoint {
  std::string origin{};  ///< `http://localhost:9000`
  std::string host{};    ///< with the port, when one is named
  std::string path{};    ///< as it is sent, without a slash at its end; empty at the top
};

/// Errors: kInvalid `<what> must be an http or https URL without user and query`.
[[nodiscard]] Result<AwsEndpoint> parse_aws_endpoint(std::string_view text, std::string_view what);

}  // namespace rhumb::provider
