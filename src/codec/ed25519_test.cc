#include "codec/ed25519.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "codec/hex.h"

namespace rhumb::codec {
namespace {

template <size_t Size>
std::array<std::byte, Size> from_hex(std::string_view text) {
  std::array<std::byte, Size> out{};
  const auto bytes = hex_decode(text);
  EXPECT_TRUE(bytes && bytes->size() == Size);
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032, 7.1.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aeeb00d291612bb0c00"},
};

TEST(Ed25519, AgreesWithTheVectorsOfItsDescription) {
  for (const Vector& vector : kVectors) {
    const auto seed = from_hex<32>(vector.seed);
    const std::string message = to_string(*hex_decode(vector.message));
    const auto key = ed25519_public_key(seed);
    const auto signature = sign_ed25519(seed, message);
    ASSERT_TRUE(key && signature);
    EXPECT_EQ(hex_encode(*key), vector.public_key);
    EXPECT_EQ(hex_encode(*signature), vector.signature);
    EXPECT_TRUE(verify_ed25519(*key, message, *signature));
  }
}

TEST(Ed25519, RefusesWhatTheOwnerDidNotSign) {
  const auto seed = from_hex<32>(kVectors[0].seed);
  const auto key = *ed25519_public_key(seed);
  const auto other = *ed25519_public_key(from_hex<32>(kVectors[1].seed));
  const auto signature = *sign_ed25519(seed, "yes");
  EXPECT_TRUE(verify_ed25519(key, "yes", signature));
  EXPECT_FALSE(verify_ed25519(key, "no", signature));
  EXPECT_FALSE(verify_ed25519(key, "yes ", signature));
  EXPECT_FALSE(verify_ed25519(other, "yes", signature));
  EXPECT_FALSE(verify_ed25519(key, "yes", std::span(signature).first(63)));
  EXPECT_FALSE(verify_ed25519(std::span(key).first(31), "yes", signature));
  EXPECT_FALSE(verify_ed25519({}, "yes", {}));
  for (size_t i = 0; i < signature.size(); ++i) {
    auto broken = signature;
    broken[i] ^= std::byte{1};
    EXPECT_FALSE(verify_ed25519(key, "yes", broken)) << i;
  }
}

}  // namespace
}  // namespace rhumb::codec
