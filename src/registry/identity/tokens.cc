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

/// A row of find_token().
bool is_valid(const Row& row, int64_t now) {
  const Value& expires_at = row[9];
  const bool is_revoked = !row[12].is_null();
  const bool is_expired = !expires_at.is_null() && expires_at.number() <= now;
  const bool of_person = !row[13].is_null();
  const bool has_owner = of_person ? !row[16].is_null() : !row[3].is_null() && row[17].is_null();
  return !is_revoked && !is_expired && has_owner;
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

std::string make_personal_token() {
  return "rgp_" + make_secret();
}

Blob secret_hash(std::string_view secret) {
  return Blob{codec::to_string(codec::sha256(secret))};
}

bool is_acceptable_token(std::string_view token) {
  return token.size() >= kTokenMin && std::all_of(token.begin(), token.end(), [](char c) {
           return kBase62.find(c) != std::string_view::npos || c == '_' || c == '-';
         });
}

Result<void> resolve_projects(Session& session, int64_t org_id, Rights& rights) {
  const bool is_narrowed = std::ranges::any_of(
      rights.grants, [](const Grant& grant) { return grant.project.has_value(); });
  if (!is_narrowed) {
    return {};
  }
  const Rows rows =
      TRY(session.query("SELECT r.slug, p.name FROM repos r JOIN projects p ON p.id = r.project_id "
                        "WHERE r.org_id = ?",
                        {org_id}));
  for (Grant& grant : rights.grants) {
    for (const Row& row : rows) {
      if (grant.project.has_value() && matches_glob(*grant.project, row[1].text())) {
        grant.project_repos.push_back(row[0].text());
      }
    }
  }
  return {};
}

Result<std::optional<TokenOwner>> find_token(Session& session,
                                             std::string_view token,
                                             int64_t now) {
  std::optional<Row> row = TRY(session.find_row(
      "SELECT t.id, t.org_id, t.bot_id, b.name, o.slug, o.name, t.prefix, t.scopes, t.grants, "
      "t.expires_at, t.last_used_at, t.last_used_ip, t.revoked_at, t.user_id, u.name, m.grants, "
      "m.joined_at, b.removed_at FROM tokens t JOIN organizations o ON o.id = t.org_id "
      "LEFT JOIN bots b ON b.id = t.bot_id LEFT JOIN users u ON u.id = t.user_id "
      "LEFT JOIN memberships m ON m.org_id = t.org_id AND m.user_id = t.user_id "
      "WHERE t.sha256 = ?",
      {secret_hash(token)}));
  if (!row.has_value() || !is_valid(*row, now)) {
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
  owner.user_id = r[13].number();
  owner.user_name = r[14].text();
  TRY(resolve_projects(session, owner.org_id, owner.rights));
  if (owner.user_id != 0) {
    Rights limit = TRY(read_rights("[]", r[15].text()));
    TRY(resolve_projects(session, owner.org_id, limit));
    owner.rights.limit = std::make_shared<const Rights>(std::move(limit));
  }
  return std::optional<TokenOwner>(std::move(owner));
}

Result<void> note_use(Session& session, const TokenOwner& owner, int64_t now, std::string_view ip) {
  TRY(session.run(fmt::format("UPDATE {} SET last_used_at = ?, last_used_ip = ? WHERE id = ?",
                              owner.session_id != 0 ? "sessions" : "tokens"),
                  {now, ip, owner.session_id != 0 ? owner.session_id : owner.token_id}));
  if (owner.user_id == 0) {
    return {};
  }
  return session.run("UPDATE users SET last_seen = ? WHERE id = ?", {now, owner.user_id});
}

Result<int64_t> store_token(Session& session, std::string_view secret, const NewToken& token) {
  const std::string last_four(secret.substr(secret.size() - std::min<size_t>(4, secret.size())));
  const Value id = TRY(session.scalar(
      "INSERT INTO tokens (org_id, bot_id, sha256, prefix, last_four, scopes, grants, created_at, "
      "created_by, expires_at, user_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {token.org_id, token.bot_id, secret_hash(secret), prefix_of(secret), last_four,
       codec::format_json(to_json(token.rights.scopes)),
       codec::format_json(to_json(token.rights.grants)), token.now, token.created_by,
       token.expires_at, token.user_id}));
  return id.number();
}

Result<int64_t> create_bot(Session& session,
                           int64_t org_id,
                           std::string_view name,
                           std::string_view created_by,
                           int64_t now,
                           const std::optional<Actor>& creator) {
  const Value id = TRY(session.scalar(
      "INSERT INTO bots (org_id, name, created_at, created_by, creator_kind, creator_id) "
      "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
      {org_id, name, now, created_by, creator ? Value(creator->kind) : Value(),
       creator ? Value(creator->id) : Value()}));
  return id.number();
}

Result<void> remove_bot(Session& session, int64_t bot_id, int64_t now) {
  TRY(session.run("UPDATE bots SET removed_at = ? WHERE id = ?", {now, bot_id}));
  return session.run("UPDATE tokens SET revoked_at = ? WHERE bot_id = ? AND revoked_at IS NULL",
                     {now, bot_id});
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
