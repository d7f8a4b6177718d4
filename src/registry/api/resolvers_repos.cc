#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "codec/hex.h"
#include "codec/sha256.h"
#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/push.h"
#include "registry/names.h"
#include "registry_api/report.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

struct RepoQuery {
  std::string where = "WHERE r.org_id = ? AND r.hidden = 0";
  Params params;

  void add(std::string_view more, const Params& values = {}) {
    where += fmt::format(" AND {}", more);
    params.insert(params.end(), values.begin(), values.end());
  }
  void add_list(std::string_view column, const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) {
      list += list.empty() ? "?" : ", ?";
      params.emplace_back(value);
    }
    where += fmt::format(" AND {} IN ({})", column, list);
  }
};

Result<RepoQuery> make_query(int64_t org_id, const Json& input) {
  RepoQuery query;
  query.params.emplace_back(org_id);
  query.add(input.find_bool("archived").value_or(false) ? "r.archived_at IS NOT NULL"
                                                        : "r.archived_at IS NULL");
  const std::string search = TRY(read_search(input, "search"));
  if (!search.empty()) {
    query.add("(r.slug LIKE ? ESCAPE '\\' OR r.name LIKE ? ESCAPE '\\')",
              {like_pattern(search), like_pattern(search)});
  }
  const std::vector<std::string> types = read_texts(input, "types");
  if (!types.empty()) {
    query.add_list("r.type", types);
  }
  std::vector<std::string> drivers = read_texts(input, "drivers");
  if (!drivers.empty()) {
    for (std::string& driver : drivers) {
      driver = driver_from_wire(driver);
    }
    query.add_list("r.driver", drivers);
  }
  const std::string project = input.string_or_empty("project");
  if (!project.empty()) {
    query.add("r.project_id IN (SELECT id FROM projects WHERE name = ?)", {project});
  }
  return query;
}

std::string order_by(const Json& input) {
  const std::string sort = input.string_or_empty("sort");
  std::string_view direction = input.string_or_empty("order") == "DESC" ? "DESC" : "ASC";
  std::string_view column = sort == "LAST_PUSH"    ? "r.last_push_at"
                            : sort == "CREATED_AT" ? "r.created_at"
                            : sort == "FAILED"     ? "r.databases_failed"
                            : sort == "PENDING"    ? "r.databases_pending"
                                                   : "r.slug";
  return fmt::format(" ORDER BY {0} {1}, r.id {1}", column, direction);
}

/// Without input every repository, unpaged: published clients have no pages.
Result<Json> resolve_repos(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const Json& input = call.input();
  bool all = input.is_null();
  const Page page = TRY(read_page(input.find("page")));
  const RepoQuery query = TRY(make_query(context.caller.org_id, input));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value total =
        TRY(session.scalar("SELECT count(*) FROM repos r " + query.where, query.params));
    const int64_t offset = all ? 0 : page.after.value_or(page.offset());
    Params params = query.params;
    params.emplace_back(all ? total.number() : page.size);
    params.emplace_back(offset);
    const Rows rows = TRY(session.query(fmt::format("SELECT {} FROM repos r {}{} LIMIT ? OFFSET ?",
                                                    kRepoColumns, query.where, order_by(input)),
                                        params));
    Json repos = Json::array();
    for (const Row& row : rows) {
      repos.push_back(repo_json(context.registry, read_repo(row)));
    }
    PageFacts facts;
    facts.total = total.number();
    int64_t end = offset + static_cast<int64_t>(rows.size());
    facts.end = rows.empty() ? std::nullopt : std::optional<int64_t>(end);
    facts.has_next = end < facts.total && !rows.empty();
    return Json::object({{"repos", std::move(repos)}, {"pageInfo", page_info(page, facts)}});
  });
}

