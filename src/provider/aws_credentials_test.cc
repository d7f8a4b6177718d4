#include "provider/aws_credentials.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "provider/aws_config.h"
#include "provider/fake_sender.h"
#include "sys/files.h"

namespace rhumb::provider {
namespace {

/// A home of its own, with the shared files a test writes, and no metadata server unless it says
/// so.
class AwsTest : public testing::Test {
 protected:
  AwsTest() : home_(sys::TemporaryDirectory::create().value()) {
    environment_.set("HOME", home_.path());
  }

  void write(const std::string& name, const std::string& text) {
    const std::string path = home_.path() + "/" + name;
    ASSERT_TRUE(sys::make_directories(path.substr(0, path.rfind('/'))).has_value());
    std::ofstream(path, std::ios::binary) << text;
  }
  [[nodiscard]] AwsLookup lookup(const std::string& profile = "") {
    return {.environment = environment_, .sender = sender_, .profile = profile};
  }
  /// `key secret token`, or the error.
  std::string found(const std::string& profile = "") {
    const Result<AwsCredentials> credentials = find_aws_credentials(lookup(profile));
    return credentials ? credentials->access_key_id + " " + credentials->secret_access_key + " " +
                             credentials->session_token
                       : credentials.error().message();
  }
  std::string region(const std::string& profile = "") {
    const Result<std::string> name = find_aws_region(lookup(profile));
    return name ? *name : name.error().message();
  }
  void answer(int status, const std::string& body) {
    sender_.answer = [=](const http::ClientRequest&) {
      return http::ClientResponse{.status = status, .headers = {}, .body = body};
    };
  }

