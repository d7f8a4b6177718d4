#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "registry/registry.h"

/// How people get in: with a password and, where they have set one up, a code of an app.
/// Source: spec registry.md 7.1.
namespace rhumb::registry {

struct Credentials {
  std::string email;
  std::string password;
  std::string code;  ///< of the app, or a recovery code; empty when none was given
};

enum class LoginResult {
  kIn,
  kRefused,     ///< nobody with these; of what was wrong nothing is told
  kCodeNeeded,  ///< the password is right, and a code is asked for
  kWait,        ///< too many failures; nothing was looked at
};

struct LoginOutcome {
  LoginResult result = LoginResult::kRefused;
  std::string session;       ///< the secret of the session that was made
  int64_t wait_seconds = 0;  ///< for kWait
};

/// Errors: of the store; kBusy when too many log in at once; those of take_second_factor().
Result<LoginOutcome> log_in(Registry& registry,
                            const Credentials& credentials,
                            const Origin& origin);
/// Makes a session for somebody who has shown another way who they are (`how`), within `session`.
Result<void> enter(Session& session,
                   const Registry& registry,
                   int64_t user_id,
                   int64_t org_id,
                   std::string_view secret,
                   const Origin& origin,
                   std::string_view how);
/// Whose login it was, and in which organization; zeros: nobody's that is known.
struct AccountKey {
  int64_t user_id = 0;
  int64_t org_id = 0;
};
/// An entry of the audit log about a login that failed. It names the account that exists; what was
/// typed otherwise may be a password.
Result<void> note_failed_login(Registry& registry,
                               const Origin& origin,
                               const AccountKey& account,
                               std::string_view why);
/// Ends a session. One that is over already is no error.
Result<void> log_out(Registry& registry, std::string_view session, const Origin& origin);

/// Whom a one-time address is for.
struct InvitationFacts {
  std::string email;
  std::string name;
  int64_t expires_at = 0;
  bool is_known = false;  ///< has a password already, by another organization
};
/// Errors: kDenied for an address that is unknown, used or too old.
Result<InvitationFacts> find_invitation(Registry& registry, std::string_view secret);

struct Acceptance {
  std::string secret;
  std::string name;
  std::string password;
};
/// Uses a one-time address up: sets name and password and gets the person in. Returns the secret of
/// a session. Errors: as find_invitation() and check_password(); kInvalid for the name.
Result<std::string> accept_invitation(Registry& registry,
                                      const Acceptance& acceptance,
                                      const Origin& origin);

}  // namespace rhumb::registry
