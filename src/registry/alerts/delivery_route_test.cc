#include "registry/alerts/delivery_route.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace rhumb::registry {
namespace {

struct Case {
  const char* name;
  const char* url;
  const char* addresses;  ///< that the host has, with blanks between; empty: none are known
  const char* want;       ///< `direct`, `proxy`, or what it is refused with
};

class RouteTable : public testing::TestWithParam<Case> {};

TEST_P(RouteTable, OneAddress) {
  const Case& c = GetParam();
  const http::AddressGuard guard({*http::IpRange::parse("10.1.0.0/16")});
  const auto route = choose_route(c.url, guard, [&c](const std::string&) {
    std::vector<http::IpAddress> out;
    for (const std::string_view text : split(c.addresses, ' ')) {
      if (const auto address = http::IpAddress::parse(text)) {
        out.push_back(*address);
      }
    }
    return out;
  });
  const std::string got = !route                            ? route.error().message()
                          : *route == DeliveryRoute::kProxy ? "proxy"
                                                            : "direct";
  EXPECT_TRUE(got.starts_with(c.want)) << got;
}

constexpr const char* kNotPlain = "the host must be written in plain";
constexpr const char* kLocal = "has no address here";

INSTANTIATE_TEST_SUITE_P(
    Routes,
    RouteTable,
    testing::ValuesIn(std::vector<Case>{
        {"Public", "https://hooks.example/x", "8.8.8.8 2606:4700::1111", "proxy"},
        {"PublicWithUserAndPort", "https://u:p@hooks.example:8443/x", "8.8.8.8", "proxy"},
        {"OnlyTheProxyKnowsIt", "https://hooks.example/x", "", "proxy"},
        {"Allowed", "http://inside.example/x", "10.1.2.3", "direct"},
        {"AllowedAndPublic", "http://inside.example/x", "8.8.8.8 10.1.2.3", "direct"},
        {"Private", "http://inside.example/x", "10.2.0.1", "10.2.0.1 is a private address"},
        {"OneOfThemIsPrivate", "http://mixed.example/x", "8.8.8.8 192.168.0.1", "192.168.0.1 is"},
        {"Metadata", "http://169.254.169.254/", "169.254.169.254", "169.254.169.254 is a link"},
        {"Loopback", "http://[::1]:80/", "::1", "::1 is a loopback address"},
        {"ShortLoopback", "http://127.1/", "127.0.0.1", "127.0.0.1 is a loopback address"},
        {"LocalName", "http://localhost/", "", "localhost has no address here"},
        {"LocalNameWithADot", "http://localhost./", "", "localhost. has no address here"},
        {"NoDot", "http://vault:8200/", "", "vault has no address here"},
        {"Internal", "http://metadata.google.INTERNAL/", "", "metadata.google.INTERNAL has"},
        {"OtherLetters", "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/", "", kNotPlain},
        {"Escapes", "http://%31%32%37.0.0.1/", "", kNotPlain},
        {"Backslash", "http://a.example\\@b.example/", "", kNotPlain},
        {"BackslashBehindTheHost", "http://a.example\\b/", "", kNotPlain},
        {"TwoUsers", "http://a@b@c.example/", "10.2.0.1", "10.2.0.1 is a private address"},
        {"NoHost", "http:///x", "", kNotPlain},
    }),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace rhumb::registry
