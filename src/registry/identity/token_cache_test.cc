#include "registry/identity/token_cache.h"

#include <gtest/gtest.h>

#include "registry/test_registry.h"

namespace rhumb::registry {
namespace {

class TokenCacheTest : public ::testing::Test {
 protected:
  void run(std::string_view sql, const Params& params = {}) {
    ASSERT_TRUE(registry_->store.write([&](Session& session) { return session.run(sql, params); }));
  }
  std::shared_ptr<const TokenOwner> find(std::string_view token, int64_t now = 1000) {
    Result<std::shared_ptr<const TokenOwner>> owner = cache_.find(token, now);
    EXPECT_TRUE(owner);
    return owner ? *owner : nullptr;
  }

  TestRegistry registry_;
  TokenCache cache_{registry_->store};
};

TEST_F(TokenCacheTest, AsksTheStoreOnce) {
  const auto first = find(kTestToken);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->bot_name, "admin");
  EXPECT_TRUE(first->rights.allows(kAdminPermission));
  EXPECT_EQ(find(kTestToken), first);
}

TEST_F(TokenCacheTest, UnknownTokensAreAskedForAgain) {
  EXPECT_EQ(find("made-later-0123456789abcdef"), nullptr);
  ASSERT_TRUE(registry_->store.write([](Session& session) -> Result<void> {
    NewToken token;
    token.org_id = 1;
    token.bot_id = 1;
    TRY(store_token(session, "made-later-0123456789abcdef", token));
    return {};
  }));
  EXPECT_NE(find("made-later-0123456789abcdef"), nullptr);
}

TEST_F(TokenCacheTest, ForgottenTokensAreLookedUpAnew) {
  ASSERT_NE(find(kTestToken), nullptr);
  run("UPDATE tokens SET revoked_at = 1");
  cache_.forget();
  EXPECT_EQ(find(kTestToken), nullptr);
}

TEST_F(TokenCacheTest, ChangesThatNobodyToldOfCountAfterTenSeconds) {
  constexpr int64_t kSecond = 1'000'000'000;
  ASSERT_NE(find(kTestToken, kSecond), nullptr);
  run("UPDATE tokens SET revoked_at = 1");
  EXPECT_NE(find(kTestToken, 10 * kSecond), nullptr);
  EXPECT_EQ(find(kTestToken, 11 * kSecond), nullptr);
}

TEST_F(TokenCacheTest, ClockThatWasMovedBackKeepsNothing) {
  ASSERT_NE(find(kTestToken, 2000), nullptr);
  run("UPDATE tokens SET revoked_at = 1");
  EXPECT_EQ(find(kTestToken, 1999), nullptr);
}

TEST_F(TokenCacheTest, ExpiryNeedsNoForgetting) {
  run("UPDATE tokens SET expires_at = 2000");
  EXPECT_NE(find(kTestToken, 1999), nullptr);
  EXPECT_EQ(find(kTestToken, 2000), nullptr);
}

TEST_F(TokenCacheTest, KnowsTheLastUseThatWasNoted) {
  const auto before = find(kTestToken);
  EXPECT_EQ(before->last_used_at, std::nullopt);
  cache_.set_used(*before, 1234, "10.0.0.1");
  EXPECT_EQ(find(kTestToken)->last_used_at, 1234);
  EXPECT_EQ(find(kTestToken)->last_used_ip, "10.0.0.1");
  EXPECT_EQ(before->last_used_at, std::nullopt);
}

}  // namespace
}  // namespace rhumb::registry
