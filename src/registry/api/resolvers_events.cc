#include <fmt/format.h>

#include <set>

#include "migrate/format.h"
#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

int64_t id_of(FieldCall& call) {
  return call.parent().find_int("_id").value_or(0);
}
bool is_set(FieldCall& call) {
  return call.parent().find_bool("_set").value_or(false);
}

/// An event by its number, or null.
Result<Json> load_event(RequestContext& context, int64_t id) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    std::vector<Json> found = TRY(load_events(context, session, {id}));
    return found.empty() ? Json() : std::move(found.front());
  });
}

Result<Json> resolve_migration(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "migration"));
  Json event = TRY(load_event(context, id));
  if (event.is_null()) {
    return Error(ErrorCode::kNotFound, "migration not found");
  }
  return event;
}

Result<Json> resolve_log(RequestContext& context, FieldCall& call) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value body =
        TRY(session.scalar("SELECT log_body FROM events WHERE id = ?", {id_of(call)}));
    if (body.is_null()) {
      return Json();
    }
    std::string log = TRY(read_body(session, body));
    return Json(std::move(log));
  });
}

/// A step as the API shows it: every line has both members.
Json step_log_json(const registry_api::StepLog& log) {
  Json children = Json::array();
  for (const registry_api::StepLog& child : log.children) {
    children.push_back(step_log_json(child));
  }
  return Json::object({{"text", filled_json(log.text)}, {"children", std::move(children)}});
}

Result<Json> resolve_steps(RequestContext& context, FieldCall& call) {
  Json out = Json::array();
  if (!is_set(call)) {
    return out;
  }
  const Value stored = TRY(read_value<Value>(context.registry.store, [&](Session& session) {
    return session.scalar("SELECT steps FROM sets WHERE event_id = ?", {id_of(call)});
  }));
  const std::vector<registry_api::SetStep> steps =
      TRY(registry_api::read_set_steps(stored_json(stored)));
  for (const registry_api::SetStep& step : steps) {
    Json log = Json::array();
    for (const registry_api::StepLog& line : step.log) {
      log.push_back(step_log_json(line));
    }
    out.push_back(Json::object({{"text", step.text},
                                {"startTime", registry_api::format_time(step.start)},
                                {"endTime", time_json(to_stored(step.end))},
                                {"error", step.error},
                                {"log", std::move(log)}}));
  }
  return out;
}

Result<Json> file_json(Session& session, const Row& row, bool with_content) {
  const std::string& name = row[0].text();
  Json file = Json::object({{"name", name},
                            {"version", migrate::file_version(name, migrate::Format::kAtlas)},
                            {"desc", migrate::file_description(name, migrate::Format::kAtlas)}});
  std::string content;
  if (with_content) {
    content = TRY(read_body(session, row[1]));
  }
  file.set("content", std::move(content));
  file.set("startTime", registry_api::format_time(from_stored(row[2].find_number())));
  file.set("endTime", time_json(row[3].find_number()));
  file.set("skipped", row[4].number());
  file.set("applied", row[5].number());
  file.set("checks", stored_list(row[6]));
  file.set("slowest", stored_list(row[9]));
  Json error;
  if (!row[8].is_null()) {
    error = Json::object({{"stmt", row[7].text()}, {"text", row[8].text()}});
  }
  file.set("error", std::move(error));
  return file;
}

Result<Json> resolve_files(RequestContext& context, FieldCall& call) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Rows rows = TRY(session.query(
        "SELECT name, body, started_at, ended_at, skipped, applied, checks, error_stmt, "
        "error_text, slowest FROM event_files WHERE event_id = ? ORDER BY position",
        {id_of(call)}));
    Json out = Json::array();
    for (const Row& row : rows) {
      Json file = TRY(file_json(session, row, call.selects("content")));
      out.push_back(std::move(file));
    }
    return out;
  });
}

Result<Json> resolve_targets(RequestContext& context, FieldCall& call) {
  EventFilter filter;
  // An event that is no set has no entries: no set has the number 0.
  filter.set_id = is_set(call) ? id_of(call) : 0;
  filter.wants_total = call.selects("pageInfo.total");
  Json input = call.arguments();
  input.set("order", "ASC");
  return list_migrations(context, input, filter);
}

