#include "http/trusted_proxies.h"

#include <gtest/gtest.h>

namespace rhumb::http {
namespace {

TrustedProxies proxies(const std::vector<std::string>& networks) {
  return TrustedProxies::parse(networks).value();
}

TEST(TrustedProxies, ContainAddressesAndNetworks) {
  const TrustedProxies trusted = proxies({"10.0.0.0/8", "192.168.1.7", "fd00::/9", "::1"});
  struct Row {
    const char* address;
    bool is_trusted;
  };
  const Row rows[] = {{"10.0.0.1", true},    {"10.255.255.255", true},
                      {"11.0.0.1", false},   {"::ffff:10.1.2.3", true},
                      {"192.168.1.7", true}, {"192.168.1.8", false},
                      {"fd7f::1", true},     {"fd80::1", false},
                      {"::1", true},         {"::2", false},
                      {"", false},           {"10.0.0", false}};
  for (const Row& row : rows) {
    EXPECT_EQ(trusted.contains(row.address), row.is_trusted) << row.address;
  }
  EXPECT_TRUE(proxies({"0.0.0.0/0"}).contains("8.8.8.8"));
  EXPECT_FALSE(proxies({"0.0.0.0/0"}).contains("fd00::1"));
  EXPECT_TRUE(proxies({"::/0"}).contains("8.8.8.8"));
}

TEST(TrustedProxies, WhatIsNoNetworkIsNamed) {
  for (const char* text : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "proxy",
                           "::/129", "10.0.0.0.0", "/8"}) {
    const auto parsed = TrustedProxies::parse({"::1", text});
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message().find("neither an address nor a range"), std::string::npos)
        << parsed.error().message();
  }
}

TEST(TrustedProxies, TheClientIsTheLastThatIsNoProxy) {
  const TrustedProxies trusted = proxies({"10.0.0.0/8"});
  struct Row {
    const char* peer;
    const char* forwarded;
    const char* client;
  };
  const Row rows[] = {
      {"10.0.0.1", "203.0.113.9", "203.0.113.9"},
      {"10.0.0.1", "1.1.1.1, 203.0.113.9 , 10.2.2.2", "203.0.113.9"},
      {"203.0.113.9", "1.1.1.1", "203.0.113.9"},  // no proxy: it could say anything
      {"10.0.0.1", "", "10.0.0.1"},
      {"10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"},
      {"10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"},
      {"10.0.0.1", ",", "10.0.0.1"},
      {"10.0.0.1", "2001:db8::7", "2001:db8::7"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(trusted.client_of(row.peer, row.forwarded), row.client) << row.forwarded;
  }
  EXPECT_EQ(proxies({}).client_of("10.0.0.1", "1.1.1.1"), "10.0.0.1");
}

}  // namespace
}  // namespace rhumb::http
