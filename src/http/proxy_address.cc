#include "http/proxy_address.h"

#include "codec/url.h"

namespace rhumb::http {
namespace {

constexpr std::string_view kOfEnvironment = "environment";

Result<std::string> find_in_environment(const sys::Environment& environment) {
  for (const char* name : {"https_proxy", "HTTPS_PROXY"}) {
    const std::string value = environment.get_or_empty(name);
    if (!value.empty()) {
      return value.find("://") == std::string::npos ? "http://" + value : value;
    }
  }
  return invalid("neither https_proxy nor HTTPS_PROXY is set");
}

}  // namespace

Result<std::string> read_proxy_address(const std::string& text,
                                       const sys::Environment& environment) {
  if (text.empty()) {
    return text;
  }
  const std::string address =
      TRY(text == kOfEnvironment ? find_in_environment(environment) : Result<std::string>(text));
  const Result<codec::Url> url = codec::parse_url(address);
  const bool is_proxy = url && (url->scheme == "http" || url->scheme == "https") &&
                        !url->hostname().empty() && !url->port().empty() &&
                        (url->path.empty() || url->path == "/") && url->raw_query.empty();
  return is_proxy ? Result<std::string>(address)
                  : invalid(
                        "a proxy must be http://host:port, perhaps with user:password@ before "
                        "the host, or the word environment");
}

}  // namespace rhumb::http
