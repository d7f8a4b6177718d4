#pragma once

#include <string_view>

#include "codec/sha256.h"
#include "registry/identity/attestation.h"
#include "registry/identity/libfido2.h"

/// The signature of what a new passkey says of its authenticator. Internal to this folder.
namespace rhumb::registry {

/// What the statement was made for.
struct AttestedRegistration {
  AttestationKind kind = AttestationKind::kNone;
  std::string_view site;  ///< id of the relying party
  codec::Sha256 client_hash{};
  std::string_view extensions;  ///< of the authenticator data, a map of CBOR; empty: none
};
/// That what is to have signed the statement has signed it, for this registration. `cred` holds the
/// authenticator data of `object`, and check_statement() has passed the statement.
/// Source: WebAuthn 7.1, step 19; libfido2 1.12, fido_cred_verify(3).
/// Errors: as check_statement().
Result<void> verify_statement(const Libfido2& fido,
                              fido_cred_t* cred,
                              const AttestationObject& object,
                              const AttestedRegistration& registration);

}  // namespace rhumb::registry
