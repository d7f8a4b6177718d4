#include <fmt/format.h>

#include <algorithm>

#include "registry/api/request_context.h"
#include "registry/api/token_views.h"
#include "registry/api/views.h"
#include "registry/identity/members.h"
#include "registry/identity/tokens.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr int64_t kMinuteNs = int64_t{60} * 1'000'000'000;
constexpr int64_t kOverlapMinutesMax = int64_t{7} * 24 * 60;

// ---------------------------------------------------------------------------------------------
// making

Result<Json> create_bot_with_token(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  std::string name = call.input().string_or_empty("name");
  TRY(check_name("name", name));
  const TokenWish wish = TRY(read_token_wish(context, call.input()));
  const std::string secret = make_bot_token();
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value taken = TRY(session.scalar("SELECT id FROM bots WHERE org_id = ? AND name = ?",
                                           {context.caller.org_id, name}));
    if (!taken.is_null()) {
      return Error(ErrorCode::kConflict, fmt::format("bot \"{}\" already exists", name));
    }
    const int64_t now = context.registry.now();
    const Actor& creator = context.caller.origin.actor;
    NewToken token;
    token.bot_id =
        TRY(create_bot(session, context.caller.org_id, name, creator.name, now, creator));
    token.rights = wish.rights;
    token.expires_at = wish.expires_at;
    AuditEntry entry = audit_entry(context.caller, now, "bot.create", "bot/" + name);
    entry.after = codec::format_json(Json::object({{"id", std::to_string(token.bot_id)}}));
    TRY(append_audit(session, std::move(entry)));
    return issue_token(context, session, std::move(token), secret);
  });
}

/// A person's token does not outlive the one it was made with.
Result<std::optional<int64_t>> personal_end(const Caller& caller,
                                            const std::optional<int64_t>& wanted) {
  if (caller.session_id != 0 || !caller.expires_at.has_value()) {
    return wanted;
  }
  if (wanted.has_value() && *wanted > *caller.expires_at) {
    return Error(ErrorCode::kDenied,
                 "expiresAt must not be later than the end of the token in use");
  }
  return wanted.has_value() ? wanted : caller.expires_at;
}

Result<void> check_bot(Session& session, int64_t org_id, int64_t bot_id) {
  const Value found = TRY(session.scalar(
      "SELECT id FROM bots WHERE org_id = ? AND id = ? AND removed_at IS NULL", {org_id, bot_id}));
  return found.is_null() ? Result<void>(Error(ErrorCode::kNotFound, "bot not found"))
                         : Result<void>();
}

/// A further token of a bot; without `botID` one of the caller's own, which people may always have.
/// Without scopes and grants it may do what the caller may.
Result<Json> create_token(RequestContext& context, FieldCall& call) {
  const Caller& caller = context.caller;
  const Json* id = call.input().find("botID");
  const bool names_bot = id != nullptr && !id->is_null();
  const bool is_personal = !names_bot && caller.user_id != 0;
  if (!is_personal) {
    TRY(require(caller, kAdminPermission));
  }
  TokenWish wish = TRY(read_token_wish(context, call.input()));
  if (wish.rights.scopes.empty() && wish.rights.grants.empty()) {
    wish.rights = caller.rights.without_limit();
  }
  NewToken token;
  token.rights = wish.rights;
  token.expires_at = wish.expires_at;
  if (is_personal) {
    token.user_id = caller.user_id;
    token.expires_at = TRY(personal_end(caller, wish.expires_at));
  } else {
    token.bot_id = names_bot ? TRY(read_id(id, "bot")) : caller.bot_id;
  }
  const std::string secret = is_personal ? make_personal_token() : make_bot_token();
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    if (!is_personal) {
      TRY(check_bot(session, caller.org_id, token.bot_id));
    }
    return issue_token(context, session, token, secret);
  });
}

// -------------------------------------------------------------------------------------------
// rotating

