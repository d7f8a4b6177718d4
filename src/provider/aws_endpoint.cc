#include "provider/aws_endpoint.h"

#include <fmt/format.h>

#include "codec/url.h"

namespace rhumb::provider {

Result<AwsEndpoint> parse_aws_endpoint(std::string_view text, std::string_view what) {
  const Result<codec::Url> url = codec::parse_url(text);
  const bool is_http = url && (url->scheme == "http" || url->scheme == "https");
  if (!is_http || url->host.empty() || url->user || !url->raw_query.empty()) {
    return invalid(fmt::format("{} must be an http or https URL without user and query", what));
  }
  AwsEndpoint endpoint{
      .origin = url->scheme + "://" + url->host, .host = url->host, .path = url->escaped_path()};
  while (endpoint.path.ends_with('/')) {
    endpoint.path.pop_back();
  }
  return endpoint;
}

}  // namespace rhumb::provider
