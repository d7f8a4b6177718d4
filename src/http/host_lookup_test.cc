#include "http/host_lookup.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace rhumb::http {
namespace {

using std::chrono::seconds;

TEST(HostLookup, FindsWhatConnectingWouldFind) {
  const IpAddress loopback = *IpAddress::parse("127.0.0.1");
  for (const char* host : {"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"}) {
    const std::vector<IpAddress> found = look_up_host(host, seconds(10));
    EXPECT_TRUE(std::ranges::find(found, loopback) != found.end()) << host;
  }
  EXPECT_EQ(look_up_host("::1", seconds(10)), std::vector<IpAddress>{*IpAddress::parse("::1")});
  EXPECT_FALSE(look_up_host("localhost", seconds(10)).empty());
}

TEST(HostLookup, NothingIsFoundInNoTime) {
  EXPECT_TRUE(look_up_host("host.invalid", seconds(20)).empty());
  EXPECT_TRUE(look_up_host("", seconds(0)).empty());
}

}  // namespace
}  // namespace rhumb::http
