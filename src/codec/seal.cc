#include "codec/seal.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "codec/hex.h"
#include "codec/openssl_handles_internal.h"
#include "codec/sha256.h"
#include "sys/random.h"

namespace rhumb::codec {
namespace {

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Release<EVP_CIPHER_CTX_free>>;

constexpr char kForm = 1;
constexpr size_t kKeyMarkSize = 4;
constexpr size_t kNonceSize = 12;
constexpr size_t kTagSize = 16;
constexpr size_t kHeadSize = 1 + kKeyMarkSize + kNonceSize;
// The library counts in int; nothing near it is ever sealed.
constexpr size_t kTextMax = size_t{1} << 30;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* octets(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Error refused() {
  ERR_clear_error();
  return Error(ErrorCode::kInternal, "AES-256-GCM: the library refused");
}

/// Tells keys apart without telling anything of them.
std::string mark_of(const SealKey& key) {
  return to_string(sha256(std::span<const std::byte>(key))).substr(0, kKeyMarkSize);
}

std::string nonce() {
  return to_string(sys::random_bytes<kNonceSize>());
}

/// The context with key, nonce and purpose; null when the library refuses.
CipherContext begin(const SealKey& key,
                    std::string_view nonce_bytes,
                    std::string_view purpose,
                    bool encrypts) {
  CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  const bool begun = context &&
                     EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                       reinterpret_cast<const unsigned char*>(key.data()),
                                       octets(nonce_bytes), encrypts ? 1 : 0) == 1 &&
                     EVP_CipherUpdate(context.get(), nullptr, &length, octets(purpose),
                                      static_cast<int>(purpose.size())) == 1;
  return begun ? std::move(context) : nullptr;
}

bool transform(EVP_CIPHER_CTX* context, std::string_view in, std::string& out) {
  out.assign(in.size(), '\0');
  int length = 0;
  return EVP_CipherUpdate(context, octets(out), &length, octets(in), static_cast<int>(in.size())) ==
         1;
}

bool finish(EVP_CIPHER_CTX* context) {
  std::array<unsigned char, kTagSize> rest{};  // this mode leaves none
  int length = 0;
  return EVP_CipherFinal_ex(context, rest.data(), &length) == 1;
}

}  // namespace

Result<std::string> seal(const SealKey& key, std::string_view purpose, std::string_view plain) {
  if (plain.size() > kTextMax || purpose.size() > kTextMax) {
    return Error(ErrorCode::kLimit, "the text is too long to be sealed");
  }
  const std::string nonce_bytes = nonce();
  const CipherContext context = begin(key, nonce_bytes, purpose, true);
  std::string text;
  std::string tag(kTagSize, '\0');
  if (!context || !transform(context.get(), plain, text) || !finish(context.get()) ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag.size()),
                          tag.data()) != 1) {
    return refused();
  }
  return std::string(1, kForm) + mark_of(key) + nonce_bytes + text + tag;
}

Result<std::string> open_seal(const SealKey& key,
                              std::string_view purpose,
                              std::string_view sealed) {
  const Error damaged(ErrorCode::kDenied, "the sealed text is damaged");
  if (sealed.size() < kHeadSize + kTagSize || sealed.size() > kTextMax || sealed[0] != kForm) {
    return damaged;
  }
  if (sealed.substr(1, kKeyMarkSize) != mark_of(key)) {
    return Error(ErrorCode::kDenied, "the text was sealed with another key");
  }
  const std::string_view nonce_bytes = sealed.substr(1 + kKeyMarkSize, kNonceSize);
  const std::string_view text = sealed.substr(kHeadSize, sealed.size() - kHeadSize - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  const CipherContext context = begin(key, nonce_bytes, purpose, false);
  std::string plain;
  if (!context || !transform(context.get(), text, plain) ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()),
                          tag.data()) != 1) {
    return refused();
  }
  if (!finish(context.get())) {
    ERR_clear_error();
    return damaged;
  }
  return plain;
}

}  // namespace rhumb::codec
