#include "provider/rds_token.h"

#include <fmt/format.h>

#include <chrono>

#include "base/go_format.h"
#include "codec/url.h"

namespace rhumb::provider {
namespace {

constexpr std::chrono::minutes kLifetime{15};
constexpr std::string_view kService = "rds-db";

Result<void> check_endpoint(const std::string& endpoint) {
  const Result<codec::Url> url = codec::parse_url("https://" + endpoint);
  const bool is_plain = url && !url->user && url->path.empty() && url->raw_query.empty() &&
                        url->fragment.empty() && !url->hostname().empty();
  if (!is_plain) {
    return invalid(
        fmt::format("endpoint {} must be a host and a port, such as "
                    "db.example.us-east-1.rds.amazonaws.com:5432",
                    go_quote(endpoint)));
  }
  if (url->port().empty()) {
    return invalid(fmt::format("endpoint {} is missing a port", go_quote(endpoint)));
  }
  return {};
}

}  // namespace

Result<std::string> make_rds_token(const RdsLogin& login,
                                   const AwsCredentials& credentials,
                                   sys::Instant time) {
  TRY(check_endpoint(login.endpoint));
  const SignableRequest request{.host = login.endpoint,
                                .query = {{"Action", "connect"}, {"DBUser", login.username}}};
  const SigningScope scope{.region = login.region, .service = std::string(kService), .time = time};
  return login.endpoint + "/?" +
         presign_query(request, credentials, scope, kLifetime, SignedBody::kEmpty);
}

}  // namespace rhumb::provider
