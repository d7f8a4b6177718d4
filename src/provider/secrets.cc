#include "provider/secrets.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "provider/aws_endpoint.h"
#include "provider/sigv4.h"

namespace rhumb::provider {
namespace {

using codec::Json;

/// A service of AWS that speaks JSON.
struct AwsService {
  std::string_view name;      ///< in its host, and in signatures
  std::string_view variable;  ///< names another endpoint
  std::string_view target;    ///< of the call that is made
};
constexpr AwsService kSecretsManager{"secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER",
                                     "secretsmanager.GetSecretValue"};
constexpr AwsService kParameterStore{"ssm", "AWS_ENDPOINT_URL_SSM", "AmazonSSM.GetParameter"};
constexpr std::string_view kGoogleSecrets = "https://secretmanager.googleapis.com/v1/";

Result<AwsEndpoint> endpoint_of(const AwsService& service,
                                const sys::Environment& environment,
                                const std::string& region) {
  for (const std::string_view variable : {service.variable, std::string_view("AWS_ENDPOINT_URL")}) {
    const std::string named = environment.get_or_empty(std::string(variable));
    if (!named.empty()) {
      return parse_aws_endpoint(named, variable);
    }
  }
  const std::string host = aws_host(service.name, region);
  return AwsEndpoint{.origin = "https://" + host, .host = host};
}

ErrorCode code_of(std::string_view type) {
  if (type.ends_with("NotFoundException") || type == "ParameterNotFound") {
    return ErrorCode::kNotFound;
  }
  return type == "AccessDeniedException" ? ErrorCode::kDenied : ErrorCode::kUnavailable;
}

Error holds_no_value() {
  return Error(ErrorCode::kUnavailable, "the answer holds no value");
}

/// What the service says: `{"__type": "com.amazon#AccessDeniedException", "message": "..."}`.
Error refusal(const http::ClientResponse& response) {
  const Result<Json> json = codec::parse_json(response.body);
  const std::string type = json && json->is_object() ? json->string_or_empty("__type") : "";
  if (type.empty()) {
    return status_error(response.status);
  }
  const std::string name = type.substr(type.find('#') + 1);
  const std::string message = json->string_or_empty("message");
  return Error(
      code_of(name),
      fmt::format("{}: {}", name, message.empty() ? json->string_or_empty("Message") : message));
}

Result<Json> call_aws(const AwsLookup& lookup,
                      const AwsService& service,
                      const Json& input,
                      sys::Instant time) {
  const std::string region = TRY(find_aws_region(lookup));
  const AwsCredentials credentials = TRY(find_aws_credentials(lookup));
  const AwsEndpoint endpoint = TRY(endpoint_of(service, lookup.environment, region));
  const SignableRequest signable{.method = "POST",
                                 .host = endpoint.host,
                                 .path = endpoint.path + "/",
                                 .headers = {{"Content-Type", "application/x-amz-json-1.1"},
                                             {"X-Amz-Target", std::string(service.target)}},
                                 .body = codec::format_json(input, {.escape_html = false})};
  http::ClientRequest request;
  request.method = signable.method;
  request.url = endpoint.origin + signable.path;
  request.body = signable.body;
  request.headers =
      sign_headers(signable, credentials,
                   {.region = region, .service = std::string(service.name), .time = time});
  const http::ClientResponse response = TRY(lookup.sender.send(request, Route::kNetwork));
  if (response.status != 200) {
    return refusal(response);
  }
  Result<Json> answer = codec::parse_json(response.body);
  return answer && answer->is_object() ? answer : Result<Json>(holds_no_value());
}

Result<std::string> decode(std::string_view base64) {
  const Result<std::vector<std::byte>> bytes = codec::base64_decode(base64);
  if (!bytes) {
    return Error(ErrorCode::kUnavailable, "the answer holds no base64");
  }
  return codec::to_string(*bytes);
}

bool is_google_name(std::string_view name) {
  const std::vector<std::string_view> parts = split(name, '/');
  return parts.size() == 4 && parts[0] == "projects" && parts[2] == "secrets" &&
         !parts[1].empty() && !parts[3].empty();
}

}  // namespace

Result<std::string> read_aws_secret(const AwsLookup& lookup,
                                    const std::string& name,
                                    sys::Instant time) {
  const Json answer =
      TRY(call_aws(lookup, kSecretsManager, Json::object({{"SecretId", name}}), time));
  if (const auto text = answer.find_string("SecretString")) {
    return std::string(*text);
  }
  const auto binary = answer.find_string("SecretBinary");
  return binary ? decode(*binary) : holds_no_value();
}

Result<std::string> read_aws_parameter(const AwsLookup& lookup,
                                       const std::string& name,
                                       sys::Instant time) {
  const Json answer = TRY(call_aws(lookup, kParameterStore,
                                   Json::object({{"Name", name}, {"WithDecryption", true}}), time));
  const Json* parameter = answer.find_object("Parameter");
  const auto value = parameter == nullptr ? std::nullopt : parameter->find_string("Value");
  return value ? Result<std::string>(std::string(*value)) : holds_no_value();
}

Result<std::string> read_google_secret(const GoogleLookup& lookup, const std::string& name) {
  if (!is_google_name(name)) {
    return invalid(fmt::format("secret {} must be of the form projects/<project>/secrets/<name>",
                               go_quote(name)));
  }
  const std::string token = TRY(find_google_token(lookup, kCloudPlatformScope));
  http::ClientRequest request;
  request.url = std::string(kGoogleSecrets) + uri_encode(name, /*keeps_slash=*/true) +
                "/versions/latest:access";
  request.headers.emplace_back("Authorization", "Bearer " + token);
  const std::string body = TRY(send_for_body(lookup.sender, request, Route::kNetwork));
  const Result<Json> answer = codec::parse_json(body);
  const Json* payload = answer && answer->is_object() ? answer->find_object("payload") : nullptr;
  const auto data = payload == nullptr ? std::nullopt : payload->find_string("data");
  return data ? decode(*data) : holds_no_value();
}

}  // namespace rhumb::provider
