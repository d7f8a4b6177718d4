#include "project/project.h"

#include <algorithm>
#include <set>

#include "base/go_format.h"
#include "project/block_reader.h"
#include "project/body_reader.h"
#include "project/evaluate_block.h"
#include "project/expand.h"
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
  Result<void> load_blocks();
  Result<void> check_attributes();
  Result<void> add_environment(const Instance& instance, const std::vector<Instance>& all);
  Result<void> check_reporting(const Environment& environment) const;
  [[nodiscard]] std::vector<size_t> targets(const std::vector<hcl::Traversal>& references) const;

  const ProjectRequest& request_;
  std::vector<SourceFile> files_;
  NodeGraph graph_;
  Scope scope_;
  Outline outline_;
  Project project_;
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
  std::vector<hcl::Traversal> references = references_of(outline_.blocks);
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
  }
  for (const Instance& instance : instances) {
    if (instance.value.type == "env") {
      TRY(add_environment(instance, instances));
    }
  }
  if (request_.env.empty()) {
    const GlobalPolicies global{.lint = find_global(instances, "lint"),
                                .diff = find_global(instances, "diff")};
    return inherit_policies(global, BlockValue{}, project_.defaults);
  }
  if (project_.environments.empty()) {
    return invalid("env " + go_quote(request_.env) + " not defined in config file");
  }
  return {};
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
  const GlobalPolicies global{.lint = find_global(all, "lint"), .diff = find_global(all, "diff")};
  TRY(inherit_policies(global, instance.value, environment));
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
  project_.environments.push_back(std::move(environment));
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
  for (const std::string& type : outline_.unheeded) {
    project_.warnings.push_back(type + " blocks are not evaluated; this command goes on without " +
                                (type == "check" ? "their rules" : "their order"));
  }
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
