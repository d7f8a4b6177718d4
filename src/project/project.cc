#include "project/project.h"

#include <algorithm>
#include <set>

#include "base/go_format.h"
#include "project/block_reader.h"
#include "project/body_reader.h"
#include "project/evaluate_block.h"
#include "project/expand.h"
#include "project/hook.h"
#include "project/node_graph.h"
#include "project/read_environment.h"
#include "project/scope.h"
#include "project/selection.h"
#include "project/source_files.h"
#include "sys/files.h"

namespace rhumb::project {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kUnlabeledFilePrefix = "all envs must have names on file ";

/// Evaluates the files of one request.
class Loader {
 public:
  Loader(const ProjectRequest& request, const Host& host, std::vector<SourceFile> files)
      : request_(request),
        files_(std::move(files)),
        graph_(files_),
        scope_(host, files_, request.env) {}

  Result<Project> load();

 private:
  /// Without `--env` the registry is all that is asked for.
  [[nodiscard]] bool only_cloud() const { return request_.env.empty() && request_.needs_registry; }

  Result<void> load_variables(const Pairs& given);
  [[nodiscard]] bool needs_variable(const std::string& name) const;
  Result<void> load_cloud();
  Result<void> load_nodes();
  [[nodiscard]] bool expands_env() const;
  Result<void> load_blocks();
  Result<void> check_attributes();
  Result<void> add_environment(const Instance& instance, const std::vector<Instance>& all);
  Result<void> check_reporting(const Environment& environment) const;
  Result<void> add_checks(const Instance& instance, Environment& environment);
  Result<void> add_rollout(const Instance& instance, Environment& environment);
  [[nodiscard]] Result<PlacedBlock> find_deployment(const std::string& name) const;
  Result<void> sort_by_rollout();
  [[nodiscard]] std::vector<size_t> targets(const std::vector<hcl::Traversal>& references) const;

