#include "registry/api/own_account.h"

#include <fmt/format.h>

#include "registry/identity/passwords.h"
#include "registry/identity/throttle.h"

namespace rhumb::registry {

Result<void> require_person(const Caller& caller) {
  return caller.user_id != 0
             ? Result<void>()
             : Result<void>(Error(ErrorCode::kDenied, "only a person has an account"));
}

Result<void> require_session(const Caller& caller) {
  TRY(require_person(caller));
  return caller.session_id != 0
             ? Result<void>()
             : Result<void>(Error(ErrorCode::kDenied, "log in at the pages of the registry"));
}

Result<Account> load_account(Session& session, int64_t user_id) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT name, email, password, totp_secret IS NOT NULL FROM users WHERE id = ?", {user_id}));
  if (!row.has_value()) {
    return Error(ErrorCode::kNotFound, "account not found");
  }
  const Row& r = *row;
  return Account{r[0].text(), r[1].text(), r[2].text(), r[3].flag()};
}

Result<Account> read_account(RequestContext& context) {
  return read_value<Account>(context.registry.store, [&](Session& session) {
    return load_account(session, context.caller.user_id);
  });
}

AuditEntry account_entry(RequestContext& context, std::string action) {
  return audit_entry(context.caller, context.registry.now(), std::move(action),
                     fmt::format("user/{}", context.caller.user_id));
}

Result<Account> prove_password(RequestContext& context, const std::string& password) {
  TRY(require_session(context.caller));
  Account account = TRY(read_account(context));
  if (account.password.empty()) {
    return Error(ErrorCode::kConflict, "set a password first");
  }
  const LoginAttempt attempt{account.email, context.caller.origin.ip};
  const int64_t wait = TRY(write_value<int64_t>(context.registry.store, [&](Session& session) {
    return begin_attempt(session, attempt, context.registry.now());
  }));
  if (wait > 0) {
    return Error(ErrorCode::kLimit, fmt::format("too many attempts; wait {} seconds", wait));
  }
  const bool is_right = TRY(is_password(account.password, password));
  if (!is_right) {
    return Error(ErrorCode::kDenied, "the password is not the one of your account");
  }
  TRY(context.registry.store.write(
      [&](Session& session) { return forgive_attempt(session, attempt); }));
  return account;
}

codec::Json passkey_json(const Passkey& passkey) {
  return codec::Json::object({{"id", std::to_string(passkey.id)},
                              {"name", passkey.name},
                              {"createdAt", time_json(passkey.created_at)},
                              {"lastUsedAt", time_json(passkey.last_used_at)}});
}

}  // namespace rhumb::registry
