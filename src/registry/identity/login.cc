#include "registry/identity/login.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "registry/identity/members.h"
#include "registry/identity/passwords.h"
#include "registry/identity/second_factor.h"
#include "registry/identity/sessions.h"
#include "registry/identity/throttle.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

// Whose log tells of logins that belong to nobody: the one that every store has.
constexpr int64_t kFirstOrganization = 1;

/// An account, as far as a login needs it.
struct Account {
  AccountKey key;
  std::string password;
  bool has_app = false;
};

Result<std::optional<Account>> find_account(Session& session, const std::string& email) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT u.id, m.org_id, u.password, u.totp_secret IS NOT NULL FROM users u "
      "JOIN memberships m ON m.user_id = u.id WHERE u.email = ? AND m.joined_at IS NOT NULL AND "
      "u.password IS NOT NULL ORDER BY m.org_id LIMIT 1",
      {email}));
  if (!row.has_value()) {
    return std::optional<Account>();
  }
  const Row& r = *row;
  return std::optional<Account>(Account{{r[0].number(), r[1].number()}, r[2].text(), r[3].flag()});
}

/// Whether the password is that of the account, in the time that takes whether there is one or not.
Result<bool> knows_password(const std::optional<Account>& account, const std::string& password) {
  const bool is_right =
      TRY(is_password(account ? account->password : unknown_password_hash(), password));
  return account.has_value() && is_right;
}

/// In one transaction, so that a code is taken once and a password that was changed meanwhile is
/// none. False when the code is wrong.
Result<bool> finish_login(Session& session,
                          const Registry& registry,
                          const Account& account,
                          const Credentials& credentials,
                          const LoginAttempt& attempt,
                          std::string_view secret,
                          const Origin& origin) {
  const Value password =
      TRY(session.scalar("SELECT password FROM users WHERE id = ?", {account.key.user_id}));
  if (password.text() != account.password) {
    return false;
  }
  const bool passed =
      TRY(take_second_factor(session, registry, account.key.user_id, credentials.code));
  if (!passed) {
    return false;
  }
  TRY(forgive_attempt(session, attempt));
  TRY(enter(session, registry, account.key.user_id, account.key.org_id, secret, origin,
            "password"));
  return true;
}

}  // namespace

Result<void> enter(Session& session,
                   const Registry& registry,
                   int64_t user_id,
                   int64_t org_id,
                   std::string_view secret,
                   const Origin& origin,
                   std::string_view how) {
  const Value name = TRY(session.scalar("SELECT name FROM users WHERE id = ?", {user_id}));
  TRY(create_session(session, secret,
                     {org_id, user_id, origin.ip, origin.user_agent, registry.now()}));
  AuditEntry entry;
  entry.org_id = org_id;
  entry.time = registry.now();
  entry.origin = origin;
  entry.origin.actor = Actor{"USER", user_id, name.text()};
  entry.action = "login.ok";
  entry.object = fmt::format("user/{}", user_id);
  entry.after = codec::format_json(codec::Json::object({{"by", how}}));
  return append_audit(session, std::move(entry));
}

Result<void> note_failed_login(Registry& registry,
                               const Origin& origin,
                               const AccountKey& account,
                               std::string_view why) {
  AuditEntry entry;
  entry.org_id = account.org_id != 0 ? account.org_id : kFirstOrganization;
  entry.time = registry.now();
  entry.origin = origin;
  entry.action = "login.fail";
  entry.object = account.user_id != 0 ? fmt::format("user/{}", account.user_id) : "user";
  entry.after = codec::format_json(codec::Json::object({{"reason", why}}));
  return registry.store.write(
      [&entry](Session& session) -> Result<void> { return append_audit(session, entry); });
}

Result<LoginOutcome> log_in(Registry& registry,
                            const Credentials& credentials,
                            const Origin& origin) {
  const std::string email = to_lower_ascii(trim(credentials.email)).substr(0, kEmailMax);
  const LoginAttempt attempt{email, origin.ip};
  LoginOutcome outcome;
  outcome.wait_seconds = TRY(write_value<int64_t>(registry.store, [&](Session& session) {
    return begin_attempt(session, attempt, registry.now());
  }));
  if (outcome.wait_seconds > 0) {
    outcome.result = LoginResult::kWait;
    return outcome;
  }
  const std::optional<Account> account = TRY(read_value<std::optional<Account>>(
      registry.store, [&](Session& session) { return find_account(session, email); }));
  const bool is_right = TRY(knows_password(account, credentials.password));
  if (!account || !is_right) {
    TRY(note_failed_login(registry, origin, account ? account->key : AccountKey{}, "password"));
    return outcome;
  }
  if (account->has_app && trim(credentials.code).empty()) {
    outcome.result = LoginResult::kCodeNeeded;
    return outcome;
  }
  outcome.session = make_secret();
  Result<bool> finished = write_value<bool>(registry.store, [&](Session& session) {
    return finish_login(session, registry, *account, credentials, attempt, outcome.session, origin);
  });
  if (!finished && finished.error().code() == ErrorCode::kUnsupported) {
    TRY(note_failed_login(registry, origin, account->key, finished.error().message()));
  }
  const bool is_in = TRY(std::move(finished));
  if (!is_in) {
    outcome.session.clear();
    TRY(note_failed_login(registry, origin, account->key, "code"));
    return outcome;
  }
  outcome.result = LoginResult::kIn;
  return outcome;
}

