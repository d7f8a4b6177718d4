#include <algorithm>
#include <tuple>

#include "migrate/archive_files.h"
#include "project/body_reader.h"
#include "project/data_source_internal.h"
#include "project/login.h"
#include "registry_api/client.h"

/// Data sources that ask the registry.
namespace rhumb::project {
namespace {

using codec::Json;

constexpr std::string_view kMemory = "mem://";
constexpr int kPageSize = 100;
constexpr int kPageMax = 1000;

constexpr registry_api::Document kTargets{
    "databases",
    "query databases($input: DatabasesInput) {\n  databases(input: $input) {\n    databases {\n"
    "      id\n      extID\n      name\n      url\n      schema\n      envName\n      status\n"
    "      currentVersion\n      lastDeploymentTime\n    }\n    pageInfo {\n      total\n    }\n"
    "  }\n}"};

Result<registry_api::RegistryClient> connect(const DataRequest& request) {
  const std::optional<Login> login = TRY(find_login(request.cloud, request.host.environment));
  if (!login) {
    return Error(ErrorCode::kDenied, "missing atlas cloud config");
  }
  return registry_api::RegistryClient(
      request.host.registry,
      {.endpoint = login->endpoint, .token = login->token, .user_agent = request.host.user_agent});
}

/// A member as text; null when the registry does not say.
hcl::Value text_member(const Json& object, std::string_view key) {
  const Json* member = registry_api::find_any_case(object, key);
  return member != nullptr && member->is_string() ? hcl::Value::string(member->as_string())
                                                  : hcl::Value::null(hcl::Type::string());
}

hcl::Value to_target(const Json& database) {
  hcl::ValueMap target;
  for (const auto& [name, key] : std::initializer_list<std::pair<const char*, const char*>>{
           {"id", "id"},
           {"ext_id", "extID"},
           {"name", "name"},
           {"url", "url"},
           {"schema", "schema"},
           {"env", "envName"},
           {"status", "status"},
           {"current_version", "currentVersion"},
           {"last_deployment_time", "lastDeploymentTime"}}) {
    target.emplace(name, text_member(database, key));
  }
  return hcl::Value::object(std::move(target));
}

Json page_input(const std::string& repo, const std::string& env, int page) {
  Json input = Json::object({{"repo", repo}});
  input.set_unless_empty("envName", env);
  input.set("page", Json::object({{"page", page}, {"pageSize", kPageSize}}));
  return input;
}

/// Every page, until one is not full.
Result<std::vector<Json>> read_databases(registry_api::RegistryClient& client,
                                         const std::string& repo,
                                         const std::string& env) {
  std::vector<Json> databases;
  for (int page = 1; page <= kPageMax; ++page) {
    const Json answer = TRY(client.call_input(kTargets, page_input(repo, env, page)));
    const Json* found = registry_api::find_any_case(answer, "databases");
    if (found == nullptr || !found->is_array()) {
      break;
    }
    for (const Json& database : found->as_array()) {
      databases.push_back(database);
    }
    if (found->as_array().size() < static_cast<size_t>(kPageSize)) {
      break;
    }
  }
  const auto order = [](const Json& database) {
    return std::tuple(database.string_or_empty("name"), database.string_or_empty("id"));
  };
  std::ranges::stable_sort(databases, {}, order);
  return databases;
}

}  // namespace

Result<hcl::Value> read_remote_directory(const DataRequest& request) {
  const BodyValues values =
      TRY(read_body(request.block, request.context,
                    {{.name = "name", .type = hcl::Type::string(), .is_required = true},
                     {.name = "tag", .type = hcl::Type::string()}},
                    true)
              .context("decoding body"));
  registry_api::RegistryClient client = TRY(connect(request));
  const std::string name = values.text("name");
  const std::string tag = values.text("tag");
  const std::string archive =
      TRY(client.read_named_directory(name, tag).context("reading remote dir"));
  const std::string url = std::string(kMemory) + name;
  std::shared_ptr<migrate::MemoryDirectory> directory =
      TRY(migrate::unpack_directory(url, migrate::Format::kAtlas, archive)
              .context("reading remote dir"));
  request.outputs.directories->put(name, std::move(directory));
  request.outputs.remote_directories[url] = {.slug = name, .tag = tag};
  return url_object(url);
}

Result<hcl::Value> read_cloud_databases(const DataRequest& request) {
  const BodyValues values =
      TRY(read_body(request.block, request.context,
                    {{.name = "repo", .type = hcl::Type::string(), .is_required = true},
                     {.name = "env", .type = hcl::Type::string()}},
                    true)
              .context("decoding body"));
  registry_api::RegistryClient client = TRY(connect(request));
  const std::vector<Json> databases = TRY(
      read_databases(client, values.text("repo"), values.text("env")).context("reading databases"));
  hcl::ValueList targets;
  hcl::Type type;
  for (const Json& database : databases) {
    targets.push_back(to_target(database));
    type = targets.back().type();
  }
  hcl::ValueMap attributes;
  attributes.emplace("targets", hcl::Value::list(type, std::move(targets)));
  return hcl::Value::object(std::move(attributes));
}

}  // namespace rhumb::project