Result<Json> resolve_repo(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "cloud:read"));
  const Json& input = call.input();
  const Json* id = input.find("id");
  bool has_id = id != nullptr && !id->is_null();
  std::optional<std::string_view> slug = input.find_string("slug");
  std::optional<std::string_view> name = input.find_string("name");
  if (int{has_id} + int{slug.has_value()} + int{name.has_value()} != 1) {
    return invalid("exactly one of id, slug and name must be given");
  }
  int64_t number = 0;
  if (has_id) {
    number = TRY(read_id(id, "repository"));
  }
  std::optional<Repo> repo =
      TRY(read_value<std::optional<Repo>>(context.registry.store, [&](Session& session) {
        return has_id ? find_repo(session, context.caller.org_id, number)
                      : find_repo(session, context.caller.org_id, slug ? *slug : *name);
      }));
  if (!repo.has_value()) {
    return Error(ErrorCode::kNotFound, "repository not found");
  }
  return repo_json(context.registry, *repo);
}

Result<Json> resolve_create_repo(RequestContext& context, FieldCall& call) {
  const Json& input = call.input();
  NewRepo repo;
  repo.org_id = context.caller.org_id;
  repo.name = input.string_or_empty("name");
  repo.slug = to_slug(repo.name);
  repo.type = input.string_or_empty("type");
  repo.driver = driver_from_wire(input.string_or_empty("driver"));
  std::optional<std::string_view> description = input.find_string("description");
  if (description.has_value()) {
    repo.description = std::string(*description);
  }
  const std::string project = input.string_or_empty("project");
  repo.project = project.empty() ? "default" : project;
  repo.now = context.registry.now();
  TRY(check_name("name", repo.name));
  TRY(check_slug(repo.slug));
  TRY(check_length("driver", repo.driver));
  TRY(check_length("project", repo.project));
  constexpr size_t kDescriptionMax = 4096;
  if (repo.description.value_or("").size() > kDescriptionMax) {
    return invalid(fmt::format("description must not be longer than {} bytes", kDescriptionMax));
  }
  TRY(require(context.caller, "repo:create", {.repo = repo.slug, .project = repo.project}));
  bool may_exist = input.find_bool("skipIfExists").value_or(true);
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    std::optional<Repo> found = TRY(find_current_repo(session, repo.org_id, repo.name));
    bool created = !found.has_value();
    if (created) {
      found = TRY(create_repo(session, repo));
      AuditEntry entry = audit_entry(context.caller, repo.now, "repo.create", "repo/" + repo.slug);
      entry.after = codec::format_json(
          Json::object({{"name", repo.name}, {"type", repo.type}, {"driver", repo.driver}}));
      TRY(append_audit(session, std::move(entry)));
    } else if (!may_exist || found->type != repo.type) {
      return Error(ErrorCode::kConflict,
                   fmt::format("repository \"{}\" already exists", found->slug));
    }
    return Json::object({{"repo", repo_json(context.registry, *found)}, {"created", created}});
  });
}

int64_t id_of(FieldCall& call) {
  return call.parent().find_int("_id").value_or(0);
}

bool is_schema(FieldCall& call) {
  return call.parent().find_bool("_schema").value_or(false);
}

Result<Json> resolve_project(RequestContext& context, FieldCall& call) {
  const Value name = TRY(read_value<Value>(context.registry.store, [&](Session& session) {
    return session.scalar("SELECT name FROM projects WHERE id = ?",
                          {call.parent().find_int("_project").value_or(0)});
  }));
  return Json(name.text());
}

Result<Json> resolve_latest_version(RequestContext& context, FieldCall& call) {
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    std::optional<Repo> repo = TRY(find_repo(session, context.caller.org_id, id_of(call)));
    const RepoHead head = TRY(load_head(session, context.registry.orders, *repo));
    return filled_json(head.latest);
  });
}

Result<Json> resolve_last_push(RequestContext& context, FieldCall& call) {
  std::optional<int64_t> push = call.parent().find_int("_push");
  if (!push.has_value()) {
    return Json();
  }
  std::optional<Row> row =
      TRY(read_value<std::optional<Row>>(context.registry.store, [&](Session& session) {
        return session.find_row(
            fmt::format("SELECT {} FROM pushes p JOIN dir_states s ON s.id = p.state_id "
                        "WHERE p.id = ?",
                        kPushColumns),
            {*push});
      }));
  return row.has_value() ? push_json(*row) : Json();
}

