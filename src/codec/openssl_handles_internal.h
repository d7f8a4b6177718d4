#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>

#include <memory>

/// Owners of the objects of OpenSSL. Internal to this folder.
namespace rhumb::codec {

template <auto Free>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;  // also holds public ones
using DigestContext = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;

}  // namespace rhumb::codec
