#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/sha256.h"

namespace rhumb::codec {
namespace {

// FIPS 180-2 examples.
constexpr std::string_view kEmptyDigest =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kAbcDigest =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, KnownDigests) {
  EXPECT_EQ(hex_encode(sha256("")), kEmptyDigest);
  EXPECT_EQ(hex_encode(sha256("abc")), kAbcDigest);
}

TEST(Sha256, DigestSoFarDoesNotEndTheStream) {
  Sha256Hasher hasher;
  EXPECT_EQ(hex_encode(hasher.digest()), kEmptyDigest);
  hasher.update("a").update("bc");
  EXPECT_EQ(hex_encode(hasher.digest()), kAbcDigest);
  Sha256Hasher other = hasher;
  hasher.update("d");
  EXPECT_EQ(hasher.digest(), sha256("abcd"));
  EXPECT_EQ(hex_encode(other.digest()), kAbcDigest);
  other = hasher;
  EXPECT_EQ(other.digest(), sha256("abcd"));
}

TEST(Hmac, RfcVectors) {
  // RFC 4231 case 2 and RFC 2202 case 2.
  EXPECT_EQ(hex_encode(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha1(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  // Python: hmac.new(b"", b"", "sha256").
  EXPECT_EQ(hex_encode(hmac_sha256({}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(ConstantTime, ComparesContentAndLength) {
  EXPECT_TRUE(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
  EXPECT_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("ab")));
  EXPECT_TRUE(equal_constant_time({}, {}));
}

TEST(Hex, RoundTripAndErrors) {
  EXPECT_EQ(to_string(hex_decode("00fFa0").value()), std::string("\x00\xff\xa0", 3));
  EXPECT_TRUE(hex_decode("").value().empty());
  for (const std::string_view bad : {"0", "0g", "g0", "0x", " 00"}) {
    EXPECT_FALSE(hex_decode(bad).has_value()) << bad;
  }
}

struct EncodeCase {
  std::string_view plain;
  std::string_view standard;
  std::string_view raw_url;
};

TEST(Base64, RfcVectors) {
  // RFC 4648 section 10.
  constexpr EncodeCase kCases[] = {{"", "", ""},
                                   {"f", "Zg==", "Zg"},
                                   {"fo", "Zm8=", "Zm8"},
                                   {"foo", "Zm9v", "Zm9v"},
                                   {"foob", "Zm9vYg==", "Zm9vYg"},
                                   {"\xfb\xff\xbf", "+/+/", "-_-_"}};
  for (const EncodeCase& c : kCases) {
    EXPECT_EQ(base64_encode(as_bytes(c.plain)), c.standard);
    EXPECT_EQ(base64_encode(as_bytes(c.plain), Base64::kRawUrl), c.raw_url);
    EXPECT_EQ(to_string(base64_decode(c.standard).value()), c.plain);
    EXPECT_EQ(to_string(base64_decode(c.raw_url, Base64::kRawUrl).value()), c.plain);
  }
  EXPECT_EQ(base64_encode(as_bytes("f"), Base64::kUrl), "Zg==");
  EXPECT_EQ(base64_encode(as_bytes("f"), Base64::kRawStandard), "Zg");
}

struct DecodeCase {
  std::string_view text;
  int standard;  // offset of the error, -1 for none; as Go 1.26 reports it
  int raw_url;
};

TEST(Base64, AcceptsAndRefusesAsGo) {
  constexpr DecodeCase kCases[] = {{"YQ", 0, -1},       {"YQ=", 3, 2},      {"Y", 0, 0},
                                   {"YWJjY", 4, 4},     {"YWJjYQ=", 7, 6},  {"YWJj=", 4, 4},
                                   {"=", 0, 0},         {"==", 0, 0},       {"YQ=a", 2, 2},
                                   {"YQ==a", 4, 2},     {"YQ==YQ==", 4, 2}, {"Y=", 1, 1},
                                   {"YWI=\n", -1, 3},   {"YW\nI=", -1, 4},  {"YW\r\nJj\n", -1, -1},
                                   {"YQ=\n=\n", -1, 2}, {"YQ\n==", -1, 3},  {"YR==", -1, 2},
                                   {"YWJ!", 3, 3},      {"-_-_", 0, -1},    {"+/+/", -1, 0},
                                   {"YW I=", 2, 2},     {"YWI=x", 4, 3},    {"YWI==", 4, 3},
                                   {"YQ= =", 2, 2}};
  const auto check = [](std::string_view text, Base64 variant, int want) {
    const auto got = base64_decode(text, variant);
    EXPECT_EQ(got.has_value(), want < 0) << text;
    if (!got.has_value() && want >= 0) {
      EXPECT_EQ(got.error().message(), "illegal base64 data at input byte " + std::to_string(want))
          << text;
    }
  };
  for (const DecodeCase& c : kCases) {
    check(c.text, Base64::kStandard, c.standard);
    check(c.text, Base64::kRawUrl, c.raw_url);
  }
}

}  // namespace
}  // namespace rhumb::codec
