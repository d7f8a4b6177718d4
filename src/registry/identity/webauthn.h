#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/sha256.h"
#include "registry/identity/attestation.h"

/// Passkeys as browsers and authenticators speak of them: what they hand over is checked here,
/// without the store. Signatures and CBOR are libfido2's matter.
/// Source: W3C Web Authentication Level 2 ("WebAuthn"), sections as named below.
namespace rhumb::registry {

/// ES256, EdDSA, RS256, the liked ones first. Stored in databases, never renumber.
/// Source: WebAuthn 5.8.5; the IANA registry "COSE Algorithms".
inline constexpr std::array<int64_t, 3> kPasskeyAlgorithms = {-7, -8, -257};
/// Source: WebAuthn 4, "Credential ID".
inline constexpr size_t kCredentialIdMax = 1023;

/// The registry, as authenticators know it.
struct RelyingParty {
  std::string id;      ///< the host
  std::string origin;  ///< as browsers write it: `https://registry.example.com:8443`
};
/// Of the address that browsers see. Source: WebAuthn 5.1.3 (a domain, never an IP address); secure
/// contexts only.
/// Errors: kUnsupported where browsers have no passkeys, saying what address they need.
Result<RelyingParty> relying_party(std::string_view public_url);

/// That answers of authenticators can be checked here.
/// Errors: kUnsupported `libfido2.so.1 is not installed; install the package libfido2-1`.
Result<void> check_webauthn();

/// What the browser says about a ceremony.
struct ClientData {
  std::string type;
  std::string challenge;  ///< base64url
  std::string origin;
  bool is_framed = false;            ///< by a page of another origin
  bool is_bound_to_channel = false;  ///< by Token Binding
  codec::Sha256 hash{};              ///< of the text, which is what gets signed
};
/// Source: WebAuthn 5.8.1, 5.8.1.2. Errors: kInvalid.
Result<ClientData> read_client_data(std::string_view text);

struct PasskeyKey {
  int64_t algorithm = 0;  ///< one of kPasskeyAlgorithms
  std::string bytes;      ///< the public half, in the form that libfido2 reads
};

struct NewCredential {
  std::string id;
  PasskeyKey key;
  int64_t sign_count = 0;
  AttestationKind attestation = AttestationKind::kNone;
  std::string aaguid;  ///< the authenticator's model, if it is so kind to tell; else zeros
};
/// The key that an authenticator has made, when its attestation verifies. None is as welcome as
/// any: whose certificate it is, is not asked, so all makers are trusted as much as nobody. Whose
/// challenge it was is for the caller. Source: WebAuthn 7.1, steps 7 to 19. Errors: kDenied naming
/// what does not fit; as check_webauthn().
Result<NewCredential> verify_registration(const RelyingParty& party,
                                          const ClientData& client,
                                          const AttestationObject& object);

struct Assertion {
  std::string credential_id;
  std::string client_data;
  std::string authenticator_data;
  std::string signature;
  std::string user_handle;
};
/// The authenticator's count of uses, when the key has signed for this registry. Whose key and
/// challenge it was, and what the count was before, is for the caller.
/// Source: WebAuthn 7.2, steps 11 to 20. Errors: as verify_registration().
Result<int64_t> verify_assertion(const RelyingParty& party,
                                 const PasskeyKey& key,
                                 const ClientData& client,
                                 const Assertion& assertion);

}  // namespace rhumb::registry