/// A token that is in use.
struct StoredToken {
  NewToken token;
  int64_t created_at = 0;
  std::string prefix;
};

Result<StoredToken> load_active(Session& session, int64_t org_id, int64_t id, int64_t now) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT bot_id, user_id, scopes, grants, created_at, expires_at, revoked_at, prefix "
      "FROM tokens WHERE org_id = ? AND id = ?",
      {org_id, id}));
  if (!row.has_value()) {
    return Error(ErrorCode::kNotFound, "token not found");
  }
  const Row& r = *row;
  const bool is_over = !r[6].is_null() || (!r[5].is_null() && r[5].number() <= now);
  if (is_over) {
    return Error(ErrorCode::kConflict, fmt::format("token {} is not valid any more", id));
  }
  StoredToken out;
  out.token.bot_id = r[0].number();
  out.token.user_id = r[1].find_number();
  out.token.rights.scopes = TRY(parse_scopes(stored_list(r[2])));
  out.token.rights.grants = TRY(parse_grants(stored_list(r[3])));
  out.created_at = r[4].number();
  out.token.expires_at = r[5].find_number();
  out.prefix = r[7].text();
  return out;
}

/// Bots' tokens by whoever administers and may do as much; people's by themselves.
Result<void> check_rotation(const Caller& caller, const StoredToken& known) {
  if (known.token.user_id.has_value()) {
    return known.token.user_id == caller.user_id
               ? Result<void>()
               : Result<void>(Error(ErrorCode::kDenied, "the token belongs to somebody else"));
  }
  TRY(require(caller, kAdminPermission));
  return check_gift(caller.rights, known.token.rights);
}

/// The old secret goes, at once or after a while.
Result<void> retire(Session& session, int64_t id, int64_t now, int64_t until) {
  if (until <= now) {
    return session.run("UPDATE tokens SET revoked_at = ? WHERE id = ?", {now, id});
  }
  return session.run(
      "UPDATE tokens SET expires_at = ? WHERE id = ? AND (expires_at IS NULL OR expires_at > ?)",
      {until, id, until});
}

/// The successor lasts as long as the token was made to last, unless the caller says otherwise.
Result<std::optional<int64_t>> successor_end(RequestContext& context,
                                             const StoredToken& known,
                                             const std::optional<int64_t>& wanted) {
  std::optional<int64_t> end = wanted;
  const int64_t now = context.registry.now();
  if (!end.has_value() && known.token.expires_at.has_value()) {
    end = now + std::max<int64_t>(*known.token.expires_at - known.created_at, kMinuteNs);
  }
  if (!known.token.user_id.has_value()) {
    return end;
  }
  const Caller& caller = context.caller;
  if (!wanted.has_value() && caller.session_id == 0 && caller.expires_at.has_value() &&
      end.value_or(*caller.expires_at + 1) > *caller.expires_at) {
    end = caller.expires_at;
  }
  return personal_end(caller, end);
}

Result<Json> rotate_token(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  const int64_t id = TRY(read_id(input.find("id"), "token"));
  const int64_t overlap = input.find_int("overlapMinutes").value_or(60);
  if (overlap < 0 || overlap > kOverlapMinutesMax) {
    return invalid(fmt::format("overlapMinutes must be from 0 to {}", kOverlapMinutesMax));
  }
  const TokenWish wish = TRY(read_token_wish(context, input));  // only its end is asked for
  const std::string random = make_secret();
  Result<Json> rotated =
      write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
        const int64_t now = context.registry.now();
        StoredToken known = TRY(load_active(session, context.caller.org_id, id, now));
        TRY(check_rotation(context.caller, known));
        NewToken token = known.token;
        token.expires_at = TRY(successor_end(context, known, wish.expires_at));
        TRY(retire(session, id, now, now + overlap * kMinuteNs));
        AuditEntry entry =
            audit_entry(context.caller, now, "token.rotate", fmt::format("token/{}", id));
        entry.after = codec::format_json(Json::object({{"overlapMinutes", overlap}}));
        TRY(append_audit(session, std::move(entry)));
        TRY(tell_tokens_changed(context.registry, session));
        const std::string prefix = token.user_id.has_value() ? "rgp_" : "rgb_";
        return issue_token(context, session, std::move(token), prefix + random);
      });
  context.registry.tokens.forget();
  return rotated;
}

