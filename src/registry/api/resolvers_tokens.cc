#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/identity/tokens.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr std::string_view kSelect =
    "SELECT t.id, t.prefix, t.last_four, b.id, b.name, t.scopes, t.grants, t.created_at, "
    "t.expires_at, t.last_used_at, t.last_used_ip, t.revoked_at FROM tokens t "
    "JOIN bots b ON b.id = t.bot_id WHERE t.org_id = ? ";

Json list_json(const Value& text) {
  const Json json = stored_json(text);
  return json.is_array() ? json : Json::array();
}

Json token_json(const Row& row) {
  return Json::object({{"id", std::to_string(row[0].number())},
                       {"prefix", row[1].text()},
                       {"lastFour", row[2].text()},
                       {"owner", actor_json(Value("BOT"), row[3], row[4])},
                       {"scopes", list_json(row[5])},
                       {"grants", list_json(row[6])},
                       {"createdAt", time_json(row[7].number())},
                       {"expiresAt", time_json(row[8].find_number())},
                       {"lastUsedAt", time_json(row[9].find_number())},
                       {"lastUsedIP", text_json(row[10].find_text())},
                       {"revokedAt", time_json(row[11].find_number())}});
}

Result<Json> load_token(Session& session, int64_t org_id, int64_t id) {
  std::optional<Row> row =
      TRY(session.find_row(fmt::format("{}AND t.id = ?", kSelect), {org_id, id}));
  return row.has_value() ? token_json(*row) : Json();
}

/// What a token may do, as asked for. Errors: kInvalid for unknown names, an end in the past.
struct Wish {
  Rights rights;
  std::optional<int64_t> expires_at;
};
Result<Wish> read_wish(RequestContext& context, const Json& input) {
  Wish wish;
  const Json* scopes = input.find("scopes");
  const Json* grants = input.find("grants");
  wish.rights.scopes = TRY(parse_scopes(scopes == nullptr ? Json() : *scopes));
  wish.rights.grants = TRY(parse_grants(grants == nullptr ? Json() : *grants));
  wish.expires_at = TRY(read_instant(input, "expiresAt"));
  if (wish.expires_at.has_value() && *wish.expires_at <= context.registry.now()) {
    return invalid("expiresAt must lie in the future");
  }
  return wish;
}

Result<Json> issue(RequestContext& context,
                   Session& session,
                   int64_t bot_id,
                   const Wish& wish,
                   const std::string& secret) {
  const int64_t now = context.registry.now();
  NewToken token;
  token.org_id = context.caller.org_id;
  token.bot_id = bot_id;
  token.rights = wish.rights;
  token.expires_at = wish.expires_at;
  token.created_by = context.caller.origin.actor.name;
  token.now = now;
  int64_t id = TRY(store_token(session, secret, token));
  Json made = TRY(load_token(session, context.caller.org_id, id));
  AuditEntry entry = audit_entry(context.caller, now, "token.create", fmt::format("token/{}", id));
  entry.after = codec::format_json(Json::object(
      {{"owner", made.at("owner")}, {"scopes", made.at("scopes")}, {"grants", made.at("grants")}}));
  TRY(append_audit(session, std::move(entry)));
  return Json::object({{"secret", secret}, {"token", std::move(made)}});
}

Result<Json> create_bot_with_token(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  std::string name = call.input().string_or_empty("name");
  TRY(check_name("name", name));
  const Wish wish = TRY(read_wish(context, call.input()));
  const std::string secret = make_bot_token();
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value taken = TRY(session.scalar("SELECT id FROM bots WHERE org_id = ? AND name = ?",
                                           {context.caller.org_id, name}));
    if (!taken.is_null()) {
      return Error(ErrorCode::kConflict, fmt::format("bot \"{}\" already exists", name));
    }
    const int64_t now = context.registry.now();
    const int64_t bot = TRY(
        create_bot(session, context.caller.org_id, name, context.caller.origin.actor.name, now));
    TRY(append_audit(session, audit_entry(context.caller, now, "bot.create", "bot/" + name)));
    return issue(context, session, bot, wish, secret);
  });
}

