#include "provider/rds_token.h"

#include <gtest/gtest.h>

#include "base/go_format.h"

namespace rhumb::provider {
namespace {

const AwsCredentials kKey{.access_key_id = "AKIDEXAMPLE",
                          .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                          .session_token = "a/b="};

std::string token_for(const std::string& endpoint) {
  const Result<std::string> token =
      make_rds_token({.endpoint = endpoint, .username = "jane doe", .region = "us-west-2"}, kKey,
                     parse_rfc3339("2018-07-31T23:52:09Z").value());
  return token ? *token : token.error().message();
}

TEST(RdsToken, IsASignedUrlWithoutScheme) {
  const std::string token = token_for("db.example:3306");
  const std::string_view head =
      "db.example:3306/?Action=connect&DBUser=jane%20doe&X-Amz-Algorithm=AWS4-HMAC-SHA256&"
      "X-Amz-Credential=AKIDEXAMPLE%2F20180731%2Fus-west-2%2Frds-db%2Faws4_request&"
      "X-Amz-Date=20180731T235209Z&X-Amz-Expires=900&X-Amz-Security-Token=a%2Fb%3D&"
      "X-Amz-SignedHeaders=host&X-Amz-Signature=";
  EXPECT_TRUE(token.starts_with(head)) << token;
  EXPECT_EQ(token.size(), head.size() + 64) << token;
}

TEST(RdsToken, NeedsHostAndPort) {
  EXPECT_EQ(token_for("db.example"), "endpoint \"db.example\" is missing a port");
  for (const char* endpoint : {"", "https://db.example:3306", "db.example:3306/app", "u@db:1",
                               "db:1?x=y", ":3306", "db:port"}) {
    EXPECT_TRUE(token_for(endpoint).find("must be a host and a port") != std::string::npos)
        << endpoint << ": " << token_for(endpoint);
  }
}

}  // namespace
}  // namespace rhumb::provider
