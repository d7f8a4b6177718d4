#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/url.h"
#include "provider/aws_credentials.h"
#include "provider/aws_endpoint.h"
#include "provider/sigv4.h"
#include "sys/clock.h"

namespace rhumb::provider {

/// What an `s3://bucket/key?region=...` URL names.
struct S3Location {
  std::string bucket{};
  std::string key{};       ///< of an object, or a folder of them; no slash in front
  std::string region{};    ///< "" when the URL names none
  std::string profile{};   ///< the same
  std::optional<AwsEndpoint> endpoint{};  ///< of a service that speaks S3; nothing: Amazon's
};

/// Query keys: `region`, `profile`, `endpoint`.
/// Errors: kInvalid for a URL without a bucket, another query key, an endpoint that is no http URL.
[[nodiscard]] Result<S3Location> parse_s3_url(const codec::Url& url);

/// Reads and writes objects of one bucket. Requests are signed one by one.
///
/// Errors: `<Code>: <message>` as the service says it: kNotFound for NoSuchBucket and NoSuchKey,
/// kDenied, kUnavailable; of the HTTP client.
/// Source: Amazon S3 API Reference, ListObjectsV2, GetObject and PutObject.
class S3Bucket {
 public:
  /// The location's endpoint in path style; at Amazon `bucket.s3.region.amazonaws.com`, unless the
  /// name holds a dot, which no certificate covers.
  S3Bucket(const S3Location& location,
           std::string region,
           AwsCredentials credentials,
           HttpSender& sender,
           const sys::Clock& clock);

  /// The names directly below a folder, in byte order; no folders. "": the top.
  /// Errors: also kLimit for more than kS3NamesMax.
  Result<std::vector<std::string>> list(const std::string& folder);
  Result<std::string> read(const std::string& key);
  /// Puts an object, in place of one that has the key.
  Result<void> write(const std::string& key, const std::string& content);

 private:
  Result<std::string> get(const std::string& key,
                          std::vector<std::pair<std::string, std::string>> query);
  Result<std::string> send(SignableRequest signable);

  std::string origin_;  // `https://host`
  std::string host_;
  std::string base_;  // path before the key: `/` or `/bucket/`
  std::string region_;
  AwsCredentials credentials_;
  HttpSender& sender_;
  const sys::Clock& clock_;
};

inline constexpr size_t kS3NamesMax = 10000;

}  // namespace rhumb::provider