Result<Json> resolve_tags(RequestContext& context, FieldCall& call) {
  const Page page = TRY(read_page(call.arguments().find("page")));
  const std::string search = TRY(read_search(call.arguments(), "search"));
  return list_tags(context, id_of(call), search, page);
}

/// Checks of a file as they are stored; a failed one kept the file from running.
Result<bool> has_failed_check(const Value& checks) {
  if (checks.is_null()) {
    return false;
  }
  const Json groups = TRY(codec::parse_json(checks.text()));
  const std::vector<registry_api::FileChecks> read = TRY(registry_api::read_file_checks(groups));
  return std::any_of(read.begin(), read.end(), [](const auto& group) { return group.failed(); });
}

/// How many databases ran the file to its end, and have not reverted it since.
Result<int64_t> count_databases(Session& session, int64_t repo_id, const std::string& file) {
  const Rows rows = TRY(session.query(
      "SELECT e.database_id, f.checks, e.kind FROM events e JOIN event_files f "
      "ON f.event_id = e.id WHERE e.repo_id = ? AND f.name = ? AND f.error_text IS NULL "
      "AND e.dry_run = 0 AND e.database_id IS NOT NULL ORDER BY e.order_at, e.id",
      {repo_id, file}));
  std::set<int64_t> databases;
  for (const Row& row : rows) {
    const bool failed = TRY(has_failed_check(row[1]));
    if (row[2].text() == "DOWN") {
      databases.erase(row[0].number());
    } else if (!failed) {
      databases.insert(row[0].number());
    }
  }
  return static_cast<int64_t>(databases.size());
}

/// The oldest tag whose state holds each file with its present content, and how many databases ran
/// it: both only when asked for.
Result<Json> resolve_files(RequestContext& context, FieldCall& call) {
  std::string slug = call.parent().string_or_empty("slug");
  std::string tag = call.arguments().string_or_empty("tag");
  std::string version = call.arguments().string_or_empty("version");
  if (!call.parent().find_int("_head") || is_schema(call)) {
    return Json::array();
  }
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const DirectoryState state = TRY(read_directory_state(
        session, context.caller.org_id, StateSelector{slug, std::move(tag), std::move(version)}));
    Json out = Json::array();
    for (const codec::ArchiveFile& file : state.files) {
      if (!migrate::is_migration_name(file.name, migrate::Format::kAtlas)) {
        continue;
      }
      const Blob body{codec::to_string(codec::sha256(file.content))};
      Rows rows = TRY(session.query(
          "SELECT (SELECT t.name FROM tags t JOIN dir_files f ON f.state_id = t.state_id "
          "WHERE t.repo_id = ?1 AND f.name = ?2 AND f.body = ?3 ORDER BY t.pushed_at, t.id LIMIT "
          "1),"
          "(SELECT f.hash FROM dir_files f JOIN dir_states s ON s.id = f.state_id "
          "WHERE s.repo_id = ?1 AND f.name = ?2 AND f.body = ?3 LIMIT 1)",
          {id_of(call), file.name, body}));
      int64_t databases = 0;
      if (call.selects("databases")) {
        databases = TRY(count_databases(session, id_of(call), file.name));
      }
      out.push_back(
          Json::object({{"name", file.name},
                        {"version", migrate::file_version(file.name, migrate::Format::kAtlas)},
                        {"desc", migrate::file_description(file.name, migrate::Format::kAtlas)},
                        {"hash", rows.front()[1].text()},
                        {"content", file.content},
                        {"firstTag", text_json(rows.front()[0].find_text())},
                        {"databases", databases}}));
    }
    return out;
  });
}

Json version_json(const Registry& registry, int64_t repo_id, const Row& row, const Rows& tags) {
  Json tag_list = Json::array();
  for (const Row& tag : tags) {
    tag_list.push_back(Json::object({{"name", tag[1].text()},
                                     {"version", row[0].text()},
                                     {"hash", tag[2].text()},
                                     {"link", tag_link(registry, repo_id, tag[0].number())},
                                     {"pushedAt", time_json(tag[3].number())}}));
  }
  return Json::object({{"version", row[0].text()},
                       {"desc", migrate::file_description(row[1].text(), migrate::Format::kAtlas)},
                       {"hash", filled_json(row[2].text())},
                       {"tags", std::move(tag_list)},
                       {"pushedAt", time_json(row[3].number())},
                       {"hasState", row[4].flag()}});
}

