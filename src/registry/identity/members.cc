#include "registry/identity/members.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/json.h"
#include "registry/identity/sessions.h"
#include "registry/identity/tokens.h"

namespace rhumb::registry {
namespace {

using codec::Json;

Result<std::vector<Grant>> read_grants(const std::string& text) {
  const Json json = TRY(codec::parse_json(text));
  return parse_grants(json);
}

std::string grants_text(const std::vector<Grant>& grants) {
  return codec::format_json(to_json(grants));
}

bool is_email_character(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != '<' && c != '>' && c != '"' &&
         c != ',' && c != ';' && c != '\\';
}

Result<bool> allows_admin(const Value& grants) {
  Rights rights;
  rights.grants = TRY(read_grants(grants.text()));
  return rights.allows(kAdminPermission);
}

Result<bool> any_allows_admin(Session& session, std::string_view sql, const Params& params) {
  for (const Row& row : TRY(session.query(sql, params))) {
    const bool allowed = TRY(allows_admin(row[0]));
    if (allowed) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<Member> read_member(const Row& row) {
  Member member;
  member.user_id = row[0].number();
  member.name = row[1].text();
  member.email = row[2].text();
  member.rights.grants = TRY(read_grants(row[3].text()));
  member.joined_at = row[4].find_number();
  member.last_seen = row[5].find_number();
  member.has_password = row[6].flag();
  return member;
}

Result<std::string> read_email(std::string_view email) {
  const std::string text = to_lower_ascii(trim(email));
  const size_t at = text.find('@');
  const bool is_address = at != std::string::npos && at > 0 && at + 1 < text.size() &&
                          text.find('@', at + 1) == std::string::npos &&
                          std::ranges::all_of(text, is_email_character);
  if (!is_address) {
    return invalid("email must be an address such as ann@example.com");
  }
  if (text.size() > kEmailMax) {
    return invalid(fmt::format("email must not be longer than {} bytes", kEmailMax));
  }
  return text;
}

Result<std::optional<Member>> find_member(Session& session, int64_t org_id, int64_t user_id) {
  const std::optional<Row> row = TRY(
      session.find_row(fmt::format("SELECT {} {} AND m.user_id = ?", kMemberColumns, kMemberFrom),
                       {org_id, user_id}));
  if (!row.has_value()) {
    return std::optional<Member>();
  }
  Member member = TRY(read_member(*row));
  return std::optional<Member>(std::move(member));
}

Result<Member> load_member(Session& session, int64_t org_id, int64_t user_id) {
  std::optional<Member> member = TRY(find_member(session, org_id, user_id));
  if (!member.has_value()) {
    return Error(ErrorCode::kNotFound, "member not found");
  }
  return std::move(*member);
}

Result<std::optional<int64_t>> find_user(Session& session, const std::string& email) {
  const Value id = TRY(session.scalar("SELECT id FROM users WHERE email = ?", {email}));
  return id.find_number();
}

Result<int64_t> create_user(Session& session, const NewUser& user) {
  const Value id = TRY(
      session.scalar("INSERT INTO users (name, email, created_at) VALUES (?, ?, ?) RETURNING id",
                     {user.name, user.email.empty() ? Value() : Value(user.email), user.now}));
  return id.number();
}

Result<void> create_membership(Session& session, const NewMembership& membership) {
  return session.run(
      "INSERT INTO memberships (org_id, user_id, grants, created_at, created_by, joined_at) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {membership.org_id, membership.user_id, grants_text(membership.grants), membership.now,
       membership.created_by, membership.joined_at});
}

Result<void> set_member_grants(Session& session,
                               int64_t org_id,
                               int64_t user_id,
                               const std::vector<Grant>& grants) {
  return session.run("UPDATE memberships SET grants = ? WHERE org_id = ? AND user_id = ?",
                     {grants_text(grants), org_id, user_id});
}

Result<void> drop_credentials(Session& session, int64_t user_id) {
  TRY(
      session.run("UPDATE users SET password = NULL, password_at = NULL, totp_secret = NULL, "
                  "totp_pending = NULL WHERE id = ?",
                  {user_id}));
  TRY(session.run("DELETE FROM recovery_codes WHERE user_id = ?", {user_id}));
  TRY(session.run("DELETE FROM passkeys WHERE user_id = ?", {user_id}));
  TRY(session.run("DELETE FROM passkey_challenges WHERE user_id = ?", {user_id}));
  TRY(session.run("DELETE FROM user_identities WHERE user_id = ?", {user_id}));
  return end_sessions(session, user_id);
}

Result<void> check_only_membership(Session& session, int64_t org_id, int64_t user_id) {
  const Value others = TRY(session.scalar(
      "SELECT count(*) FROM memberships WHERE user_id = ? AND org_id <> ?", {user_id, org_id}));
  if (others.number() > 0) {
    return Error(ErrorCode::kConflict, "the member belongs to other organizations too");
  }
  return {};
}

Result<void> remove_member(Session& session, int64_t org_id, int64_t user_id, int64_t now) {
  TRY(session.run("DELETE FROM memberships WHERE org_id = ? AND user_id = ?", {org_id, user_id}));
  TRY(session.run("DELETE FROM invitations WHERE org_id = ? AND user_id = ?", {org_id, user_id}));
  TRY(session.run(
      "UPDATE tokens SET revoked_at = ? WHERE org_id = ? AND user_id = ? AND revoked_at IS NULL",
      {now, org_id, user_id}));
  TRY(session.run("DELETE FROM sessions WHERE org_id = ? AND user_id = ?", {org_id, user_id}));
  const Value others =
      TRY(session.scalar("SELECT count(*) FROM memberships WHERE user_id = ?", {user_id}));
  return others.number() > 0 ? Result<void>() : drop_credentials(session, user_id);
}

Result<void> store_invitation(
    Session& session, int64_t org_id, int64_t user_id, std::string_view secret, int64_t now) {
  TRY(session.run("DELETE FROM invitations WHERE user_id = ?", {user_id}));
  return session.run(
      "INSERT INTO invitations (user_id, org_id, sha256, created_at, expires_at) "
      "VALUES (?, ?, ?, ?, ?)",
      {user_id, org_id, secret_hash(secret), now, now + kInvitationNs});
}

Result<bool> has_other_admin(Session& session,
                             int64_t org_id,
                             const Leaving& leaving,
                             int64_t now) {
  const bool a_bot = TRY(any_allows_admin(
      session,
      "SELECT t.grants FROM tokens t JOIN bots b ON b.id = t.bot_id WHERE t.org_id = ? AND t.id <> "
      "? AND t.bot_id <> ? AND t.revoked_at IS NULL AND b.removed_at IS NULL AND (t.expires_at IS "
      "NULL OR t.expires_at > ?)",
      {org_id, leaving.token_id, leaving.bot_id, now}));
  if (a_bot) {
    return true;
  }
  return any_allows_admin(
      session,
      "SELECT m.grants FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.org_id = ? AND "
      "m.user_id <> ? AND m.joined_at IS NOT NULL AND (u.password IS NOT NULL OR EXISTS (SELECT 1 "
      "FROM user_identities i WHERE i.user_id = m.user_id) OR EXISTS (SELECT 1 FROM tokens t WHERE "
      "t.user_id = m.user_id AND t.org_id = m.org_id AND t.id <> ? AND "
      "t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ?)))",
      {org_id, leaving.user_id, leaving.token_id, now});
}

Result<void> check_other_owner(Session& session, int64_t org_id, const Member& member) {
  if (!member.is_owner() || !member.joined_at.has_value()) {
    return {};
  }
  const Rows rows =
      TRY(session.query(fmt::format("SELECT {} {} AND m.user_id <> ? AND m.joined_at IS NOT NULL",
                                    kMemberColumns, kMemberFrom),
                        {org_id, member.user_id}));
  for (const Row& row : rows) {
    const Member other = TRY(read_member(row));
    if (other.is_owner()) {
      return {};
    }
  }
  return Error(ErrorCode::kConflict,
               fmt::format("{} is the last owner; make somebody else an owner first", member.name));
}

}  // namespace rhumb::registry
