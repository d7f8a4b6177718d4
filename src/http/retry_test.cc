#include "http/retry.h"

#include <gtest/gtest.h>

#include <string>

namespace rhumb::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Result<ClientResponse> answer(int status, Headers headers = {}) {
  ClientResponse response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

TEST(HttpRetry, KnowsLoopback) {
  for (const char* url : {"http://localhost", "http://LOCALHOST:80/x", "http://127.0.0.1:1/q?a",
                          "https://127.9.8.7", "http://[::1]:80/", "http://u:p@127.0.0.1/"}) {
    EXPECT_TRUE(is_loopback_url(url)) << url;
  }
  for (const char* url : {"http://example.com/127.0.0.1", "http://127.0.0.1.example.com",
                          "http://localhost.example.com", "http://10.0.0.1", "http://[::2]",
                          "http://127.0.0.1@example.com/", "http://example.com?localhost"}) {
    EXPECT_FALSE(is_loopback_url(url)) << url;
  }
}

TEST(HttpRetry, WaitsLongerEachTime) {
  const RetryPolicy policy;
  const char* url = "https://example.com/query";
  const milliseconds want[] = {seconds(1), seconds(2), seconds(4), seconds(8)};
  for (int attempt = 1; attempt <= 4; ++attempt) {
    EXPECT_EQ(wait_before_retry(policy, url, attempt, answer(503)), want[attempt - 1]);
  }
  EXPECT_EQ(wait_before_retry(policy, url, 5, answer(503)), std::nullopt);
  EXPECT_EQ(wait_before_retry({.attempts_max = 99}, url, 20, answer(500)), milliseconds(seconds(30)));
}

TEST(HttpRetry, DecidesByOutcome) {
  const RetryPolicy policy;
  const char* url = "https://example.com/query";
  for (const int status : {200, 201, 301, 400, 401, 403, 404, 413, 422, 501}) {
    EXPECT_EQ(wait_before_retry(policy, url, 1, answer(status)), std::nullopt) << status;
  }
  for (const int status : {429, 500, 502, 503, 504}) {
    EXPECT_EQ(wait_before_retry(policy, url, 1, answer(status)), milliseconds(1000)) << status;
  }
  EXPECT_EQ(wait_before_retry(policy, url, 1, Error(ErrorCode::kUnavailable, "x")),
            milliseconds(1000));
  for (const ErrorCode code : {ErrorCode::kInvalid, ErrorCode::kLimit, ErrorCode::kCancelled}) {
    EXPECT_EQ(wait_before_retry(policy, url, 1, Error(code, "x")), std::nullopt);
  }
}

TEST(HttpRetry, HonoursRetryAfter) {
  const RetryPolicy policy;
  const char* loopback = "http://127.0.0.1:8484/query";
  EXPECT_EQ(wait_before_retry(policy, loopback, 1, answer(503)), milliseconds(0));
  EXPECT_EQ(wait_before_retry(policy, loopback, 1, answer(503, {{"retry-after", "3"}})),
            milliseconds(3000));
  EXPECT_EQ(wait_before_retry(policy, loopback, 1, answer(429, {{"Retry-After", "86400"}})),
            milliseconds(policy.retry_after_max));
  EXPECT_EQ(wait_before_retry(policy, loopback, 1, answer(200, {{"Retry-After", "3"}})),
            std::nullopt);
  for (const char* text : {"", "-1", "3s", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999"}) {
    EXPECT_EQ(retry_after({{"Retry-After", text}}), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rhumb::http
