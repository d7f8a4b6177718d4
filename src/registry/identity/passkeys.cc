#include "registry/identity/passkeys.h"

#include <fmt/format.h>

#include "codec/base64.h"
#include "codec/hex.h"
#include "registry/identity/throttle.h"
#include "registry/identity/tokens.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kWaitingMax = 10'000;
constexpr int64_t kWaitingOfNetworkMax = 100;

Passkey read_passkey(const Row& row) {
  return {row[0].number(), row[1].text(), row[2].text(), row[3].number(), row[4].find_number()};
}

/// That no passkey of the person but `own` has the name.
Result<void> check_free_name(Session& session,
                             int64_t user_id,
                             std::string_view name,
                             int64_t own = 0) {
  const Value taken = TRY(session.scalar(
      "SELECT id FROM passkeys WHERE user_id = ? AND name = ? AND id <> ?", {user_id, name, own}));
  return taken.is_null() ? Result<void>()
                         : Result<void>(Error(ErrorCode::kConflict,
                                              "you have a passkey of this name; choose another"));
}

Result<void> check_room(Session& session, const std::string& network) {
  const Value all = TRY(session.scalar("SELECT count(*) FROM passkey_challenges"));
  const Value here =
      TRY(session.scalar("SELECT count(*) FROM passkey_challenges WHERE network = ?", {network}));
  if (all.number() >= kWaitingMax || here.number() >= kWaitingOfNetworkMax) {
    return Error(ErrorCode::kLimit, "too many people use passkeys right now; wait five minutes");
  }
  return {};
}

Json credential_json(const Passkey& passkey) {
  return Json::object({{"type", "public-key"}, {"id", to_base64url(passkey.credential_id)}});
}

}  // namespace

Result<std::vector<Passkey>> list_passkeys(Session& session, int64_t user_id) {
  std::vector<Passkey> out;
  for (const Row& row :
       TRY(session.query("SELECT id, name, credential_id, created_at, "
                         "last_used_at FROM passkeys WHERE user_id = ? ORDER BY id",
                         {user_id}))) {
    out.push_back(read_passkey(row));
  }
  return out;
}

Result<Passkey> add_passkey(Session& session, const NewPasskey& wanted) {
  TRY(check_free_name(session, wanted.user_id, wanted.name));
  const Value count =
      TRY(session.scalar("SELECT count(*) FROM passkeys WHERE user_id = ?", {wanted.user_id}));
  if (count.number() >= kPasskeysMax) {
    return Error(ErrorCode::kLimit,
                 fmt::format("an account has {} passkeys at most; remove one first", kPasskeysMax));
  }
  const NewCredential& credential = wanted.credential;
  const Value known =
      TRY(session.scalar("SELECT id FROM passkeys WHERE credential_id = ?", {Blob{credential.id}}));
  if (!known.is_null()) {
    return Error(ErrorCode::kConflict, "this passkey is registered already");
  }
  const Value id = TRY(session.scalar(
      "INSERT INTO passkeys (user_id, credential_id, algorithm, public_key, sign_count, name, "
      "created_at) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {wanted.user_id, Blob{credential.id}, credential.key.algorithm, Blob{credential.key.bytes},
       credential.sign_count, wanted.name, wanted.now}));
  return Passkey{id.number(), wanted.name, credential.id, wanted.now, {}};
}

Result<PasskeyRename> rename_passkey(Session& session,
                                     int64_t user_id,
                                     int64_t passkey_id,
                                     std::string_view name) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT id, name, credential_id, created_at, last_used_at FROM passkeys WHERE id = ? AND "
      "user_id = ?",
      {passkey_id, user_id}));
  if (!row.has_value()) {
    return Error(ErrorCode::kNotFound, "passkey not found");
  }
  PasskeyRename out{read_passkey(*row), (*row)[1].text()};
  TRY(check_free_name(session, user_id, name, passkey_id));
  TRY(session.run("UPDATE passkeys SET name = ? WHERE id = ?", {name, passkey_id}));
  out.passkey.name = name;
  return out;
}

