#include "codec/seal.h"

#include <gtest/gtest.h>

#include "codec/hex.h"

namespace rhumb::codec {
namespace {

SealKey key_of(unsigned char first) {
  SealKey key{};
  key[0] = std::byte{first};
  return key;
}

TEST(Seal, OpensWithItsKeyAndPurposeOnly) {
  for (const std::string_view plain :
       {std::string_view(""), std::string_view("secret"), std::string_view("a\0b", 3)}) {
    const Result<std::string> sealed = seal(key_of(1), "webhook", plain);
    ASSERT_TRUE(sealed.has_value());
    EXPECT_EQ(*open_seal(key_of(1), "webhook", *sealed), plain);
    EXPECT_EQ(open_seal(key_of(2), "webhook", *sealed).error().message(),
              "the text was sealed with another key");
    EXPECT_EQ(open_seal(key_of(1), "webhooks", *sealed).error().code(), ErrorCode::kDenied);
    EXPECT_EQ(open_seal(key_of(1), "", *sealed).error().code(), ErrorCode::kDenied);
  }
}

TEST(Seal, IsNeverTheSameTwiceAndHidesItsText) {
  const std::string first = *seal(key_of(1), "p", "the same secret");
  const std::string second = *seal(key_of(1), "p", "the same secret");
  EXPECT_NE(first, second);
  EXPECT_EQ(first.find("secret"), std::string::npos);
}

TEST(Seal, EveryChangedOrMissingByteIsNoticed) {
  const std::string sealed = *seal(key_of(1), "p", "secret");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_seal(key_of(1), "p", changed).has_value()) << i;
    EXPECT_FALSE(open_seal(key_of(1), "p", sealed.substr(0, i)).has_value()) << i;
  }
  EXPECT_FALSE(open_seal(key_of(1), "p", sealed + "x").has_value());
}

/// Sealed by Python's cryptography 48 (AESGCM): key of 32 bytes 0x07, nonce of 12 bytes 0x09,
/// purpose `p`, text `hello`.
TEST(Seal, ReadsWhatAnotherProgramSealed) {
  SealKey key{};
  key.fill(std::byte{7});
  const std::string sealed = to_string(
      *hex_decode("014bb06f8e0909090909090909090909094fe0e8f8d12ca179cc5fc44fb7358b1db28f945860"));
  const Result<std::string> plain = open_seal(key, "p", sealed);
  ASSERT_TRUE(plain.has_value()) << plain.error().message();
  EXPECT_EQ(*plain, "hello");
}

}  // namespace
}  // namespace rhumb::codec
