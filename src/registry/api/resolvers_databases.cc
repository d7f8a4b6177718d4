#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/api/views.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

Error not_found() {
  return Error(ErrorCode::kNotFound, "database not found");
}

Result<Json> resolve_databases(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  return list_databases(context, call.input(), std::nullopt, call.selects("pageInfo.total"));
}

Result<Json> resolve_database(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const Json* id = call.input().find("id");
  std::optional<std::string_view> ext_id = call.input().find_string("extID");
  const bool has_id = id != nullptr && !id->is_null();
  if (has_id == ext_id.has_value()) {
    return invalid("exactly one of id and extID must be given");
  }
  int64_t number = 0;
  if (has_id) {
    number = TRY(read_id(id, "database"));
  } else {
    // Of copies of one database the newest speaks.
    const Value found = TRY(read_value<Value>(context.registry.store, [&](Session& session) {
      return session.scalar(
          "SELECT coalesce(merged_into, id) FROM databases WHERE org_id = ? AND ext_id = ? ORDER "
          "BY "
          "merged_into IS NOT NULL, last_report DESC, id LIMIT 1",
          {context.caller.org_id, *ext_id});
    }));
    number = found.number();
  }
  Json database = TRY(load_database(context, number));
  if (database.is_null()) {
    return not_found();
  }
  return database;
}

Result<Json> resolve_latest_version(RequestContext& context, FieldCall& call) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    std::optional<Repo> repo =
        TRY(find_repo(session, context.caller.org_id, call.parent().find_int("_repo").value_or(0)));
    if (!repo.has_value()) {
      return Json();
    }
    const RepoHead head = TRY(load_head(session, context.registry.orders, *repo));
    return filled_json(head.latest);
  });
}

}  // namespace

void add_database_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "databases", resolve_databases);
  bind_root(resolvers, "Query", "database", resolve_database);
  bind_field(resolvers, "Database", "latestVersion", resolve_latest_version);
  bind_field(resolvers, "Database", "repo", [](RequestContext& context, FieldCall& call) {
    return load_repo(context, call.parent().find_int("_repo").value_or(0));
  });
  bind_field(resolvers, "Database", "migrations", [](RequestContext& context, FieldCall& call) {
    EventFilter filter;
    filter.database_id = call.parent().find_int("_id");
    filter.wants_total = call.selects("pageInfo.total");
    return list_migrations(context, call.input(), filter);
  });
}

}  // namespace rhumb::registry
