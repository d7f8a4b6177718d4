#pragma once

#include <string>

#include "registry/api/api_options.h"
#include "registry/api/request_context.h"
#include "registry/identity/passkeys.h"

/// The caller's own account, and what shows that it is the caller's. Internal to this folder.
namespace rhumb::registry {

/// Errors: kDenied for bots.
Result<void> require_person(const Caller& caller);
/// What gets one in is changed at the pages: a token that somebody found must not be enough.
Result<void> require_session(const Caller& caller);

struct Account {
  std::string name;
  std::string email;
  std::string password;  ///< the hash; empty: none
  bool has_app = false;
};
Result<Account> load_account(Session& session, int64_t user_id);
Result<Account> read_account(RequestContext& context);
[[nodiscard]] AuditEntry account_entry(RequestContext& context, std::string action);

/// That the person at the page is the one who logged in. Failures count like those of logins.
/// Errors: kDenied for another password, kLimit after too many, kConflict where there is none.
Result<Account> prove_password(RequestContext& context, const std::string& password);

/// Those of the account's passkeys.
void add_passkey_resolvers(graphql::Resolvers& resolvers, const ApiOptions& options);
[[nodiscard]] codec::Json passkey_json(const Passkey& passkey);

}  // namespace rhumb::registry
