#include <array>

#include "registry/api/request_context.h"
#include "registry/content/schema_changes.h"
#include "registry/content/schemas.h"
#include "registry/content/states.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

/// What a SchemaRef names.
struct Side {
  Session& session;
  const Caller& caller;
  const Json& ref;
};

Result<std::string> read_repo_side(const Side& side) {
  const std::string slug = side.ref.string_or_empty("repo");
  const std::optional<Repo> repo = TRY(find_repo(side.session, side.caller.org_id, slug));
  const bool is_directory = repo && repo->type == kDirectoryType;
  TRY(require(side.caller, is_directory ? "dir:read" : "schema:read",
              {.repo = repo ? repo->slug : slug}));
  if (!repo) {
    return Error(ErrorCode::kNotFound, "schema \"" + slug + "\" not found");
  }
  const SchemaState state = TRY(read_schema_state(
      side.session, *repo, {side.ref.string_or_empty("tag"), side.ref.string_or_empty("version")}));
  return state.hcl;
}

Result<std::string> read_snapshot_side(const Side& side) {
  TRY(require(side.caller, "cloud:read"));
  const int64_t id = TRY(read_id(side.ref.find("snapshot"), "snapshot"));
  const Value body = TRY(side.session.scalar(
      "SELECT s.hcl_body FROM snapshots s JOIN instances i ON i.id = s.instance_id WHERE s.id = ? "
      "AND i.org_id = ?",
      {id, side.caller.org_id}));
  if (body.is_null()) {
    return Error(ErrorCode::kNotFound, "snapshot not found");
  }
  return read_body(side.session, body);
}

/// What somebody saw in it last, else what its version gives.
Result<std::string> read_database_side(const Side& side) {
  TRY(require(side.caller, "cloud:read"));
  const int64_t id = TRY(read_id(side.ref.find("database"), "database"));
  const std::optional<Row> row = TRY(side.session.find_row(
      "SELECT d.id, d.repo_id, d.current_version FROM databases p JOIN databases d ON d.id = "
      "coalesce(p.merged_into, p.id) WHERE p.id = ? AND p.org_id = ?",
      {id, side.caller.org_id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, "database not found");
  }
  const Value seen =
      TRY(side.session.scalar("SELECT s.hcl_body FROM databases p JOIN instances i ON i.org_id = "
                              "p.org_id AND ((i.ext_id <> "
                              "'' AND i.ext_id = p.ext_id) OR i.url = p.url) JOIN snapshots s ON "
                              "s.id = i.snapshot_id WHERE "
                              "p.id = ?1 OR p.merged_into = ?1 ORDER BY s.id DESC LIMIT 1",
                              {(*row)[0].number()}));
  if (!seen.is_null()) {
    return read_body(side.session, seen);
  }
  const std::string version = (*row)[2].find_text().value_or("");
  if (version.empty()) {
    return Error(ErrorCode::kNotFound, "database " + std::to_string(id) + " has no version yet");
  }
  const Repo repo = TRY(load_repo(side.session, side.caller.org_id, (*row)[1].number()));
  const SchemaState state = TRY(read_schema_state(side.session, repo, {"", version}));
  return state.hcl;
}

Result<std::string> read_side(const Side& side) {
  using Reader = Result<std::string> (*)(const Side&);
  constexpr std::array<std::pair<const char*, Reader>, 3> kReaders = {
      {{"repo", read_repo_side},
       {"database", read_database_side},
       {"snapshot", read_snapshot_side}}};
  Reader reader = nullptr;
  int named = 0;
  for (const auto& [member, read] : kReaders) {
    const Json* found = side.ref.find(member);
    if (found != nullptr && !found->is_null()) {
      reader = read;
      ++named;
    }
  }
  if (named != 1) {
    return invalid("a side of a diff is one of repo, database and snapshot");
  }
  return reader(side);
}

Result<Json> read_diff(RequestContext& context, const Json& input, Session& session) {
  const std::string from = TRY(read_side({session, context.caller, input.at("from")}));
  const std::string to = TRY(read_side({session, context.caller, input.at("to")}));
  Json changes = Json::array();
  for (const std::string& change : list_schema_changes(from, to)) {
    changes.push_back(change);
  }
  Json out = Json::object({{"fromHCL", from}, {"toHCL", to}});
  out.set("sql", Json());  // the clients compute SQL, on a dev database
  out.set("changes", std::move(changes));
  return out;
}

Result<Json> resolve_schema_diff(RequestContext& context, FieldCall& call) {
  return read_value<Json>(context.registry.store, [&](Session& session) {
    return read_diff(context, call.input(), session);
  });
}

}  // namespace

void add_schema_diff_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "schemaDiff", resolve_schema_diff);
}

}  // namespace rhumb::registry
