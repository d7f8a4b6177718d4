#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "registry/api/views.h"
#include "registry/content/drifts.h"
#include "registry/content/states.h"
#include "registry/ingest/ingest_prepare.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr std::string_view kSelect =
    "SELECT e.id, r.name, r.type, e.kind, n.name, d.name, e.status, e.version, e.started_at, "
    "e.completed_at, e.from_version, e.to_version, e.current_version, e.error, e.trigger_type, "
    "e.trigger_version, e.actor_kind, e.actor_id, e.actor_name, e.atlas_version, e.extra, "
    "e.repo_id, e.database_id, e.set_id, s.succeeded, s.planned, e.env_id, e.log_body, "
    "s.event_id, e.policy_violations FROM events e JOIN repos r ON r.id = e.repo_id "
    "JOIN environments n ON n.id = e.env_id LEFT JOIN databases d ON d.id = e.database_id "
    "LEFT JOIN sets s ON s.event_id = e.id WHERE e.org_id = ? AND e.id IN ({})";

Json context_json(const Row& row) {
  if (row[14].is_null() && row[15].is_null()) {
    return {};
  }
  return Json::object({{"triggerType", text_json(row[14].find_text())},
                       {"triggerVersion", text_json(row[15].find_text())}});
}

/// The members that only some clients send.
void set_extra(Json& out, const Value& extra) {
  Json json = stored_json(extra);
  for (const char* member : {"dirTag", "dirHash", "runContext", "masked"}) {
    const Json* value = json.find(member);
    out.set(member, value == nullptr ? Json() : *value);
  }
  const std::optional<int64_t> plan = json.find_int("planID");
  out.set("_plan", plan ? Json(*plan) : Json());
  const Json* drift = json.find_object("drift");
  out.set("_drifted",
          drift != nullptr && parse_drift_status(drift->string_or_empty("status")).value_or(false));
}

Json event_json(const Registry& registry, const Row& row) {
  const int64_t id = row[0].number();
  const bool is_set = !row[28].is_null();
  Json out =
      Json::object({{"id", std::to_string(id)},
                    {"repoName", row[1].text()},
                    {"type", row[3].text() == kSchemaApplyKind ? kSchemaType : kDirectoryType},
                    {"kind", row[3].text()},
                    {"envName", row[4].text()}});
  out.set("databaseName", is_set ? Json("(multiple)") : Json(row[5].text()));
  out.set("targetsSucceeded", is_set ? Json(row[24].number()) : Json());
  out.set("targetsTotal", is_set ? Json(row[25].number()) : Json());
  out.set("version", filled_json(row[7].text()));
  out.set("status", row[6].text());
  out.set("startedAt", time_json(row[8].number()));
  out.set("completedAt", time_json(row[9].find_number()));
  out.set("link", event_link(registry, id, is_set));
  out.set("fromVersion", filled_json(row[10].text()));
  out.set("toVersion", filled_json(row[11].text()));
  out.set("currentVersion", filled_json(row[12].text()));
  out.set("error", text_json(row[13].find_text()));
  out.set("context", context_json(row));
  out.set("actor", actor_json(row[16], row[17], row[18]));
  out.set("atlasVersion", filled_json(row[19].text()));
  set_extra(out, row[20]);
  out.set("policyViolations", stored_list(row[29]));
  out.set("_id", id);
  out.set("_set", is_set);
  out.set("_repo", row[21].number());
  out.set("_database", row[22].is_null() ? Json() : Json(row[22].number()));
  out.set("_parent", row[23].is_null() ? Json() : Json(row[23].number()));
  return out;
}

/// Statuses by name; a name that is none fits nothing, which the executor has refused before.
std::vector<EventStatus> read_statuses(const Json& input) {
  std::vector<EventStatus> out;
  if (const Json::Array* statuses = input.find_array("statuses")) {
    for (const Json& status : *statuses) {
      std::optional<EventStatus> parsed =
          parse_event_status(status.is_string() ? status.as_string() : "");
      if (parsed.has_value() && std::find(out.begin(), out.end(), *parsed) == out.end()) {
        out.push_back(*parsed);
      }
    }
  }
  return out;
}

