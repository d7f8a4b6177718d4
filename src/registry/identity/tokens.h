#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/sha256.h"
#include "registry/audit.h"
#include "registry/identity/access.h"
#include "registry/store/sql.h"

/// Bots and their tokens. The store knows a token's hash, its prefix and its last four characters.
/// Source: spec registry.md 2.3, 13.
namespace rhumb::registry {

/// `rgb_` and 43 characters of base62: 256 bits from the system's generator.
[[nodiscard]] std::string make_bot_token();
/// 43 characters of base62, for one-time addresses.
[[nodiscard]] std::string make_secret();
/// At least 20 characters of `[0-9A-Za-z_-]`.
[[nodiscard]] bool is_acceptable_token(std::string_view token);

/// A token that exists, is not revoked and has not expired.
struct TokenOwner {
  int64_t token_id = 0;
  int64_t org_id = 0;
  int64_t bot_id = 0;
  std::string bot_name;
  std::string org_slug;
  std::string org_name;
  std::string prefix;
  Rights rights;
  std::optional<int64_t> expires_at;
  std::optional<int64_t> last_used_at;
  std::string last_used_ip;

  [[nodiscard]] Actor actor() const { return Actor{"BOT", bot_id, bot_name}; }
};

/// The owner of a token; nothing for one that is unknown, revoked or expired at `now`.
Result<std::optional<TokenOwner>> find_token(Session& session, std::string_view token, int64_t now);
Result<void> note_token_use(Session& session, int64_t token_id, int64_t now, std::string_view ip);

struct NewToken {
  int64_t org_id = 0;
  int64_t bot_id = 0;
  Rights rights;
  std::optional<int64_t> expires_at;
  std::string created_by;
  int64_t now = 0;
};
/// Stores what is kept of `secret`. Returns the row's id.
Result<int64_t> store_token(Session& session, std::string_view secret, const NewToken& token);

Result<int64_t> create_bot(Session& session,
                           int64_t org_id,
                           std::string_view name,
                           std::string_view created_by,
                           int64_t now);

/// What the first start of a store makes: organization `default`, its project `default` and the bot
/// `admin`, which may do everything.
struct AdminAccess {
  std::optional<std::string> made_token;  ///< only when it was made here; shown once
};
/// Errors: kInvalid for a `given_token` that is too short or holds other characters; kDenied when
/// the store is older and `given_token` is no valid token of the bot `admin`.
Result<AdminAccess> ensure_admin(Session& session,
                                 const std::optional<std::string>& given_token,
                                 int64_t now);

}  // namespace rhumb::registry
