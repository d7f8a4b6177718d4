#include "provider/sigv4.h"

#include <gtest/gtest.h>

#include "base/go_format.h"
#include "codec/hex.h"

/// Expected values are those that Amazon publishes with its descriptions of the algorithm.
namespace rhumb::provider {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

// Of the S3 API reference.
const AwsCredentials kS3Key{.access_key_id = "AKIAIOSFODNN7EXAMPLE",
                            .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
// Of the IAM user guide.
const AwsCredentials kIamKey{.access_key_id = "AKIDEXAMPLE",
                             .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

SigningScope scope_of(const std::string& service, const std::string& time) {
  return {.region = "us-east-1", .service = service, .time = parse_rfc3339(time).value()};
}

std::string signature_in(const http::Headers& headers) {
  const std::string_view text = http::header_or_empty(headers, "Authorization");
  return std::string(text.substr(text.rfind('=') + 1));
}

TEST(Sigv4, DerivesThePublishedKey) {
  EXPECT_EQ(
      codec::hex_encode(signing_key(kIamKey.secret_access_key, "20150830", "us-east-1", "iam")),
      "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST(Sigv4, SignsThePublishedRequests) {
  struct Case {
    const char* name;
    SignableRequest request;
    const AwsCredentials* key;
    SigningScope scope;
    const char* want;
  };
  const SigningScope s3 = scope_of("s3", "2013-05-24T00:00:00Z");
  const char* host = "examplebucket.s3.amazonaws.com";
  const Case cases[] = {
      {"IAM ListUsers",
       {.host = "iam.amazonaws.com",
        .query = {{"Action", "ListUsers"}, {"Version", "2010-05-08"}},
        .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}}},
       &kIamKey,
       scope_of("iam", "2015-08-30T12:36:00Z"),
       "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
      {"GET Object",
       {.host = host, .path = "/test.txt", .headers = {{"Range", "bytes=0-9"}}},
       &kS3Key,
       s3,
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {"GET Bucket lifecycle",
       {.host = host, .query = {{"lifecycle", ""}}},
       &kS3Key,
       s3,
       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {"GET Bucket, list objects",
       {.host = host, .query = {{"prefix", "J"}, {"max-keys", "2"}}},
       &kS3Key,
       s3,
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
      {"PUT Object",
       {.method = "PUT",
        .host = host,
        .path = "/test%24file.text",
        .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                    {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
        .body = "Welcome to Amazon S3."},
       &kS3Key,
       s3,
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(signature_in(sign_headers(c.request, *c.key, c.scope)), c.want) << c.name;
  }
}

TEST(Sigv4, SaysWhoSignedWhat) {
  AwsCredentials temporary = kS3Key;
  temporary.session_token = "session";
  const http::Headers headers =
      sign_headers({.host = "h"}, temporary, scope_of("s3", "2013-05-24T00:00:00.5Z"));
  const std::string_view authorization = http::header_or_empty(headers, "Authorization");
  EXPECT_TRUE(authorization.starts_with(
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
      "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature="))
      << authorization;
  EXPECT_EQ(http::header_or_empty(headers, "X-Amz-Date"), "20130524T000000Z");
  EXPECT_EQ(http::header_or_empty(headers, "X-Amz-Security-Token"), "session");
}

TEST(Sigv4, PresignsThePublishedUrl) {
  EXPECT_EQ(presign_query({.host = "examplebucket.s3.amazonaws.com", .path = "/test.txt"}, kS3Key,
                          scope_of("s3", "2013-05-24T00:00:00Z"), std::chrono::hours(24),
                          SignedBody::kUnsigned),
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F"
            "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
            "X-Amz-SignedHeaders=host&X-Amz-Signature="
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(Sigv4, KnowsWhereServicesAre) {
  EXPECT_EQ(aws_host("ssm", "eu-west-1"), "ssm.eu-west-1.amazonaws.com");
  EXPECT_EQ(aws_host("s3", "cn-north-1"), "s3.cn-north-1.amazonaws.com.cn");
}

TEST(Sigv4, EncodesAsAmazonDoes) {
  EXPECT_EQ(uri_encode("a b+c/d~e_f.g-h:\xC3\xBC"), "a%20b%2Bc%2Fd~e_f.g-h%3A%C3%BC");
  EXPECT_EQ(uri_encode("a b/c", true), "a%20b/c");
  EXPECT_EQ(canonical_query(Query{{"b", "2"}, {"a", "x y"}, {"a", ""}, {"B", "1"}}),
            "B=1&a=&a=x%20y&b=2");
}

}  // namespace
}  // namespace rhumb::provider
