#include "registry/identity/app_secrets.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "registry/identity/totp.h"

namespace rhumb::registry {
namespace {

constexpr int64_t kPeopleMax = 500;  ///< of one transaction
constexpr int64_t kSecretBytes{kTotpSecretBytes};

std::string purpose(int64_t user_id) {
  return fmt::format("user.app:{}", user_id);
}

/// What is sealed is always longer than a secret.
bool is_sealed(std::string_view stored) {
  return stored.size() != kTotpSecretBytes;
}

/// A stored secret, sealed; null for none.
Result<Value> sealed_value(const StoreSeal& seal, int64_t user_id, const Value& stored) {
  if (stored.is_null()) {
    return Value();
  }
  if (is_sealed(stored.text())) {
    return Value(Blob{stored.text()});
  }
  Blob sealed = TRY(seal_app(seal, user_id, stored.text()));
  return Value(std::move(sealed));
}

/// People with a secret that is not sealed: number, secret, the one that waits.
Result<Rows> find_unsealed(Session& session, int64_t most) {
  return session.query(
      "SELECT id, totp_secret, totp_pending FROM users WHERE length(totp_secret) = ? "
      "OR length(totp_pending) = ? ORDER BY id LIMIT ?",
      {kSecretBytes, kSecretBytes, most});
}

Result<bool> has_unsealed(Session& session) {
  const Rows rows = TRY(find_unsealed(session, 1));
  return !rows.empty();
}

/// How many people were looked after.
Result<int64_t> seal_some(Session& session, const StoreSeal& seal) {
  const Rows rows = TRY(find_unsealed(session, kPeopleMax));
  for (const Row& row : rows) {
    const int64_t user_id = row[0].number();
    const Value secret = TRY(sealed_value(seal, user_id, row[1]));
    const Value pending = TRY(sealed_value(seal, user_id, row[2]));
    TRY(session.run("UPDATE users SET totp_secret = ?, totp_pending = ? WHERE id = ?",
                    {secret, pending, user_id}));
  }
  return static_cast<int64_t>(rows.size());
}

Result<int64_t> seal_all(Registry& registry) {
  int64_t sealed = 0;
  // Nearly every start finds none, and writes nothing then.
  while (registry.seal.has_key() && TRY(read_value<bool>(registry.store, has_unsealed))) {
    sealed += TRY(write_value<int64_t>(
        registry.store, [&](Session& session) { return seal_some(session, registry.seal); }));
  }
  return sealed;
}

/// Why the codes of somebody's app cannot be checked here; empty when there is no reason, or no
/// app.
Result<std::string> find_obstacle(Session& session, const StoreSeal& seal) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT id, totp_secret FROM users WHERE totp_secret IS NOT NULL ORDER BY id LIMIT 1", {}));
  if (!row.has_value()) {
    return std::string();
  }
  if (!seal.has_key() && !is_sealed((*row)[1].text())) {
    return std::string(
        "the secrets of people's apps are in the store as they are; start the server with "
        "--seal-key-file, and they get sealed");
  }
  const Result<std::string> opened = seal.open(purpose((*row)[0].number()), (*row)[1].text());
  return opened ? std::string()
                : fmt::format(
                      "codes of people's apps cannot be checked: {}; give the server the "
                      "key they were sealed with",
                      opened.error().message());
}

}  // namespace

Result<Blob> seal_app(const StoreSeal& seal, int64_t user_id, std::string_view secret) {
  return seal.seal(purpose(user_id), secret);
}

Result<std::string> open_app(const StoreSeal& seal, int64_t user_id, std::string_view stored) {
  if (!is_sealed(stored)) {
    return std::string(stored);
  }
  Result<std::string> secret = seal.open(purpose(user_id), stored);
  if (!secret) {
    return Error(secret.error().code(),
                 fmt::format("the code of your app cannot be checked: {}; use a recovery code, or "
                             "ask an administrator for a new address (resetMember) and to give the "
                             "server its former key",
                             secret.error().message()));
  }
  return secret;
}

Result<void> seal_apps(Registry& registry, const std::function<void(const std::string&)>& log) {
  const int64_t sealed = TRY(seal_all(registry));
  const std::string obstacle = TRY(read_value<std::string>(
      registry.store, [&](Session& session) { return find_obstacle(session, registry.seal); }));
  if (!log) {
    return {};
  }
  if (sealed > 0) {
    log(fmt::format("the apps of {} are sealed now",
                    plural(static_cast<size_t>(sealed), "person", "people")));
  }
  if (!obstacle.empty()) {
    log(obstacle);
  }
  return {};
}

}  // namespace rhumb::registry
