#include <gtest/gtest.h>

#include <chrono>

#include "registry/api/test_people.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr const char* kCreate =
    "mutation c($input: CreateTokenInput!) { createToken(input: $input) { secret token { id prefix "
    "owner { kind name } scopes grants { role repo } expiresAt } } }";
constexpr const char* kRotate =
    "mutation r($input: RotateTokenInput!) { rotateToken(input: $input) { secret token { id prefix "
    "owner { name } scopes expiresAt } } }";
constexpr const char* kRevoke = "mutation r($id: ID!) { revokeToken(id: $id) { success } }";
constexpr const char* kCreateBot =
    "mutation c($input: CreateBotInput!) { createBot(input: $input) { secret token { id } } }";
constexpr const char* kRemoveBot = "mutation r($id: ID!) { removeBot(id: $id) { success } }";
constexpr const char* kBots =
    "{ bots { bots { id name createdBy { kind name } tokens { id lastFour } } pageInfo { total } } "
    "}";

class TokensTest : public PeopleTest {
 protected:
  static Json by_id(const std::string& id) { return Json::object({{"id", id}}); }
  Json create(Json wish) { return input(kCreate, std::move(wish)).at("createToken"); }
  static std::string secret_of(const Json& made) { return made.at("secret").as_string(); }
  static std::string id_of(const Json& made) { return made.at("token").at("id").as_string(); }
  /// `after` from now, as the API reads it.
  Json in(std::chrono::hours after) {
    return time_json(registry_->now() + std::chrono::nanoseconds(after).count());
  }
};

TEST_F(TokensTest, PeopleMakeTheirOwn) {
  log_in(add_person("ann", {Grant{"DEVELOPER", "app-*", {}, {}}, Grant{"VIEWER", {}, {}, {}}}));
  const Json made = create(Json::object());
  EXPECT_TRUE(secret_of(made).starts_with("rgp_"));
  EXPECT_EQ(text(made.at("token")),
            R"j({"id":"2","prefix":"rgp_","owner":{"kind":"USER","name":"ann"},"scopes":[],)j"
            R"j("grants":[{"role":"DEVELOPER","repo":"app-*"},{"role":"VIEWER","repo":null}],)j"
            R"j("expiresAt":null})j");
  EXPECT_EQ(input_failure(kCreate, Json::object({{"scopes", Json::array({"dir:push"})}})),
            "FORBIDDEN scope dir:push goes beyond what you may do yourself");
  EXPECT_EQ(input_failure(kCreate, Json::object({{"scopes", Json::array({"dir:read"})}})), "");
  EXPECT_EQ(input_failure(kCreate, Json::object({{"botID", "1"}})),
            "FORBIDDEN permission \"admin\" is required");
  ASSERT_TRUE(use_token(secret_of(made)));
  EXPECT_EQ(text(data("{ me { name kind roles } }")),
            R"j({"me":{"name":"ann","kind":"USER","roles":["VIEWER"]}})j");
  EXPECT_TRUE(registry_.caller().rights.allows("dir:push", {.repo = "app-1"}));
  EXPECT_FALSE(registry_.caller().rights.allows("dir:push", {.repo = "web"}));
}

TEST_F(TokensTest, OfAPersonFollowTheirRightsDown) {
  const int64_t ann = add_person("ann", "ADMIN");
  log_in(ann);
  const std::string secret = secret_of(create(Json::object()));
  use_admin();
  ASSERT_EQ(input_failure(
                "mutation u($input: UpdateMemberInput!) { updateMember(input: $input) { "
                "id } }",
                Json::object({{"id", std::to_string(ann)}, {"roles", Json::array({"VIEWER"})}})),
            "");
  ASSERT_TRUE(use_token(secret));
  EXPECT_EQ(failure("{ tokens { pageInfo { total } } }"),
            "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(failure("{ databases { pageInfo { total } } }"), "");
  EXPECT_EQ(text(data("{ me { roles } }")), R"j({"me":{"roles":[]}})j");
}

TEST_F(TokensTest, MadeWithAnExpiringOneDoNotOutliveIt) {
  log_in(add_person("ann", "VIEWER"));
  ASSERT_TRUE(
      use_token(secret_of(create(Json::object({{"expiresAt", in(std::chrono::hours(2))}})))));
  EXPECT_EQ(input_failure(kCreate, Json::object({{"expiresAt", in(std::chrono::hours(3))}})),
            "FORBIDDEN expiresAt must not be later than the end of the token in use");
  EXPECT_EQ(text(create(Json::object()).at("token").at("expiresAt")),
            text(in(std::chrono::hours(2))));
  EXPECT_EQ(text(create(Json::object({{"expiresAt", in(std::chrono::hours(1))}}))
                     .at("token")
                     .at("expiresAt")),
            text(in(std::chrono::hours(1))));
}

TEST_F(TokensTest, BotsGetNoMoreThanWhoMakesThem) {
  log_in(add_person("ann", "ADMIN"));
  Json bot = Json::object({{"name", "ci"},
                           {"scopes", Json::array({"dir:push"})},
                           {"grants", Json::array({Json::object({{"role", "OWNER"}})})}});
  EXPECT_EQ(input_failure(kCreateBot, bot),
            "FORBIDDEN role OWNER goes beyond what you may do yourself");
  bot.set("grants", Json::array({Json::object({{"role", "ADMIN"}})}));
  EXPECT_EQ(input_failure(kCreateBot, bot), "");
  EXPECT_EQ(text(data(kBots)),
            R"j({"bots":{"bots":[{"id":"1","name":"admin","createdBy":null,"tokens":[{"id":"1",)j"
            R"j("lastFour":"6789"}]},{"id":"2","name":"ci","createdBy":{"kind":"USER","name":)j"
            R"j("ann"},"tokens":[{"id":"2","lastFour":")j" +
                registry_.scalar("SELECT last_four FROM tokens WHERE id = 2").text() +
                R"j("}]}],"pageInfo":{"total":2}}})j");
}

