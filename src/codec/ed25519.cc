#include "codec/ed25519.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "codec/openssl_handles_internal.h"

namespace rhumb::codec {
namespace {

const unsigned char* as_octets(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

unsigned char* as_octets(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}

Error refused() {
  ERR_clear_error();
  return Error(ErrorCode::kInternal, "Ed25519: the library refused the key");
}

PrivateKey open_seed(const Ed25519Seed& seed) {
  return PrivateKey(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, as_octets(seed.data()), seed.size()));
}

}  // namespace

Result<Ed25519PublicKey> ed25519_public_key(const Ed25519Seed& seed) {
  const PrivateKey key = open_seed(seed);
  Ed25519PublicKey out{};
  size_t size = out.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), as_octets(out.data()), &size) != 1 ||
      size != out.size()) {
    return refused();
  }
  return out;
}

Result<Ed25519Signature> sign_ed25519(const Ed25519Seed& seed, std::string_view message) {
  const PrivateKey key = open_seed(seed);
  const DigestContext context(EVP_MD_CTX_new());
  Ed25519Signature out{};
  size_t size = out.size();
  const bool begun = key && context &&
                     EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1;
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  if (!begun ||
      EVP_DigestSign(context.get(), as_octets(out.data()), &size, bytes, message.size()) != 1) {
    return refused();
  }
  return out;
}

bool verify_ed25519(std::span<const std::byte> public_key,
                    std::string_view message,
                    std::span<const std::byte> signature) {
  if (public_key.size() != std::tuple_size_v<Ed25519PublicKey> ||
      signature.size() != std::tuple_size_v<Ed25519Signature>) {
    return false;
  }
  const PrivateKey key(EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, as_octets(public_key.data()), public_key.size()));
  const DigestContext context(EVP_MD_CTX_new());
  const bool begun = key && context &&
                     EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1;
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  const bool valid = begun && EVP_DigestVerify(context.get(), as_octets(signature.data()),
                                               signature.size(), bytes, message.size()) == 1;
  ERR_clear_error();
  return valid;
}

}  // namespace rhumb::codec
