#include "registry/identity/passkey_login.h"

#include <algorithm>

#include "codec/hex.h"
#include "registry/identity/throttle.h"

namespace rhumb::registry {
namespace {

/// A passkey with the account that it belongs to.
struct KnownPasskey {
  int64_t id = 0;
  AccountKey account;  ///< without an organization when the person is in none
  std::string email;
  std::string handle;
  PasskeyKey key;
  int64_t sign_count = 0;
};

Result<std::optional<KnownPasskey>> find_passkey(Session& session,
                                                 const std::string& credential_id) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT p.id, p.user_id, m.org_id, u.email, u.passkey_handle, p.algorithm, p.public_key, "
      "p.sign_count FROM passkeys p JOIN users u ON u.id = p.user_id LEFT JOIN memberships m ON "
      "m.user_id = u.id AND m.joined_at IS NOT NULL WHERE p.credential_id = ? ORDER BY m.org_id "
      "LIMIT 1",
      {Blob{credential_id}}));
  if (!row.has_value()) {
    return std::optional<KnownPasskey>();
  }
  const Row& r = *row;
  return std::optional<KnownPasskey>(KnownPasskey{r[0].number(),
                                                  {r[1].number(), r[2].number()},
                                                  r[3].text(),
                                                  r[4].text(),
                                                  {r[5].number(), r[6].text()},
                                                  r[7].number()});
}

/// What a login begins with.
struct Beginning {
  std::optional<KnownPasskey> passkey;
  LoginAttempt attempt;
  int64_t wait_seconds = 0;
  bool is_asked = false;  ///< the challenge is one of ours, and of now
};

Result<Beginning> begin(Session& session,
                        const Registry& registry,
                        const Assertion& assertion,
                        const ClientData& client,
                        const Origin& origin) {
  Beginning out;
  out.passkey = TRY(find_passkey(session, assertion.credential_id));
  out.attempt = {out.passkey
                     ? out.passkey->email
                     : "passkey " + codec::hex_encode(codec::sha256(assertion.credential_id)),
                 origin.ip};
  out.wait_seconds = TRY(begin_attempt(session, out.attempt, registry.now()));
  if (out.wait_seconds == 0) {
    out.is_asked = TRY(take_challenge(session, client.challenge, {}, registry.now()));
  }
  return out;
}

/// The count of the passkey's uses, when all but that is as it has to be.
Result<int64_t> verify(const Beginning& begun,
                       const RelyingParty& party,
                       const ClientData& client,
                       const Assertion& assertion) {
  if (!begun.is_asked) {
    return Error(ErrorCode::kDenied, "the challenge was used already or is too old");
  }
  if (!begun.passkey.has_value()) {
    return Error(ErrorCode::kDenied, "nobody has this passkey");
  }
  if (begun.passkey->handle != assertion.user_handle) {
    return Error(ErrorCode::kDenied, "the passkey is one of another person");
  }
  return verify_assertion(party, begun.passkey->key, client, assertion);
}

/// Why the passkey is not to be taken, as things are now; empty when it is.
/// Source: WebAuthn 7.2 step 21 for the count: one that does not grow tells of a copy.
std::string_view find_obstacle(const KnownPasskey& still, int64_t count) {
  if (still.account.org_id == 0) {
    return "the person is no member any more";
  }
  const bool is_counted = count != 0 || still.sign_count != 0;
  if (is_counted && count <= still.sign_count) {
    return "the passkey's counter went backwards: somebody may have a copy of it";
  }
  return {};
}

/// In one transaction, so that a count is taken once. Returns why the person is not let in.
Result<std::string> finish(Session& session,
                           const Registry& registry,
                           const Assertion& assertion,
                           const Beginning& begun,
                           int64_t count,
                           std::string_view secret,
                           const Origin& origin) {
  const std::optional<KnownPasskey> still = TRY(find_passkey(session, assertion.credential_id));
  if (!still.has_value()) {
    return "the passkey was removed meanwhile";
  }
  std::string why(find_obstacle(*still, count));
  if (!why.empty()) {
    return why;
  }
  TRY(session.run("UPDATE passkeys SET sign_count = ?, last_used_at = ? WHERE id = ?",
                  {count, registry.now(), still->id}));
  TRY(forgive_attempt(session, begun.attempt));
  TRY(enter(session, registry, still->account.user_id, still->account.org_id, secret, origin,
            "passkey"));
  return why;
}

}  // namespace

Result<codec::Json> begin_passkey_login(Registry& registry, const Origin& origin) {
  const RelyingParty party = TRY(relying_party(registry.public_url));
  TRY(check_webauthn());
  const std::string challenge = TRY(write_value<std::string>(registry.store, [&](Session& session) {
    return store_challenge(session, {std::nullopt, origin.ip}, registry.now());
  }));
  return request_options(party, challenge);
}

Result<LoginOutcome> log_in_with_passkey(Registry& registry,
                                         const Assertion& assertion,
                                         const Origin& origin) {
  const RelyingParty party = TRY(relying_party(registry.public_url));
  const ClientData client = TRY(read_client_data(assertion.client_data));
  const Beginning begun = TRY(write_value<Beginning>(registry.store, [&](Session& session) {
    return begin(session, registry, assertion, client, origin);
  }));
  if (begun.wait_seconds > 0) {
    return LoginOutcome{LoginResult::kWait, "", begun.wait_seconds};
  }
  const AccountKey account = begun.passkey ? begun.passkey->account : AccountKey{};
  const Result<int64_t> count = verify(begun, party, client, assertion);
  if (!count && count.error().code() != ErrorCode::kDenied) {
    return count.error();
  }
  if (!count) {
    TRY(note_failed_login(registry, origin, account, count.error().message()));
    return LoginOutcome{};
  }
  const std::string secret = make_secret();
  const std::string why = TRY(write_value<std::string>(registry.store, [&](Session& session) {
    return finish(session, registry, assertion, begun, *count, secret, origin);
  }));
  if (!why.empty()) {
    TRY(note_failed_login(registry, origin, account, why));
    return LoginOutcome{};
  }
  return LoginOutcome{LoginResult::kIn, secret, 0};
}

}  // namespace rhumb::registry
