#include "codec/jws_signature.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <cstring>
#include <vector>

#include "codec/openssl_handles_internal.h"

namespace rhumb::codec {
namespace {

constexpr size_t kModulusMin = 2048 / 8;
constexpr size_t kModulusMax = 8192 / 8;
constexpr size_t kCoordinate = 32;

using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Release<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>>;

const unsigned char* data_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Number number_of(std::span<const std::byte> bytes) {
  return Number(BN_bin2bn(data_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

PrivateKey make_key(const char* type, const Builder& builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return PrivateKey(key);
}

bool has_signed(const PrivateKey& key,
                std::string_view message,
                const unsigned char* signature,
                size_t size) {
  const DigestContext context(EVP_MD_CTX_new());
  const bool is_right =
      key && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature, size,
                       reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
  ERR_clear_error();
  return is_right;
}

/// The form that OpenSSL reads; empty when it is none.
std::vector<unsigned char> to_der(std::span<const std::byte> signature) {
  const EcdsaSignature both(ECDSA_SIG_new());
  Number r = number_of(signature.first(kCoordinate));
  Number s = number_of(signature.last(kCoordinate));
  if (!both || !r || !s || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) {
    return {};
  }
  // The signature owns them from here on.
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(both.get(), &der);
  std::vector<unsigned char> out;
  if (size > 0) {
    out.assign(der, der + size);
  }
  OPENSSL_free(der);
  return out;
}

}  // namespace

bool verify_rs256(std::span<const std::byte> modulus,
                  std::span<const std::byte> exponent,
                  std::string_view message,
                  std::span<const std::byte> signature) {
  if (modulus.size() < kModulusMin || modulus.size() > kModulusMax || exponent.empty() ||
      exponent.size() > sizeof(uint32_t) || modulus.front() == std::byte{0} ||
      signature.size() != modulus.size()) {
    return false;
  }
  const Number n = number_of(modulus);
  const Number e = number_of(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < 2048 || BN_is_odd(e.get()) == 0 ||
      BN_is_one(e.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return false;
  }
  return has_signed(make_key("RSA", builder), message, data_of(signature), signature.size());
}

bool verify_es256(std::span<const std::byte> x,
                  std::span<const std::byte> y,
                  std::string_view message,
                  std::span<const std::byte> signature) {
  if (x.size() != kCoordinate || y.size() != kCoordinate || signature.size() != 2 * kCoordinate) {
    return false;
  }
  std::array<unsigned char, 1 + 2 * kCoordinate> point{};
  point[0] = 4;  // uncompressed
  std::memcpy(point.data() + 1, x.data(), kCoordinate);
  std::memcpy(point.data() + 1 + kCoordinate, y.data(), kCoordinate);
  const Builder builder(OSSL_PARAM_BLD_new());
  const std::vector<unsigned char> der = to_der(signature);
  if (!builder || der.empty() ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return false;
  }
  return has_signed(make_key("EC", builder), message, der.data(), der.size());
}

}  // namespace rhumb::codec
