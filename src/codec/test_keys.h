#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <string>

/// Private keys that are made for a test.
namespace rhumb::codec {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using TestKey = std::unique_ptr<EVP_PKEY, FreeKey>;

inline TestKey new_rsa_key() {
  return TestKey(EVP_RSA_gen(2048));
}

/// The key in PEM; with a cipher, behind the passphrase `secret`.
inline std::string pem_of(const TestKey& key, const EVP_CIPHER* cipher = nullptr) {
  BIO* memory = BIO_new(BIO_s_mem());
  char passphrase[] = "secret";
  PEM_write_bio_PrivateKey(memory, key.get(), cipher, nullptr, 0, nullptr,
                           cipher == nullptr ? nullptr : passphrase);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(memory);
  return text;
}

}  // namespace rhumb::codec