/// The kinds of event that are asked for, by name and by the type of repository they belong to;
/// nothing when none can fit, an empty list when all do.
std::optional<std::vector<std::string>> read_kinds(const Json& input) {
  std::vector<std::string> kinds = read_texts(input, "kinds");
  const std::vector<std::string> types = read_texts(input, "types");
  const auto wants = [&types](std::string_view type) {
    return types.empty() || std::find(types.begin(), types.end(), type) != types.end();
  };
  if (wants(kDirectoryType) && wants(kSchemaType)) {
    return kinds;
  }
  const std::vector<std::string> all = {"APPLY", "DOWN", std::string(kSchemaApplyKind)};
  std::vector<std::string> fitting;
  for (const std::string& kind : kinds.empty() ? all : kinds) {
    if (wants(kind == kSchemaApplyKind ? kSchemaType : kDirectoryType)) {
      fitting.push_back(kind);
    }
  }
  return fitting.empty() ? std::nullopt : std::optional(std::move(fitting));
}

/// Narrows `filter`; false when nothing can fit.
Result<bool> read_filter(Session& session, const Json& input, EventFilter& filter) {
  const std::string repo = input.string_or_empty("repo");
  if (!repo.empty()) {
    const std::optional<int64_t> id = TRY(find_repo_id(session, filter.org_id, repo));
    if (!id.has_value() || (filter.repo_id.has_value() && filter.repo_id != id)) {
      return false;
    }
    filter.repo_id = id;
  }
  const std::string env = input.string_or_empty("envName");
  if (!env.empty()) {
    filter.env_id = TRY(find_env_id(session, filter.org_id, env));
    if (!filter.env_id.has_value()) {
      return false;
    }
  }
  const Json* database = input.find("database");
  if (database != nullptr && !database->is_null()) {
    filter.database_id = TRY(read_id(database, "database"));
  }
  filter.statuses = read_statuses(input);
  filter.name = TRY(read_search(input, "name"));
  filter.version = input.string_or_empty("version");
  filter.trigger_type = input.string_or_empty("triggerType");
  filter.from = TRY(read_instant(input, "from"));
  filter.to = TRY(read_instant(input, "to"));
  filter.oldest_first = input.string_or_empty("order") == "ASC";
  std::optional<std::vector<std::string>> kinds = read_kinds(input);
  filter.kinds = kinds.value_or(std::vector<std::string>());
  return kinds.has_value();
}

}  // namespace

Result<std::vector<Json>> load_events(RequestContext& context,
                                      Session& session,
                                      const std::vector<int64_t>& ids) {
  std::vector<Json> out;
  if (ids.empty()) {
    return out;
  }
  Params params = {context.caller.org_id};
  std::string list;
  for (const int64_t id : ids) {
    list += list.empty() ? "?" : ", ?";
    params.emplace_back(id);
  }
  std::map<int64_t, Json> found;
  TRY(session.for_each(fmt::format(kSelect, list), params, [&](const Row& row) {
    found.emplace(row[0].number(), event_json(context.registry, row));
    return true;
  }));
  for (const int64_t id : ids) {
    auto entry = found.find(id);
    if (entry != found.end()) {
      out.push_back(std::move(entry->second));
    }
  }
  return out;
}

Result<Json> list_migrations(RequestContext& context, const Json& input, EventFilter base) {
  const Page page = TRY(read_page(input.find("page")));
  base.org_id = context.caller.org_id;
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    EventFilter filter = base;
    EventPage events;
    const bool any = TRY(read_filter(session, input, filter));
    if (any) {
      events = TRY(list_events(session, context.registry.store.database_names(), filter, page));
    }
    std::vector<Json> rows = TRY(load_events(context, session, events.ids));
    return Json::object({{"migrations", Json::array_of(std::move(rows))},
                         {"pageInfo", page_info(page, events.facts)}});
  });
}

}  // namespace rhumb::registry