/// The targets that were announced, less those that have an entry.
Result<Json> resolve_not_started(RequestContext& context, FieldCall& call) {
  Json out = Json::array();
  if (!is_set(call)) {
    return out;
  }
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value stored =
        TRY(session.scalar("SELECT targets FROM sets WHERE event_id = ?", {id_of(call)}));
    std::multiset<std::string> reached;
    TRY(session.for_each(
        "SELECT d.url FROM events e JOIN databases d ON d.id = e.database_id WHERE e.set_id = ?",
        {id_of(call)}, [&reached](const Row& row) {
          reached.insert(row[0].text());
          return true;
        }));
    const Json targets = stored_json(stored);
    for (size_t i = 0; i < targets.size() && targets.is_array(); ++i) {
      const std::string url = targets.at(i).is_string() ? targets.at(i).as_string() : "";
      auto found = reached.find(url);
      if (found != reached.end()) {
        reached.erase(found);
      } else {
        out.push_back(url);
      }
    }
    return out;
  });
}

/// The event before or after, of the same database, or the same repository's list for sets.
Result<Json> resolve_neighbour(RequestContext& context, FieldCall& call, bool next) {
  const Json& event = call.parent();
  std::string_view order = next ? "> ? ORDER BY 1 ASC LIMIT 1" : "< ? ORDER BY 1 DESC LIMIT 1";
  std::optional<int64_t> database = event.find_int("_database");
  const Value found = TRY(read_value<Value>(context.registry.store, [&](Session& session) {
    if (database.has_value()) {
      return session.scalar(
          fmt::format("SELECT id FROM events WHERE database_id = ? AND id {}", order),
          {*database, id_of(call)});
    }
    // `+ 0`: from one set to the next, of which there are few beside the events of a repository.
    return session.scalar(
        fmt::format("SELECT s.event_id FROM sets s JOIN events e ON e.id = s.event_id WHERE "
                    "e.org_id + 0 = ? AND e.repo_id + 0 = ? AND s.event_id {}",
                    order),
        {context.caller.org_id, event.find_int("_repo").value_or(0), id_of(call)});
  }));
  return found.is_null() ? Result<Json>(Json()) : load_event(context, found.number());
}

Result<Json> resolve_member_event(RequestContext& context, FieldCall& call) {
  std::optional<int64_t> parent = call.parent().find_int("_parent");
  return parent.has_value() ? load_event(context, *parent) : Result<Json>(Json());
}

Result<Json> resolve_event_database(RequestContext& context, FieldCall& call) {
  std::optional<int64_t> database = call.parent().find_int("_database");
  return database.has_value() ? load_database(context, *database) : Result<Json>(Json());
}

}  // namespace

void add_event_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "migrations",
            [](RequestContext& context, FieldCall& call) -> Result<Json> {
              TRY(require(context.caller, "cloud:read"));
              EventFilter filter;
              filter.wants_total = call.selects("pageInfo.total");
              return list_migrations(context, call.input(), filter);
            });
  bind_root(resolvers, "Query", "migration", resolve_migration);
  bind_field(resolvers, "Migration", "repo", [](RequestContext& context, FieldCall& call) {
    return load_repo(context, call.parent().find_int("_repo").value_or(0));
  });
  bind_field(resolvers, "Migration", "log", resolve_log);
  bind_field(resolvers, "Migration", "steps", resolve_steps);
  bind_field(resolvers, "Migration", "files", resolve_files);
  bind_field(resolvers, "Migration", "targets", resolve_targets);
  bind_field(resolvers, "Migration", "notStarted", resolve_not_started);
  bind_field(resolvers, "Migration", "set", resolve_member_event);
  bind_field(resolvers, "Migration", "database", resolve_event_database);
  bind_field(resolvers, "Migration", "downPlan", [](RequestContext& context, FieldCall& call) {
    return load_plan_of_event(context, id_of(call));
  });
  bind_field(resolvers, "Migration", "previous", [](RequestContext& context, FieldCall& call) {
    return resolve_neighbour(context, call, false);
  });
  bind_field(resolvers, "Migration", "next", [](RequestContext& context, FieldCall& call) {
    return resolve_neighbour(context, call, true);
  });
}

}  // namespace rhumb::registry
