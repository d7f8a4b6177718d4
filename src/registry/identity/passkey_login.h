#pragma once

#include "registry/identity/login.h"
#include "registry/identity/passkeys.h"

/// Logins by a passkey alone: what has it and the PIN, finger or face that it asked for are both
/// factors. The person is not named before; the passkey tells who it is.
/// Source: W3C Web Authentication Level 2 ("WebAuthn") 7.2.
namespace rhumb::registry {

/// What the browser is asked. Errors: as relying_party(), check_webauthn() and
/// store_challenge().
Result<codec::Json> begin_passkey_login(Registry& registry, const Origin& origin);

/// Uses the challenge up, whatever comes of it. Failures are counted like those of passwords, by
/// the account where the passkey is known. Errors: kInvalid for client data that is none;
/// kUnsupported as relying_party() and check_webauthn(); of the store.
Result<LoginOutcome> log_in_with_passkey(Registry& registry,
                                         const Assertion& assertion,
                                         const Origin& origin);

}  // namespace rhumb::registry
