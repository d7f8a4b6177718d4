#include "registry/identity/libfido2.h"

#include <utility>

namespace rhumb::registry {
namespace {

Result<void> load_credentials(const sys::DynamicLibrary& library, Libfido2& fido) {
  TRY(library.load("fido_init", fido.init));
  TRY(library.load("fido_cred_new", fido.cred_new));
  TRY(library.load("fido_cred_free", fido.cred_free));
  TRY(library.load("fido_cred_set_type", fido.cred_set_type));
  TRY(library.load("fido_cred_set_authdata_raw", fido.cred_set_authdata_raw));
  TRY(library.load("fido_cred_id_ptr", fido.cred_id_ptr));
  TRY(library.load("fido_cred_id_len", fido.cred_id_len));
  TRY(library.load("fido_cred_pubkey_ptr", fido.cred_pubkey_ptr));
  TRY(library.load("fido_cred_pubkey_len", fido.cred_pubkey_len));
  return library.load("fido_cred_sigcount", fido.cred_sigcount);
}

Result<void> load_attestations(const sys::DynamicLibrary& library, Libfido2& fido) {
  TRY(library.load("fido_cred_set_rp", fido.cred_set_rp));
  TRY(library.load("fido_cred_set_clientdata_hash", fido.cred_set_clientdata_hash));
  TRY(library.load("fido_cred_set_extensions", fido.cred_set_extensions));
  TRY(library.load("fido_cred_set_prot", fido.cred_set_prot));
  TRY(library.load("fido_cred_set_pin_minlen", fido.cred_set_pin_minlen));
  TRY(library.load("fido_cred_set_fmt", fido.cred_set_fmt));
  TRY(library.load("fido_cred_set_attstmt", fido.cred_set_attstmt));
  TRY(library.load("fido_cred_verify", fido.cred_verify));
  return library.load("fido_cred_verify_self", fido.cred_verify_self);
}

Result<void> load_assertions(const sys::DynamicLibrary& library, Libfido2& fido) {
  TRY(library.load("fido_assert_new", fido.assert_new));
  TRY(library.load("fido_assert_free", fido.assert_free));
  TRY(library.load("fido_assert_set_rp", fido.assert_set_rp));
  TRY(library.load("fido_assert_set_clientdata_hash", fido.assert_set_clientdata_hash));
  TRY(library.load("fido_assert_set_count", fido.assert_set_count));
  TRY(library.load("fido_assert_set_authdata_raw", fido.assert_set_authdata_raw));
  TRY(library.load("fido_assert_set_sig", fido.assert_set_sig));
  TRY(library.load("fido_assert_set_up", fido.assert_set_up));
  TRY(library.load("fido_assert_set_uv", fido.assert_set_uv));
  TRY(library.load("fido_assert_sigcount", fido.assert_sigcount));
  return library.load("fido_assert_verify", fido.assert_verify);
}

Result<void> load_keys(const sys::DynamicLibrary& library, Libfido2& fido) {
  TRY(library.load("es256_pk_new", fido.es256.make));
  TRY(library.load("es256_pk_free", fido.es256.free));
  TRY(library.load("es256_pk_from_ptr", fido.es256.from_bytes));
  TRY(library.load("eddsa_pk_new", fido.eddsa.make));
  TRY(library.load("eddsa_pk_free", fido.eddsa.free));
  TRY(library.load("eddsa_pk_from_ptr", fido.eddsa.from_bytes));
  TRY(library.load("rs256_pk_new", fido.rs256.make));
  TRY(library.load("rs256_pk_free", fido.rs256.free));
  return library.load("rs256_pk_from_ptr", fido.rs256.from_bytes);
}

Result<Libfido2> load() {
  Libfido2 fido;
  sys::DynamicLibrary library =
      TRY(sys::DynamicLibrary::open({.sonames = {"libfido2.so.1"}, .package = "libfido2-1"}));
  TRY(load_credentials(library, fido));
  TRY(load_attestations(library, fido));
  TRY(load_assertions(library, fido));
  TRY(load_keys(library, fido));
  fido.library.emplace(std::move(library));
  return fido;
}

}  // namespace

const Result<Libfido2>& libfido2() {
  // Never unloaded: keys and requests of other threads may still use it at the end.
  static const Result<Libfido2>* table = new Result<Libfido2>(load());
  return *table;
}

}  // namespace rhumb::registry
