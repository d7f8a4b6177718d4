#include <fmt/format.h>

#include "registry/api/own_account.h"
#include "registry/api/token_views.h"
#include "registry/identity/members.h"
#include "registry/identity/passwords.h"
#include "registry/identity/second_factor.h"
#include "registry/identity/sessions.h"
#include "registry/identity/totp.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

// -----------------------------------------------------------------------------------------------
// show

Result<Json> list_sessions(Session& session, const Caller& caller, int64_t now) {
  Json sessions = Json::array();
  const Rows rows = TRY(session.query(
      "SELECT id, created_at, expires_at, last_used_at, last_used_ip, user_agent FROM sessions "
      "WHERE user_id = ? AND expires_at > ? ORDER BY last_used_at DESC, id DESC",
      {caller.user_id, now}));
  for (const Row& row : rows) {
    sessions.push_back(Json::object({{"id", std::to_string(row[0].number())},
                                     {"createdAt", time_json(row[1].number())},
                                     {"expiresAt", time_json(row[2].number())},
                                     {"lastUsedAt", time_json(row[3].number())},
                                     {"lastUsedIP", row[4].text()},
                                     {"userAgent", row[5].text()},
                                     {"isCurrent", row[0].number() == caller.session_id}}));
  }
  return sessions;
}

Result<Json> account_json(Session& session, const Caller& caller, int64_t now) {
  const Account account = TRY(load_account(session, caller.user_id));
  const Value codes = TRY(
      session.scalar("SELECT count(*) FROM recovery_codes WHERE user_id = ?", {caller.user_id}));
  Json sessions = TRY(list_sessions(session, caller, now));
  Json tokens = TRY(list_tokens_of_user(session, caller.org_id, caller.user_id));
  Json passkeys = Json::array();
  for (const Passkey& passkey : TRY(list_passkeys(session, caller.user_id))) {
    passkeys.push_back(passkey_json(passkey));
  }
  return Json::object({{"id", std::to_string(caller.user_id)},
                       {"name", account.name},
                       {"email", account.email},
                       {"hasPassword", !account.password.empty()},
                       {"hasApp", account.has_app},
                       {"recoveryCodesLeft", codes.number()},
                       {"passkeys", std::move(passkeys)},
                       {"sessions", std::move(sessions)},
                       {"tokens", std::move(tokens)}});
}

Result<Json> resolve_account(RequestContext& context, FieldCall&) {
  TRY(require_person(context.caller));
  return read_value<Json>(context.registry.store, [&](Session& session) {
    return account_json(session, context.caller, context.registry.now());
  });
}

// ---------------------------------------------------------------------------------------------
// change

/// An address is what one logs in with, and what an identity provider is believed: it is set once.
Result<void> set_email(Session& session,
                       const Account& account,
                       int64_t user_id,
                       const std::string& email) {
  if (email == account.email) {
    return {};
  }
  if (!account.email.empty()) {
    return Error(ErrorCode::kConflict, "the e-mail address of an account stays");
  }
  const std::optional<int64_t> taken = TRY(find_user(session, email));
  if (taken.has_value()) {
    return Error(ErrorCode::kConflict, "another account has this e-mail address");
  }
  return session.run("UPDATE users SET email = ? WHERE id = ?", {email, user_id});
}

Result<Json> update_account(RequestContext& context, FieldCall& call) {
  const Caller& caller = context.caller;
  TRY(require_person(caller));
  const std::optional<std::string> name = read_text(call.input(), "name");
  std::optional<std::string> email = read_text(call.input(), "email");
  if (name.has_value()) {
    TRY(check_name("name", *name));
  }
  if (email.has_value()) {
    email = TRY(read_email(*email));
  }
  Result<Json> changed =
      write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
        const Account before = TRY(load_account(session, caller.user_id));
        if (email.has_value()) {
          TRY(set_email(session, before, caller.user_id, *email));
        }
        if (name.has_value()) {
          TRY(session.run("UPDATE users SET name = ? WHERE id = ?", {*name, caller.user_id}));
        }
        AuditEntry entry = account_entry(context, "account.update");
        entry.before =
            codec::format_json(Json::object({{"name", before.name}, {"email", before.email}}));
        entry.after = codec::format_json(Json::object(
            {{"name", name.value_or(before.name)}, {"email", email.value_or(before.email)}}));
        TRY(append_audit(session, std::move(entry)));
        TRY(tell_tokens_changed(context.registry, session));
        return account_json(session, caller, context.registry.now());
      });
  context.registry.tokens.forget();
  return changed;
}

