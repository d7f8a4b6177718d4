#include "registry/identity/oidc.h"

#include <gtest/gtest.h>

#include "registry/api/test_people.h"
#include "registry/identity/test_provider.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSecond = 1'000'000'000;

class OidcTest : public PeopleTest {
 protected:
  OidcTest() {
    provider_.answer_token = [this](const http::ClientRequest& request) {
      if (request.body.find("code=good") == std::string::npos) {
        return http::ClientResponse{400, {}, R"({"error":"invalid_grant"})"};
      }
      const std::string token = provider_.sign("RS256", claims_);
      return http::ClientResponse{200, {}, codec::format_json(Json::object({{"id_token", token}}))};
    };
  }
  OidcLogin login(const std::string& role = "") {
    return {*registry_, providers_,
            OidcSettings{TestProvider::kIssuer, "registry", "very secret", "Test", role}};
  }
  /// The session of somebody of whom the provider says this, or the error.
  Result<std::string> finish(Json changes, const std::string& role = "") {
    const int64_t now = registry_->now() / kSecond;
    claims_ = Json::object({{"iss", TestProvider::kIssuer},
                            {"aud", "registry"},
                            {"sub", "subject-1"},
                            {"nonce", attempt_.nonce()},
                            {"email", "Ann@example.com"},
                            {"email_verified", true},
                            {"name", "Ann"},
                            {"exp", now + 60}});
    for (const Json::Member& member : changes.as_object()) {
      claims_.set(member.key, member.value);
    }
    return login(role).finish(attempt_, "good", Origin{{}, "", "10.0.0.1", "browser", "req"});
  }
  std::string failure(Json changes, const std::string& role = "") {
    const Result<std::string> session = finish(std::move(changes), role);
    return session ? "" : session.error().message();
  }
  int64_t invite_ann() {
    return write_value<int64_t>(
               *registry_.store(),
               [&](Session& session) -> Result<int64_t> {
                 const int64_t user =
                     TRY(create_user(session, {"ann@example.com", "ann@example.com", 1}));
                 NewMembership membership;
                 membership.org_id = 1;
                 membership.user_id = user;
                 membership.grants = {Grant{"DEVELOPER", {}, {}, {}}};
                 TRY(create_membership(session, membership));
                 TRY(store_invitation(session, 1, user, "invitation", registry_->now()));
                 return user;
               })
        .value();
  }

  TestProvider provider_;
  Providers providers_{provider_.send()};
  OidcAttempt attempt_{make_secret()};
  Json claims_;
};

const std::string kUnknown = "nobody here is known by this login; ask to be invited";

TEST_F(OidcTest, SendsTheBrowserWithDigestsOfItsSecret) {
  const std::string url = login().begin(attempt_).value();
  EXPECT_TRUE(
      url.starts_with("https://login.test/auth?x=1&response_type=code&client_id=registry&"
                      "redirect_uri=https%3A%2F%2Fregistry.test%2Fauth%2Foidc%2Fcallback&"
                      "scope=openid+email+profile&state="))
      << url;
  EXPECT_NE(url.find("&nonce=" + attempt_.nonce()), std::string::npos);
  EXPECT_NE(url.find("&code_challenge=" + attempt_.challenge() + "&code_challenge_method=S256"),
            std::string::npos);
  EXPECT_EQ(url.find(attempt_.secret), std::string::npos);
  EXPECT_EQ(url.find(attempt_.verifier()), std::string::npos);
  EXPECT_EQ(url.find("very"), std::string::npos);
}

TEST_F(OidcTest, WhoWasInvitedJoins) {
  EXPECT_EQ(failure(Json::object()), kUnknown);
  const int64_t ann = invite_ann();
  const Result<std::string> session = finish(Json::object());
  ASSERT_TRUE(session) << session.error().message();
  ASSERT_TRUE(use_session(*session));
  EXPECT_EQ(registry_.caller().origin.actor, (Actor{"USER", ann, "Ann"}));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM invitations").number(), 0);
  // From now on the provider's name of the person counts, whatever address they have.
  EXPECT_EQ(failure(Json::object({{"email", "new@example.com"}})), "");
  EXPECT_EQ(failure(Json::object({{"email", Json()}})), "");
  EXPECT_EQ(failure(Json::object({{"sub", "subject-2"}})), kUnknown)
      << "somebody else with the same address";
  const http::ClientRequest& asked = provider_.requests.back();
  EXPECT_EQ(http::header_or_empty(asked.headers, "Authorization"),
            "Basic " + codec::base64_encode(codec::as_bytes("registry:very+secret")));
  EXPECT_NE(asked.body.find("code_verifier=" + attempt_.verifier()), std::string::npos);
  EXPECT_EQ(asked.body.find("very"), std::string::npos);
}