// -------------------------------------------------------------------------------------------
// revoking

Result<void> check_revocation(const Caller& caller, const Json& token) {
  const Json& owner = token.at("owner");
  const bool is_own = caller.user_id != 0 && owner.at("kind").as_string() == "USER" &&
                      owner.at("id").as_string() == std::to_string(caller.user_id);
  return is_own ? Result<void>() : require(caller, kAdminPermission);
}

Result<Json> revoke_one(RequestContext& context, Session& session, int64_t id) {
  const Caller& caller = context.caller;
  const Json token = TRY(load_token(session, caller.org_id, id));
  if (token.is_null()) {
    TRY(require(caller, kAdminPermission));
    return Error(ErrorCode::kNotFound, "token not found");
  }
  TRY(check_revocation(caller, token));
  const int64_t now = context.registry.now();
  const bool others = TRY(has_other_admin(session, caller.org_id, Leaving{id, 0, 0}, now));
  if (!others) {
    return Error(ErrorCode::kConflict,
                 fmt::format("token {} is the last that may administer; create another first", id));
  }
  if (token.at("revokedAt").is_null()) {
    TRY(session.run("UPDATE tokens SET revoked_at = ? WHERE id = ?", {now, id}));
    AuditEntry entry = audit_entry(caller, now, "token.revoke", fmt::format("token/{}", id));
    entry.before = codec::format_json(Json::object({{"owner", token.at("owner")},
                                                    {"scopes", token.at("scopes")},
                                                    {"grants", token.at("grants")}}));
    entry.after = codec::format_json(Json::object({{"revoked", true}}));
    TRY(append_audit(session, std::move(entry)));
    TRY(tell_tokens_changed(context.registry, session));
  }
  return Json::object({{"success", true}});
}

Result<Json> revoke_token(RequestContext& context, FieldCall& call) {
  const int64_t id = TRY(read_id(call.arguments().find("id"), "token"));
  Result<Json> revoked = write_value<Json>(
      context.registry.store,
      [&](Session& session) -> Result<Json> { return revoke_one(context, session, id); });
  context.registry.tokens.forget();
  return revoked;
}

// --------------------------------------------------------------------------------------------
// listing

Result<Json> resolve_tokens(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Page page = TRY(read_page(&call.input()));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value total = TRY(
        session.scalar("SELECT count(*) FROM tokens WHERE org_id = ?", {context.caller.org_id}));
    const int64_t offset = page.after.value_or(page.offset());
    Json tokens = TRY(list_tokens(session, "1 = 1 ORDER BY t.id LIMIT ? OFFSET ?",
                                  {context.caller.org_id, page.size, offset}));
    PageFacts facts;
    facts.total = total.number();
    const size_t found = tokens.as_array().size();
    const int64_t end = offset + static_cast<int64_t>(found);
    facts.end = found == 0 ? std::nullopt : std::optional<int64_t>(end);
    facts.has_next = end < facts.total && found != 0;
    return Json::object({{"tokens", std::move(tokens)}, {"pageInfo", page_info(page, facts)}});
  });
}

}  // namespace

void add_token_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "tokens", resolve_tokens);
  bind_root(resolvers, "Mutation", "createBot", create_bot_with_token);
  bind_root(resolvers, "Mutation", "createToken", create_token);
  bind_root(resolvers, "Mutation", "rotateToken", rotate_token);
  bind_root(resolvers, "Mutation", "revokeToken", revoke_token);
}

}  // namespace rhumb::registry