Result<Json> set_password(RequestContext& context, FieldCall& call) {
  const Caller& caller = context.caller;
  TRY(require_person(caller));
  Account account = TRY(read_account(context));
  if (!account.password.empty()) {
    account = TRY(prove_password(context, call.input().string_or_empty("current")));
  }
  if (account.email.empty()) {
    return Error(ErrorCode::kConflict, "give the account an e-mail address first");
  }
  const std::string password = call.input().string_or_empty("password");
  TRY(check_password(password, account.name, account.email));
  const std::string hash = TRY(hash_password(password));
  Result<Json> set =
      write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
        const Account still = TRY(load_account(session, caller.user_id));
        if (still.password != account.password) {
          return Error(ErrorCode::kConflict, "the password has changed meanwhile");
        }
        TRY(session.run("UPDATE users SET password = ?, password_at = ? WHERE id = ?",
                        {hash, context.registry.now(), caller.user_id}));
        // Whoever else is logged in may be why it was changed.
        TRY(end_sessions(session, caller.user_id, caller.session_id));
        TRY(append_audit(session, account_entry(context, "account.password")));
        TRY(tell_tokens_changed(context.registry, session));
        return Json::object({{"success", true}});
      });
  context.registry.tokens.forget();
  return set;
}

// -------------------------------------------------------------------------------------------- the
// app

Result<Json> propose_new_app(RequestContext& context, FieldCall& call) {
  const Account account =
      TRY(prove_password(context, call.arguments().string_or_empty("password")));
  const std::string secret = make_totp_secret();
  TRY(context.registry.store.write([&](Session& session) -> Result<void> {
    TRY(propose_app(session, context.registry, context.caller.user_id, secret));
    return append_audit(session, account_entry(context, "account.app_proposed"));
  }));
  return Json::object(
      {{"secret", base32_encode(secret)}, {"uri", totp_uri(account.email, secret)}});
}

Result<Json> confirm_new_app(RequestContext& context, FieldCall& call) {
  TRY(require_session(context.caller));
  const std::string code = call.arguments().string_or_empty("code");
  const std::vector<std::string> codes = make_recovery_codes();
  TRY(context.registry.store.write([&](Session& session) -> Result<void> {
    TRY(confirm_app(session, context.registry, context.caller.user_id, code, codes));
    return append_audit(session, account_entry(context, "account.app"));
  }));
  return Json::object({{"codes", to_json(codes)}});
}

Result<Json> remove_own_app(RequestContext& context, FieldCall& call) {
  TRY(prove_password(context, call.arguments().string_or_empty("password")));
  TRY(context.registry.store.write([&](Session& session) -> Result<void> {
    TRY(remove_app(session, context.caller.user_id));
    return append_audit(session, account_entry(context, "account.app_remove"));
  }));
  return Json::object({{"success", true}});
}

// -------------------------------------------------------------------------------------------
// sessions

Result<Json> end_own_session(RequestContext& context, FieldCall& call) {
  TRY(require_person(context.caller));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "session"));
  const Result<void> ended = context.registry.store.write([&](Session& session) -> Result<void> {
    TRY(end_session(session, context.caller.user_id, id));
    TRY(append_audit(session, account_entry(context, "login.end")));
    return tell_tokens_changed(context.registry, session);
  });
  context.registry.tokens.forget();
  TRY(ended);
  return Json::object({{"success", true}});
}

}  // namespace

void add_account_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "account", resolve_account);
  bind_root(resolvers, "Mutation", "updateAccount", update_account);
  bind_root(resolvers, "Mutation", "setPassword", set_password);
  bind_root(resolvers, "Mutation", "proposeApp", propose_new_app);
  bind_root(resolvers, "Mutation", "confirmApp", confirm_new_app);
  bind_root(resolvers, "Mutation", "removeApp", remove_own_app);
  bind_root(resolvers, "Mutation", "endSession", end_own_session);
}

}  // namespace rhumb::registry
