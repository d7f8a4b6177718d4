#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/api/token_views.h"
#include "registry/identity/members.h"
#include "registry/identity/tokens.h"
#include "registry/store/neighbours.h"
#include "registry/store/paging.h"
#include "registry/store/row_page.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr std::string_view kColumns =
    "b.id, b.name, b.created_at, b.creator_kind, b.creator_id, b.created_by";
constexpr std::string_view kFrom = "FROM bots b WHERE b.org_id = ? AND b.removed_at IS NULL";

Json bot_json(const Row& row) {
  // Those of earlier releases say by whom they were made, but not what that is.
  Json creator = row[3].is_null() ? Json() : actor_json(row[3], row[4], row[5]);
  return Json::object({{"id", std::to_string(row[0].number())},
                       {"name", row[1].text()},
                       {"createdAt", time_json(row[2].number())},
                       {"createdBy", std::move(creator)},
                       {"_id", row[0].number()}});
}

Result<Json> resolve_bots(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Page page = TRY(read_page(&call.input()));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const RowPage found =
        TRY(read_rows(session, {.columns = kColumns, .from = kFrom, .order = "b.name"},
                      {context.caller.org_id}, page));
    Json bots = Json::array();
    for (const Row& row : found.rows) {
      bots.push_back(bot_json(row));
    }
    return Json::object({{"bots", std::move(bots)}, {"pageInfo", page_info(page, found.facts)}});
  });
}

Result<Json> resolve_bot_tokens(RequestContext& context, FieldCall& call) {
  const int64_t bot = call.parent().find_int("_id").value_or(0);
  return read_value<Json>(context.registry.store, [&](Session& session) {
    return list_tokens_of_bot(session, context.caller.org_id, bot);
  });
}

Result<Json> remove_one_bot(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "bot"));
  Result<Json> removed =
      write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
        const int64_t org = context.caller.org_id;
        const int64_t now = context.registry.now();
        const std::optional<Row> bot = TRY(
            session.find_row(fmt::format("SELECT {} {} AND b.id = ?", kColumns, kFrom), {org, id}));
        if (!bot.has_value()) {
          return Error(ErrorCode::kNotFound, "bot not found");
        }
        const bool others = TRY(has_other_admin(session, org, Leaving{0, id, 0}, now));
        if (!others) {
          return Error(ErrorCode::kConflict,
                       fmt::format("bot {} is the last who may administer", (*bot)[1].text()));
        }
        TRY(remove_bot(session, id, now));
        AuditEntry entry =
            audit_entry(context.caller, now, "bot.remove", "bot/" + (*bot)[1].text());
        entry.before = codec::format_json(Json::object({{"id", std::to_string(id)}}));
        TRY(append_audit(session, std::move(entry)));
        TRY(tell_tokens_changed(context.registry, session));
        return Json::object({{"success", true}});
      });
  context.registry.tokens.forget();
  return removed;
}

}  // namespace

void add_bot_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "bots", resolve_bots);
  bind_field(resolvers, "Bot", "tokens", resolve_bot_tokens);
  bind_root(resolvers, "Mutation", "removeBot", remove_one_bot);
}

}  // namespace rhumb::registry
