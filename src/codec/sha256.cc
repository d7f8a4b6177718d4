#include "codec/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"
#include "codec/hex.h"

namespace rhumb::codec {
namespace {

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

template <size_t Size>
std::array<std::byte, Size> hmac(const EVP_MD* algorithm,
                                 std::span<const std::byte> key,
                                 std::span<const std::byte> message) {
  std::array<std::byte, Size> out{};
  unsigned size = 0;
  // A null key would mean "the key of the last call" to OpenSSL; an empty one needs an address.
  const std::byte nothing{};
  const unsigned char* done = HMAC(algorithm,
                                   key.empty() ? &nothing : key.data(),
                                   static_cast<int>(key.size()),
                                   raw(message.data()),
                                   message.size(),
                                   raw(out.data()),
                                   &size);
  RHUMB_CHECK(done != nullptr && size == Size, "HMAC of a known algorithm works");
  return out;
}

}  // namespace

void Sha256Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  RHUMB_CHECK(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1, "SHA-256 is built in");
}

Sha256Hasher::~Sha256Hasher() = default;
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;

Sha256Hasher::Sha256Hasher(const Sha256Hasher& other) : context_(EVP_MD_CTX_new()) {
  RHUMB_CHECK(EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1, "a digest is copyable");
}

Sha256Hasher& Sha256Hasher::operator=(const Sha256Hasher& other) {
  if (this != &other) {
    *this = Sha256Hasher(other);
  }
  return *this;
}

Sha256Hasher& Sha256Hasher::update(std::string_view text) { return update(as_bytes(text)); }

Sha256Hasher& Sha256Hasher::update(std::span<const std::byte> bytes) {
  RHUMB_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1,
              "SHA-256 takes any bytes");
  return *this;
}

Sha256 Sha256Hasher::digest() const {
  const Sha256Hasher copy(*this);
  Sha256 out{};
  RHUMB_CHECK(EVP_DigestFinal_ex(copy.context_.get(), raw(out.data()), nullptr) == 1,
              "an open digest can be finished");
  return out;
}

Sha256 sha256(std::string_view text) { return Sha256Hasher().update(text).digest(); }
Sha256 sha256(std::span<const std::byte> bytes) { return Sha256Hasher().update(bytes).digest(); }

Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message) {
  return hmac<32>(EVP_sha256(), key, message);
}

std::array<std::byte, 20> hmac_sha1(std::span<const std::byte> key,
                                    std::span<const std::byte> message) {
  return hmac<20>(EVP_sha1(), key, message);
}

bool equal_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace rhumb::codec
