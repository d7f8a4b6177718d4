#include "codec/rsa_signature.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "codec/test_keys.h"

namespace rhumb::codec {
namespace {

bool verifies(const TestKey& key,
              const std::vector<std::byte>& signature,
              const std::string& message) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get());
  const int verified = EVP_DigestVerify(
      context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
      reinterpret_cast<const unsigned char*>(message.data()), message.size());
  EVP_MD_CTX_free(context);
  return verified == 1;
}

TEST(RsaSignature, IsVerifiedByThePublicKey) {
  const TestKey key = new_rsa_key();
  const Result<std::vector<std::byte>> signature = sign_rs256(pem_of(key), "header.claims");
  ASSERT_TRUE(signature.has_value()) << signature.error().message();
  EXPECT_EQ(signature->size(), 256U);
  EXPECT_TRUE(verifies(key, *signature, "header.claims"));
  EXPECT_FALSE(verifies(key, *signature, "header.claimz"));
  EXPECT_EQ(sign_rs256(pem_of(key), "header.claims").value(), *signature);
}

TEST(RsaSignature, RefusesWhatIsNoKeyAndTellsNothingOfIt) {
  const TestKey rsa = new_rsa_key();
  const TestKey curve(EVP_EC_gen("P-256"));
  const std::string pem = pem_of(rsa);
  const std::string cases[] = {"", "x", pem.substr(0, pem.size() / 2), pem_of(curve),
                               pem_of(rsa, EVP_aes_128_cbc())};
  for (const std::string& text : cases) {
    const Result<std::vector<std::byte>> signature = sign_rs256(text, "m");
    ASSERT_FALSE(signature.has_value()) << text;
    EXPECT_EQ(signature.error().message(),
              "private key: it is no RSA key in PEM form without a passphrase");
  }
}

}  // namespace
}  // namespace rhumb::codec
