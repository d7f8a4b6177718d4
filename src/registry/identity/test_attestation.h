#pragma once

#include <openssl/core_names.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/test_certificate.h"
#include "registry/identity/test_authenticator.h"

/// Statements of authenticators as their makers have them sign; for tests only. What they say can
/// be made wrong, one thing at a time.
namespace rhumb::registry {

/// An item of CBOR by its kind (0 number, 1 negative, 2 bytes, 3 text, 4 array, 5 map) and size.
inline std::string test_cbor_head(unsigned kind, size_t size) {
  const auto first = [kind](unsigned low) { return static_cast<char>((kind << 5U) | low); };
  if (size < 24) {
    return {first(static_cast<unsigned>(size))};
  }
  if (size < 256) {
    return {first(24), static_cast<char>(size)};
  }
  return {first(25), static_cast<char>(size >> 8U), static_cast<char>(size & 0xffU)};
}
inline std::string test_cbor_bytes(const std::string& bytes) {
  return test_cbor_head(2, bytes.size()) + bytes;
}
inline std::string test_cbor_text(const std::string& text) {
  return test_cbor_head(3, text.size()) + text;
}
inline std::string test_cbor_number(int64_t number) {
  return number < 0 ? test_cbor_head(1, static_cast<size_t>(-1 - number))
                    : test_cbor_head(0, static_cast<size_t>(number));
}
inline std::string test_cbor_chain(const std::vector<std::string>& certificates) {
  std::string out = test_cbor_head(4, certificates.size());
  for (const std::string& certificate : certificates) {
    out += test_cbor_bytes(certificate);
  }
  return out;
}

/// Members and their items. They are written in the order of CTAP 2.1, 8: short names first.
struct TestMap {
  std::vector<std::pair<std::string, std::string>> members;

  void set(const std::string& name, const std::string& item) {
    remove(name);
    members.emplace_back(name, item);
  }
  void remove(const std::string& name) {
    std::erase_if(members, [&](const auto& member) { return member.first == name; });
  }
  [[nodiscard]] std::string item() const {
    std::vector<std::string> written;
    for (const auto& [name, item] : members) {
      written.push_back(test_cbor_text(name) + item);
    }
    std::ranges::sort(written);  // a text begins with its length
    std::string out = test_cbor_head(5, members.size());
    for (const std::string& member : written) {
      out += member;
    }
    return out;
  }
};
/// As a browser hands it over.
inline std::string attestation_bytes(const AttestationObject& object) {
  return TestMap{{{"fmt", test_cbor_text(object.format)},
                  {"attStmt", object.statement},
                  {"authData", test_cbor_bytes(object.authenticator_data)}}}
      .item();
}

inline constexpr const char* kTestModel = "model-of-a-maker";

/// Who made an authenticator: a key, and the certificate that comes with it.
class TestMaker {
 public:
  explicit TestMaker(EVP_PKEY* key = EVP_EC_gen("P-256")) : key_(key, EVP_PKEY_free) {
    certificate.subject = {
        {"C", "SE"}, {"O", "Maker"}, {"OU", "Authenticator Attestation"}, {"CN", "Model"}};
    certificate.extensions = {{"basicConstraints", "critical,CA:FALSE"}};
  }

  codec::TestCertificate certificate;

