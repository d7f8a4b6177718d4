#include "registry/identity/access.h"

#include <gtest/gtest.h>

#include <set>

#include "registry/identity/tokens.h"
#include "registry/store/test_store.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kNow = 1'700'000'000'000'000'000;

TEST(Glob, Matches) {
  EXPECT_TRUE(matches_glob("prod-*", "prod-eu"));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a*b*c", "a-x-b-b-c"));
  EXPECT_TRUE(matches_glob("a?c", "abc"));
  EXPECT_FALSE(matches_glob("prod-*", "prod"));
  EXPECT_FALSE(matches_glob("a?c", "ac"));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(Rights, ScopesAndGrants) {
  Rights reporter{{"report:write"}, {}};
  EXPECT_TRUE(reporter.allows("report:write"));
  EXPECT_FALSE(reporter.allows("dir:read"));
  Rights scoped{{}, {Grant{"DEVELOPER", "app-*", {}, {}}}};
  EXPECT_TRUE(scoped.allows("dir:push", {.repo = "app-1"}));
  EXPECT_FALSE(scoped.allows("dir:push", {.repo = "web"}));
  EXPECT_FALSE(scoped.allows("dir:push"));
  EXPECT_FALSE(scoped.allows(kAdminPermission, {.repo = "app-1"}));
  EXPECT_TRUE(scoped.roles().empty());
  Rights admin{{}, {Grant{"ADMIN", {}, {}, {}}}};
  EXPECT_TRUE(admin.allows(kAdminPermission));
  EXPECT_EQ(admin.roles(), std::vector<std::string>{"ADMIN"});
  Rights viewer{{}, {Grant{"VIEWER", {}, {}, {}}}};
  EXPECT_TRUE(viewer.allows("cloud:read"));
  EXPECT_FALSE(viewer.allows("report:write"));
}

TEST(Glob, CoversAnother) {
  struct Case {
    const char* glob;
    const char* narrow;
    bool want;
  };
  const Case cases[] = {
      {"*", "", true},        {"*", "a?*", true},      {"a*", "ab*", true}, {"a*", "a", true},
      {"a?", "ab", true},     {"a?", "a?", true},      {"a?", "a*", false}, {"ab*", "a*", false},
      {"a*b", "a*c*b", true}, {"a*b", "a*", false},    {"a", "a", true},    {"a", "?", false},
      {"?*", "*", false},     {"**", "*", true},       {"", "", true},      {"", "a", false},
      {"a*?", "a*", false},   {"*-eu", "p*-eu", true}, {"a?c", "a?", false}};
  for (const Case& c : cases) {
    EXPECT_EQ(covers_glob(c.glob, c.narrow), c.want) << c.glob << " over " << c.narrow;
  }
}

TEST(Rights, NobodyGivesMoreThanTheyHave) {
  const Rights admin{{}, {Grant{"ADMIN", {}, {}, {}}}};
  const Rights owner{{}, {Grant{"OWNER", {}, {}, {}}}};
  const Rights of_app{{}, {Grant{"DEPLOYER", "app-*", {}, "prod"}}};
  auto excess = [](const Rights& own, const Rights& gift) {
    return own.find_excess(gift).value_or("");
  };
  EXPECT_EQ(excess(owner, owner), "");
  EXPECT_EQ(excess(admin, owner), "role OWNER");
  EXPECT_EQ(excess(owner, admin), "");
  EXPECT_EQ(excess(admin, of_app), "");
  EXPECT_EQ(excess(of_app, admin), "role ADMIN");
  EXPECT_EQ(excess(of_app, Rights{{}, {Grant{"DEPLOYER", "app-1", {}, "prod"}}}), "");
  EXPECT_EQ(excess(of_app, Rights{{}, {Grant{"DEVELOPER", "app-1", "p", "prod"}}}), "");
  EXPECT_EQ(excess(of_app, Rights{{}, {Grant{"DEPLOYER", "app-1", {}, {}}}}), "role DEPLOYER");
  EXPECT_EQ(excess(of_app, Rights{{}, {Grant{"DEPLOYER", "a*", {}, "prod"}}}), "role DEPLOYER");
  EXPECT_EQ(excess(of_app, Rights{{}, {Grant{"APPROVER", "app-1", {}, "prod"}}}), "role APPROVER");
  EXPECT_EQ(excess(of_app, Rights{{"report:write"}, {}}), "scope report:write");
  EXPECT_EQ(excess(admin, Rights{known_scopes(), {}}), "");
  EXPECT_EQ(excess(Rights{{"dir:read", "schema:read", "cloud:read"}, {}},
                   Rights{{}, {Grant{"VIEWER", {}, {}, {}}}}),
            "");
  EXPECT_EQ(check_gift(of_app, admin).error().message(),
            "role ADMIN goes beyond what you may do yourself");
}

TEST(Rights, NeverGoBeyondTheirLimit) {
  Rights token{{"report:write", "dir:read"}, {Grant{"ADMIN", {}, {}, {}}}};
  token.limit = std::make_shared<const Rights>(
      Rights{{}, {Grant{"DEVELOPER", "app-*", {}, {}}, Grant{"VIEWER", {}, {}, {}}}});
  EXPECT_TRUE(token.allows("dir:read"));
  EXPECT_TRUE(token.allows("report:write", {.repo = "app-1"}));
  EXPECT_FALSE(token.allows("report:write"));
  EXPECT_FALSE(token.allows(kAdminPermission));
  EXPECT_FALSE(token.has_scope("report:write"));
  EXPECT_TRUE(token.roles().empty());
  EXPECT_TRUE(token.find_excess(Rights{{}, {Grant{"ADMIN", "app-1", {}, {}}}}));
  EXPECT_FALSE(token.find_excess(Rights{{}, {Grant{"DEVELOPER", "app-1", {}, {}}}}));
  const Rights plain = token.without_limit();
  EXPECT_EQ(plain.scopes, std::vector<std::string>{"dir:read"});
  EXPECT_TRUE(plain.grants.empty());
}

TEST(Rights, OfAProjectReachItsRepositories) {
  Rights rights{{}, {Grant{"DEVELOPER", {}, "pay*", {}}}};
  EXPECT_TRUE(rights.allows("dir:push", {.repo = "x", .project = "payments"}));
  EXPECT_FALSE(rights.allows("dir:push", {.repo = "x", .project = "web"}));
  EXPECT_FALSE(rights.allows("dir:push", {.repo = "ledger"}));
  rights.grants[0].project_repos = {"ledger"};
  EXPECT_TRUE(rights.allows("dir:push", {.repo = "ledger"}));
  EXPECT_FALSE(rights.allows("dir:push", {.repo = "shop"}));
  EXPECT_FALSE(rights.allows("dir:push"));
}

TEST(Rights, UnknownNamesAreRefused) {
  EXPECT_FALSE(parse_scopes(codec::Json::array({"dir:read", "root"})));
  EXPECT_FALSE(parse_scopes(codec::Json::array({codec::Json(1)})));
  EXPECT_FALSE(parse_grants(codec::Json::array({codec::Json::object({{"role", "KING"}})})));
  Result<std::vector<std::string>> scopes =
      parse_scopes(codec::Json::array({"dir:read", "dir:read"}));
  ASSERT_TRUE(scopes);
  EXPECT_EQ(scopes->size(), 1U);
}

TEST(Tokens, AreLongAndDifferent) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    std::string token = make_bot_token();
    EXPECT_EQ(token.size(), 47U);
    EXPECT_TRUE(is_acceptable_token(token));
    seen.insert(token);
  }
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_FALSE(is_acceptable_token("short"));
  EXPECT_FALSE(is_acceptable_token("twenty characters and blanks"));
}

