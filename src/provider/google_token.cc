#include "provider/google_token.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/rsa_signature.h"
#include "codec/url.h"
#include "sys/files.h"

namespace rhumb::provider {
namespace {

using codec::Json;
using Form = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kTokenServer = "https://oauth2.googleapis.com/token";
constexpr std::string_view kMetadataServer = "169.254.169.254";
constexpr std::string_view kMetadataPath =
    "/computeMetadata/v1/instance/service-accounts/default/token";
constexpr std::string_view kJwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::chrono::hours kAssertionTime{1};
constexpr std::chrono::seconds kMachineConnectTime{1};
constexpr std::chrono::seconds kMachineTime{5};

Error nothing_found() {
  return Error(ErrorCode::kNotFound,
               "no Google credentials found; set GOOGLE_APPLICATION_CREDENTIALS, or run 'gcloud "
               "auth application-default login'");
}

Result<std::string> read_token(std::string_view answer) {
  const Result<Json> json = codec::parse_json(answer);
  std::string token = json && json->is_object() ? json->string_or_empty("access_token") : "";
  if (token.empty()) {
    return Error(ErrorCode::kUnavailable, "the answer holds no access token");
  }
  return token;
}

Result<std::string> required(const Json& file, std::string_view name) {
  std::string value = file.string_or_empty(name);
  if (value.empty()) {
    return invalid("it has no " + go_quote(name));
  }
  return value;
}

Result<std::string> ask_token_server(HttpSender& sender, const std::string& url, const Form& form) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  for (const auto& [name, value] : form) {
    request.body += (request.body.empty() ? "" : "&") + codec::query_escape(name) + "=" +
                    codec::query_escape(value);
  }
  const std::string answer = TRY(send_for_body(sender, request, Route::kNetwork));
  return read_token(answer);
}

std::string encode_part(const Json& part) {
  const std::string text = codec::format_json(part, {.escape_html = false});
  return codec::base64_encode(codec::as_bytes(text), codec::Base64::kRawUrl);
}

/// Says in the name of a service account what token it wants, signed with its key.
Result<std::string> make_assertion(const Json& file,
                                   const std::string& server,
                                   std::string_view scope,
                                   sys::Instant time) {
  const std::string email = TRY(required(file, "client_email"));
  const std::string key = TRY(required(file, "private_key"));
  const int64_t now = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const int64_t end = now + std::chrono::seconds(kAssertionTime).count();
  Json header = Json::object({{"alg", "RS256"}, {"typ", "JWT"}});
  header.set_unless_empty("kid", file.string_or_empty("private_key_id"));
  const Json claims =
      Json::object({{"iss", email}, {"scope", scope}, {"aud", server}, {"iat", now}, {"exp", end}});
  const std::string text = encode_part(header) + "." + encode_part(claims);
  const std::vector<std::byte> signature = TRY(codec::sign_rs256(key, text));
  return text + "." + codec::base64_encode(signature, codec::Base64::kRawUrl);
}

Result<std::string> from_service_account(const GoogleLookup& lookup,
                                         const Json& file,
                                         const std::string& server,
                                         std::string_view scope) {
  const std::string assertion = TRY(make_assertion(file, server, scope, lookup.time));
  return ask_token_server(lookup.sender, server,
                          {{"grant_type", std::string(kJwtGrant)}, {"assertion", assertion}});
}

Result<std::string> from_user(const GoogleLookup& lookup,
                              const Json& file,
                              const std::string& server) {
  Form form{{"grant_type", "refresh_token"}};
  for (const char* name : {"client_id", "client_secret", "refresh_token"}) {
    form.emplace_back(name, TRY(required(file, name)));
  }
  return ask_token_server(lookup.sender, server, form);
}

Result<std::string> from_file(const GoogleLookup& lookup,
                              const std::string& text,
                              std::string_view scope) {
  const Result<Json> json = codec::parse_json(text);
  if (!json || !json->is_object()) {
    return invalid("it is no JSON object");
  }
  const std::string named = json->string_or_empty("token_uri");
  const std::string server = named.empty() ? std::string(kTokenServer) : named;
  const std::string type = json->string_or_empty("type");
  if (type == "service_account") {
    return from_service_account(lookup, *json, server, scope);
  }
  if (type == "authorized_user") {
    return from_user(lookup, *json, server);
  }
  return Error(ErrorCode::kUnsupported,
               "credentials of type " + go_quote(type) + " are not supported");
}

Result<std::string> from_machine(const GoogleLookup& lookup, std::string_view scope) {
  const std::string named = lookup.environment.get_or_empty("GCE_METADATA_HOST");
  const std::string host = named.empty() ? std::string(kMetadataServer) : named;
  http::ClientRequest request;
  request.url =
      "http://" + host + std::string(kMetadataPath) + "?scopes=" + codec::query_escape(scope);
  request.headers.emplace_back("Metadata-Flavor", "Google");
  request.connect_timeout = kMachineConnectTime;
  request.timeout = kMachineTime;
  const Result<std::string> answer = send_for_body(lookup.sender, request, Route::kMachine);
  if (!answer && named.empty() && answer.error().code() == ErrorCode::kUnavailable) {
    return nothing_found();
  }
  return (answer ? read_token(*answer) : Result<std::string>(answer.error()))
      .context("asking the machine for Google credentials");
}

/// gcloud's file, where its folder is known.
std::string default_file(const sys::Environment& environment) {
  const std::string folder = environment.get_or_empty("CLOUDSDK_CONFIG");
  return (folder.empty() ? environment.get_or_empty("HOME") + "/.config/gcloud" : folder) +
         "/application_default_credentials.json";
}

}  // namespace

Result<std::string> find_google_token(const GoogleLookup& lookup, std::string_view scope) {
  const std::string named = lookup.environment.get_or_empty("GOOGLE_APPLICATION_CREDENTIALS");
  const std::string path = named.empty() ? default_file(lookup.environment) : named;
  const Result<std::string> text = sys::read_file(path);
  if (text) {
    return from_file(lookup, *text, scope).context("credentials of " + path);
  }
  if (!named.empty() || text.error().code() != ErrorCode::kNotFound) {
    return text.error().context("credentials");
  }
  return from_machine(lookup, scope);
}

}  // namespace rhumb::provider
