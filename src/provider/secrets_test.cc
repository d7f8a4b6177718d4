#include "provider/secrets.h"

#include <gtest/gtest.h>

#include <functional>

#include "provider/fake_sender.h"

namespace rhumb::provider {
namespace {

class SecretsTest : public testing::Test {
 protected:
  SecretsTest() {
    environment_.set("AWS_ACCESS_KEY_ID", "k");
    environment_.set("AWS_SECRET_ACCESS_KEY", "s");
  }

  [[nodiscard]] AwsLookup aws() {
    return {.environment = environment_, .sender = sender_, .region = "eu-west-1"};
  }
  std::string secret() { return text(read_aws_secret(aws(), "app/db", {})); }
  std::string parameter() { return text(read_aws_parameter(aws(), "/app/db", {})); }
  std::string google(const std::string& name = "projects/p/secrets/db") {
    return text(read_google_secret({.environment = environment_, .sender = sender_}, name));
  }
  static std::string text(const Result<std::string>& value) {
    return value ? *value : value.error().message();
  }
  void answer(int status, const std::string& body) {
    sender_.answer = [=](const http::ClientRequest&) {
      return http::ClientResponse{.status = status, .headers = {}, .body = body};
    };
  }

  sys::FakeEnvironment environment_;
  FakeSender sender_;
};

TEST_F(SecretsTest, AwsIsAskedInItsWords) {
  answer(200, R"({"Name":"app/db","SecretString":"pass"})");
  EXPECT_EQ(secret(), "pass");
  answer(200, R"({"Parameter":{"Name":"/app/db","Value":"word"}})");
  EXPECT_EQ(parameter(), "word");
  EXPECT_EQ(sender_.log(),
            "POST https://secretsmanager.eu-west-1.amazonaws.com/\n"
            "POST https://ssm.eu-west-1.amazonaws.com/\n");
  const http::ClientRequest& first = sender_.requests[0];
  EXPECT_EQ(first.body, R"({"SecretId":"app/db"})");
  EXPECT_EQ(http::header_or_empty(first.headers, "X-Amz-Target"), "secretsmanager.GetSecretValue");
  EXPECT_TRUE(http::header_or_empty(first.headers, "Authorization")
                  .find("/eu-west-1/secretsmanager/aws4_request, "
                        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, ") !=
              std::string_view::npos);
  EXPECT_EQ(sender_.requests[1].body, R"({"Name":"/app/db","WithDecryption":true})");
}

TEST_F(SecretsTest, AnotherServiceMayStandIn) {
  answer(200, R"({"SecretString":"pass"})");
  environment_.set("AWS_ENDPOINT_URL", "http://localhost:4566/");
  EXPECT_EQ(secret(), "pass");
  environment_.set("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://localhost:1");
  EXPECT_EQ(secret(), "pass");
  EXPECT_EQ(sender_.log(), "POST http://localhost:4566/\nPOST http://localhost:1/\n");
}

TEST_F(SecretsTest, AnotherServiceIsNamedByAUrl) {
  for (const char* named : {"x", "localhost:4566", "ftp://h", "http://u@h", "http://h?a=b"}) {
    environment_.set("AWS_ENDPOINT_URL", named);
    EXPECT_EQ(parameter(), "AWS_ENDPOINT_URL must be an http or https URL without user and query");
  }
  EXPECT_EQ(sender_.log(), "");
  environment_.set("AWS_ENDPOINT_URL", "http://h/base/");
  answer(200, R"({"Parameter":{"Value":"word"}})");
  EXPECT_EQ(parameter(), "word");
  EXPECT_EQ(sender_.log(), "POST http://h/base/\n");
}

TEST_F(SecretsTest, AwsSaysWhyItRefuses) {
  struct Case {
    int status;
    const char* body;
    const char* want;
    ErrorCode code;
  };
  const Case cases[] = {
      {400, R"({"__type":"com.amazonaws#ResourceNotFoundException","Message":"no such secret"})",
       "ResourceNotFoundException: no such secret", ErrorCode::kNotFound},
      {400, R"({"__type":"AccessDeniedException","message":"no"})", "AccessDeniedException: no",
       ErrorCode::kDenied},
      {500, "<html>", "unexpected status code 500", ErrorCode::kUnavailable},
      {200, "{}", "the answer holds no value", ErrorCode::kUnavailable},
      {200, R"({"SecretBinary":"*"})", "the answer holds no base64", ErrorCode::kUnavailable},
  };
  for (const Case& c : cases) {
    answer(c.status, c.body);
    const Result<std::string> value = read_aws_secret(aws(), "x", {});
    ASSERT_FALSE(value.has_value()) << c.body;
    EXPECT_EQ(value.error().message(), c.want);
    EXPECT_EQ(value.error().code(), c.code) << c.body;
  }
  answer(200, R"({"SecretBinary":"YQBi"})");
  EXPECT_EQ(secret(), std::string("a\0b", 3));
  answer(200, "{}");
  EXPECT_EQ(parameter(), "the answer holds no value");
}

TEST_F(SecretsTest, GoogleGivesTheLatestVersion) {
  environment_.set("GCE_METADATA_HOST", "h");
  sender_.answer = [](const http::ClientRequest& request) -> http::ClientResponse {
    if (request.url.starts_with("http://h/")) {
      return {.status = 200, .headers = {}, .body = R"({"access_token":"t"})"};
    }
    const bool knows = http::header_or_empty(request.headers, "Authorization") == "Bearer t";
    return {
        .status = knows ? 200 : 401, .headers = {}, .body = R"({"payload":{"data":"cGFzcw=="}})"};
  };
  EXPECT_EQ(google(), "pass");
  EXPECT_EQ(sender_.requests.back().url,
            "https://secretmanager.googleapis.com/v1/projects/p/secrets/db/versions/latest:access");
  EXPECT_TRUE(sender_.requests.front().url.ends_with("auth%2Fcloud-platform"));
  for (const char* name : {"", "db", "projects/p/secrets/", "projects/p/secrets/db/versions/1"}) {
    EXPECT_TRUE(google(name).find("must be of the form projects/<project>/secrets/<name>") !=
                std::string::npos)
        << google(name);
  }
}

}  // namespace
}  // namespace rhumb::provider
