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
