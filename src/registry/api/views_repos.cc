#include <fmt/format.h>

#include "registry/api/views.h"
#include "registry/content/protected_flows.h"
#include "registry/content/states.h"
#include "registry/names.h"

namespace rhumb::registry {

using codec::Json;

namespace {

constexpr std::string_view kTagColumns =
    "t.id, t.name, s.version, s.hash, t.pushed_at, p.run_context, p.actor_kind, p.actor_id, "
    "p.actor_name ";
constexpr std::string_view kTagFrom =
    "FROM tags t JOIN dir_states s ON s.id = t.state_id JOIN pushes p ON p.id = t.push_id "
    "WHERE t.repo_id = ? ";

Json tag_json(const Registry& registry, int64_t repo_id, const Row& row) {
  return Json::object({{"name", row[1].text()},
                       {"version", filled_json(row[2].text())},
                       {"hash", row[3].text()},
                       {"link", tag_link(registry, repo_id, row[0].number())},
                       {"pushedAt", time_json(row[4].number())},
                       {"context", stored_json(row[5])},
                       {"actor", actor_json(row[6], row[7], row[8])}});
}

}  // namespace

Json repo_json(const Registry& registry, const Repo& repo) {
  const bool is_schema = repo.type == kSchemaType;
  Json out =
      Json::object({{"title", repo.name + (is_schema ? " (Schema)" : " (Migration Directory)")},
                    {"slug", repo.slug},
                    {"url", "atlas://" + repo.slug},
                    {"type", repo.type},
                    {"driver", driver_to_wire(repo.driver)},
                    {"id", std::to_string(repo.id)},
                    {"name", repo.name},
                    {"link", repo_link(registry, repo.slug)}});
  out.set("description", text_json(repo.description));
  out.set("createdAt", time_json(repo.created_at));
  out.set("archivedAt", time_json(repo.archived_at));
  out.set("reportOnly", !repo.head_state_id.has_value());
  out.set("databasesSynced", repo.databases_synced);
  out.set("databasesPending", repo.databases_pending);
  out.set("databasesFailed", repo.databases_failed);
  out.set("protectedFlows", protected_flows_json(repo.down, repo.flows));
  out.set("lockedTags", repo.locked_tags);
  out.set("reviewPolicy", filled_json(repo.review_policy));
  out.set("_id", repo.id);
  out.set("_project", repo.project_id);
  out.set("_schema", is_schema);
  out.set("_head", repo.head_state_id.has_value() ? Json(*repo.head_state_id) : Json());
  out.set("_push", repo.last_push_id.has_value() ? Json(*repo.last_push_id) : Json());
  return out;
}

Result<Json> load_repo(RequestContext& context, int64_t id) {
  std::optional<Repo> repo =
      TRY(read_value<std::optional<Repo>>(context.registry.store, [&](Session& session) {
        return find_repo(session, context.caller.org_id, id);
      }));
  return repo.has_value() ? repo_json(context.registry, *repo) : Json();
}

Result<Json> load_tag(RequestContext& context, int64_t repo_id, int64_t tag_id) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::optional<Row> row = TRY(session.find_row(
        fmt::format("SELECT {}{}AND t.id = ?", kTagColumns, kTagFrom), {repo_id, tag_id}));
    if (!row) {
      return Error(ErrorCode::kNotFound, "tag not found");
    }
    return tag_json(context.registry, repo_id, *row);
  });
}

Result<Json> list_tags(RequestContext& context,
                       int64_t repo_id,
                       const std::string& search,
                       const Page& page) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const std::string where = fmt::format("{}AND t.name LIKE ? ESCAPE '\\' ", kTagFrom);
    Params params = {repo_id, like_pattern(search)};
    const Value total = TRY(session.scalar("SELECT count(*) " + where, params));
    const int64_t offset = page.after.value_or(page.offset());
    params.emplace_back(page.size);
    params.emplace_back(offset);
    const Rows rows = TRY(session.query(
        fmt::format("SELECT {}{}ORDER BY t.pushed_at DESC, t.id DESC LIMIT ? OFFSET ?", kTagColumns,
                    where),
        params));
    Json tags = Json::array();
    for (const Row& row : rows) {
      tags.push_back(tag_json(context.registry, repo_id, row));
    }
    PageFacts facts;
    facts.total = total.number();
    int64_t end = offset + static_cast<int64_t>(rows.size());
    facts.end = rows.empty() ? std::nullopt : std::optional<int64_t>(end);
    facts.has_next = end < facts.total && !rows.empty();
    return Json::object({{"tags", std::move(tags)}, {"pageInfo", page_info(page, facts)}});
  });
}

Json push_json(const Row& row) {
  return Json::object({{"time", time_json(row[0].number())},
                       {"actor", actor_json(row[1], row[2], row[3])},
                       {"tag", filled_json(row[4].text())},
                       {"version", filled_json(row[5].text())},
                       {"context", stored_json(row[6])}});
}

}  // namespace rhumb::registry