Result<std::string> remove_passkey(Session& session, int64_t user_id, int64_t passkey_id) {
  const Value name = TRY(session.scalar(
      "DELETE FROM passkeys WHERE id = ? AND user_id = ? RETURNING name", {passkey_id, user_id}));
  return name.is_null() ? Result<std::string>(Error(ErrorCode::kNotFound, "passkey not found"))
                        : Result<std::string>(name.text());
}

Result<std::string> passkey_handle(Session& session, int64_t user_id) {
  const Value handle = TRY(session.scalar(
      "UPDATE users SET passkey_handle = coalesce(passkey_handle, ?) WHERE id = ? RETURNING "
      "passkey_handle",
      {Blob{make_secret()}, user_id}));
  return handle.text();
}

Result<std::string> store_challenge(Session& session, const ChallengeOwner& owner, int64_t now) {
  const std::string network = network_of(owner.ip);
  std::string challenge = to_base64url(make_secret());
  TRY(session.run("DELETE FROM passkey_challenges WHERE expires_at <= ?", {now}));
  TRY(check_room(session, network));
  TRY(session.run(
      "INSERT INTO passkey_challenges (sha256, user_id, network, expires_at) VALUES (?, ?, ?, ?)",
      {secret_hash(challenge), owner.user_id, network, now + kChallengeSeconds * kSecondNs}));
  return challenge;
}

Result<bool> take_challenge(Session& session,
                            std::string_view challenge,
                            std::optional<int64_t> user_id,
                            int64_t now) {
  const Value expires_at = TRY(
      session.scalar("DELETE FROM passkey_challenges WHERE sha256 = ? AND coalesce(user_id, 0) = ? "
                     "RETURNING expires_at",
                     {secret_hash(challenge), user_id.value_or(0)}));
  return expires_at.number() > now;
}

std::string to_base64url(std::string_view bytes) {
  return codec::base64_encode(codec::as_bytes(bytes), codec::Base64::kRawUrl);
}

Result<std::string> read_base64url(const Json& object, std::string_view member) {
  const Result<std::vector<std::byte>> bytes =
      codec::base64_decode(object.string_or_empty(member), codec::Base64::kRawUrl);
  if (!bytes || bytes->empty()) {
    return invalid(fmt::format("{} must be base64url", member));
  }
  return codec::to_string(*bytes);
}

Json creation_options(const RelyingParty& party,
                      const PasskeyAccount& account,
                      const PasskeyRequest& request) {
  Json kinds = Json::array();
  for (const int64_t algorithm : kPasskeyAlgorithms) {
    kinds.push_back(Json::object({{"type", "public-key"}, {"alg", algorithm}}));
  }
  Json known = Json::array();
  for (const Passkey& passkey : account.passkeys) {
    known.push_back(credential_json(passkey));
  }
  return Json::object({{"rp", Json::object({{"id", party.id}, {"name", "Rhumb"}})},
                       {"user", Json::object({{"id", to_base64url(account.handle)},
                                              {"name", account.email},
                                              {"displayName", account.name}})},
                       {"challenge", request.challenge},
                       {"pubKeyCredParams", std::move(kinds)},
                       {"timeout", kChallengeSeconds * 1000},
                       {"excludeCredentials", std::move(known)},
                       {"authenticatorSelection", Json::object({{"residentKey", "required"},
                                                                {"requireResidentKey", true},
                                                                {"userVerification", "required"}})},
                       {"attestation", request.asks_attestation ? "direct" : "none"}});
}

Json request_options(const RelyingParty& party, std::string_view challenge) {
  return Json::object({{"challenge", challenge},
                       {"timeout", kChallengeSeconds * 1000},
                       {"rpId", party.id},
                       {"allowCredentials", Json::array()},
                       {"userVerification", "required"}});
}

}  // namespace rhumb::registry
