#include "registry/identity/trusts.h"

#include <gtest/gtest.h>

#include <chrono>

#include "registry/api/test_people.h"
#include "registry/identity/test_provider.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSecond = 1'000'000'000;
constexpr const char* kCreate =
    "mutation c($input: CreateTrustInput!) { createTrust(input: $input) { id name bot { name } "
    "issuer audience claims scopes minutes } }";
constexpr const char* kDelete = "mutation d($id: ID!) { deleteTrust(id: $id) { success } }";

class TrustsTest : public PeopleTest {
 protected:
  /// As GitHub documents its claims.
  static Json wish() {
    return Json::object(
        {{"name", "github"},
         {"botID", "1"},
         {"issuer", TestProvider::kIssuer},
         {"claims", Json::object({{"repository", "acme/app"}, {"ref", "refs/heads/*"}})},
         {"scopes", Json::array({"dir:push"})},
         {"minutes", 10}});
  }
  std::string token(Json changes = Json::object()) {
    const int64_t now = registry_->now() / kSecond;
    Json claims = Json::object({{"iss", TestProvider::kIssuer},
                                {"aud", "https://registry.test"},
                                {"sub", "repo:acme/app:ref:refs/heads/main"},
                                {"repository", "acme/app"},
                                {"ref", "refs/heads/main"},
                                {"run_attempt", 1},
                                {"exp", now + 300}});
    for (const Json::Member& member : changes.as_object()) {
      claims.set(member.key, member.value);
    }
    return provider_.sign("ES256", claims);
  }
  Result<GivenToken> exchange(const std::string& subject) {
    return exchange_token(*registry_, providers_, subject,
                          Origin{{}, "", "10.0.0.1", "runner", "req"});
  }
  std::string refused(Json changes) {
    const Result<GivenToken> given = exchange(token(std::move(changes)));
    return given ? "" : given.error().message();
  }

  TestProvider provider_;
  Providers providers_{provider_.send()};
};

