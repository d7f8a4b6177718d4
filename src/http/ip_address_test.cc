#include "http/ip_address.h"

#include <gtest/gtest.h>

namespace rhumb::http {
namespace {

IpAddress address(std::string_view text) {
  const std::optional<IpAddress> parsed = IpAddress::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(IpAddress(IpAddress::Bytes{}));
}

TEST(IpAddress, ReadsOnlyTheFormsThatCannotBeMisread) {
  for (const char* text : {"10.0.0.1", "::1", "fe80::1", "2001:db8::5"}) {
    EXPECT_EQ(address(text).to_string(), text);
  }
  EXPECT_EQ(address("::ffff:10.0.0.1").to_string(), "10.0.0.1");
  for (const char* text : {"", "010.1.1.1", "10.1", "2130706433", "0x7f.0.0.1", "1.2.3.4.5",
                           "[::1]", "fe80::1%eth0", "1.2.3.256", "localhost", "1.2.3.4 "}) {
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
  }
}

TEST(IpAddress, KnowsWhatLeadsIntoSomebodysOwnNetwork) {
  const struct {
    const char* text;
    std::string_view purpose;
  } cases[] = {
      {"0.0.0.0", "unspecified"},
      {"0.1.2.3", "unspecified"},
      {"10.255.0.1", "private"},
      {"100.64.0.1", "shared"},
      {"100.127.255.255", "shared"},
      {"127.0.0.1", "loopback"},
      {"127.9.9.9", "loopback"},
      {"168.63.129.16", "metadata"},
      {"169.254.169.254", "link-local"},
      {"172.16.0.1", "private"},
      {"172.31.255.255", "private"},
      {"192.168.1.1", "private"},
      {"198.18.0.1", "benchmarking"},
      {"224.0.0.1", "multicast"},
      {"255.255.255.255", "broadcast"},
      {"250.0.0.1", "reserved"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"::ffff:127.0.0.1", "loopback"},
      {"::ffff:0:127.0.0.1", "loopback"},
      {"::10.0.0.1", "private"},
      {"64:ff9b::10.0.0.1", "private"},
      {"64:ff9b:1::1", "private"},
      {"2002:7f00:1::", "loopback"},
      {"2002:a9fe:a9fe::1", "link-local"},
      {"2001::1", "reserved"},
      {"fd00:ec2::254", "private"},
      {"fc00::1", "private"},
      {"fe80::1", "link-local"},
      {"fec0::1", "private"},
      {"ff02::1", "multicast"},
      {"2001:db8::1", "documentation"},
      {"4000::1", "reserved"},
      {"::8.8.8.8", "reserved"},
      // The open Internet.
      {"8.8.8.8", ""},
      {"100.63.255.255", ""},
      {"100.128.0.0", ""},
      {"172.15.255.255", ""},
      {"172.32.0.0", ""},
      {"192.167.255.255", ""},
      {"223.255.255.255", ""},
      {"2606:4700::1111", ""},
      {"2001:4860:4860::8888", ""},
      {"64:ff9b::8.8.8.8", ""},
      {"2002:808:808::1", ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(special_purpose(address(c.text)), c.purpose) << c.text;
  }
}

TEST(IpRange, HoldsWhatBeginsAsItDoes) {
  const IpRange ten = *IpRange::parse("10.0.0.0/8");
  EXPECT_TRUE(ten.contains(address("10.255.255.255")));
  EXPECT_TRUE(ten.contains(address("::ffff:10.0.0.1")));
  EXPECT_FALSE(ten.contains(address("11.0.0.0")));
  EXPECT_FALSE(ten.contains(address("a00::1")));
  const IpRange odd = *IpRange::parse("10.0.0.128/25");
  EXPECT_TRUE(odd.contains(address("10.0.0.200")));
  EXPECT_FALSE(odd.contains(address("10.0.0.127")));
  EXPECT_TRUE(IpRange::parse("fd00::/8")->contains(address("fdff::1")));
  EXPECT_TRUE(IpRange::parse("::/0")->contains(address("10.0.0.1")));
  EXPECT_FALSE(IpRange::parse("127.0.0.1")->contains(address("127.0.0.2")));
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8",
                           "10.0.0.0/8x", "fd00::/129", "hosts"}) {
    EXPECT_EQ(IpRange::parse(text).error().code(), ErrorCode::kInvalid) << text;
  }
}

TEST(AddressGuard, LetsThroughTheInternetAndWhatIsAllowed) {
  const AddressGuard open_only;
  EXPECT_FALSE(open_only.refuse(address("8.8.8.8")).has_value());
  EXPECT_EQ(open_only.refuse(address("10.0.0.5")), "10.0.0.5 is a private address");
  const AddressGuard with_ours({*IpRange::parse("10.1.0.0/16")});
  EXPECT_FALSE(with_ours.refuse(address("10.1.2.3")).has_value());
  EXPECT_TRUE(with_ours.refuse(address("10.2.2.3")).has_value());
  EXPECT_TRUE(with_ours.refuse(address("64:ff9b::10.1.2.3")).has_value());
}

}  // namespace
}  // namespace rhumb::http