  [[nodiscard]] std::string chain() const {
    return test_cbor_chain({codec::make_certificate(certificate, key_.get())});
  }
  [[nodiscard]] std::string sign(const std::string& text,
                                 const EVP_MD* digest = EVP_sha256()) const {
    return test_cbor_bytes(test_signature(key_.get(), digest, text));
  }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

/// Signed by the new key itself. Source: WebAuthn 8.2.
inline TestMap self_statement(const TestAuthenticator& made, const std::string& client_data) {
  const std::string text = TestAuthenticator::signed_text(made.attested_data(), client_data);
  return {{{"alg", test_cbor_number(made.algorithm())},
           {"sig", test_cbor_bytes(made.signature_of(text))}}};
}

/// Signed by the maker's ES256. Source: WebAuthn 8.2.
inline TestMap packed_statement(const TestAuthenticator& made,
                                const TestMaker& maker,
                                const std::string& client_data) {
  const std::string text = TestAuthenticator::signed_text(made.attested_data(), client_data);
  return {{{"alg", test_cbor_number(-7)}, {"sig", maker.sign(text)}, {"x5c", maker.chain()}}};
}

/// Source: WebAuthn 8.6.
inline TestMap u2f_statement(const TestAuthenticator& made,
                             const TestMaker& maker,
                             const std::string& client_data) {
  const std::string text = '\0' + codec::to_string(codec::sha256(made.rp_id)) +
                           codec::to_string(codec::sha256(client_data)) + made.credential_id +
                           '\x04' + made.number<32>(OSSL_PKEY_PARAM_EC_PUB_X) +
                           made.number<32>(OSSL_PKEY_PARAM_EC_PUB_Y);
  return {{{"sig", maker.sign(text)}, {"x5c", maker.chain()}}};
}

/// Of the key that the credential has in the TPM. Source: TPM 2.0 part 2, 12.2.4 (TPMT_PUBLIC).
inline std::string tpm_public_area(const TestAuthenticator& made) {
  using std::string_literals::operator""s;
  return "\x00\x01\x00\x0b\x00\x04\x00\x32\x00\x20"s + std::string(32, 'p') +
         "\x00\x10\x00\x10\x08\x00\x00\x00\x00\x00\x01\x00"s +
         made.number<256>(OSSL_PKEY_PARAM_RSA_N);
}

/// That the TPM has the key, for this registration. Source: part 2, 10.12.8 (TPMS_ATTEST).
inline std::string tpm_certify_info(const std::string& public_area, const std::string& text) {
  using std::string_literals::operator""s;
  std::array<unsigned char, 20> digest{};
  RHUMB_CHECK(
      EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) == 1,
      "there is SHA-1");
  const std::string name = "\x00\x22\x00\x0b"s;
  return "\xff\x54\x43\x47\x80\x17"s + name + std::string(32, 's') + "\x00\x14"s +
         std::string(digest.begin(), digest.end()) + std::string(16, 'c') + "\x01"s +
         std::string(8, 'f') + name + codec::to_string(codec::sha256(public_area)) + name +
         std::string(32, 'q');
}

/// A key that all tests share, since it takes its time to make.
inline EVP_PKEY* shared_rsa_key() {
  static EVP_PKEY* const key = EVP_RSA_gen(2048);
  EVP_PKEY_up_ref(key);
  return key;
}

/// A maker of TPMs: its key is for statements only. Source: WebAuthn 8.3.1.
inline TestMaker tpm_maker(EVP_PKEY* key = shared_rsa_key()) {
  TestMaker maker(key);
  maker.certificate.subject.clear();
  // One name of a directory, tcg-at-tpmManufacturer "id:0".
  maker.certificate.extensions = {
      {"basicConstraints", "critical,CA:FALSE"},
      {"extendedKeyUsage", "2.23.133.8.3"},
      {"2.5.29.17",
       "critical,DER:30:15:a4:13:30:11:31:0f:30:0d:06:05:67:81:05:02:01:0c:04:69:64:"
       "3a:30"}};
  return maker;
}

/// Source: WebAuthn 8.3.
inline TestMap tpm_statement(const TestAuthenticator& made,
                             const TestMaker& maker,
                             const std::string& client_data) {
  const std::string area = tpm_public_area(made);
  const std::string info =
      tpm_certify_info(area, TestAuthenticator::signed_text(made.attested_data(), client_data));
  return {{{"ver", test_cbor_text("2.0")},
           {"alg", test_cbor_number(-65'535)},
           {"x5c", maker.chain()},
           {"sig", maker.sign(info, EVP_sha1())},
           {"certInfo", test_cbor_bytes(info)},
           {"pubArea", test_cbor_bytes(area)}}};
}

}  // namespace rhumb::registry