class AdminTest : public testing::Test {
 protected:
  Result<AdminAccess> start(const std::optional<std::string>& given = std::nullopt) {
    return write_value<AdminAccess>(
        *store_, [&](Session& session) { return ensure_admin(session, given, kNow); });
  }
  std::optional<TokenOwner> find(std::string_view token, int64_t now = kNow) {
    Result<std::optional<TokenOwner>> owner = read_value<std::optional<TokenOwner>>(
        *store_, [&](Session& session) { return find_token(session, token, now); });
    EXPECT_TRUE(owner.has_value());
    return owner ? *owner : std::nullopt;
  }

  TestStore store_;
};

TEST_F(AdminTest, FirstStartMakesTheTokenLaterStartsDoNot) {
  Result<AdminAccess> first = start();
  ASSERT_TRUE(first);
  ASSERT_TRUE(first->made_token.has_value());
  std::optional<TokenOwner> owner = find(*first->made_token);
  ASSERT_TRUE(owner.has_value());
  EXPECT_EQ(owner->bot_name, "admin");
  EXPECT_EQ(owner->org_slug, "default");
  EXPECT_TRUE(owner->rights.allows(kAdminPermission));
  Result<AdminAccess> second = start();
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->made_token.has_value());
  EXPECT_FALSE(find("rgb_" + std::string(43, 'x')).has_value());
}

TEST_F(AdminTest, GivenTokenIsTakenAndNotShown) {
  Result<AdminAccess> first = start("given-token-of-20-characters");
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->made_token.has_value());
  EXPECT_TRUE(find("given-token-of-20-characters").has_value());
  EXPECT_TRUE(start("given-token-of-20-characters"));
  Result<AdminAccess> other = start("another-token-of-20-characters");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kDenied);
  EXPECT_FALSE(start("short"));
}

TEST_F(AdminTest, RevokedAndExpiredTokensAreUnknown) {
  Result<AdminAccess> first = start();
  ASSERT_TRUE(first);
  ASSERT_TRUE(store_->write([](Session& session) {
    return session.run("UPDATE tokens SET expires_at = ?", {kNow + 1});
  }));
  EXPECT_TRUE(find(*first->made_token, kNow).has_value());
  EXPECT_FALSE(find(*first->made_token, kNow + 1).has_value());
  ASSERT_TRUE(store_->write([](Session& session) {
    return session.run("UPDATE tokens SET expires_at = NULL, revoked_at = ?", {kNow});
  }));
  EXPECT_FALSE(find(*first->made_token).has_value());
}

TEST_F(AdminTest, StoreHoldsNoSecret) {
  Result<AdminAccess> first = start("given-token-of-20-characters");
  ASSERT_TRUE(first);
  EXPECT_EQ(store_.scalar("SELECT last_four FROM tokens").text(), "ters");
  EXPECT_EQ(
      store_.count_with("SELECT prefix || scopes || grants || created_by FROM tokens", "given"), 0);
  EXPECT_EQ(store_.count_with("SELECT sha256 FROM tokens", "given"), 0);
}

}  // namespace
}  // namespace rhumb::registry
