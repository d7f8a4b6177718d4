// SHA-256 by OpenSSL's own functions for it, which it calls deprecated in favour of EVP: EVP looks
// the algorithm up among its providers first, which takes longer than a short command runs, and
// allocates for every copy of a digest.
#define OPENSSL_SUPPRESS_DEPRECATED  // NOLINT: read by the headers below
#include "codec/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <type_traits>

#include "base/check.h"
#include "codec/hex.h"

namespace rhumb::codec {
namespace {

unsigned char* raw(std::byte* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

/// The library's state is plain numbers of 32 bits, kept in ours.
template <size_t Size>
SHA256_CTX* library_state(std::array<uint32_t, Size>& state) {
  static_assert(sizeof(SHA256_CTX) == sizeof state && std::is_trivial_v<SHA256_CTX>);
  return reinterpret_cast<SHA256_CTX*>(state.data());
}

template <size_t Size>
std::array<std::byte, Size> hmac(const EVP_MD* algorithm,
                                 std::span<const std::byte> key,
                                 std::span<const std::byte> message) {
  std::array<std::byte, Size> out{};
  unsigned size = 0;
  // A null key would mean "the key of the last call" to OpenSSL; an empty one needs an address.
  const std::byte nothing{};
  const unsigned char* done =
      HMAC(algorithm, key.empty() ? &nothing : key.data(), static_cast<int>(key.size()),
           raw(message.data()), message.size(), raw(out.data()), &size);
  RHUMB_CHECK(done != nullptr && size == Size, "HMAC of a known algorithm works");
  return out;
}

}  // namespace

Sha256Hasher::Sha256Hasher() {
  RHUMB_CHECK(SHA256_Init(library_state(state_)) == 1, "SHA-256 is built in");
}

Sha256Hasher& Sha256Hasher::update(std::string_view text) {
  return update(as_bytes(text));
}

Sha256Hasher& Sha256Hasher::update(std::span<const std::byte> bytes) {
  RHUMB_CHECK(SHA256_Update(library_state(state_), bytes.data(), bytes.size()) == 1,
              "SHA-256 takes any bytes");
  return *this;
}

Sha256 Sha256Hasher::digest() const {
  auto copy = state_;
  Sha256 out{};
  RHUMB_CHECK(SHA256_Final(raw(out.data()), library_state(copy)) == 1,
              "an open digest can be finished");
  return out;
}

Sha256 sha256(std::string_view text) {
  return Sha256Hasher().update(text).digest();
}
Sha256 sha256(std::span<const std::byte> bytes) {
  return Sha256Hasher().update(bytes).digest();
}

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
