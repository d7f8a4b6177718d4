#include "registry/identity/sessions.h"

#include <algorithm>

namespace rhumb::registry {
namespace {

constexpr int64_t kHourNs = int64_t{3600} * 1'000'000'000;

Result<Rights> read_member_rights(Session& session, int64_t org_id, const std::string& grants) {
  const codec::Json json = TRY(codec::parse_json(grants));
  Rights rights;
  rights.grants = TRY(parse_grants(json));
  TRY(resolve_projects(session, org_id, rights));
  return rights;
}

}  // namespace

Result<int64_t> create_session(Session& session,
                               std::string_view secret,
                               const NewSession& wanted) {
  TRY(session.run("DELETE FROM sessions WHERE expires_at <= ?", {wanted.now}));
  const Value hours =
      TRY(session.scalar("SELECT session_hours FROM organizations WHERE id = ?", {wanted.org_id}));
  const Value id = TRY(session.scalar(
      "INSERT INTO sessions (org_id, user_id, sha256, created_at, expires_at, last_used_at, "
      "last_used_ip, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {wanted.org_id, wanted.user_id, secret_hash(secret), wanted.now,
       wanted.now + hours.number() * kHourNs, wanted.now, wanted.ip, wanted.user_agent}));
  TRY(session.run("UPDATE users SET last_seen = ? WHERE id = ?", {wanted.now, wanted.user_id}));
  return id.number();
}

Result<std::optional<TokenOwner>> find_session(Session& session,
                                               std::string_view secret,
                                               int64_t now) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT s.id, s.org_id, s.user_id, u.name, o.slug, o.name, s.created_at, s.expires_at, "
      "o.session_hours, s.last_used_at, s.last_used_ip, m.grants FROM sessions s "
      "JOIN users u ON u.id = s.user_id JOIN organizations o ON o.id = s.org_id "
      "JOIN memberships m ON m.org_id = s.org_id AND m.user_id = s.user_id "
      "WHERE s.sha256 = ? AND m.joined_at IS NOT NULL",
      {secret_hash(secret)}));
  if (!row.has_value()) {
    return std::optional<TokenOwner>();
  }
  const Row& r = *row;
  // The organization may have made sessions shorter since.
  const int64_t end = std::min(r[7].number(), r[6].number() + r[8].number() * kHourNs);
  if (end <= now) {
    return std::optional<TokenOwner>();
  }
  TokenOwner owner;
  owner.session_id = r[0].number();
  owner.org_id = r[1].number();
  owner.user_id = r[2].number();
  owner.user_name = r[3].text();
  owner.org_slug = r[4].text();
  owner.org_name = r[5].text();
  owner.expires_at = end;
  owner.last_used_at = r[9].find_number();
  owner.last_used_ip = r[10].text();
  owner.rights = TRY(read_member_rights(session, owner.org_id, r[11].text()));
  return std::optional<TokenOwner>(std::move(owner));
}

Result<void> end_session(Session& session, int64_t user_id, int64_t session_id) {
  const Value found = TRY(session.scalar(
      "DELETE FROM sessions WHERE id = ? AND user_id = ? RETURNING id", {session_id, user_id}));
  return found.is_null() ? Result<void>(Error(ErrorCode::kNotFound, "session not found"))
                         : Result<void>();
}

Result<void> end_sessions(Session& session, int64_t user_id, int64_t kept) {
  return session.run("DELETE FROM sessions WHERE user_id = ? AND id <> ?", {user_id, kept});
}

}  // namespace rhumb::registry