TEST_F(TokensTest, RotationLeavesTheOldOneAWhile) {
  const Json made = input(kCreateBot, Json::object({{"name", "ci"},
                                                    {"scopes", Json::array({"dir:read"})},
                                                    {"expiresAt", in(std::chrono::hours(240))}}))
                        .at("createBot");
  const std::string old = secret_of(made);
  registry_.clock().advance(std::chrono::hours(24));
  const Json next = input(kRotate, by_id(id_of(made))).at("rotateToken");
  EXPECT_EQ(text(next.at("token")),
            R"j({"id":"3","prefix":"rgb_","owner":{"name":"ci"},"scopes":["dir:read"],)j"
            R"j("expiresAt":)j" +
                text(in(std::chrono::hours(240))) + "}");
  EXPECT_TRUE(use_token(old));
  EXPECT_TRUE(use_token(secret_of(next)));
  registry_.clock().advance(std::chrono::hours(1));
  EXPECT_FALSE(use_token(old));
  EXPECT_TRUE(use_token(secret_of(next)));
  use_admin();
  EXPECT_EQ(input_failure(kRotate, by_id("2")), "CONFLICT token 2 is not valid any more");
  // At once.
  Json now = by_id("3");
  now.set("overlapMinutes", 0);
  ASSERT_EQ(input_failure(kRotate, now), "");
  EXPECT_FALSE(use_token(secret_of(next)));
  EXPECT_EQ(audited(),
            "bot.create token.create token.rotate token.create request.refused token.rotate "
            "token.create");
}

TEST_F(TokensTest, RotationIsChecked) {
  expect_checked(kRotate, by_id("1"), {"id"});
  for (const int wrong : {-1, 10081}) {
    Json wish = by_id("1");
    wish.set("overlapMinutes", wrong);
    EXPECT_EQ(input_failure(kRotate, wish), "INVALID overlapMinutes must be from 0 to 10080");
  }
  Json past = by_id("1");
  past.set("expiresAt", "2001-01-01T00:00:00Z");
  EXPECT_EQ(input_failure(kRotate, past), "INVALID expiresAt must lie in the future");
  EXPECT_EQ(input_failure(kRotate, by_id("9")), "NOT_FOUND token not found");
  log_in(add_person("ann", "OWNER"));
  const std::string of_ann = id_of(create(Json::object()));
  EXPECT_EQ(input_failure(kRotate, by_id(of_ann)), "");
  use_admin();
  const std::string next = registry_.scalar("SELECT max(id) FROM tokens").number() == 3 ? "3" : "?";
  EXPECT_EQ(input_failure(kRotate, by_id(next)), "FORBIDDEN the token belongs to somebody else");
  log_in(add_person("bob", "ADMIN"));
  EXPECT_EQ(input_failure(kRotate, by_id("1")),
            "FORBIDDEN role OWNER goes beyond what you may do yourself");
  log_in(add_person("cid", "VIEWER"));
  EXPECT_EQ(input_failure(kRotate, by_id("1")), "FORBIDDEN permission \"admin\" is required");
  leave_organization();
  EXPECT_EQ(input_failure(kRotate, by_id("1")), "NOT_FOUND token not found");
}

