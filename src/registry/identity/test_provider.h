#pragma once

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codec/base64.h"
#include "codec/ed25519.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "registry/identity/providers.h"

namespace rhumb::registry {

/// An identity provider with a key of each kind, without HTTP; for tests only.
class TestProvider {
 public:
  using Json = codec::Json;
  static constexpr const char* kIssuer = "https://login.test";

  TestProvider()
      : rsa_(EVP_RSA_gen(2048), EVP_PKEY_free),
        ec_(EVP_EC_gen("P-256"), EVP_PKEY_free),
        seed_{std::byte{7}} {}

  static std::string base64url(std::string_view bytes) {
    return codec::base64_encode(codec::as_bytes(bytes), codec::Base64::kRawUrl);
  }
  static std::string part(const Json& json) { return base64url(codec::format_json(json)); }

  /// A token of these claims, by the key of `alg`.
  std::string sign(const std::string& alg, const Json& claims, const std::string& kid = "") {
    Json header = Json::object({{"alg", alg}, {"typ", "JWT"}});
    header.set("kid", kid.empty() ? alg : kid);
    return sign_text(alg, part(header) + "." + part(claims));
  }
  std::string sign_text(const std::string& alg, const std::string& text) {
    return text + "." + base64url(signature(alg, text));
  }

  Json jwks() {
    Json keys = Json::array();
    for (const char* alg : {"RS256", "ES256", "EdDSA"}) {
      keys.push_back(jwk(alg));
    }
    return Json::object({{"keys", std::move(keys)}});
  }
  Json jwk(const std::string& alg) {
    Json key = Json::object({{"kid", alg}, {"alg", alg}, {"use", "sig"}});
    if (alg == "RS256") {
      key.set("kty", "RSA");
      key.set("n", base64url(number(rsa_.get(), OSSL_PKEY_PARAM_RSA_N)));
      key.set("e", base64url(number(rsa_.get(), OSSL_PKEY_PARAM_RSA_E)));
    } else if (alg == "ES256") {
      key.set("kty", "EC");
      key.set("crv", "P-256");
      key.set("x", base64url(coordinate(OSSL_PKEY_PARAM_EC_PUB_X)));
      key.set("y", base64url(coordinate(OSSL_PKEY_PARAM_EC_PUB_Y)));
    } else {
      key.set("kty", "OKP");
      key.set("crv", "Ed25519");
      key.set("x", codec::base64_encode(codec::ed25519_public_key(seed_).value(),
                                        codec::Base64::kRawUrl));
    }
    return key;
  }

  /// What it is asked, and the answers beside those about itself.
  std::vector<http::ClientRequest> requests;
  std::function<http::ClientResponse(const http::ClientRequest&)> answer_token;
  bool is_down = false;
  std::string calls_itself = kIssuer;
  std::string issuer = kIssuer;

  Providers::Send send() {
    return [this](const http::ClientRequest& request) -> Result<http::ClientResponse> {
      requests.push_back(request);
      if (is_down) {
        return Error(ErrorCode::kUnavailable, "no connection");
      }
      if (request.url == issuer + "/.well-known/openid-configuration") {
        return http::ClientResponse{
            200,
            {},
            codec::format_json(Json::object({{"issuer", calls_itself},
                                             {"authorization_endpoint", issuer + "/auth?x=1"},
                                             {"token_endpoint", issuer + "/token"},
                                             {"jwks_uri", issuer + "/keys"}}))};
      }
      if (request.url == issuer + "/keys") {
        return http::ClientResponse{200, {}, codec::format_json(jwks())};
      }
      if (request.url == issuer + "/token" && answer_token) {
        return answer_token(request);
      }
      return http::ClientResponse{404, {}, ""};
    };
  }

 private:
  static std::string number(EVP_PKEY* key, const char* name) {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key, name, &value);
    std::string out(static_cast<size_t>(BN_num_bytes(value)), '\0');
    BN_bn2bin(value, reinterpret_cast<unsigned char*>(out.data()));
    BN_free(value);
    return out;
  }
  std::string coordinate(const char* name) {
    const std::string bytes = number(ec_.get(), name);
    return std::string(32 - bytes.size(), '\0') + bytes;
  }
  static std::string digest_sign(EVP_PKEY* key, const std::string& text) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    size_t size = 0;
    EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
    std::string out(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                   text.size());
    out.resize(size);
    return out;
  }
  std::string signature(const std::string& alg, const std::string& text) {
    if (alg == "EdDSA") {
      return codec::to_string(codec::sign_ed25519(seed_, text).value());
    }
    if (alg == "RS256") {
      return digest_sign(rsa_.get(), text);
    }
    const std::string der = digest_sign(ec_.get(), text);
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* both = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string out(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(both), reinterpret_cast<unsigned char*>(out.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(both), reinterpret_cast<unsigned char*>(out.data()) + 32, 32);
    ECDSA_SIG_free(both);
    return out;
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> rsa_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> ec_;
  codec::Ed25519Seed seed_;
};

}  // namespace rhumb::registry
