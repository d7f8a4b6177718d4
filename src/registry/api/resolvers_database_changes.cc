#include <fmt/format.h>

#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/ingest/database_identity.h"
#include "registry/ingest/database_unmerge.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

struct KnownDatabase {
  int64_t id = 0;
  int64_t repo_id = 0;
  int64_t env_id = 0;
  std::string status;
  std::string name;
  bool archived = false;
  std::optional<int64_t> merged_into;
  bool ephemeral = false;
};

Result<KnownDatabase> load_known(Session& session, int64_t org_id, int64_t id) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT d.id, d.repo_id, d.env_id, d.status, d.name, d.archived_at, d.merged_into, "
      "n.ephemeral_hours IS NOT NULL FROM databases d JOIN environments n ON n.id = d.env_id WHERE "
      "d.org_id = ? AND d.id = ?",
      {org_id, id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, "database not found");
  }
  return KnownDatabase{(*row)[0].number(),      (*row)[1].number(), (*row)[2].number(),
                       (*row)[3].text(),        (*row)[4].text(),   !(*row)[5].is_null(),
                       (*row)[6].find_number(), (*row)[7].flag()};
}

Result<void> audit_change(RequestContext& context,
                          Session& session,
                          std::string action,
                          int64_t id,
                          const Json& before,
                          const Json& after) {
  AuditEntry entry = audit_entry(context.caller, context.registry.now(), std::move(action),
                                 fmt::format("database/{}", id));
  entry.before = codec::format_json(before);
  entry.after = codec::format_json(after);
  return append_audit(session, std::move(entry));
}

/// What is archived is in no list and in no count, and keeps its history.
Result<void> archive(RequestContext& context, Session& session, int64_t id, bool archived) {
  const KnownDatabase known = TRY(load_known(session, context.caller.org_id, id));
  if (known.archived == archived) {
    return {};
  }
  if (known.merged_into) {
    return Error(ErrorCode::kConflict,
                 fmt::format("database {} was merged into database {}; what it had is there", id,
                             *known.merged_into));
  }
  const std::optional<int64_t> since =
      archived ? std::optional(context.registry.now()) : std::nullopt;
  TRY(session.run("UPDATE databases SET archived_at = ? WHERE id = ?", {since, id}));
  if (!known.ephemeral) {
    TRY(count_database(session, known.repo_id, known.status, archived ? -1 : 1));
  }
  return audit_change(context, session, "database.archive", id,
                      Json::object({{"archived", known.archived}}),
                      Json::object({{"archived", archived}}));
}

Result<void> rename(RequestContext& context, Session& session, int64_t id, std::string_view name) {
  const KnownDatabase known = TRY(load_known(session, context.caller.org_id, id));
  if (known.name == name) {
    return {};
  }
  const Value taken =
      TRY(session.scalar("SELECT id FROM databases WHERE repo_id = ? AND env_id = ? AND name = ?",
                         {known.repo_id, known.env_id, name}));
  if (!taken.is_null()) {
    return Error(ErrorCode::kConflict,
                 fmt::format("name \"{}\" is taken by database {} of the same repository and "
                             "environment",
                             name, taken.number()));
  }
  TRY(session.run("UPDATE databases SET name = ? WHERE id = ?", {name, id}));
  TRY(note_database_renamed(session, id));
  return audit_change(context, session, "database.rename", id, Json::object({{"name", known.name}}),
                      Json::object({{"name", std::string(name)}}));
}

Result<Json> resolve_archive(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.input().find("id"), "database"));
  const bool archived = call.input().find_bool("archived").value_or(true);
  TRY(context.registry.store.write(
      [&](Session& session) { return archive(context, session, id, archived); }));
  return load_database(context, id);
}

Result<Json> resolve_rename(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.input().find("id"), "database"));
  const std::string name = call.input().string_or_empty("name");
  TRY(check_name("name", name));
  TRY(context.registry.store.write(
      [&](Session& session) { return rename(context, session, id, name); }));
  return load_database(context, id);
}

/// The databases of a MergeDatabasesInput or a SplitDatabasesInput.
Result<DatabasePair> read_pair(const RequestContext& context,
                               const Json& input,
                               std::string_view other) {
  DatabasePair pair{.org_id = context.caller.org_id};
  pair.id = TRY(read_id(input.find("id"), "database"));
  pair.other = TRY(read_id(input.find(other), "database"));
  return pair;
}

Result<Json> merge_json(RequestContext& context,
                        const DatabasePair& pair,
                        const MergeFigures& figures) {
  Json out = Json::object({{"deployments", figures.deployments},
                           {"setEntries", figures.set_entries},
                           {"drifts", figures.drifts},
                           {"plans", figures.plans},
                           {"instances", figures.instances},
                           {"snapshots", figures.snapshots},
                           {"former", figures.former}});
  out.set("database", TRY(load_database(context, pair.id)));
  out.set("into", TRY(load_database(context, pair.other)));
  return out;
}

Result<Json> resolve_preview(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const DatabasePair pair = TRY(read_pair(context, call.input(), "into"));
  const MergeFigures figures = TRY(read_value<MergeFigures>(
      context.registry.store, [&](Session& session) { return preview_merge(session, pair); }));
  return merge_json(context, pair, figures);
}

Result<Json> resolve_merge(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const DatabasePair pair = TRY(read_pair(context, call.input(), "into"));
  const MergeFigures figures = TRY(merge_databases(context.registry, context.caller, pair));
  return merge_json(context, pair, figures);
}

Result<Json> resolve_split(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const DatabasePair pair = TRY(read_pair(context, call.input(), "from"));
  TRY(split_databases(context.registry, context.caller, pair));
  Json out = Json::array();
  out.push_back(TRY(load_database(context, pair.id)));
  out.push_back(TRY(load_database(context, pair.other)));
  return out;
}

Result<Json> resolve_unmerge(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "database"));
  const UnmergeFigures figures = TRY(unmerge_database(context.registry, context.caller, id));
  Json out = Json::object({{"deployments", figures.deployments},
                           {"setEntries", figures.set_entries},
                           {"drifts", figures.drifts}});
  out.set("database", TRY(load_database(context, id)));
  out.set("from", TRY(load_database(context, figures.from)));
  return out;
}

}  // namespace

void add_database_change_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Mutation", "archiveDatabase", resolve_archive);
  bind_root(resolvers, "Mutation", "renameDatabase", resolve_rename);
  bind_root(resolvers, "Query", "databaseMerge", resolve_preview);
  bind_root(resolvers, "Mutation", "mergeDatabases", resolve_merge);
  bind_root(resolvers, "Mutation", "splitDatabases", resolve_split);
  bind_root(resolvers, "Mutation", "unmergeDatabase", resolve_unmerge);
}

}  // namespace rhumb::registry
