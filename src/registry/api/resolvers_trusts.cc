#include <fmt/format.h>

#include "base/check.h"
#include "registry/api/request_context.h"
#include "registry/api/token_views.h"
#include "registry/identity/trusts.h"
#include "registry/names.h"
#include "registry/store/paging.h"
#include "registry/store/row_page.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr std::string_view kColumns =
    "t.id, t.name, b.id, b.name, t.issuer, t.audience, t.claims, t.scopes, t.grants, t.minutes, "
    "t.created_at, t.last_used_at";
constexpr std::string_view kFrom =
    "FROM trusts t JOIN bots b ON b.id = t.bot_id WHERE t.org_id = ?";

Json trust_json(const Row& row) {
  return Json::object({{"id", std::to_string(row[0].number())},
                       {"name", row[1].text()},
                       {"bot", actor_json(Value("BOT"), row[2], row[3])},
                       {"issuer", row[4].text()},
                       {"audience", row[5].text()},
                       {"claims", stored_json(row[6])},
                       {"scopes", stored_list(row[7])},
                       {"grants", stored_list(row[8])},
                       {"minutes", row[9].number()},
                       {"createdAt", time_json(row[10].number())},
                       {"lastUsedAt", time_json(row[11].find_number())}});
}

Result<std::optional<Row>> find_trust(Session& session, int64_t org_id, int64_t id) {
  return session.find_row(fmt::format("SELECT {} {} AND t.id = ?", kColumns, kFrom), {org_id, id});
}

/// Errors: kInvalid; kDenied for rights beyond the caller's.
Result<Trust> read_trust_input(const RequestContext& context, const Json& input) {
  Trust trust;
  trust.org_id = context.caller.org_id;
  trust.bot_id = TRY(read_id(input.find("botID"), "bot"));
  trust.name = input.string_or_empty("name");
  TRY(check_name("name", trust.name));
  trust.issuer = input.string_or_empty("issuer");
  TRY(check_name("issuer", trust.issuer));
  if (!trust.issuer.starts_with("https://") && !trust.issuer.starts_with("http://")) {
    return invalid("issuer must be an address such as https://gitlab.example.com");
  }
  trust.audience = read_text(input, "audience").value_or(context.registry.public_url);
  TRY(check_name("audience", trust.audience));
  const Json* claims = input.find("claims");
  trust.claims = TRY(parse_trust_claims(claims == nullptr ? Json() : *claims));
  const TokenWish wish = TRY(read_token_wish(context, input));
  trust.rights = wish.rights;
  trust.minutes = input.find_int("minutes").value_or(15);
  if (trust.minutes < 1 || trust.minutes > kTrustMinutesMax) {
    return invalid(fmt::format("minutes must be from 1 to {}", kTrustMinutesMax));
  }
  return trust;
}

Result<void> check_free(Session& session, const Trust& trust) {
  const Value bot =
      TRY(session.scalar("SELECT id FROM bots WHERE org_id = ? AND id = ? AND removed_at IS NULL",
                         {trust.org_id, trust.bot_id}));
  if (bot.is_null()) {
    return Error(ErrorCode::kNotFound, "bot not found");
  }
  const Value taken = TRY(session.scalar("SELECT id FROM trusts WHERE org_id = ? AND name = ?",
                                         {trust.org_id, trust.name}));
  return taken.is_null()
             ? Result<void>()
             : Result<void>(Error(ErrorCode::kConflict,
                                  fmt::format("trust \"{}\" already exists", trust.name)));
}

Result<Json> store_trust(RequestContext& context, Session& session, const Trust& trust) {
  TRY(check_free(session, trust));
  const int64_t now = context.registry.now();
  const Value id = TRY(session.scalar(
      "INSERT INTO trusts (org_id, bot_id, name, issuer, audience, claims, scopes, grants, "
      "minutes, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {trust.org_id, trust.bot_id, trust.name, trust.issuer, trust.audience,
       codec::format_json(claims_json(trust)), codec::format_json(to_json(trust.rights.scopes)),
       codec::format_json(to_json(trust.rights.grants)), trust.minutes, now,
       context.caller.origin.actor.name}));
  const std::optional<Row> row = TRY(find_trust(session, trust.org_id, id.number()));
  RHUMB_CHECK(row.has_value(), "it was stored in this transaction");
  Json made = trust_json(*row);
  AuditEntry entry = audit_entry(context.caller, now, "trust.create", "trust/" + trust.name);
  entry.after = codec::format_json(made);
  TRY(append_audit(session, std::move(entry)));
  return made;
}

Result<Json> create_trust(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Trust trust = TRY(read_trust_input(context, call.input()));
  return write_value<Json>(context.registry.store,
                           [&](Session& session) { return store_trust(context, session, trust); });
}

/// Tokens that were given by it end by themselves, soon.
Result<Json> delete_trust(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "trust"));
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::optional<Row> row = TRY(find_trust(session, context.caller.org_id, id));
    if (!row.has_value()) {
      return Error(ErrorCode::kNotFound, "trust not found");
    }
    TRY(session.run("DELETE FROM trusts WHERE id = ?", {id}));
    AuditEntry entry = audit_entry(context.caller, context.registry.now(), "trust.delete",
                                   "trust/" + (*row)[1].text());
    entry.before = codec::format_json(trust_json(*row));
    TRY(append_audit(session, std::move(entry)));
    return Json::object({{"success", true}});
  });
}

Result<Json> resolve_trusts(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Page page = TRY(read_page(&call.input()));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const RowPage found =
        TRY(read_rows(session, {.columns = kColumns, .from = kFrom, .order = "t.name"},
                      {context.caller.org_id}, page));
    Json trusts = Json::array();
    for (const Row& row : found.rows) {
      trusts.push_back(trust_json(row));
    }
    return Json::object(
        {{"trusts", std::move(trusts)}, {"pageInfo", page_info(page, found.facts)}});
  });
}

}  // namespace

void add_trust_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "trusts", resolve_trusts);
  bind_root(resolvers, "Mutation", "createTrust", create_trust);
  bind_root(resolvers, "Mutation", "deleteTrust", delete_trust);
}

}  // namespace rhumb::registry
