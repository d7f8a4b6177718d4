#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "registry/identity/webauthn.h"
#include "registry/store/sql.h"

/// The passkeys of people, and the challenges that authenticators answer.
/// Source: W3C Web Authentication Level 2 ("WebAuthn") 7.1, 7.2, 13.4.3 (challenges), 14.6.1 (user
/// handles).
namespace rhumb::registry {

inline constexpr int64_t kChallengeSeconds = 300;
inline constexpr int64_t kPasskeysMax = 20;

struct Passkey {
  int64_t id = 0;
  std::string name;
  std::string credential_id;
  int64_t created_at = 0;
  std::optional<int64_t> last_used_at;
};
/// Of a person, the oldest first.
Result<std::vector<Passkey>> list_passkeys(Session& session, int64_t user_id);

struct NewPasskey {
  int64_t user_id = 0;
  std::string name;
  NewCredential credential;
  int64_t now = 0;
};
/// Errors: kConflict for a name or a credential that is there already; kLimit for too many.
Result<Passkey> add_passkey(Session& session, const NewPasskey& wanted);
struct PasskeyRename {
  Passkey passkey;
  std::string name_before;
};
/// Errors: kNotFound `passkey not found`, of other people too; kConflict for a name that is taken.
Result<PasskeyRename> rename_passkey(Session& session,
                                     int64_t user_id,
                                     int64_t passkey_id,
                                     std::string_view name);
/// Returns the name. Errors: as rename_passkey().
Result<std::string> remove_passkey(Session& session, int64_t user_id, int64_t passkey_id);

/// What an authenticator calls the person; made when there is none yet.
Result<std::string> passkey_handle(Session& session, int64_t user_id);

/// Whose challenge it is.
struct ChallengeOwner {
  std::optional<int64_t> user_id;  ///< who gets a new passkey; none: a login
  std::string ip;
};
/// Makes a challenge. Returns it as base64url, the only form it has here.
/// Errors: kLimit when too many wait already, for this network or at all.
Result<std::string> store_challenge(Session& session, const ChallengeOwner& owner, int64_t now);
/// Uses a challenge up; whether it was there, for that person or for a login.
Result<bool> take_challenge(Session& session,
                            std::string_view challenge,
                            std::optional<int64_t> user_id,
                            int64_t now);

/// Bytes as the standard writes them in JSON.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
/// The bytes of a member. Errors: kInvalid naming the member, when it is missing too.
Result<std::string> read_base64url(const codec::Json& object, std::string_view member);

struct PasskeyAccount {
  std::string name;
  std::string email;
  std::string handle;
  std::vector<Passkey> passkeys;  ///< whose authenticators are not to make another one
};
struct PasskeyRequest {
  std::string challenge;
  bool asks_attestation = false;  ///< what the authenticator says of its maker
};
/// What a browser is asked for a new passkey: PublicKeyCredentialCreationOptionsJSON.
/// Source: WebAuthn 5.4; the JSON form is that of Level 3, 5.1.9.
[[nodiscard]] codec::Json creation_options(const RelyingParty& party,
                                           const PasskeyAccount& account,
                                           const PasskeyRequest& request);
/// As creation_options, for a login: PublicKeyCredentialRequestOptionsJSON of WebAuthn 5.5. It
/// names no credential, so that the browser shows those that it has for the registry.
[[nodiscard]] codec::Json request_options(const RelyingParty& party, std::string_view challenge);

}  // namespace rhumb::registry