// Rows of version, name, hash, time and whether a schema is known.
constexpr std::string_view kFileVersions =
    "SELECT f.version, f.name, f.hash, (SELECT min(s.created_at) FROM dir_files o JOIN "
    "dir_states s ON s.id = o.state_id WHERE s.repo_id = ?1 AND o.name = f.name AND o.body = "
    "f.body), EXISTS (SELECT 1 FROM version_states v WHERE v.repo_id = ?1 AND v.version = "
    "f.version) FROM dir_files f WHERE f.state_id = ?2 AND f.listed = 1 "
    "ORDER BY f.position DESC LIMIT ?3 OFFSET ?4";
// A schema's versions are states of their own, and their names are descriptions.
constexpr std::string_view kSchemaVersions =
    "SELECT s.version, c.description, s.hash, s.created_at, 1 FROM dir_states s JOIN "
    "schema_contents c ON c.state_id = s.id WHERE s.repo_id = ?1 ORDER BY s.id DESC LIMIT ?2 "
    "OFFSET ?3";

/// Versions of the latest state, or all of a schema, newest first, each with the tags that end with
/// it.
Result<Json> resolve_versions(RequestContext& context, FieldCall& call) {
  const Page page = TRY(read_page(call.arguments().find("page")));
  const int64_t repo_id = id_of(call);
  const int64_t head = call.parent().find_int("_head").value_or(0);
  const bool schema = is_schema(call);
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Value total = TRY(
        schema ? session.scalar("SELECT count(*) FROM dir_states WHERE repo_id = ?", {repo_id})
               : session.scalar("SELECT count(*) FROM dir_files WHERE state_id = ? AND listed = 1",
                                {head}));
    const int64_t offset = page.after.value_or(page.offset());
    const Rows rows =
        TRY(schema ? session.query(kSchemaVersions, {repo_id, page.size, offset})
                   : session.query(kFileVersions, {repo_id, head, page.size, offset}));
    Json versions = Json::array();
    for (const Row& row : rows) {
      const Rows tags = TRY(session.query(
          "SELECT t.id, t.name, s.hash, t.pushed_at FROM tags t JOIN dir_states s "
          "ON s.id = t.state_id WHERE t.repo_id = ? AND s.version = ? ORDER BY t.pushed_at DESC",
          {repo_id, row[0]}));
      Json version = version_json(context.registry, repo_id, row, tags);
      if (schema) {
        version.set("desc", row[1].text());
      }
      versions.push_back(std::move(version));
    }
    PageFacts facts;
    facts.total = total.number();
    int64_t end = offset + static_cast<int64_t>(rows.size());
    facts.end = rows.empty() ? std::nullopt : std::optional<int64_t>(end);
    facts.has_next = end < facts.total && !rows.empty();
    return Json::object({{"versions", std::move(versions)}, {"pageInfo", page_info(page, facts)}});
  });
}

}  // namespace

void add_repo_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "repos", resolve_repos);
  bind_root(resolvers, "Query", "repo", resolve_repo);
  bind_root(resolvers, "Mutation", "createRepo", resolve_create_repo);
  bind_field(resolvers, "Repo", "project", resolve_project);
  bind_field(resolvers, "Repo", "latestVersion", resolve_latest_version);
  bind_field(resolvers, "Repo", "lastPush", resolve_last_push);
  bind_field(resolvers, "Repo", "tags", resolve_tags);
  bind_field(resolvers, "Repo", "files", resolve_files);
  bind_field(resolvers, "Repo", "versions", resolve_versions);
  bind_field(resolvers, "Repo", "databases", [](RequestContext& context, FieldCall& call) {
    return list_databases(context, call.input(), id_of(call), call.selects("pageInfo.total"));
  });
  bind_field(resolvers, "Repo", "migrations", [](RequestContext& context, FieldCall& call) {
    EventFilter filter;
    filter.repo_id = id_of(call);
    filter.wants_total = call.selects("pageInfo.total");
    return list_migrations(context, call.input(), filter);
  });
}

}  // namespace rhumb::registry
