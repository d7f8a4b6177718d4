#include "codec/cbor.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/hex.h"

namespace rhumb::codec {
namespace {

std::string from_hex(std::string_view hex) {
  return to_string(*hex_decode(hex));
}

/// Items of RFC 8949, appendix A.
TEST(Cbor, WholeItemsAreSkipped) {
  for (const char* hex : {"00",
                          "17",
                          "1818",
                          "1903e8",
                          "1a000f4240",
                          "1bffffffffffffffff",
                          "20",
                          "3903e7",
                          "f4",
                          "f6",
                          "f818",
                          "f90000",
                          "fa47c35000",
                          "fb3ff199999999999a",
                          "40",
                          "4401020304",
                          "60",
                          "6449455446",
                          "80",
                          "83010203",
                          "8301820203820405",
                          "a0",
                          "a201020304",
                          "a26161016162820203",
                          "c074323031332d30332d32315432303a30343a30305a",
                          "d74401020304"}) {
    const std::string item = from_hex(hex);
    EXPECT_EQ(skip_cbor(item), "") << hex;
    EXPECT_EQ(skip_cbor(item + "rest"), "rest") << hex;
    for (size_t size = 0; size < item.size(); ++size) {
      EXPECT_FALSE(skip_cbor(std::string_view(item).substr(0, size))) << hex << " cut to " << size;
    }
  }
}

TEST(Cbor, SizesThatNothingStandsForAreRefused) {
  for (const char* hex : {"9a9a9a9a9a", "9bffffffffffffffff", "ba7fffffff00", "bb8000000000000000",
                          "5affffffff", "7bffffffffffffffff", "8201", "a101", "829a9a9a9a9a00"}) {
    EXPECT_FALSE(skip_cbor(from_hex(hex))) << hex;
  }
}

TEST(Cbor, LengthsHaveToBeTold) {
  for (const char* hex : {"9f01ff", "bf0102ff", "5f4101ff", "7f6161ff", "ff", "1c", "3d", "fe"}) {
    EXPECT_FALSE(skip_cbor(from_hex(hex))) << hex;
  }
}

TEST(Cbor, DepthHasABound) {
  const auto nested = [](size_t depth) { return std::string(depth - 1, '\x81') + '\0'; };
  EXPECT_EQ(skip_cbor(nested(kCborDepthMax)), "");
  EXPECT_FALSE(skip_cbor(nested(kCborDepthMax + 1)));
  EXPECT_FALSE(skip_cbor(std::string(100'000, '\xc1')));
}

TEST(Cbor, ItemsOfOneKindAreRead) {
  EXPECT_EQ(read_cbor_bytes(from_hex("4401020304")), "\x01\x02\x03\x04");
  EXPECT_EQ(read_cbor_text(from_hex("6449455446")), "IETF");
  EXPECT_EQ(read_cbor_integer(from_hex("1903e8")), 1000);
  EXPECT_EQ(read_cbor_integer(from_hex("3903e7")), -1000);
  EXPECT_EQ(read_cbor_integer(from_hex("1b7fffffffffffffff")), INT64_MAX);
  EXPECT_EQ(read_cbor_integer(from_hex("3b7fffffffffffffff")), INT64_MIN);
  for (const char* hex : {"1b8000000000000000", "3b8000000000000000", "f4", "00ff"}) {
    EXPECT_FALSE(read_cbor_integer(from_hex(hex))) << hex;
  }
  for (const char* hex : {"00", "80", "a0", "f6", "44010203", "440102030405", ""}) {
    EXPECT_FALSE(read_cbor_bytes(from_hex(hex))) << hex;
    EXPECT_FALSE(read_cbor_text(from_hex(hex))) << hex;
  }
  EXPECT_FALSE(read_cbor_bytes(from_hex("6449455446")));
  EXPECT_FALSE(read_cbor_text(from_hex("4401020304")));
}

TEST(Cbor, ArraysAreReadItemByItem) {
  const std::string item = from_hex("8301820203820405");
  const auto items = read_cbor_array(item);
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 3U);
  EXPECT_EQ(read_cbor_integer(items->front()), 1);
  EXPECT_EQ(read_cbor_array(items->back())->size(), 2U);
  EXPECT_TRUE(read_cbor_array(from_hex("80"))->empty());
  for (const char* hex : {"8201", "820102ff", "a10102", "9a7fffffff01", "00"}) {
    EXPECT_FALSE(read_cbor_array(from_hex(hex))) << hex;
  }
}

TEST(Cbor, MapsAreReadByName) {
  const std::string item = from_hex("a26161016162820203");
  const auto members = read_cbor_map(item);
  ASSERT_TRUE(members);
  EXPECT_EQ(read_cbor_integer(find_cbor(*members, "a").value()), 1);
  EXPECT_EQ(read_cbor_array(find_cbor(*members, "b").value())->size(), 2U);
  EXPECT_FALSE(find_cbor(*members, "c"));
  EXPECT_TRUE(read_cbor_map(from_hex("a0"))->empty());
  for (const char* hex :
       {"a201020304", "a2616101616102", "a16161", "a1616101ff", "8101", "bf616101ff"}) {
    EXPECT_FALSE(read_cbor_map(from_hex(hex))) << hex;
  }
}

}  // namespace
}  // namespace rhumb::codec
