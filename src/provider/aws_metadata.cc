#include "provider/aws_metadata.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "base/text.h"
#include "codec/json.h"
#include "codec/url.h"
#include "sys/files.h"

namespace rhumb::provider {
namespace {

constexpr std::chrono::seconds kConnectTime{1};
constexpr std::chrono::seconds kRequestTime{5};
constexpr std::string_view kContainerServer = "http://169.254.170.2";
constexpr std::string_view kInstanceServer = "http://169.254.169.254";
constexpr std::string_view kInstanceServer6 = "http://[fd00:ec2::254]";
/// Hosts beside the machine itself that credentials may be asked for without TLS.
constexpr std::string_view kContainerHosts[] = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23",
                                                "localhost", "::1"};
constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";

http::ClientRequest machine_request(std::string method, std::string url) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.connect_timeout = kConnectTime;
  request.timeout = kRequestTime;
  return request;
}

Error nothing_found() {
  return Error(ErrorCode::kNotFound,
               "no AWS credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name "
               "a profile");
}

Result<AwsCredentials> read_credentials(std::string_view answer) {
  const Result<codec::Json> json = codec::parse_json(answer);
  if (!json || !json->is_object()) {
    return Error(ErrorCode::kUnavailable, "the answer is no JSON object");
  }
  AwsCredentials credentials{.access_key_id = json->string_or_empty("AccessKeyId"),
                             .secret_access_key = json->string_or_empty("SecretAccessKey"),
                             .session_token = json->string_or_empty("Token")};
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return Error(ErrorCode::kUnavailable, "the answer holds no credentials");
  }
  return credentials;
}

/// The token may be sent over TLS, or to the machine itself.
Result<void> check_container_url(const std::string& text) {
  const Result<codec::Url> url = codec::parse_url(text);
  if (url && url->scheme == "https") {
    return {};
  }
  const std::string host = url ? url->hostname() : std::string();
  const bool is_near = host.starts_with("127.") ||
                       std::ranges::find(kContainerHosts, host) != std::end(kContainerHosts);
  if (url && url->scheme == "http" && is_near) {
    return {};
  }
  return invalid(
      "AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https URL, or an http URL of this machine");
}

Result<std::string> container_token(const sys::Environment& environment) {
  const std::string file = environment.get_or_empty("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  if (file.empty()) {
    return environment.get_or_empty("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  }
  return std::string(trim(TRY(sys::read_file(file))));
}

Result<AwsCredentials> from_container(const sys::Environment& environment,
                                      HttpSender& sender,
                                      const std::string& url) {
  TRY(check_container_url(url));
  http::ClientRequest request = machine_request("GET", url);
  const std::string token = TRY(container_token(environment));
  if (!token.empty()) {
    request.headers.emplace_back("Authorization", token);
  }
  const std::string answer = TRY(send_for_body(sender, request, Route::kMachine));
  return read_credentials(answer);
}

std::string instance_server(const sys::Environment& environment) {
  std::string server = environment.get_or_empty("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  if (server.empty()) {
    const bool is_6 = equal_fold_ascii(
        environment.get_or_empty("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), "ipv6");
    server = is_6 ? kInstanceServer6 : kInstanceServer;
  }
  while (server.ends_with('/')) {
    server.pop_back();
  }
  return server;
}

/// What the instance's server says of a path, to whoever has a session token.
Result<std::string> ask_instance(HttpSender& sender,
                                 const std::string& url,
                                 const std::string& token) {
  http::ClientRequest request = machine_request("GET", url);
  request.headers.emplace_back("X-aws-ec2-metadata-token", token);
  return send_for_body(sender, request, Route::kMachine);
}

Result<AwsCredentials> from_instance(HttpSender& sender,
                                     const std::string& server,
                                     const std::string& token) {
  const std::string roles = TRY(ask_instance(sender, server + std::string(kRoles), token));
  const std::string role(trim(split(roles, '\n').front()));
  if (role.empty()) {
    return Error(ErrorCode::kNotFound, "the instance has no role");
  }
  const std::string answer =
      TRY(ask_instance(sender, server + std::string(kRoles) + codec::path_escape(role), token));
  return read_credentials(answer);
}

}  // namespace

Result<AwsCredentials> find_machine_credentials(const sys::Environment& environment,
                                                HttpSender& sender) {
  const std::string relative = environment.get_or_empty("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string full = relative.empty()
                               ? environment.get_or_empty("AWS_CONTAINER_CREDENTIALS_FULL_URI")
                               : std::string(kContainerServer) + relative;
  if (!full.empty()) {
    return from_container(environment, sender, full)
        .context("asking the container for AWS credentials");
  }
  if (equal_fold_ascii(environment.get_or_empty("AWS_EC2_METADATA_DISABLED"), "true")) {
    return nothing_found();
  }
  const std::string server = instance_server(environment);
  http::ClientRequest request = machine_request("PUT", server + "/latest/api/token");
  request.headers.emplace_back("X-aws-ec2-metadata-token-ttl-seconds", "21600");
  const Result<std::string> token = send_for_body(sender, request, Route::kMachine);
  if (!token && token.error().code() != ErrorCode::kCancelled) {
    return nothing_found();
  }
  return from_instance(sender, server, TRY(token))
      .context("asking the instance for AWS credentials");
}

}  // namespace rhumb::provider