  const ProjectRequest& request_;
  std::vector<SourceFile> files_;
  NodeGraph graph_;
  Scope scope_;
  Outline outline_;
  Project project_;
  std::set<std::string> warnings_;  // each once, however many targets bring it
};

std::vector<size_t> Loader::targets(const std::vector<hcl::Traversal>& references) const {
  std::vector<size_t> found;
  for (const hcl::Traversal& reference : references) {
    std::ranges::copy(graph_.targets(reference), std::back_inserter(found));
  }
  return found;
}

std::vector<hcl::Traversal> references_of(const std::vector<PlacedBlock>& blocks) {
  std::vector<hcl::Traversal> references;
  for (const PlacedBlock& placed : blocks) {
    collect_references(placed.block->body, references);
  }
  return references;
}

bool refers_to_variable(const std::vector<hcl::Traversal>& references, const std::string& name) {
  return std::ranges::any_of(references, [&](const hcl::Traversal& reference) {
    return reference.root == "var" &&
           (reference.steps.empty() || step_name(reference.steps[0]) == name);
  });
}

bool Loader::needs_variable(const std::string& name) const {
  std::vector<hcl::Traversal> references = references_of(outline_.inits);
  std::vector<bool> seen;
  const Result<std::vector<size_t>> reached = graph_.order(targets(references), seen);
  if (reached.has_value()) {
    for (const size_t node : reached.value()) {
      std::ranges::copy(graph_.nodes()[node].references, std::back_inserter(references));
    }
  }
  return refers_to_variable(references, name);
}

Result<void> Loader::load_variables(const Pairs& given) {
  for (const PlacedBlock& placed : outline_.variables) {
    const std::vector<std::string>& labels = placed.block->labels;
    if (only_cloud() && (labels.empty() || !needs_variable(labels[0]))) {
      continue;
    }
    TRY(scope_.add_variable(placed, given));
  }
  return {};
}

Result<void> Loader::load_cloud() {
  TRY(scope_.evaluate_nodes(graph_, targets(references_of(outline_.inits))));
  if (outline_.inits.empty()) {
    return {};
  }
  CloudConfig& cloud = project_.cloud;
  cloud.present = true;
  const PlacedBlock& init = outline_.inits.front();
  const auto& blocks = init.block->body.blocks;
  const auto block = std::ranges::find(blocks, "cloud", &hcl::Block::type);
  if (block != blocks.end()) {
    const BodyValues values = TRY(read_body(*block, scope_.context(init.file),
                                            {{.name = "token", .type = hcl::Type::string()},
                                             {.name = "url", .type = hcl::Type::string()},
                                             {.name = "org", .type = hcl::Type::string()},
                                             {.name = "repo", .type = hcl::Type::string()},
                                             {.name = "project", .type = hcl::Type::string()}},
                                            true)
                                      .context("atlas.cloud: decoding body"));
    cloud.token = values.text("token");
    cloud.url = values.text("url");
    cloud.org = values.text("org");
    cloud.repo = values.text("repo");
    if (const std::string old = values.text("project"); !old.empty()) {
      cloud.project = old;
      cloud.repo = cloud.repo.empty() ? old : cloud.repo;
    }
  }
  scope_.set_cloud(cloud);
  return {};
}

Result<void> Loader::load_nodes() {
  std::vector<PlacedBlock> blocks = outline_.blocks;
  std::ranges::copy(outline_.checks, std::back_inserter(blocks));
  std::ranges::copy(outline_.deployments, std::back_inserter(blocks));
  std::vector<hcl::Traversal> references = references_of(blocks);
  for (const auto& [attribute, file] : outline_.attributes) {
    std::ranges::copy(attribute->expr->variables(), std::back_inserter(references));
  }
  std::vector<size_t> roots = targets(references);
  std::ranges::copy(graph_.locals(), std::back_inserter(roots));
  TRY(scope_.evaluate_nodes(graph_, std::move(roots)));
  return {};
}

Result<void> Loader::check_attributes() {
  for (const auto& [attribute, file] : outline_.attributes) {
    TRY(evaluate_expression(*attribute->expr, scope_.context(file)));
  }
  return {};
}

const BlockValue* find_global(const std::vector<Instance>& instances, std::string_view type) {
  const auto found = std::ranges::find_if(
      instances, [&](const Instance& instance) { return instance.value.type == type; });
  return found == instances.end() ? nullptr : &found->value;
}

GlobalPolicies global_policies(const std::vector<Instance>& instances) {
  return {.lint = find_global(instances, "lint"),
          .diff = find_global(instances, "diff"),
          .test = find_global(instances, "test")};
}

/// Whether the selected environment is one that `for_each` makes instances of.
bool Loader::expands_env() const {
  return std::ranges::any_of(outline_.blocks, [&](const PlacedBlock& placed) {
    const std::vector<std::string>& labels = placed.block->labels;
    return placed.block->type == "env" && (labels.empty() || labels.front() == request_.env) &&
           placed.block->body.find_attribute("for_each") != nullptr;
  });
}

Result<void> Loader::load_blocks() {
  std::vector<PlacedBlock> plain = outline_.blocks;
  std::erase_if(plain, [](const PlacedBlock& placed) {
    return placed.block->body.find_attribute("for_each") != nullptr;
  });
  scope_.enter_blocks(std::move(plain));
  TRY(check_attributes());
  const std::vector<Instance> instances = TRY(expand_blocks(outline_.blocks, scope_));
  for (const Instance& instance : instances) {
    TRY(check_policy_block(instance.value));
    if (instance.value.type == "hook") {
      project_.defaults.hooks.push_back(TRY(read_hook(instance.value)));
    }
  }
  for (const Instance& instance : instances) {
    if (instance.value.type == "env") {
      TRY(add_environment(instance, instances));
    }
  }
  if (request_.env.empty()) {
    return inherit_policies(global_policies(instances), BlockValue{}, project_.defaults);
  }
  if (project_.environments.empty() && !(request_.allow_no_targets && expands_env())) {
    return Error(ErrorCode::kNotFound,
                 "env " + go_quote(request_.env) + " not defined in config file");
  }
  return sort_by_rollout();
}

Result<std::string> name_of(const Instance& instance, const std::string& path) {
  const std::vector<std::string>& labels = instance.value.labels;
  const bool has_name = instance.value.find("name") != nullptr;
  std::string name = TRY(BlockReader(&instance.value).text("name"));
  if (!has_name && !labels.empty()) {
    name = labels.front();
  }
  if (name.empty()) {
    return invalid(std::string(kUnlabeledFilePrefix) + go_quote(path));
  }
  return name;
}

Result<void> Loader::add_environment(const Instance& instance, const std::vector<Instance>& all) {
  Environment environment = TRY(read_environment(instance.value));
  const std::string name = TRY(name_of(instance, files_[instance.placed.file].path));
  if (name != request_.env) {
    return {};
  }
  TRY(inherit_policies(global_policies(all), instance.value, environment));
  environment.hooks = project_.defaults.hooks;
  environment.name = name;
  environment.key = instance.key;
  if (!project_.cloud.repo.empty() && !environment.migration.repo) {
    environment.migration.repo = RepoConfig{.name = project_.cloud.repo};
  }
  const DataOutputs& outputs = scope_.outputs();
  environment.directories = outputs.directories;
  environment.remote_directories = outputs.remote_directories;
  environment.schema_files = outputs.schema_files;
  environment.template_values = outputs.template_values;
  environment.secrets = outputs.secrets;
  TRY(check_reporting(environment));
  TRY(add_checks(instance, environment));
  TRY(add_rollout(instance, environment));
  project_.environments.push_back(std::move(environment));
  return {};
}

Result<void> Loader::add_checks(const Instance& instance, Environment& environment) {
  std::vector<PlacedBlock> blocks = outline_.checks;
  for (const hcl::Block& inner : instance.placed.block->body.blocks) {
    if (inner.type == "check") {
      blocks.push_back({.block = &inner, .file = instance.placed.file});
    }
  }
  std::vector<std::string> warnings;
  for (const PlacedBlock& placed : blocks) {
    TRY(read_check(*placed.block, files_[placed.file].directory, environment.checks, warnings));
  }
  warnings_.insert(warnings.begin(), warnings.end());
  if (!environment.checks.rules.empty()) {
    environment.checks.names = scope_.names();
    environment.checks.names.insert(instance.names.begin(), instance.names.end());
  }
  return {};
}

Result<PlacedBlock> Loader::find_deployment(const std::string& name) const {
  const auto found = std::ranges::find_if(outline_.deployments, [&](const PlacedBlock& placed) {
    return placed.block->labels == std::vector{name};
  });
  if (found == outline_.deployments.end()) {
    return invalid("deployment " + go_quote(name) + " not defined in config file");
  }
  return *found;
}

Result<void> Loader::add_rollout(const Instance& instance, Environment& environment) {
  const std::vector<hcl::Block>& inner = instance.placed.block->body.blocks;
  const auto rollout = std::ranges::find(inner, "rollout", &hcl::Block::type);
  if (rollout == inner.end()) {
    return {};
  }
  const PlacedBlock deployment = TRY(find_deployment(TRY(deployment_name(*rollout))));
  hcl::EvalContext target;
  target.parent = &scope_.context(instance.placed.file);
  target.variables.insert(instance.names.begin(), instance.names.end());
  environment.rollout =
      TRY(place_target(*rollout, target, *deployment.block, scope_.context(deployment.file))
              .context("target " + go_quote(environment.key)));
  return {};
}

bool comes_before(const hcl::ValueList& a, const hcl::ValueList& b) {
  return std::ranges::lexicographical_compare(
      a, b, [](const hcl::Value& x, const hcl::Value& y) { return compare_values(x, y) < 0; });
}

/// Puts the targets into the order of their rollout.
Result<void> Loader::sort_by_rollout() {
  std::vector<Environment>& environments = project_.environments;
  std::optional<std::string> name;
  for (const Environment& environment : environments) {
    if (environment.rollout && !name) {
      name = environment.rollout->deployment;
    }
  }
  if (!name) {
    return {};
  }
  const bool is_one = std::ranges::all_of(environments, [&](const Environment& environment) {
    return environment.rollout && environment.rollout->deployment == name;
  });
  if (!is_one) {
    return invalid("the targets of env " + go_quote(request_.env) +
                   " must all have a rollout of one deployment");
  }
  const PlacedBlock deployment = TRY(find_deployment(*name));
  project_.rollout = TRY(read_groups(*deployment.block, scope_.context(deployment.file)));
  std::vector<size_t> rank(project_.rollout.size());
  for (size_t at = 0; const size_t group : group_order(project_.rollout)) {
    rank[group] = at++;
  }
  std::ranges::stable_sort(environments, [&](const Environment& a, const Environment& b) {
    const size_t left = rank[a.rollout->group];
    const size_t right = rank[b.rollout->group];
    return left != right ? left < right : comes_before(a.rollout->order, b.rollout->order);
  });
  return {};
}

Result<void> Loader::check_reporting(const Environment& environment) const {
  std::string directory = environment.migration.dir;
  if (!request_.directory.empty()) {
    const Result<std::vector<std::string>> named = resolve_env_url(request_.directory, environment);
    directory = named.has_value() && named.value().size() == 1 ? named.value().front() : "";
  }
  return check_report_rules(environment, directory);
}

Result<Project> Loader::load() {
  const Pairs given = TRY(parse_variables(request_.vars));
  outline_ = TRY(outline(files_, request_.env));
  TRY(check_init_blocks(outline_));
  TRY(check_data_blocks(outline_));
  TRY(load_variables(given));
  TRY(load_cloud());
  if (!only_cloud()) {
    TRY(load_nodes());
    TRY(load_blocks());
  }
  project_.warnings = scope_.outputs().warnings;
  std::ranges::copy(warnings_, std::back_inserter(project_.warnings));
  return std::move(project_);
}

}  // namespace

Result<Project> load_project(const ProjectRequest& request, const Host& host) {
  const bool is_asked = !request.env.empty() || request.config_given || request.needs_registry;
  if (!is_asked) {
    return Project{};
  }
  const std::vector<std::string> paths = TRY(config_paths(request.config));
  const bool may_be_missing = request.env.empty() && !request.config_given;
  if (may_be_missing && !sys::file_exists(paths.front())) {
    return Project{};
  }
  std::vector<SourceFile> files = TRY(read_source_files(paths));
  return Loader(request, host, std::move(files)).load();
}

}  // namespace rhumb::project
