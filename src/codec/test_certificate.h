#pragma once

#include <openssl/x509v3.h>

#include <string>
#include <utility>
#include <vector>

#include "base/check.h"

/// Certificates that are made for a test.
namespace rhumb::codec {

struct TestCertificate {
  int version = 3;
  std::vector<std::pair<std::string, std::string>> subject{};  ///< `CN` and its text
  /// As openssl.cnf has them: `basicConstraints` and `critical,CA:FALSE`, an OID and
  /// `DER:04:01:00`.
  std::vector<std::pair<std::string, std::string>> extensions{};
};

/// In DER, with the public half of `key` and signed by it.
inline std::string make_certificate(const TestCertificate& wanted, EVP_PKEY* key) {
  X509* made = X509_new();
  bool is_done = X509_set_version(made, wanted.version - 1) == 1 &&
                 ASN1_INTEGER_set(X509_get_serialNumber(made), 1) == 1 &&
                 X509_gmtime_adj(X509_getm_notBefore(made), 0) != nullptr &&
                 X509_gmtime_adj(X509_getm_notAfter(made), 86'400) != nullptr &&
                 X509_set_pubkey(made, key) == 1;
  for (const auto& [name, text] : wanted.subject) {
    is_done = is_done && X509_NAME_add_entry_by_txt(
                             X509_get_subject_name(made), name.c_str(), MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0) == 1;
  }
  X509V3_CTX context;
  X509V3_set_ctx(&context, made, made, nullptr, nullptr, 0);
  for (const auto& [name, text] : wanted.extensions) {
    X509_EXTENSION* extension = X509V3_EXT_nconf(nullptr, &context, name.c_str(), text.c_str());
    is_done = is_done && extension != nullptr && X509_add_ext(made, extension, -1) == 1;
    X509_EXTENSION_free(extension);
  }
  const EVP_MD* digest = EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256();
  RHUMB_CHECK(is_done && X509_sign(made, key, digest) > 0, "the certificate can be made");
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(made, &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  X509_free(made);
  return out;
}

}  // namespace rhumb::codec
