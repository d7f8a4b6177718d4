#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/sha256.h"
#include "registry/audit/audit.h"
#include "registry/identity/access.h"
#include "registry/store/sql.h"

/// Bots, and the tokens of bots and people. The store knows a token's hash, its prefix and its last
/// four characters.
/// Source: spec registry.md 2.3, 13.
namespace rhumb::registry {

/// `rgb_` and 43 characters of base62: 256 bits from the system's generator.
[[nodiscard]] std::string make_bot_token();
/// The same with `rgp_`, for a token of a person.
[[nodiscard]] std::string make_personal_token();
/// 43 characters of base62, for one-time addresses.
[[nodiscard]] std::string make_secret();
/// What the store keeps of a secret: its SHA-256.
[[nodiscard]] Blob secret_hash(std::string_view secret);
/// At least 20 characters of `[0-9A-Za-z_-]`.
[[nodiscard]] bool is_acceptable_token(std::string_view token);

/// Whom a token is of that exists, is not revoked and has not expired, or a session.
struct TokenOwner {
  int64_t token_id = 0;    ///< 0: a session
  int64_t session_id = 0;  ///< 0: a token
  int64_t org_id = 0;
  int64_t bot_id = 0;   ///< 0: a person's
  int64_t user_id = 0;  ///< 0: a bot's
  std::string bot_name;
  std::string user_name;
  std::string org_slug;
  std::string org_name;
  std::string prefix;
  Rights rights;
  std::optional<int64_t> expires_at;
  std::optional<int64_t> last_used_at;
  std::string last_used_ip;

  [[nodiscard]] Actor actor() const {
    return user_id != 0 ? Actor{"USER", user_id, user_name} : Actor{"BOT", bot_id, bot_name};
  }
};

/// The owner of a token; nothing for one that is unknown, revoked or expired at `now`, or whose bot
/// was removed, or whose person is no member any more. Rights of a person's token end where those
/// of the person do.
Result<std::optional<TokenOwner>> find_token(Session& session, std::string_view token, int64_t now);
/// Looks up the repositories of the projects that `rights` are narrowed to.
Result<void> resolve_projects(Session& session, int64_t org_id, Rights& rights);
/// Of a token or a session, and when its person was last seen.
Result<void> note_use(Session& session, const TokenOwner& owner, int64_t now, std::string_view ip);

struct NewToken {
  int64_t org_id = 0;
  int64_t bot_id = 0;
  std::optional<int64_t> user_id{};
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
                           int64_t now,
                           const std::optional<Actor>& creator = std::nullopt);
/// Takes a bot out of use, with all its tokens. Its name stays taken.
Result<void> remove_bot(Session& session, int64_t bot_id, int64_t now);

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