  sys::TemporaryDirectory home_;
  sys::FakeEnvironment environment_;
  FakeSender sender_;
};

constexpr const char* kMachineAnswer =
    R"({"Code":"Success","AccessKeyId":"mk","SecretAccessKey":"ms","Token":"mt","Expiration":"x"})";

TEST_F(AwsTest, TakesTheFirstThatHasAny) {
  EXPECT_TRUE(found().starts_with("no AWS credentials found; ")) << found();
  answer(200, kMachineAnswer);
  EXPECT_EQ(found(), "mk ms mt");
  write(".aws/config",
        "[default]\naws_access_key_id = ck\naws_secret_access_key = cs\n"
        "[profile b]\naws_access_key_id=bk\naws_secret_access_key=bs\n"
        "aws_session_token=bt\n");
  EXPECT_EQ(found(), "ck cs ");
  write(".aws/credentials",
        "# keys\n[default]\naws_access_key_id = fk ; old\n"
        "aws_secret_access_key = f#s\n");
  EXPECT_EQ(found(), "fk f#s ");
  environment_.set("AWS_PROFILE", "b");
  EXPECT_EQ(found(), "bk bs bt");
  environment_.set("AWS_ACCESS_KEY_ID", "ek");
  EXPECT_EQ(found(), "bk bs bt") << "half a key is none";
  environment_.set("AWS_SECRET_ACCESS_KEY", "es");
  environment_.set("AWS_SESSION_TOKEN", "et");
  EXPECT_EQ(found(), "ek es et");
  EXPECT_EQ(found("default"), "fk f#s ") << "asked for by name";
}

TEST_F(AwsTest, FilesMayLieElsewhere) {
  write("keys", "[x]\naws_access_key_id = k\naws_secret_access_key = s\n");
  write("settings", "[profile x]\nregion = eu-west-1\n");
  environment_.set("AWS_SHARED_CREDENTIALS_FILE", home_.path() + "/keys");
  environment_.set("AWS_CONFIG_FILE", home_.path() + "/settings");
  EXPECT_EQ(found("x"), "k s ");
  EXPECT_EQ(region("x"), "eu-west-1");
}

TEST_F(AwsTest, TellsWhatIsWrongWithAProfile) {
  write(".aws/config",
        "[profile half]\naws_access_key_id = k\n[profile none]\nregion = r\n"
        "[profile sso]\nsso_session = s\n[profile role]\nrole_arn = a\nsource_profile = none\n"
        "[profile nested]\ns3 =\n  aws_access_key_id = k\n  aws_secret_access_key = s\n");
  struct Case {
    const char* profile;
    const char* want;
  };
  const Case cases[] = {
      {"missing", "profile \"missing\" is in none of the shared files of AWS tools"},
      {"half", "profile \"half\" needs both aws_access_key_id and aws_secret_access_key"},
      {"none", "profile \"none\" has no credentials"},
      {"nested", "profile \"nested\" has no credentials"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(found(c.profile), c.want);
  }
  EXPECT_TRUE(found("sso").starts_with(
      "profile \"sso\" gets its credentials by sso_session, which is not supported; "));
  EXPECT_TRUE(found("role").find("by role_arn, which") != std::string::npos);
  environment_.set("AWS_WEB_IDENTITY_TOKEN_FILE", "/token");
  EXPECT_TRUE(found().find("by AWS_WEB_IDENTITY_TOKEN_FILE, which") != std::string::npos);
}

TEST_F(AwsTest, FindsTheRegion) {
  EXPECT_EQ(region(), "no AWS region: set it, AWS_REGION, or the region of the profile");
  write(".aws/config", "[default]\nregion = a\n[profile p]\nregion = b\n");
  EXPECT_EQ(region(), "a");
  EXPECT_EQ(region("p"), "b");
  environment_.set("AWS_PROFILE", "p");
  EXPECT_EQ(region(), "b");
  environment_.set("AWS_DEFAULT_REGION", "c");
  EXPECT_EQ(region(), "c");
  environment_.set("AWS_REGION", "d");
  EXPECT_EQ(region(), "d");
  AwsLookup asked = lookup();
  asked.region = "e";
  EXPECT_EQ(find_aws_region(asked).value(), "e");
}

TEST_F(AwsTest, AsksTheInstanceWithASessionToken) {
  environment_.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9/");
  sender_.answer = [](const http::ClientRequest& request) -> http::ClientResponse {
    if (request.method == "PUT") {
      return {.status = 200, .headers = {}, .body = "session"};
    }
    const bool knows =
        http::header_or_empty(request.headers, "x-aws-ec2-metadata-token") == "session";
    const bool is_role = request.url.ends_with("/role%20a");
    return {
        .status = knows ? 200 : 401, .headers = {}, .body = is_role ? kMachineAnswer : "role a\n"};
  };
  EXPECT_EQ(found(), "mk ms mt");
  EXPECT_EQ(sender_.log(),
            "PUT http://127.0.0.1:9/latest/api/token\n"
            "GET http://127.0.0.1:9/latest/meta-data/iam/security-credentials/\n"
            "GET http://127.0.0.1:9/latest/meta-data/iam/security-credentials/role%20a\n");
  for (const Route route : sender_.routes) {
    EXPECT_EQ(route, Route::kMachine);
  }
}

TEST_F(AwsTest, AsksNoInstanceWhenItMustNot) {
  environment_.set("AWS_EC2_METADATA_DISABLED", "true");
  answer(200, kMachineAnswer);
  EXPECT_TRUE(found().starts_with("no AWS credentials found; "));
  EXPECT_EQ(sender_.log(), "");
}

TEST_F(AwsTest, AsksTheContainer) {
  answer(200, kMachineAnswer);
  environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/get");
  environment_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "t");
  EXPECT_EQ(found(), "mk ms mt");
  EXPECT_EQ(http::header_or_empty(sender_.requests.back().headers, "Authorization"), "t");
  write("token", "from file\n");
  environment_.set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", home_.path() + "/token");
  EXPECT_EQ(found(), "mk ms mt");
  EXPECT_EQ(http::header_or_empty(sender_.requests.back().headers, "Authorization"), "from file");
  environment_.set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x");
  EXPECT_EQ(found(), "mk ms mt");
  EXPECT_EQ(sender_.requests.back().url, "http://169.254.170.2/v2/x");
}

TEST_F(AwsTest, SendsTheTokenOfAContainerNowhereElse) {
  answer(200, kMachineAnswer);
  for (const char* url : {"http://example.org/x", "ftp://127.0.0.1/x", "http://127.evil.org@h/x",
                          "not a url", "http://169.254.169.254/x"}) {
    environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    EXPECT_TRUE(found().find("must be an https URL, or an http URL of this machine") !=
                std::string::npos)
        << url << ": " << found();
  }
  EXPECT_EQ(sender_.log(), "");
  environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://example.org/x");
  EXPECT_EQ(found(), "mk ms mt");
}

TEST_F(AwsTest, TellsWhatTheMachineDidNotGive) {
  environment_.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:9/get");
  struct Case {
    int status;
    const char* body;
    const char* want;
  };
  const Case cases[] = {
      {403, "secret", "asking the container for AWS credentials: unexpected status code 403"},
      {200, "secret", "asking the container for AWS credentials: the answer is no JSON object"},
      {200, "{\"AccessKeyId\":\"k\"}",
       "asking the container for AWS credentials: the answer holds no credentials"},
  };
  for (const Case& c : cases) {
    answer(c.status, c.body);
    EXPECT_EQ(found(), c.want);
  }
}

}  // namespace
}  // namespace rhumb::provider
