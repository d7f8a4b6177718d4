#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "registry/identity/passkeys.h"

namespace rhumb::registry {

/// By any key; Ed25519 has no digest.
inline std::string test_signature(EVP_PKEY* key, const EVP_MD* digest, const std::string& text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::array<unsigned char, 256> bytes{};
  size_t size = bytes.size();
  RHUMB_CHECK(
      EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
          EVP_DigestSign(context.get(), bytes.data(), &size,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1,
      "the key signs");
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

/// A browser with an authenticator that has one key; for tests only. What it says can be
/// made wrong, one thing at a time.
/// Source: W3C Web Authentication Level 2, 5.8.1 (client data), 6.1 (authenticator data), 6.5.1
/// (attested credential data); RFC 8152 13.1.1, 13.2 and RFC 8230 4 (the key).
class TestAuthenticator {
 public:
  explicit TestAuthenticator(std::string name = "credential-of-the-tests", int64_t algorithm = -7)
      : credential_id(std::move(name)),
        algorithm_(algorithm),
        key_(make(algorithm), EVP_PKEY_free) {}

  std::string credential_id;
  std::string rp_id = "registry.test";
  std::string origin = "https://registry.test";
  std::string user_handle;  ///< whose passkey it is, as creation options have told
  unsigned flags = 0x05;    ///< user present, user verified
  uint32_t count = 0;       ///< of the next use; it grows by itself when it is none
  bool is_framed = false;
  std::string aaguid = std::string(16, '\0');
  std::string extensions;  ///< of a registration, a map of CBOR; empty: none

  [[nodiscard]] std::string client_data(const std::string& type,
                                        const std::string& challenge) const {
    return codec::format_json(codec::Json::object({{"type", type},
                                                   {"challenge", challenge},
                                                   {"origin", origin},
                                                   {"crossOrigin", is_framed}}),
                              {.escape_html = false});
  }
  /// Of a registration: with the new key.
  [[nodiscard]] std::string attested_data() const {
    const std::string length = {'\0', static_cast<char>(credential_id.size())};
    return fixed_data(flags | 0x40U | (extensions.empty() ? 0U : 0x80U)) + aaguid + length +
           credential_id + cose_key() + extensions;
  }
  /// Without a statement.
  [[nodiscard]] AttestationObject attested() const { return {"none", "\xa0", attested_data()}; }
  Assertion sign(const std::string& challenge) {
    Assertion out;
    out.credential_id = credential_id;
    out.client_data = client_data("webauthn.get", challenge);
    out.authenticator_data = fixed_data(flags);
    out.user_handle = user_handle;
    out.signature = signature_of(signed_text(out.authenticator_data, out.client_data));
    count += count > 0 ? 1 : 0;
    return out;
  }
  /// What is signed, by assertions as by statements. Source: WebAuthn 6.3.3, 8.2.
  static std::string signed_text(const std::string& data, const std::string& client_data) {
    return data + codec::to_string(codec::sha256(client_data));
  }
  [[nodiscard]] std::string signature_of(const std::string& text) const {
    return test_signature(key_.get(), algorithm_ == -8 ? nullptr : EVP_sha256(), text);
  }
  [[nodiscard]] int64_t algorithm() const { return algorithm_; }
  template <int Size>
  [[nodiscard]] std::string number(const char* name) const {
    BIGNUM* found = nullptr;
    RHUMB_CHECK(EVP_PKEY_get_bn_param(key_.get(), name, &found) == 1, "the key has the number");
    std::array<unsigned char, Size> bytes{};
    BN_bn2binpad(found, bytes.data(), Size);
    BN_free(found);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  static EVP_PKEY* make(int64_t algorithm) {
    return algorithm == -7     ? EVP_EC_gen("P-256")
           : algorithm == -257 ? EVP_RSA_gen(2048)
                               : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  [[nodiscard]] std::string fixed_data(unsigned said) const {
    std::string out = codec::to_string(codec::sha256(rp_id));
    out += static_cast<char>(said);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out += static_cast<char>((count >> shift) & 0xffU);
    }
    return out;
  }
  /// ES256 {1: 2, 3: -7, -1: 1, -2: x, -3: y}; EdDSA {1: 1, 3: -8, -1: 6, -2: x}; RS256 {1: 3, 3:
  /// -257, -1: n, -2: e}; in CBOR.
  [[nodiscard]] std::string cose_key() const {
    using std::string_literals::operator""s;
    if (algorithm_ == -8) {
      return "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20"s + point();
    }
    if (algorithm_ == -257) {
      return "\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00"s + number<256>(OSSL_PKEY_PARAM_RSA_N) +
             "\x21\x43"s + number<3>(OSSL_PKEY_PARAM_RSA_E);
    }
    return "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"s + number<32>(OSSL_PKEY_PARAM_EC_PUB_X) +
           "\x22\x58\x20"s + number<32>(OSSL_PKEY_PARAM_EC_PUB_Y);
  }
  [[nodiscard]] std::string point() const {
    std::array<unsigned char, 32> bytes{};
    size_t size = bytes.size();
    RHUMB_CHECK(EVP_PKEY_get_raw_public_key(key_.get(), bytes.data(), &size) == 1,
                "the key has a point");
    return {reinterpret_cast<const char*>(bytes.data()), size};
  }
  int64_t algorithm_;  ///< one of kPasskeyAlgorithms
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace rhumb::registry
