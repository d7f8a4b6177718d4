#include "provider/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/go_format.h"
#include "base/text.h"
#include "codec/hex.h"
#include "codec/url.h"

namespace rhumb::provider {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
constexpr size_t kDateSize = 8;  // of `20150830T123600Z`

/// `20150830T123600Z`
std::string format_time(sys::Instant time) {
  const std::string text =
      format_rfc3339_nano(std::chrono::floor<std::chrono::seconds>(time));  // 2015-08-30T12:36:00Z
  return replace_all(replace_all(text, "-", ""), ":", "");
}

std::string hex_hash(std::string_view text) {
  return codec::hex_encode(codec::sha256(text));
}

/// When and for what a signature is made, in the forms it is needed in.
struct Stamp {
  std::string time;
  std::string date;
  std::string scope;  ///< `20150830/us-east-1/iam/aws4_request`
};

Stamp stamp_of(const SigningScope& scope) {
  std::string time = format_time(scope.time);
  std::string date = time.substr(0, kDateSize);
  std::string text = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  return {.time = std::move(time), .date = std::move(date), .scope = std::move(text)};
}

/// Names in lower case, sorted; the values of one name joined by commas.
std::map<std::string, std::string> canonical_headers(const SignableRequest& request,
                                                     const http::Headers& more) {
  std::map<std::string, std::string> headers{{"host", request.host}};
  for (const http::Headers* list : {&request.headers, &more}) {
    for (const auto& [name, value] : *list) {
      std::string& joined = headers[to_lower_ascii(name)];
      joined += (joined.empty() ? "" : ",") + std::string(trim(value));
    }
  }
  return headers;
}

std::string names_of(const std::map<std::string, std::string>& headers) {
  std::vector<std::string> names;
  names.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    names.push_back(name);
  }
  return join(names, ";");
}

std::string signature(const SignableRequest& request,
                      std::string_view query,
                      const std::map<std::string, std::string>& headers,
                      std::string_view body_hash,
                      const SigningScope& scope,
                      std::string_view secret) {
  std::string lines;
  for (const auto& [name, value] : headers) {
    lines += fmt::format("{}:{}\n", name, value);
  }
  const std::string canonical = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, request.path,
                                            query, lines, names_of(headers), body_hash);
  const Stamp stamp = stamp_of(scope);
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, stamp.time, stamp.scope, hex_hash(canonical));
  const codec::Sha256 key = signing_key(secret, stamp.date, scope.region, scope.service);
  return codec::hex_encode(codec::hmac_sha256(key, codec::as_bytes(text)));
}

}  // namespace

std::string aws_host(std::string_view service, std::string_view region) {
  return fmt::format("{}.{}.amazonaws.com{}", service, region,
                     region.starts_with("cn-") ? ".cn" : "");
}

std::string uri_encode(std::string_view text, bool keeps_slash) {
  const std::string encoded = replace_all(codec::query_escape(text), "+", "%20");
  return keeps_slash ? replace_all(encoded, "%2F", "/") : encoded;
}

std::string canonical_query(const std::vector<std::pair<std::string, std::string>>& query) {
  std::vector<std::pair<std::string, std::string>> encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    encoded.emplace_back(uri_encode(name), uri_encode(value));
  }
  std::ranges::sort(encoded);
  std::vector<std::string> parts;
  parts.reserve(encoded.size());
  for (const auto& [name, value] : encoded) {
    parts.push_back(fmt::format("{}={}", name, value));
  }
  return join(parts, "&");
}

codec::Sha256 signing_key(std::string_view secret,
                          std::string_view date,
                          std::string_view region,
                          std::string_view service) {
  const std::string first = "AWS4" + std::string(secret);
  codec::Sha256 key = codec::hmac_sha256(codec::as_bytes(first), codec::as_bytes(date));
  for (const std::string_view part : {region, service, std::string_view("aws4_request")}) {
    key = codec::hmac_sha256(key, codec::as_bytes(part));
  }
  return key;
}

http::Headers sign_headers(const SignableRequest& request,
                           const AwsCredentials& credentials,
                           const SigningScope& scope) {
  const Stamp stamp = stamp_of(scope);
  const std::string body_hash = hex_hash(request.body);
  http::Headers added{{"X-Amz-Date", stamp.time}};
  if (!credentials.session_token.empty()) {
    added.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  if (scope.service == "s3") {
    added.emplace_back("X-Amz-Content-Sha256", body_hash);
  }
  const std::map<std::string, std::string> canonical = canonical_headers(request, added);
  const std::string signed_by = signature(request, canonical_query(request.query), canonical,
                                          body_hash, scope, credentials.secret_access_key);
  http::Headers headers = request.headers;
  headers.insert(headers.end(), added.begin(), added.end());
  headers.emplace_back(
      "Authorization",
      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                  credentials.access_key_id, stamp.scope, names_of(canonical), signed_by));
  return headers;
}

std::string presign_query(const SignableRequest& request,
                          const AwsCredentials& credentials,
                          const SigningScope& scope,
                          std::chrono::seconds expires,
                          SignedBody body) {
  const Stamp stamp = stamp_of(scope);
  std::vector<std::pair<std::string, std::string>> query = request.query;
  query.emplace_back("X-Amz-Algorithm", kAlgorithm);
  query.emplace_back("X-Amz-Credential", credentials.access_key_id + "/" + stamp.scope);
  query.emplace_back("X-Amz-Date", stamp.time);
  query.emplace_back("X-Amz-Expires", std::to_string(expires.count()));
  query.emplace_back("X-Amz-SignedHeaders", "host");
  if (!credentials.session_token.empty()) {
    query.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  const std::string text = canonical_query(query);
  const std::string body_hash =
      body == SignedBody::kEmpty ? hex_hash("") : std::string(kUnsignedPayload);
  return text + "&X-Amz-Signature=" +
         signature(request, text, {{"host", request.host}}, body_hash, scope,
                   credentials.secret_access_key);
}

}  // namespace rhumb::provider
