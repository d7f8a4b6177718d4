#include "http/proxy_address.h"

#include <gtest/gtest.h>

namespace rhumb::http {
namespace {

TEST(ProxyAddress, IsAUrlOrThatOfTheEnvironment) {
  const sys::FakeEnvironment none;
  EXPECT_EQ(*read_proxy_address("", none), "");
  for (const char* text : {"http://proxy.example:3128", "http://proxy.example:3128/",
                           "https://user:p%40ss@10.0.0.1:443", "http://[fd00::1]:8080"}) {
    EXPECT_EQ(*read_proxy_address(text, none), text);
  }
  EXPECT_EQ(*read_proxy_address("environment", sys::FakeEnvironment{{"HTTPS_PROXY", "a:1"}}),
            "http://a:1");
  const sys::FakeEnvironment both{{"https_proxy", "http://b:2"}, {"HTTPS_PROXY", "a:1"}};
  EXPECT_EQ(*read_proxy_address("environment", both), "http://b:2");
  EXPECT_EQ(*read_proxy_address("http://c:3", both), "http://c:3");
}

TEST(ProxyAddress, MistakesAreTold) {
  const sys::FakeEnvironment none;
  EXPECT_EQ(read_proxy_address("environment", none).error().message(),
            "neither https_proxy nor HTTPS_PROXY is set");
  for (const char* text :
       {"proxy", "proxy:3128", "http://proxy", "socks5://proxy:1080", "http://:3128",
        "http://proxy:3128/path", "http://proxy:3128?x=1", "http://user:s3cret@proxy"}) {
    const auto read = read_proxy_address(text, none);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::kInvalid);
    EXPECT_EQ(read.error().message().find("s3cret"), std::string::npos);
  }
}

}  // namespace
}  // namespace rhumb::http