Result<void> log_out(Registry& registry, std::string_view session_secret, const Origin& origin) {
  Result<void> ended = registry.store.write([&](Session& session) -> Result<void> {
    const std::optional<TokenOwner> owner =
        TRY(find_session(session, session_secret, registry.now()));
    if (!owner.has_value()) {
      return {};
    }
    TRY(end_session(session, owner->user_id, owner->session_id));
    AuditEntry entry;
    entry.org_id = owner->org_id;
    entry.time = registry.now();
    entry.origin = origin;
    entry.origin.actor = owner->actor();
    entry.action = "login.end";
    entry.object = fmt::format("user/{}", owner->user_id);
    TRY(append_audit(session, std::move(entry)));
    return tell_tokens_changed(registry, session);
  });
  registry.tokens.forget();
  return ended;
}

// --------------------------------------------------------------------------------------
// invitations

namespace {

struct Invited {
  int64_t user_id = 0;
  int64_t org_id = 0;
  InvitationFacts facts;
  std::string password;  ///< the hash; empty: none yet
};

Result<Invited> load_invitation(Session& session, std::string_view secret, int64_t now) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT i.user_id, i.org_id, u.email, u.name, i.expires_at, u.password FROM invitations i "
      "JOIN users u ON u.id = i.user_id JOIN memberships m ON m.user_id = i.user_id AND m.org_id = "
      "i.org_id WHERE i.sha256 = ? AND i.expires_at > ?",
      {secret_hash(secret), now}));
  if (!row.has_value()) {
    return Error(ErrorCode::kDenied,
                 "this address was used or is not valid any more; ask for another one");
  }
  const Row& r = *row;
  Invited out;
  out.user_id = r[0].number();
  out.org_id = r[1].number();
  out.password = r[5].text();
  out.facts = {r[2].text(), r[3].text(), r[4].number(), !out.password.empty()};
  return out;
}

Result<Invited> read_invitation(Registry& registry, std::string_view secret) {
  return read_value<Invited>(registry.store, [&](Session& session) {
    return load_invitation(session, secret, registry.now());
  });
}

/// The hash of the password the person is to have. Whoever has one keeps it, and shows it.
Result<std::string> accepted_password(const Invited& invited, const Acceptance& acceptance) {
  if (!invited.facts.is_known) {
    TRY(check_name("name", acceptance.name));
    TRY(check_password(acceptance.password, acceptance.name, invited.facts.email));
    return hash_password(acceptance.password);
  }
  const bool is_right = TRY(is_password(invited.password, acceptance.password));
  if (!is_right) {
    return invalid("the password is not the one of your account");
  }
  return invited.password;
}

}  // namespace

Result<InvitationFacts> find_invitation(Registry& registry, std::string_view secret) {
  const Invited invited = TRY(read_invitation(registry, secret));
  return invited.facts;
}

Result<std::string> accept_invitation(Registry& registry,
                                      const Acceptance& acceptance,
                                      const Origin& origin) {
  const Invited invited = TRY(read_invitation(registry, acceptance.secret));
  const std::string hash = TRY(accepted_password(invited, acceptance));
  const std::string secret = make_secret();
  TRY(registry.store.write([&](Session& session) -> Result<void> {
    const int64_t now = registry.now();
    const Invited still = TRY(load_invitation(session, acceptance.secret, now));
    if (still.password != invited.password) {
      return Error(ErrorCode::kConflict, "the account has changed meanwhile; try again");
    }
    if (!still.facts.is_known) {
      TRY(session.run("UPDATE users SET name = ?, password = ?, password_at = ? WHERE id = ?",
                      {acceptance.name, hash, now, still.user_id}));
    }
    TRY(
        session.run("UPDATE memberships SET joined_at = coalesce(joined_at, ?) WHERE org_id = ? "
                    "AND user_id = ?",
                    {now, still.org_id, still.user_id}));
    TRY(session.run("DELETE FROM invitations WHERE user_id = ?", {still.user_id}));
    return enter(session, registry, still.user_id, still.org_id, secret, origin, "invitation");
  }));
  return secret;
}

}  // namespace rhumb::registry
