#include "provider/google_token.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/test_keys.h"
#include "provider/fake_sender.h"
#include "sys/files.h"

namespace rhumb::provider {
namespace {

using codec::Json;

class GoogleTest : public testing::Test {
 protected:
  GoogleTest() : home_(sys::TemporaryDirectory::create().value()) {
    environment_.set("HOME", home_.path());
    answer(200, R"({"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"})");
  }

  void use_file(const Json& file) {
    const std::string path = home_.path() + "/key.json";
    std::ofstream(path, std::ios::binary) << codec::format_json(file);
    environment_.set("GOOGLE_APPLICATION_CREDENTIALS", path);
  }
  std::string found() {
    const Result<std::string> token =
        find_google_token({.environment = environment_,
                           .sender = sender_,
                           .time = sys::Instant{std::chrono::seconds(1700000000)}},
                          kCloudSqlScope);
    return token ? *token : replace_all(token.error().message(), home_.path() + "/", "");
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

std::string decoded(std::string_view part) {
  return codec::to_string(codec::base64_decode(part, codec::Base64::kRawUrl).value());
}

TEST_F(GoogleTest, AServiceAccountSignsWhatItAsksFor) {
  use_file(Json::object({{"type", "service_account"},
                         {"client_email", "a@p.iam.gserviceaccount.com"},
                         {"private_key_id", "k1"},
                         {"private_key", codec::pem_of(codec::new_rsa_key())},
                         {"token_uri", "https://tokens.example/t"}}));
  EXPECT_EQ(found(), "ya29.x");
  const http::ClientRequest& request = sender_.requests.at(0);
  EXPECT_EQ(request.method + " " + request.url, "POST https://tokens.example/t");
  constexpr std::string_view kHead =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
  ASSERT_TRUE(request.body.starts_with(kHead)) << request.body;
  const std::string assertion = request.body.substr(kHead.size());
  const std::vector<std::string_view> parts = split(assertion, '.');
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(decoded(parts[0]), R"({"alg":"RS256","typ":"JWT","kid":"k1"})");
  EXPECT_EQ(decoded(parts[1]),
            R"({"iss":"a@p.iam.gserviceaccount.com",)"
            R"("scope":"https://www.googleapis.com/auth/sqlservice.login",)"
            R"("aud":"https://tokens.example/t","iat":1700000000,"exp":1700003600})");
  EXPECT_EQ(decoded(parts[2]).size(), 256U);
}

TEST_F(GoogleTest, AUserHasARefreshToken) {
  use_file(Json::object({{"type", "authorized_user"},
                         {"client_id", "id"},
                         {"client_secret", "s&t"},
                         {"refresh_token", "1//r"}}));
  EXPECT_EQ(found(), "ya29.x");
  EXPECT_EQ(sender_.log(), "POST https://oauth2.googleapis.com/token\n");
  EXPECT_EQ(sender_.requests.at(0).body,
            "grant_type=refresh_token&client_id=id&client_secret=s%26t&refresh_token=1%2F%2Fr");
}

TEST_F(GoogleTest, LooksIntoTheFileOfGcloud) {
  const std::string folder = home_.path() + "/.config/gcloud";
  ASSERT_TRUE(sys::make_directories(folder).has_value());
  std::ofstream(folder + "/application_default_credentials.json")
      << R"({"type":"authorized_user","client_id":"a","client_secret":"b","refresh_token":"c"})";
  EXPECT_EQ(found(), "ya29.x");
  environment_.set("CLOUDSDK_CONFIG", home_.path());
  EXPECT_EQ(found(), "ya29.x");
  EXPECT_EQ(sender_.requests.back().method, "GET") << "nothing there, so the machine was asked";
}

TEST_F(GoogleTest, AsksTheMachine) {
  environment_.set("GCE_METADATA_HOST", "127.0.0.1:9");
  EXPECT_EQ(found(), "ya29.x");
  EXPECT_EQ(sender_.log(),
            "GET http://127.0.0.1:9/computeMetadata/v1/instance/service-accounts/default/token"
            "?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fsqlservice.login\n");
  EXPECT_EQ(http::header_or_empty(sender_.requests.at(0).headers, "Metadata-Flavor"), "Google");
  EXPECT_EQ(sender_.routes.at(0), Route::kMachine);
}

TEST_F(GoogleTest, TellsWhatIsMissing) {
  struct Case {
    Json file;
    const char* want;
  };
  const Case cases[] = {
      {Json::array(), "credentials of key.json: it is no JSON object"},
      {Json::object({{"type", "external_account"}}),
       "credentials of key.json: credentials of type \"external_account\" are not supported"},
      {Json::object({{"type", "service_account"}}),
       "credentials of key.json: it has no \"client_email\""},
      {Json::object({{"type", "service_account"}, {"client_email", "a"}}),
       "credentials of key.json: it has no \"private_key\""},
      {Json::object({{"type", "service_account"}, {"client_email", "a"}, {"private_key", "x"}}),
       "credentials of key.json: private key: it is no RSA key in PEM form without a passphrase"},
      {Json::object({{"type", "authorized_user"}, {"client_id", "a"}, {"client_secret", "b"}}),
       "credentials of key.json: it has no \"refresh_token\""},
  };
  for (const Case& c : cases) {
    use_file(c.file);
    EXPECT_EQ(found(), c.want);
  }
  environment_.set("GOOGLE_APPLICATION_CREDENTIALS", home_.path() + "/none.json");
  EXPECT_EQ(found(), "credentials: open none.json: no such file or directory");
  EXPECT_EQ(sender_.log(), "");
}

TEST_F(GoogleTest, TellsWhatTheServersDidNotGive) {
  answer(200, "{}");
  EXPECT_EQ(found(), "asking the machine for Google credentials: the answer holds no access token");
  answer(404, "x");
  EXPECT_EQ(found(), "asking the machine for Google credentials: unexpected status code 404");
  sender_.answer = nullptr;
  EXPECT_TRUE(found().starts_with("no Google credentials found; ")) << found();
  environment_.set("GCE_METADATA_HOST", "127.0.0.1:9");
  EXPECT_EQ(found(), "asking the machine for Google credentials: connection refused");
}

}  // namespace
}  // namespace rhumb::provider