TEST_F(TokensTest, PeopleRevokeTheirOwn) {
  log_in(add_person("ann", "VIEWER"));
  const std::string id = id_of(create(Json::object()));
  EXPECT_EQ(failure(kRevoke, by_id("1")), "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(failure(kRevoke, by_id("77")), "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(failure(kRevoke, by_id(id)), "");
  EXPECT_EQ(failure(kRevoke, by_id(id)), "") << "once more";
  log_in(add_person("bob", "DEVELOPER"));
  EXPECT_EQ(failure(kRevoke, by_id(id)), "FORBIDDEN permission \"admin\" is required");
}

TEST_F(TokensTest, LastWayToAdministerStays) {
  EXPECT_EQ(failure(kRevoke, by_id("1")),
            "CONFLICT token 1 is the last that may administer; create another first");
  EXPECT_EQ(failure(kRemoveBot, by_id("1")), "CONFLICT bot admin is the last who may administer");
  const int64_t ann = add_person("ann", "ADMIN");
  log_in(ann);
  EXPECT_EQ(failure(kRemoveBot, by_id("1")), "");
  EXPECT_FALSE(use_token(std::string(kTestToken)));
  log_in(ann);
  EXPECT_EQ(failure("mutation { removeMember(id: " + std::to_string(ann) + ") { success } }"),
            "CONFLICT ann is the last who may administer");
}

TEST_F(TokensTest, RemovedBotsAreOut) {
  const Json made =
      input(kCreateBot, Json::object({{"name", "ci"}, {"scopes", Json::array()}})).at("createBot");
  EXPECT_TRUE(use_token(secret_of(made)));
  use_admin();
  EXPECT_EQ(failure(kRemoveBot, by_id("2")), "");
  EXPECT_FALSE(use_token(secret_of(made)));
  EXPECT_EQ(failure(kRemoveBot, by_id("2")), "NOT_FOUND bot not found");
  EXPECT_EQ(failure(kRemoveBot, by_id("x")), "NOT_FOUND bot not found");
  EXPECT_EQ(input_failure(kCreate, Json::object({{"botID", "2"}})), "NOT_FOUND bot not found");
  EXPECT_EQ(text(data("{ bots { bots { name } } }")), R"j({"bots":{"bots":[{"name":"admin"}]}})j");
  EXPECT_TRUE(input_failure(kCreateBot, Json::object({{"name", "ci"}, {"scopes", Json::array()}}))
                  .starts_with("CONFLICT"));
  log_in(add_person("ann", "APPROVER"));
  EXPECT_EQ(failure(kRemoveBot, by_id("1")), "FORBIDDEN permission \"admin\" is required");
  EXPECT_EQ(failure(kBots), "FORBIDDEN permission \"admin\" is required");
  use_admin();
  leave_organization();
  EXPECT_EQ(failure(kRemoveBot, by_id("1")), "NOT_FOUND bot not found");
  EXPECT_EQ(text(data("{ bots { pageInfo { total } } }")),
            R"j({"bots":{"pageInfo":{"total":0}}})j");
}

TEST_F(TokensTest, OfAProjectReachWhatIsInIt) {
  ASSERT_TRUE(registry_.push("ledger", "", {"1"}));
  ASSERT_TRUE(registry_.push("shop", "", {"1"}));
  ASSERT_TRUE(registry_->store.write([](Session& session) -> Result<void> {
    TRY(session.run("INSERT INTO projects (org_id, name, created_at) VALUES (1, 'payments', 1)"));
    return session.run(
        "UPDATE repos SET project_id = (SELECT id FROM projects WHERE name = 'payments') "
        "WHERE slug = 'ledger'");
  }));
  const Json made =
      input(kCreateBot,
            Json::object({{"name", "ci"},
                          {"scopes", Json::array()},
                          {"grants", Json::array({Json::object(
                                         {{"role", "DEVELOPER"}, {"project", "pay*"}})})}}))
          .at("createBot");
  ASSERT_TRUE(use_token(secret_of(made)));
  EXPECT_TRUE(registry_.push("ledger", "", {"1", "2"}));
  const auto refused = registry_.push("shop", "", {"1", "2"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "permission \"dir:push\" is required");
}

TEST_F(TokensTest, LastUseOfATokenIsNotedAndItsPersonWasSeen) {
  const int64_t ann = add_person("ann", "VIEWER");
  log_in(ann);
  const std::string secret = secret_of(create(Json::object()));
  const auto owner = registry_->tokens.find(secret, registry_->now());
  ASSERT_TRUE(owner);
  registry_.clock().advance(std::chrono::hours(1));
  ASSERT_TRUE(registry_->store.write(
      [&](Session& session) { return note_use(session, **owner, registry_->now(), "10.1.2.3"); }));
  use_admin();
  EXPECT_EQ(text(data("{ tokens { tokens { lastUsedIP } } members { members { lastSeen } } }")),
            R"j({"tokens":{"tokens":[{"lastUsedIP":null},{"lastUsedIP":"10.1.2.3"}]},"members":{)j"
            R"j("members":[{"lastSeen":)j" +
                text(in(std::chrono::hours(0))) + "}]}}");
}

}  // namespace
}  // namespace rhumb::registry
