#include "registry/identity/rate_limit.h"

#include <gtest/gtest.h>

namespace rhumb::registry {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kStart = 1000 * kSecondNs;

class RateLimitTest : public testing::Test {
 protected:
  RateLimitTest() { rates_.set_per_minute(60); }

  int64_t take(int64_t token_id, int64_t second, int64_t requests = 1) {
    int64_t wait = 0;
    for (int64_t i = 0; i < requests; ++i) {
      wait = rates_.take(token_id, kStart + second * kSecondNs);
    }
    return wait;
  }

  RateLimit rates_;
};

TEST_F(RateLimitTest, AMinutesWorthAtOnceAndThenOneByOne) {
  EXPECT_EQ(take(1, 0, 60), 0);
  EXPECT_EQ(take(1, 0), 1) << "seconds to wait";
  EXPECT_EQ(take(2, 0), 0) << "another token";
  EXPECT_EQ(take(1, 1), 0);
  EXPECT_EQ(take(1, 1), 1);
  EXPECT_EQ(take(1, -500), 1) << "the clock was moved back";
  RateLimit none;
  EXPECT_EQ(none.take(1, kStart), 0);
}

TEST_F(RateLimitTest, WhatWasTakenIsToldOnce) {
  take(1, 0, 20);
  EXPECT_EQ(rates_.tell(), std::vector<std::string>{"[[1,20]]"});
  take(1, 0, 3);
  take(-7, 1);
  const std::vector<std::string> messages = rates_.tell();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_TRUE(messages[0] == "[[1,3],[-7,1]]" || messages[0] == "[[-7,1],[1,3]]") << messages[0];
  EXPECT_TRUE(rates_.tell().empty()) << "nothing was taken since";
}

TEST_F(RateLimitTest, MessagesAreShort) {
  for (int64_t token_id = 1; token_id <= 1000; ++token_id) {
    take(INT64_MAX - token_id, 0);
  }
  const std::vector<std::string> messages = rates_.tell();
  EXPECT_EQ(messages.size(), 7U);
  for (const std::string& message : messages) {
    EXPECT_LT(message.size(), 7000U) << "a notification takes 8,000 bytes";
  }
}

TEST_F(RateLimitTest, WhatOthersTookCounts) {
  take(1, 0, 10);
  rates_.hear("[[1,50],[2,1000]]", kStart);
  EXPECT_EQ(take(1, 0), 1);
  EXPECT_EQ(take(2, 0), 1);
  EXPECT_EQ(take(2, 1), 0) << "more than there is cannot be owed";
  for (const char* noise :
       {"", "[", "{}", "[1]", "[[1]]", "[[\"1\",5]]", "[[3,-5]]", "[[3,1.5]]"}) {
    rates_.hear(noise, kStart);
  }
  EXPECT_EQ(take(3, 0, 60), 0);
}

}  // namespace
}  // namespace rhumb::registry
