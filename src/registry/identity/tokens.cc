#include "registry/identity/tokens.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "codec/hex.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr size_t kSecretCharacters = 43;  // log2(62^43) = 256.03
constexpr size_t kTokenMin = 20;

Blob token_hash(std::string_view token) {
  return Blob{codec::to_string(codec::sha256(token))};
}

/// `rgb_` of a token we made; nothing is guessed about the form of others.
std::string prefix_of(std::string_view token) {
  for (const std::string_view prefix : {"rgp_", "rgb_", "rga_"}) {
    if (token.starts_with(prefix)) {
      return std::string(prefix);
    }
  }
  return "";
}

Result<Rights> read_rights(const std::string& scopes, const std::string& grants) {
  Rights rights;
  const Json scopes_json = TRY(codec::parse_json(scopes));
  const Json grants_json = TRY(codec::parse_json(grants));
  rights.scopes = TRY(parse_scopes(scopes_json));
  rights.grants = TRY(parse_grants(grants_json));
  return rights;
}

Rights everything() {
  Rights rights;
  rights.scopes = known_scopes();
  for (const std::string& role : known_roles()) {
    rights.grants.push_back(Grant{role, {}, {}, {}});
  }
  return rights;
}

Result<void> audit_by_system(
    Session& session, int64_t org_id, int64_t now, std::string action, std::string object) {
  AuditEntry entry;
  entry.org_id = org_id;
  entry.time = now;
  entry.action = std::move(action);
  entry.object = std::move(object);
  return append_audit(session, std::move(entry));
}

Result<AdminAccess> create_admin(Session& session,
                                 const std::optional<std::string>& given_token,
                                 int64_t now) {
  const Value org = TRY(session.scalar(
      "INSERT INTO organizations (slug, name, created_at) VALUES ('default', 'default', ?) "
      "RETURNING id",
      {now}));
  TRY(session.run("INSERT INTO projects (org_id, name, created_at) VALUES (?, 'default', ?)",
                  {org, now}));
  TRY(audit_by_system(session, org.number(), now, "organization.create", "organization/default"));
  const int64_t bot = TRY(create_bot(session, org.number(), "admin", "system", now));
  TRY(audit_by_system(session, org.number(), now, "bot.create", "bot/admin"));
  AdminAccess access;
  if (!given_token.has_value()) {
    access.made_token = make_bot_token();
  }
  NewToken token;
  token.org_id = org.number();
  token.bot_id = bot;
  token.rights = everything();
  token.created_by = "system";
  token.now = now;
  int64_t id = TRY(store_token(session, given_token ? *given_token : *access.made_token, token));
  TRY(audit_by_system(session, org.number(), now, "token.create", fmt::format("token/{}", id)));
  return access;
}

}  // namespace

std::string make_secret() {
  std::string out;
  // Bytes from 248 on would favour the first characters.
  constexpr unsigned char kAccepted = 248;
  std::array<unsigned char, 64> bytes{};
  while (out.size() < kSecretCharacters) {
    RHUMB_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1,
                "the system's random generator works");
    for (const unsigned char byte : bytes) {
      if (byte < kAccepted && out.size() < kSecretCharacters) {
        out += kBase62[byte % kBase62.size()];
      }
    }
  }
  return out;
}

std::string make_bot_token() {
  return "rgb_" + make_secret();
}

bool is_acceptable_token(std::string_view token) {
  return token.size() >= kTokenMin && std::all_of(token.begin(), token.end(), [](char c) {
           return kBase62.find(c) != std::string_view::npos || c == '_' || c == '-';
         });
}

Result<std::optional<TokenOwner>> find_token(Session& session,
                                             std::string_view token,
                                             int64_t now) {
  std::optional<Row> row = TRY(session.find_row(
      "SELECT t.id, t.org_id, t.bot_id, b.name, o.slug, o.name, t.prefix, t.scopes, t.grants, "
      "t.expires_at, t.last_used_at, t.last_used_ip, t.revoked_at FROM tokens t "
      "JOIN bots b ON b.id = t.bot_id JOIN organizations o ON o.id = t.org_id WHERE t.sha256 = ?",
      {token_hash(token)}));
  if (!row.has_value() || !(*row)[12].is_null() ||
      (!(*row)[9].is_null() && (*row)[9].number() <= now)) {
    return std::optional<TokenOwner>();
  }
  const Row& r = *row;
  TokenOwner owner;
  owner.token_id = r[0].number();
  owner.org_id = r[1].number();
  owner.bot_id = r[2].number();
  owner.bot_name = r[3].text();
  owner.org_slug = r[4].text();
  owner.org_name = r[5].text();
  owner.prefix = r[6].text();
  owner.rights = TRY(read_rights(r[7].text(), r[8].text()));
  owner.expires_at = r[9].find_number();
  owner.last_used_at = r[10].find_number();
  owner.last_used_ip = r[11].text();
  return std::optional<TokenOwner>(std::move(owner));
}

Result<void> note_token_use(Session& session, int64_t token_id, int64_t now, std::string_view ip) {
  return session.run("UPDATE tokens SET last_used_at = ?, last_used_ip = ? WHERE id = ?",
                     {now, ip, token_id});
}

Result<int64_t> store_token(Session& session, std::string_view secret, const NewToken& token) {
  const std::string last_four(secret.substr(secret.size() - std::min<size_t>(4, secret.size())));
  const Value id = TRY(session.scalar(
      "INSERT INTO tokens (org_id, bot_id, sha256, prefix, last_four, scopes, grants, created_at, "
      "created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {token.org_id, token.bot_id, token_hash(secret), prefix_of(secret), last_four,
       codec::format_json(to_json(token.rights.scopes)),
       codec::format_json(to_json(token.rights.grants)), token.now, token.created_by,
       token.expires_at}));
  return id.number();
}

Result<int64_t> create_bot(Session& session,
                           int64_t org_id,
                           std::string_view name,
                           std::string_view created_by,
                           int64_t now) {
  const Value id = TRY(session.scalar(
      "INSERT INTO bots (org_id, name, created_at, created_by) VALUES (?, ?, ?, ?) RETURNING id",
      {org_id, name, now, created_by}));
  return id.number();
}

Result<AdminAccess> ensure_admin(Session& session,
                                 const std::optional<std::string>& given_token,
                                 int64_t now) {
  if (given_token.has_value() && !is_acceptable_token(*given_token)) {
    return invalid(
        "RHUMB_ADMIN_TOKEN needs at least 20 characters, and only letters, digits, _ and -");
  }
  const Value organizations = TRY(session.scalar("SELECT count(*) FROM organizations"));
  if (organizations.number() == 0) {
    return create_admin(session, given_token, now);
  }
  if (given_token.has_value()) {
    std::optional<TokenOwner> owner = TRY(find_token(session, *given_token, now));
    if (!owner.has_value() || owner->bot_name != "admin") {
      return Error(ErrorCode::kDenied,
                   "RHUMB_ADMIN_TOKEN is no valid token of the bot admin; to rotate it start "
                   "without the variable and run \"rhumb cloud token create\", then \"rhumb cloud "
                   "token revoke\" for the old one");
    }
  }
  return AdminAccess{};
}

}  // namespace rhumb::registry