TEST_F(TrustsTest, GiveATokenForOneOfThePlatform) {
  EXPECT_EQ(text(input(kCreate, wish())),
            R"j({"createTrust":{"id":"1","name":"github","bot":{"name":"admin"},"issuer":)j"
            R"j("https://login.test","audience":"https://registry.test","claims":{"repository":)j"
            R"j("acme/app","ref":"refs/heads/*"},"scopes":["dir:push"],"minutes":10}})j");
  const Result<GivenToken> given = exchange(token());
  ASSERT_TRUE(given) << given.error().message();
  EXPECT_TRUE(given->token.starts_with("rga_"));
  EXPECT_EQ(given->expires_in, 600);
  ASSERT_TRUE(use_token(given->token));
  EXPECT_TRUE(registry_.caller().rights.allows("dir:push"));
  EXPECT_FALSE(registry_.caller().rights.allows("dir:read"));
  registry_.clock().advance(std::chrono::minutes(10));
  EXPECT_FALSE(use_token(given->token));
  use_admin();
  EXPECT_EQ(
      text(data("{ auditLog(input: {actions: [\"token.exchange\"]}) { entries { actor { name "
                "} after } } }")),
      R"j({"auditLog":{"entries":[{"actor":{"name":"admin"},"after":{"trust":"github","sub":)j"
      R"j("repo:acme/app:ref:refs/heads/main","repository":"acme/app","ref":)j"
      R"j("refs/heads/main"}}]}})j");
}

TEST_F(TrustsTest, TakeNoOtherTokens) {
  ASSERT_EQ(input_failure(kCreate, wish()), "");
  const int64_t now = registry_->now() / kSecond;
  const std::string none = "no trust of this registry takes such a token";
  EXPECT_EQ(refused(Json::object({{"repository", "acme/other"}})), none);
  EXPECT_EQ(refused(Json::object({{"repository", Json()}})), none);
  EXPECT_EQ(refused(Json::object({{"repository", Json::array({"acme/app"})}})), none);
  EXPECT_EQ(refused(Json::object({{"ref", "refs/tags/v1"}})), none);
  EXPECT_EQ(refused(Json::object({{"aud", "https://other.test"}})),
            "the token's claim aud does not name this registry");
  EXPECT_EQ(refused(Json::object({{"exp", now - 61}})),
            "the token's claim exp is missing or has passed");
  const size_t asked = provider_.requests.size();
  EXPECT_EQ(refused(Json::object({{"iss", "https://evil.test"}})), none);
  EXPECT_EQ(provider_.requests.size(), asked) << "nobody else is asked for keys";
  TestProvider evil;
  EXPECT_EQ(exchange(evil.sign("RS256", Json::object({{"iss", TestProvider::kIssuer}})))
                .error()
                .message(),
            "the token is not signed by its issuer");
  EXPECT_FALSE(exchange("rubbish"));
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM tokens").number(), 1);
  EXPECT_EQ(registry_.scalar("SELECT count(*) FROM audit WHERE action = 'login.fail'").number(), 4)
      << "only what the issuer has signed is worth an entry";
}

TEST_F(TrustsTest, LookIntoWhatKubernetesNests) {
  Trust trust;
  trust.claims = {{"kubernetes.io/namespace", "deploy"},
                  {"kubernetes.io/serviceaccount/name", "rhumb-*"}};
  const Json claims =
      Json::object({{"kubernetes.io",
                     Json::object({{"namespace", "deploy"},
                                   {"serviceaccount", Json::object({{"name", "rhumb-app"}})}})}});
  EXPECT_TRUE(matches_claims(trust, claims));
  trust.claims[0].second = "other";
  EXPECT_FALSE(matches_claims(trust, claims));
  EXPECT_FALSE(matches_claims(Trust(), claims)) << "what asks for nothing gives nothing";
}

TEST_F(TrustsTest, AreChecked) {
  expect_checked(kCreate, wish(), {"name", "botID", "issuer"});
  auto refused_with = [&](const char* member, Json value) {
    Json wanted = wish();
    wanted.set(member, std::move(value));
    return input_failure(kCreate, wanted);
  };
  EXPECT_EQ(refused_with("name", ""), "INVALID name must not be empty");
  EXPECT_EQ(refused_with("issuer", "github"),
            "INVALID issuer must be an address such as https://gitlab.example.com");
  EXPECT_EQ(refused_with("audience", ""), "INVALID audience must not be empty");
  EXPECT_EQ(refused_with("claims", Json::object()),
            "INVALID claims must be an object of 1 to 20 texts");
  EXPECT_EQ(refused_with("claims", Json::array()),
            "INVALID claims must be an object of 1 to 20 texts");
  EXPECT_EQ(refused_with("claims", Json::object({{"a", 1}})),
            "INVALID claims must be an object of texts");
  EXPECT_EQ(refused_with("claims", Json::object({{"a", ""}})), "INVALID a must not be empty");
  EXPECT_EQ(refused_with("minutes", 0), "INVALID minutes must be from 1 to 1440");
  EXPECT_EQ(refused_with("minutes", 1441), "INVALID minutes must be from 1 to 1440");
  EXPECT_EQ(refused_with("botID", "9"), "NOT_FOUND bot not found");
  EXPECT_EQ(refused_with("scopes", Json::array({"x"})), "INVALID unknown scope \"x\"");
  EXPECT_EQ(refused_with("minutes", 1440), "");
  EXPECT_EQ(input_failure(kCreate, wish()), "CONFLICT trust \"github\" already exists");
}

TEST_F(TrustsTest, AreMadeByWhoMayGiveAsMuch) {
  ASSERT_EQ(input_failure(kCreate, wish()), "");
  Json second = wish();
  second.set("name", "second");
  second.set("grants", Json::array({Json::object({{"role", "OWNER"}})}));
  log_in(add_person("ann", "ADMIN"));
  EXPECT_EQ(input_failure(kCreate, second),
            "FORBIDDEN role OWNER goes beyond what you may do yourself");
  for (const char* role : {"VIEWER", "DEVELOPER", "DEPLOYER", "APPROVER"}) {
    log_in(add_person(role, role));
    EXPECT_EQ(input_failure(kCreate, wish()), "FORBIDDEN permission \"admin\" is required");
    EXPECT_EQ(failure("{ trusts { pageInfo { total } } }"),
              "FORBIDDEN permission \"admin\" is required");
    EXPECT_EQ(failure(kDelete, Json::object({{"id", "1"}})),
              "FORBIDDEN permission \"admin\" is required");
  }
  use_admin();
  leave_organization();
  EXPECT_EQ(failure(kDelete, Json::object({{"id", "1"}})), "NOT_FOUND trust not found");
  EXPECT_EQ(input_failure(kCreate, wish()), "NOT_FOUND bot not found");
}

TEST_F(TrustsTest, ThatAreGoneGiveNothing) {
  ASSERT_EQ(input_failure(kCreate, wish()), "");
  EXPECT_EQ(
      text(data("{ trusts { trusts { name lastUsedAt } pageInfo { total } } }")),
      R"j({"trusts":{"trusts":[{"name":"github","lastUsedAt":null}],"pageInfo":{"total":1}}})j");
  EXPECT_EQ(failure(kDelete, Json::object({{"id", "1"}})), "");
  EXPECT_FALSE(exchange(token()));
  EXPECT_EQ(failure(kDelete, Json::object({{"id", "1"}})), "NOT_FOUND trust not found");
  // So is one whose bot was removed.
  log_in(add_person("ann", "OWNER"));
  ASSERT_EQ(input_failure(kCreate, wish()), "");
  ASSERT_EQ(failure("mutation { removeBot(id: 1) { success } }"), "");
  EXPECT_FALSE(exchange(token()));
}

}  // namespace
}  // namespace rhumb::registry