/// A further token of a bot, of the caller's own without `botID`. Without scopes and grants it may
/// do what the caller may.
Result<Json> create_token(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  Wish wish = TRY(read_wish(context, input));
  if (wish.rights.scopes.empty() && wish.rights.grants.empty()) {
    wish.rights = context.caller.rights;
  }
  const Json* id = input.find("botID");
  int64_t bot = context.caller.bot_id;
  if (id != nullptr && !id->is_null()) {
    bot = TRY(read_id(id, "bot"));
  }
  const std::string secret = make_bot_token();
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value found = TRY(session.scalar("SELECT id FROM bots WHERE org_id = ? AND id = ?",
                                           {context.caller.org_id, bot}));
    if (found.is_null()) {
      return Error(ErrorCode::kNotFound, "bot not found");
    }
    return issue(context, session, bot, wish, secret);
  });
}

/// Whether somebody could still administer without this token.
Result<bool> has_other_admin(Session& session, int64_t org_id, int64_t id, int64_t now) {
  const Rows rows = TRY(session.query(
      "SELECT scopes, grants FROM tokens WHERE org_id = ? AND id <> ? AND revoked_at IS NULL "
      "AND (expires_at IS NULL OR expires_at > ?)",
      {org_id, id, now}));
  for (const Row& row : rows) {
    Rights rights;
    rights.grants = TRY(parse_grants(list_json(row[1])));
    if (rights.allows(kAdminPermission)) {
      return true;
    }
  }
  return false;
}

Result<Json> revoke_token(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  int64_t id = TRY(read_id(call.arguments().find("id"), "token"));
  Result<Json> revoked =
      write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
        const Json token = TRY(load_token(session, context.caller.org_id, id));
        if (token.is_null()) {
          return Error(ErrorCode::kNotFound, "token not found");
        }
        const int64_t now = context.registry.now();
        const bool others = TRY(has_other_admin(session, context.caller.org_id, id, now));
        if (!others) {
          return Error(
              ErrorCode::kConflict,
              fmt::format("token {} is the last that may administer; create another first", id));
        }
        if (token.at("revokedAt").is_null()) {
          TRY(session.run("UPDATE tokens SET revoked_at = ? WHERE id = ?", {now, id}));
          TRY(append_audit(session, audit_entry(context.caller, now, "token.revoke",
                                                fmt::format("token/{}", id))));
          TRY(tell_tokens_changed(context.registry, session));
        }
        return Json::object({{"success", true}});
      });
  context.registry.tokens.forget();
  return revoked;
}

Result<Json> resolve_tokens(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Page page = TRY(read_page(&call.input()));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value total = TRY(
        session.scalar("SELECT count(*) FROM tokens WHERE org_id = ?", {context.caller.org_id}));
    const int64_t offset = page.after.value_or(page.offset());
    const Rows rows = TRY(session.query(fmt::format("{}ORDER BY t.id LIMIT ? OFFSET ?", kSelect),
                                        {context.caller.org_id, page.size, offset}));
    Json tokens = Json::array();
    for (const Row& row : rows) {
      tokens.push_back(token_json(row));
    }
    PageFacts facts;
    facts.total = total.number();
    int64_t end = offset + static_cast<int64_t>(rows.size());
    facts.end = rows.empty() ? std::nullopt : std::optional<int64_t>(end);
    facts.has_next = end < facts.total && !rows.empty();
    return Json::object({{"tokens", std::move(tokens)}, {"pageInfo", page_info(page, facts)}});
  });
}

}  // namespace

void add_token_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "tokens", resolve_tokens);
  bind_root(resolvers, "Mutation", "createBot", create_bot_with_token);
  bind_root(resolvers, "Mutation", "createToken", create_token);
  bind_root(resolvers, "Mutation", "revokeToken", revoke_token);
}

}  // namespace rhumb::registry
