#include "registry/identity/attestation_signature.h"

#include <string>
#include <vector>

#include "codec/cbor.h"
#include "codec/hex.h"

namespace rhumb::registry {
namespace {

void expect_extension(const Libfido2& fido, fido_cred_t* cred, const codec::CborMember& member) {
  constexpr std::string_view kTrue = "\xf5";
  const auto number = static_cast<int>(codec::read_cbor_integer(member.value).value_or(0));
  if (member.name == "hmac-secret" && member.value == kTrue) {
    fido.cred_set_extensions(cred, FIDO_EXT_HMAC_SECRET);
  } else if (member.name == "credBlob" && member.value == kTrue) {
    fido.cred_set_extensions(cred, FIDO_EXT_CRED_BLOB);
  } else if (member.name == "credProtect") {
    fido.cred_set_prot(cred, number);
  } else if (member.name == "minPinLength") {
    fido.cred_set_pin_minlen(cred, static_cast<size_t>(number));
  }
}

/// libfido2 compares the extensions with those that were asked for. The registry asks for none, but
/// browsers do, and authenticators use some by themselves: whatever they are, they are expected.
/// Source: libfido2 1.12, fido_cred_set_authdata(3); CTAP 2.1, 12.
void expect_extensions(const Libfido2& fido, fido_cred_t* cred, std::string_view extensions) {
  if (const auto members = codec::read_cbor_map(extensions)) {
    for (const codec::CborMember& member : *members) {
      expect_extension(fido, cred, member);
    }
  }
}

bool is_filled(const Libfido2& fido,
               fido_cred_t* cred,
               const AttestationObject& object,
               const AttestedRegistration& registration) {
  const std::string hash = codec::to_string(registration.client_hash);
  const std::string site(registration.site);
  return fido.cred_set_rp(cred, site.c_str(), nullptr) == FIDO_OK &&
         fido.cred_set_clientdata_hash(cred, fido_bytes(hash), hash.size()) == FIDO_OK &&
         fido.cred_set_fmt(cred, object.format.c_str()) == FIDO_OK &&
         fido.cred_set_attstmt(cred, fido_bytes(object.statement), object.statement.size()) ==
             FIDO_OK;
}

}  // namespace

Result<void> verify_statement(const Libfido2& fido,
                              fido_cred_t* cred,
                              const AttestationObject& object,
                              const AttestedRegistration& registration) {
  if (registration.kind == AttestationKind::kNone) {
    return {};
  }
  expect_extensions(fido, cred, registration.extensions);
  if (!is_filled(fido, cred, object, registration)) {
    return refused_attestation(object.format,
                               "libfido2 can not read it: its alg is unknown, "
                               "or its members are not in order");
  }
  const auto verify =
      registration.kind == AttestationKind::kSelf ? fido.cred_verify_self : fido.cred_verify;
  return verify(cred) == FIDO_OK
             ? Result<void>()
             : Result<void>(refused_attestation(object.format, "its signature is wrong"));
}

}  // namespace rhumb::registry
