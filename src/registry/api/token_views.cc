#include "registry/api/token_views.h"

#include <fmt/format.h>

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr std::string_view kSelect =
    "SELECT t.id, t.prefix, t.last_four, CASE WHEN t.user_id IS NULL THEN 'BOT' ELSE 'USER' END, "
    "coalesce(t.user_id, t.bot_id), coalesce(u.name, b.name, ''), t.scopes, t.grants, "
    "t.created_at, t.expires_at, t.last_used_at, t.last_used_ip, t.revoked_at FROM tokens t "
    "LEFT JOIN bots b ON b.id = t.bot_id LEFT JOIN users u ON u.id = t.user_id "
    "WHERE t.org_id = ?";

Json token_json(const Row& row) {
  return Json::object({{"id", std::to_string(row[0].number())},
                       {"prefix", row[1].text()},
                       {"lastFour", row[2].text()},
                       {"owner", actor_json(row[3], row[4], row[5])},
                       {"scopes", stored_list(row[6])},
                       {"grants", stored_list(row[7])},
                       {"createdAt", time_json(row[8].number())},
                       {"expiresAt", time_json(row[9].find_number())},
                       {"lastUsedAt", time_json(row[10].find_number())},
                       {"lastUsedIP", text_json(row[11].find_text())},
                       {"revokedAt", time_json(row[12].find_number())}});
}

}  // namespace

Result<Json> list_tokens(Session& session, std::string_view condition, const Params& params) {
  Json tokens = Json::array();
  for (const Row& row : TRY(session.query(fmt::format("{} AND {}", kSelect, condition), params))) {
    tokens.push_back(token_json(row));
  }
  return tokens;
}

Result<Json> load_token(Session& session, int64_t org_id, int64_t id) {
  const Json found = TRY(list_tokens(session, "t.id = ?", {org_id, id}));
  return found.as_array().empty() ? Json() : found.at(0);
}

Result<Json> list_tokens_of_bot(Session& session, int64_t org_id, int64_t bot_id) {
  return list_tokens(session, "t.bot_id = ? AND t.user_id IS NULL ORDER BY t.id", {org_id, bot_id});
}

Result<Json> list_tokens_of_user(Session& session, int64_t org_id, int64_t user_id) {
  return list_tokens(session, "t.user_id = ? ORDER BY t.id", {org_id, user_id});
}

Result<TokenWish> read_token_wish(const RequestContext& context, const Json& input) {
  TokenWish wish;
  const Json* scopes = input.find("scopes");
  const Json* grants = input.find("grants");
  wish.rights.scopes = TRY(parse_scopes(scopes == nullptr ? Json() : *scopes));
  wish.rights.grants = TRY(read_wished_grants(grants == nullptr ? Json() : *grants));
  wish.expires_at = TRY(read_instant(input, "expiresAt"));
  if (wish.expires_at.has_value() && *wish.expires_at <= context.registry.now()) {
    return invalid("expiresAt must lie in the future");
  }
  TRY(check_gift(context.caller.rights, wish.rights));
  return wish;
}

Result<Json> issue_token(RequestContext& context,
                         Session& session,
                         NewToken token,
                         const std::string& secret) {
  token.org_id = context.caller.org_id;
  token.created_by = context.caller.origin.actor.name;
  token.now = context.registry.now();
  const int64_t id = TRY(store_token(session, secret, token));
  Json made = TRY(load_token(session, token.org_id, id));
  AuditEntry entry =
      audit_entry(context.caller, token.now, "token.create", fmt::format("token/{}", id));
  entry.after = codec::format_json(Json::object(
      {{"owner", made.at("owner")}, {"scopes", made.at("scopes")}, {"grants", made.at("grants")}}));
  TRY(append_audit(session, std::move(entry)));
  return Json::object({{"secret", secret}, {"token", std::move(made)}});
}

}  // namespace rhumb::registry
