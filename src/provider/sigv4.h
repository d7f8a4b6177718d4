#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/sha256.h"
#include "http/headers.h"
#include "provider/aws_credentials.h"
#include "sys/clock.h"

/// Signature Version 4, by which requests to AWS prove who sends them.
///
/// Source: AWS Identity and Access Management User Guide, "Create a signed AWS API request"
/// (reference_sigv-create-signed-request.html); Amazon S3 API Reference, "Authenticating Requests:
/// Using Query Parameters" (sigv4-query-string-auth.html) for what is signed in a URL.
namespace rhumb::provider {

/// What a signature is good for.
struct SigningScope {
  std::string region{};
  std::string service{};  ///< `s3`, `rds-db`, ...
  sys::Instant time{};
};

/// What is signed of a request.
struct SignableRequest {
  std::string method = "GET";
  std::string host{};      ///< with the port, when that is not the scheme's
  std::string path = "/";  ///< as it is sent, percent-encoded
  std::vector<std::pair<std::string, std::string>> query{};  ///< not encoded, in any order
  http::Headers headers{};  ///< those to sign beside the ones that signing adds
  std::string body{};
};

/// Where a service of AWS is reached: `s3.eu-west-1.amazonaws.com`; China has a domain of its own.
[[nodiscard]] std::string aws_host(std::string_view service, std::string_view region);

/// Percent-encodes all but letters, digits and `-._~`; a slash stays where `keeps_slash`.
[[nodiscard]] std::string uri_encode(std::string_view text, bool keeps_slash = false);
/// Names and values encoded, sorted by name, then by value.
[[nodiscard]] std::string canonical_query(
    const std::vector<std::pair<std::string, std::string>>& query);

/// The key that signs everything of one day, region and service; `date` as `20150830`.
[[nodiscard]] codec::Sha256 signing_key(std::string_view secret,
                                        std::string_view date,
                                        std::string_view region,
                                        std::string_view service);

/// The headers of the request with those that sign it: X-Amz-Date, X-Amz-Security-Token for
/// temporary credentials, X-Amz-Content-Sha256 for S3, Authorization. Host is signed, and sent by
/// whoever sends.
[[nodiscard]] http::Headers sign_headers(const SignableRequest& request,
                                         const AwsCredentials& credentials,
                                         const SigningScope& scope);

/// How the body of a request counts that is signed in its URL.
enum class SignedBody { kEmpty, kUnsigned };

/// The query of a URL that is signed for a while: `X-Amz-Algorithm=...&X-Amz-Signature=...` with
/// what the request asks for in it. Only the header Host is signed.
[[nodiscard]] std::string presign_query(const SignableRequest& request,
                                        const AwsCredentials& credentials,
                                        const SigningScope& scope,
                                        std::chrono::seconds expires,
                                        SignedBody body);

}  // namespace rhumb::provider
