#include <fmt/format.h>

#include "base/text.h"
#include "codec/hex.h"
#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/audit/redact_value.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

std::string hex(const Value& bytes) {
  return codec::hex_encode(codec::as_bytes(bytes.text()));
}

Json entry_json(const Row& row) {
  return Json::object({{"seq", std::to_string(row[0].number())},
                       {"time", time_json(row[1].number())},
                       {"actor", actor_json(row[2], row[3], row[4])},
                       {"ip", filled_json(row[5].text())},
                       {"userAgent", filled_json(row[6].text())},
                       {"action", row[7].text()},
                       {"object", row[8].text()},
                       {"before", stored_json(row[9])},
                       {"after", stored_json(row[10])},
                       {"requestID", row[11].text()},
                       {"prevHash", hex(row[12])},
                       {"hash", hex(row[13])}});
}

struct Condition {
  std::string sql = "org_id = ?";
  Params params;
  bool narrowed = false;
  void add(std::string_view more, const Value& value) {
    sql += fmt::format(" AND {}", more);
    params.push_back(value);
    narrowed = true;
  }
};

Result<Condition> make_condition(int64_t org_id, const Json& input) {
  Condition where;
  where.params.emplace_back(org_id);
  const std::string actor = input.string_or_empty("actor");
  if (!actor.empty()) {
    where.add("actor_name = ?", actor);
  }
  const std::string object = input.string_or_empty("object");
  if (!object.empty()) {
    where.add("object = ?", object);
  }
  std::optional<int64_t> from = TRY(read_instant(input, "from"));
  if (from.has_value()) {
    where.add("time >= ?", *from);
  }
  std::optional<int64_t> to = TRY(read_instant(input, "to"));
  if (to.has_value()) {
    where.add("time < ?", *to);
  }
  const Json::Array* actions = input.find_array("actions");
  if (actions != nullptr && !actions->empty()) {
    std::string list;
    for (const Json& action : *actions) {
      list += list.empty() ? "?" : ", ?";
      where.params.emplace_back(action.is_string() ? action.as_string() : "");
    }
    where.sql += fmt::format(" AND action IN ({})", list);
    where.narrowed = true;
  }
  return where;
}

/// The log has no gaps, so its first and last number tell how long it is; only a part must be
/// counted.
Result<int64_t> count(Session& session, const Condition& where) {
  const Value organizations = TRY(session.scalar("SELECT count(*) FROM organizations"));
  const Value total =
      where.narrowed || organizations.number() > 1
          ? TRY(session.scalar("SELECT count(*) FROM audit WHERE " + where.sql, where.params))
          : TRY(session.scalar("SELECT max(seq) - min(seq) + 1 FROM audit"));
  return total.number();
}

Result<Json> resolve_audit_log(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Page page = TRY(read_page(call.input().find("page")));
  const Condition where = TRY(make_condition(context.caller.org_id, call.input()));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    PageFacts facts;
    facts.total = TRY(count(session, where));
    Condition ranged = where;
    if (page.after.has_value()) {
      ranged.add("seq < ?", *page.after);
    }
    ranged.params.emplace_back(page.size + 1);
    ranged.params.emplace_back(page.after.has_value() ? int64_t{0} : page.offset());
    Rows rows = TRY(session.query(
        fmt::format("SELECT seq, time, actor_kind, actor_id, actor_name, ip, user_agent, action, "
                    "object, before_json, after_json, request_id, prev_hash, hash FROM audit "
                    "WHERE {} ORDER BY seq DESC LIMIT ? OFFSET ?",
                    ranged.sql),
        ranged.params));
    facts.has_next = static_cast<int64_t>(rows.size()) > page.size;
    if (facts.has_next) {
      rows.pop_back();
    }
    Json entries = Json::array();
    for (const Row& row : rows) {
      entries.push_back(entry_json(row));
      facts.end = row[0].number();
    }
    return Json::object({{"entries", std::move(entries)}, {"pageInfo", page_info(page, facts)}});
  });
}

Result<Json> resolve_redact_value(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  const std::string reason(trim(input.string_or_empty("reason")));
  if (reason.empty()) {
    return invalid("reason must not be empty");
  }
  TRY(check_length("reason", reason));
  Redaction redaction = TRY(Redaction::create(input.string_or_empty("value")));
  TRY(redact_value(
      context.registry, context.caller,
      {.redaction = std::move(redaction), .reason = reason, .repo = read_text(input, "repo")}));
  return Json::object({{"success", true}});
}

}  // namespace

void add_audit_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "auditLog", resolve_audit_log);
  bind_root(resolvers, "Mutation", "redactValue", resolve_redact_value);
}

}  // namespace rhumb::registry
