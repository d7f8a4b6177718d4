#include "registry/identity/second_factor.h"

#include "registry/identity/app_secrets.h"
#include "registry/identity/tokens.h"
#include "registry/identity/totp.h"

namespace rhumb::registry {
namespace {

Result<bool> use_recovery_code(Session& session, int64_t user_id, std::string_view code) {
  const Value used = TRY(session.scalar(
      "DELETE FROM recovery_codes WHERE user_id = ? AND sha256 = ? RETURNING user_id",
      {user_id, secret_hash(normal_recovery_code(code))}));
  return !used.is_null();
}

}  // namespace

Result<bool> take_second_factor(Session& session,
                                const Registry& registry,
                                int64_t user_id,
                                std::string_view code) {
  const std::optional<Row> row =
      TRY(session.find_row("SELECT totp_secret, totp_step FROM users WHERE id = ?", {user_id}));
  if (!row.has_value()) {
    return false;
  }
  if ((*row)[0].is_null()) {
    return true;
  }
  const Result<std::string> secret = open_app(registry.seal, user_id, (*row)[0].text());
  const std::optional<int64_t> step =
      secret ? find_totp_step(*secret, code, registry.now(), (*row)[1].number()) : std::nullopt;
  if (!step.has_value()) {
    const bool recovers = TRY(use_recovery_code(session, user_id, code));
    return recovers || secret ? Result<bool>(recovers) : Result<bool>(secret.error());
  }
  TRY(session.run("UPDATE users SET totp_step = ? WHERE id = ?", {*step, user_id}));
  return true;
}

Result<void> propose_app(Session& session,
                         const Registry& registry,
                         int64_t user_id,
                         std::string_view secret) {
  const Value known = TRY(session.scalar("SELECT totp_secret FROM users WHERE id = ?", {user_id}));
  if (!known.is_null()) {
    return Error(ErrorCode::kConflict, "an app is in use; remove it first");
  }
  Blob sealed = TRY(seal_app(registry.seal, user_id, secret));
  return session.run("UPDATE users SET totp_pending = ? WHERE id = ?",
                     {std::move(sealed), user_id});
}

Result<void> confirm_app(Session& session,
                         const Registry& registry,
                         int64_t user_id,
                         std::string_view code,
                         const std::vector<std::string>& recovery_codes) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT totp_pending, totp_step FROM users WHERE id = ? AND totp_secret IS NULL", {user_id}));
  if (!row.has_value() || (*row)[0].is_null()) {
    return Error(ErrorCode::kConflict, "no app waits for its first code");
  }
  const std::string secret = TRY(open_app(registry.seal, user_id, (*row)[0].text()));
  const std::optional<int64_t> step =
      find_totp_step(secret, code, registry.now(), (*row)[1].number());
  if (!step.has_value()) {
    return invalid("this is not the code of the app; are the clocks right?");
  }
  TRY(
      session.run("UPDATE users SET totp_secret = totp_pending, totp_pending = NULL, totp_step = ? "
                  "WHERE id = ?",
                  {*step, user_id}));
  TRY(session.run("DELETE FROM recovery_codes WHERE user_id = ?", {user_id}));
  for (const std::string& recovery_code : recovery_codes) {
    TRY(session.run("INSERT INTO recovery_codes (user_id, sha256) VALUES (?, ?)",
                    {user_id, secret_hash(normal_recovery_code(recovery_code))}));
  }
  return {};
}

Result<void> remove_app(Session& session, int64_t user_id) {
  TRY(session.run("UPDATE users SET totp_secret = NULL, totp_pending = NULL WHERE id = ?",
                  {user_id}));
  return session.run("DELETE FROM recovery_codes WHERE user_id = ?", {user_id});
}

}  // namespace rhumb::registry
