#include "codec/rsa_signature.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "codec/openssl_handles_internal.h"

namespace rhumb::codec {
namespace {

// No key is asked for at a terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*is_writing*/, void* /*user*/) {
  return -1;
}

Error refused(std::string_view why) {
  ERR_clear_error();
  return invalid("private key: " + std::string(why));
}

}  // namespace

Result<std::vector<std::byte>> sign_rs256(const std::string& private_key,
                                          std::string_view message) {
  const Bio bio(BIO_new_mem_buf(private_key.data(), static_cast<int>(private_key.size())));
  const PrivateKey key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                           : nullptr);
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
    return refused("it is no RSA key in PEM form without a passphrase");
  }
  const DigestContext context(EVP_MD_CTX_new());
  size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  const bool begun =
      context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1;
  if (!begun || EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) != 1) {
    return refused("it can not sign");
  }
  std::vector<std::byte> signature(size);
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, bytes, message.size()) != 1) {
    return refused("it can not sign");
  }
  signature.resize(size);
  return signature;
}

}  // namespace rhumb::codec
