#include "registry/identity/cookies.h"

#include <gtest/gtest.h>

namespace rhumb::registry {
namespace {

constexpr std::string_view kPublic = "https://registry.test";

http::Request request_with(http::Headers headers) {
  http::Request request;
  request.headers = std::move(headers);
  request.headers.emplace_back("Host", "10.0.0.1:8484");
  return request;
}

TEST(Cookies, AreOfThisHostWhereThatIsPossible) {
  http::Response secure;
  set_cookie(secure, request_with({}), kPublic, {.name = kSessionCookie, .value = "s"});
  EXPECT_EQ(http::header_or_empty(secure.headers, "Set-Cookie"),
            "__Host-rhumb_session=s; Path=/; HttpOnly; SameSite=Lax; Secure");
  http::Response plain;
  set_cookie(plain, request_with({}), "http://x", {.name = "a", .value = "", .seconds = 0});
  set_cookie(plain, request_with({}), "http://x", {.name = "b", .value = "1"});
  ASSERT_EQ(plain.headers.size(), 2U);
  EXPECT_EQ(plain.headers[0].second, "a=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  EXPECT_EQ(plain.headers[1].second, "b=1; Path=/; HttpOnly; SameSite=Lax");
}

TEST(Cookies, OfPlainHttpAreNotTakenOverTls) {
  const http::Request plain = request_with({{"Cookie", "rhumb_session=x"}});
  EXPECT_EQ(session_cookie(plain, "http://x"), "x");
  EXPECT_EQ(session_cookie(plain, kPublic), std::nullopt);
  http::Request tls = plain;
  tls.secure = true;
  EXPECT_EQ(session_cookie(tls, ""), std::nullopt);
  tls.headers[0].second = "a=b; __Host-rhumb_session=y";
  EXPECT_EQ(session_cookie(tls, ""), "y");
  EXPECT_EQ(session_cookie(request_with({{"Cookie", "rhumb_session="}}), ""), std::nullopt);
}

TEST(Cookies, ForgedRequestsAreKnown) {
  struct Case {
    http::Headers headers;
    bool forged;
  };
  const std::pair<std::string, std::string> json = {"Content-Type", "application/json"};
  const Case cases[] = {
      {{json, {"Sec-Fetch-Site", "same-origin"}}, false},
      {{json, {"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://registry.test"}}, false},
      {{json, {"Origin", "https://registry.test"}}, false},
      {{json, {"Origin", "http://10.0.0.1:8484"}}, false},
      {{{"Content-Type", "application/JSON; charset=utf-8"}, {"Origin", "https://registry.test"}},
       false},
      {{json}, true},
      {{json, {"Sec-Fetch-Site", "same-site"}}, true},
      {{json, {"Sec-Fetch-Site", "cross-site"}}, true},
      {{json, {"Sec-Fetch-Site", "none"}}, true},
      {{json, {"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://evil.test"}}, true},
      {{json, {"Origin", "null"}}, true},
      {{json, {"Origin", "https://registry.test.evil"}}, true},
      {{json, {"Origin", "https://registry.test:444"}}, true},
      {{json, {"Origin", "http://registry.test"}}, true},
      {{{"Sec-Fetch-Site", "same-origin"}}, true},
      {{{"Content-Type", "text/plain"}, {"Sec-Fetch-Site", "same-origin"}}, true},
      {{{"Content-Type", "application/x-www-form-urlencoded"}, {"Sec-Fetch-Site", "same-origin"}},
       true},
      {{{"Content-Type", "text/plain; application/json"}, {"Sec-Fetch-Site", "same-origin"}}, true},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    EXPECT_EQ(may_be_forged(request_with(cases[i].headers), kPublic), cases[i].forged) << i;
  }
  EXPECT_FALSE(is_cross_site(request_with({}), kPublic));
  EXPECT_TRUE(is_cross_site(request_with({{"Origin", "https://evil.test"}}), kPublic));
}

}  // namespace
}  // namespace rhumb::registry
