#pragma once

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <optional>
#include <string_view>

#include "base/result.h"
#include "sys/dynamic_library.h"

/// libfido2, opened on first use. This header is the only place that includes the library's own,
/// and only sources of this folder include it.
/// Source: libfido2 1.12, fido_cred_set_authdata(3), fido_cred_verify(3), fido_assert_verify(3),
/// es256_pk_new(3).
namespace rhumb::registry {

/// What makes public keys of one kind.
template <typename Key>
struct FidoKeyFunctions {
  Key* (*make)() = nullptr;
  void (*free)(Key**) = nullptr;
  int (*from_bytes)(Key*, const void*, size_t) = nullptr;
};

/// As libfido2 takes bytes.
inline const unsigned char* fido_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// The functions of libfido2 that are used.
struct Libfido2 {
  decltype(::fido_init)* init = nullptr;
  decltype(::fido_cred_new)* cred_new = nullptr;
  decltype(::fido_cred_free)* cred_free = nullptr;
  decltype(::fido_cred_set_type)* cred_set_type = nullptr;
  decltype(::fido_cred_set_authdata_raw)* cred_set_authdata_raw = nullptr;
  decltype(::fido_cred_id_ptr)* cred_id_ptr = nullptr;
  decltype(::fido_cred_id_len)* cred_id_len = nullptr;
  decltype(::fido_cred_pubkey_ptr)* cred_pubkey_ptr = nullptr;
  decltype(::fido_cred_pubkey_len)* cred_pubkey_len = nullptr;
  decltype(::fido_cred_sigcount)* cred_sigcount = nullptr;
  decltype(::fido_cred_set_rp)* cred_set_rp = nullptr;
  decltype(::fido_cred_set_clientdata_hash)* cred_set_clientdata_hash = nullptr;
  decltype(::fido_cred_set_extensions)* cred_set_extensions = nullptr;
  decltype(::fido_cred_set_prot)* cred_set_prot = nullptr;
  decltype(::fido_cred_set_pin_minlen)* cred_set_pin_minlen = nullptr;
  decltype(::fido_cred_set_fmt)* cred_set_fmt = nullptr;
  decltype(::fido_cred_set_attstmt)* cred_set_attstmt = nullptr;
  decltype(::fido_cred_verify)* cred_verify = nullptr;
  decltype(::fido_cred_verify_self)* cred_verify_self = nullptr;
  decltype(::fido_assert_new)* assert_new = nullptr;
  decltype(::fido_assert_free)* assert_free = nullptr;
  decltype(::fido_assert_set_rp)* assert_set_rp = nullptr;
  decltype(::fido_assert_set_clientdata_hash)* assert_set_clientdata_hash = nullptr;
  decltype(::fido_assert_set_count)* assert_set_count = nullptr;
  decltype(::fido_assert_set_authdata_raw)* assert_set_authdata_raw = nullptr;
  decltype(::fido_assert_set_sig)* assert_set_sig = nullptr;
  decltype(::fido_assert_set_up)* assert_set_up = nullptr;
  decltype(::fido_assert_set_uv)* assert_set_uv = nullptr;
  decltype(::fido_assert_sigcount)* assert_sigcount = nullptr;
  decltype(::fido_assert_verify)* assert_verify = nullptr;
  FidoKeyFunctions<es256_pk_t> es256;
  FidoKeyFunctions<eddsa_pk_t> eddsa;
  FidoKeyFunctions<rs256_pk_t> rs256;
  std::optional<sys::DynamicLibrary> library;
};

/// The table, loaded on first use and kept for the life of the process.
/// Errors: kUnsupported `libfido2.so.1 is not installed; install the package libfido2-1`.
[[nodiscard]] const Result<Libfido2>& libfido2();

}  // namespace rhumb::registry
