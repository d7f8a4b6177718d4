#include "registry/identity/refused_tokens.h"

#include <gtest/gtest.h>

namespace rhumb::registry {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kStart = 1000 * kSecondNs;

class RefusedTokensTest : public testing::Test {
 protected:
  std::vector<RefusedTokens::Told> take(const std::string& ip, int64_t second) {
    Origin origin;
    origin.ip = ip;
    origin.request_id = std::to_string(second);
    return refused_.take(origin, "token", kStart + second * kSecondNs);
  }

  RefusedTokens refused_;
};

TEST_F(RefusedTokensTest, TheFirstIsToldAtOnce) {
  const auto told = take("192.0.2.1", 0);
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].origin.ip, "192.0.2.1");
  EXPECT_EQ(told[0].object, "token");
  EXPECT_EQ(told[0].requests, 1);
  EXPECT_EQ(take("192.0.2.2", 0).size(), 1) << "another address";
}

TEST_F(RefusedTokensTest, ThoseOfAMinuteAreOneEntryWithTheirNumber) {
  ASSERT_EQ(take("192.0.2.1", 0).size(), 1);
  for (int64_t second = 1; second < 60; ++second) {
    EXPECT_TRUE(take("192.0.2.1", second).empty()) << second;
  }
  const auto told = take("192.0.2.1", 60);
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].requests, 59);
  EXPECT_EQ(told[0].origin.request_id, "1") << "the first of them";
  const auto more = take("192.0.2.9", 121);
  ASSERT_EQ(more.size(), 2) << "what another address asks brings it to light as well";
  EXPECT_EQ(more[0].requests, 1) << "the one of second 60";
}

TEST_F(RefusedTokensTest, AnAddressThatWaitedIsToldOfAtOnceAgain) {
  ASSERT_EQ(take("192.0.2.1", 0).size(), 1);
  EXPECT_EQ(take("192.0.2.1", 61).size(), 1);
  EXPECT_EQ(take("192.0.2.1", -500).size(), 1) << "the clock was moved back";
}

TEST_F(RefusedTokensTest, ManyAddressesCountAsOne) {
  size_t told = 0;
  for (int i = 0; i < 1000; ++i) {
    told += take("2001:db8::" + std::to_string(i), 0).size();
  }
  EXPECT_EQ(told, 101);
  const auto rest = refused_.drain();
  ASSERT_EQ(rest.size(), 1);
  EXPECT_EQ(rest[0].requests, 899);
  EXPECT_TRUE(refused_.drain().empty());
}

}  // namespace
}  // namespace rhumb::registry
