#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

/// What a new passkey says of the authenticator that made it: its form, and the rules that are not
/// about signatures. Those are libfido2's matter.
/// Source: W3C Web Authentication Level 2 ("WebAuthn"), sections as named below.
namespace rhumb::registry {

/// Of an attestation object. What makers send has some kilobytes, the chain of a TPM the most.
inline constexpr size_t kAttestationBytesMax = 65'536;
/// What says who made the authenticator: its model, the same for all of a kind.
inline constexpr size_t kAaguidBytes = 16;

/// What a browser hands over for a new passkey. Source: WebAuthn 6.5.
struct AttestationObject {
  std::string format;
  std::string statement;           ///< a whole map of CBOR
  std::string authenticator_data;  ///< not looked at
};
/// Errors: kInvalid saying what it is not; kLimit for more than kAttestationBytesMax.
Result<AttestationObject> read_attestation_object(std::string_view bytes);

/// By what the statement is signed. Source: WebAuthn 6.5.3.
enum class AttestationKind {
  kNone,         ///< nothing: there is no statement
  kSelf,         ///< the new key itself
  kCertificate,  ///< a key that came with the authenticator, in a certificate of its maker
};
/// `none`, `self` or `certificate`, as the audit log has it.
[[nodiscard]] std::string_view attestation_name(AttestationKind kind);

/// The new key, as far as statements have to fit it.
struct AttestedKey {
  int64_t algorithm = 0;
  std::string aaguid;
};
/// That the statement has the form of its format, and that its certificate is one for such
/// statements. Nothing is known then of its signature, nor whose certificate it is.
/// Source: WebAuthn 8.2, 8.2.1 (packed), 8.3, 8.3.1 (tpm), 8.6 (fido-u2f), 8.7 (none).
/// Errors: kDenied naming format, fault and the way out, for other formats too.
Result<AttestationKind> check_statement(const AttestationObject& object, const AttestedKey& key);

/// The refusal of a passkey because of its statement.
[[nodiscard]] Error refused_attestation(std::string_view format, std::string_view why);

}  // namespace rhumb::registry