TEST_F(OidcTest, AddressesThatWereNotVerifiedCountForNothing) {
  invite_ann();
  EXPECT_EQ(failure(Json::object({{"email_verified", false}})), kUnknown);
  EXPECT_EQ(failure(Json::object({{"email_verified", Json()}})), kUnknown);
  EXPECT_EQ(failure(Json::object({{"email_verified", "true"}})), kUnknown);
  EXPECT_EQ(failure(Json::object({{"email_verified", false}}), "VIEWER"), kUnknown);
}

TEST_F(OidcTest, OthersGetTheDefaultRole) {
  const Result<std::string> session = finish(Json::object(), "VIEWER");
  ASSERT_TRUE(session) << session.error().message();
  ASSERT_TRUE(use_session(*session));
  EXPECT_EQ(registry_.caller().rights.roles(), std::vector<std::string>{"VIEWER"});
  const int64_t ann = registry_.caller().user_id;
  use_admin();
  ASSERT_EQ(
      ApiTest::failure("mutation { removeMember(id: " + std::to_string(ann) + ") { success } }"),
      "");
  EXPECT_FALSE(use_session(*session));
  EXPECT_EQ(failure(Json::object()), kUnknown) << "who was removed does not come back";
}

TEST_F(OidcTest, TokensForOthersAreRefused) {
  invite_ann();
  const int64_t now = registry_->now() / kSecond;
  struct Case {
    Json changes;
    const char* want;
  };
  const std::string other = "the identity provider's token is for another login";
  const Case cases[] = {
      {Json::object({{"nonce", "x"}}), other.c_str()},
      {Json::object({{"nonce", Json()}}), other.c_str()},
      {Json::object({{"azp", "somebody"}}), other.c_str()},
      {Json::object({{"aud", "somebody"}}), "the token's claim aud does not name this registry"},
      {Json::object({{"iss", "https://evil.test"}}), "the token's claim iss names another issuer"},
      {Json::object({{"exp", now - 61}}), "the token's claim exp is missing or has passed"},
      {Json::object({{"sub", Json()}}), "the token's claim sub is missing or too long"}};
  for (const Case& c : cases) {
    EXPECT_EQ(failure(c.changes), c.want);
  }
  const Result<std::string> bad = login().finish(attempt_, "bad", {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code(), ErrorCode::kDenied);
  provider_.answer_token = [](const http::ClientRequest&) {
    return http::ClientResponse{200, {}, R"({"id_token":"eyJhbGciOiJub25lIn0.e30."})"};
  };
  EXPECT_FALSE(login().finish(attempt_, "good", {}));
  provider_.is_down = true;
  EXPECT_EQ(login().finish(attempt_, "good", {}).error().code(), ErrorCode::kUnavailable);
}

TEST(OidcSettings, AreChecked) {
  auto failure = [](const char* issuer, const char* client, const char* role) {
    OidcSettings settings;
    settings.issuer = issuer;
    settings.client_id = client;
    settings.default_role = role;
    const Result<void> checked = check_settings(settings);
    return checked ? "" : checked.error().message();
  };
  EXPECT_EQ(failure("", "", ""), "");
  EXPECT_EQ(failure("", "x", ""), "--oidc-client-id needs --oidc-issuer");
  EXPECT_EQ(failure("login.test", "x", ""),
            "--oidc-issuer must be an address such as https://login.example.com");
  EXPECT_EQ(failure("https://login.test", "", ""), "--oidc-issuer needs --oidc-client-id");
  EXPECT_EQ(failure("https://x", "x", "ADMIN"),
            "--oidc-default-role must be VIEWER, DEVELOPER, DEPLOYER or APPROVER");
  EXPECT_EQ(failure("https://x", "x", "VIEWER"), "");
}

}  // namespace
}  // namespace rhumb::registry
