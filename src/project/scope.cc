#include "project/scope.h"

#include <algorithm>

#include "base/go_format.h"
#include "hcl/diagnostic.h"
#include "migrate/memory_directory.h"
#include "project/functions_host.h"

namespace rhumb::project {
namespace {

constexpr size_t kDataLabels = 2;

/// What the language says about a member that is not there.
Error no_member(const hcl::TraversalStep& step) {
  const Result<hcl::Value> missing = hcl::apply_step(hcl::Value::object({}), step);
  return missing.has_value() ? invalid("no such member").at(step.span) : missing.error();
}

}  // namespace

Scope::Scope(const Host& host, const std::vector<SourceFile>& files, const std::string& env)
    : host_(host), functions_host_(std::make_unique<FunctionsHost>(host.environment, host.print)) {
  outputs_.directories = std::make_shared<migrate::MemoryDirectories>();
  functions_.reserve(files.size());
  contexts_.resize(files.size());
  for (size_t i = 0; i < files.size(); ++i) {
    functions_.push_back(project_functions(*functions_host_, files[i].directory));
    contexts_[i].parent = &root_;
    contexts_[i].functions = &functions_[i];
  }
  root_.variables = hcl::type_names();
  root_.resolver = [this](const hcl::Traversal& traversal) { return resolve(traversal); };
  atlas_.emplace("env", hcl::Value::string(env));
  root_.variables.insert_or_assign("atlas", hcl::Value::object(atlas_));
}

Scope::~Scope() = default;

Result<void> Scope::add_variable(const PlacedBlock& block,
                                 const std::vector<std::pair<std::string, std::string>>& given) {
  // Defaults see no other variable: `var` is put in place by the first node.
  keep_variable(TRY(evaluate_variable(*block.block, contexts_[block.file], given)));
  return {};
}

Result<void> Scope::add_variable(const PlacedBlock& block, const hcl::Value& given) {
  keep_variable(TRY(evaluate_variable(*block.block, contexts_[block.file], std::optional(given))));
  return {};
}

void Scope::keep_variable(VariableValue variable) {
  if (variable.is_sensitive) {
    collect_texts(variable.value, outputs_.secrets);
  }
  variables_.insert_or_assign(std::move(variable.name), std::move(variable.value));
}

void Scope::set_cloud(CloudConfig cloud) {
  cloud_ = std::move(cloud);
  if (cloud_.present) {
    hcl::ValueMap shown;
    shown.emplace("project", hcl::Value::string(cloud_.project));
    atlas_.insert_or_assign("cloud", hcl::Value::object(std::move(shown)));
    root_.variables.insert_or_assign("atlas", hcl::Value::object(atlas_));
  }
}

void Scope::refresh_names() {
  if (!variables_.empty()) {
    root_.variables.insert_or_assign("var", hcl::Value::object(variables_));
  }
  root_.resolver_names.clear();
  if (!locals_.empty()) {
    root_.resolver_names.emplace_back("local");
  }
  if (!data_.empty()) {
    root_.resolver_names.emplace_back("data");
  }
  for (const PlacedBlock& block : blocks_) {
    root_.resolver_names.push_back(block.block->type);
  }
}

hcl::ValueMap Scope::names() const {
  hcl::ValueMap names;
  names.emplace("atlas", hcl::Value::object(atlas_));
  names.emplace("var", hcl::Value::object(variables_));
  names.emplace("local", hcl::Value::object(locals_));
  hcl::ValueMap data;
  for (const auto& [type, values] : data_) {
    data.emplace(type, hcl::Value::object(values));
  }
  names.emplace("data", hcl::Value::object(std::move(data)));
  return names;
}

Result<hcl::Value> Scope::node_value(const Node& node) {
  if (node.local != nullptr) {
    return hcl::evaluate(*node.local->expr, contexts_[node.file]);
  }
  return evaluate_data_source({.host = host_,
                               .block = *node.data,
                               .context = contexts_[node.file],
                               .cloud = cloud_,
                               .outputs = outputs_});
}

Result<void> Scope::evaluate_nodes(const NodeGraph& graph, std::vector<size_t> roots) {
  refresh_names();
  const std::vector<size_t> order = TRY(graph.order(std::move(roots), done_));
  for (const size_t index : order) {
    const Node& node = graph.nodes()[index];
    hcl::Value value = TRY(node_value(node));
    if (node.local != nullptr) {
      locals_.insert_or_assign(node.local->name, std::move(value));
    } else {
      data_[node.data->labels[0]].insert_or_assign(node.data->labels[1], std::move(value));
    }
  }
  refresh_names();
  return {};
}

void Scope::enter_blocks(std::vector<PlacedBlock> blocks) {
  blocks_ = std::move(blocks);
  in_blocks_ = true;
  refresh_names();
}

Scope::Found Scope::resolve(const hcl::Traversal& traversal) {
  if (traversal.root == "local") {
    return resolve_local(traversal);
  }
  if (traversal.root == "data") {
    return resolve_data(traversal);
  }
  return in_blocks_ ? resolve_block(traversal) : std::nullopt;
}

Scope::Found Scope::resolve_local(const hcl::Traversal& traversal) const {
  if (locals_.empty()) {
    return std::nullopt;
  }
  if (traversal.steps.empty()) {
    return Result<hcl::Resolved>(hcl::Resolved{hcl::Value::object(locals_), 0});
  }
  const auto found = locals_.find(step_name(traversal.steps[0]));
  if (found == locals_.end()) {
    return Result<hcl::Resolved>(no_member(traversal.steps[0]));
  }
  return Result<hcl::Resolved>(hcl::Resolved{found->second, 1});
}

Scope::Found Scope::resolve_data(const hcl::Traversal& traversal) const {
  const std::vector<hcl::TraversalStep>& steps = traversal.steps;
  if (steps.empty() && !data_.empty()) {
    hcl::ValueMap all;
    for (const auto& [type, values] : data_) {
      all.emplace(type, hcl::Value::object(values));
    }
    return Result<hcl::Resolved>(hcl::Resolved{hcl::Value::object(std::move(all)), 0});
  }
  const auto type = steps.empty() ? data_.end() : data_.find(step_name(steps[0]));
  if (type != data_.end()) {
    if (steps.size() < kDataLabels) {
      return Result<hcl::Resolved>(hcl::Resolved{hcl::Value::object(type->second), 1});
    }
    const auto value = type->second.find(step_name(steps[1]));
    if (value != type->second.end()) {
      return Result<hcl::Resolved>(hcl::Resolved{value->second, kDataLabels});
    }
  }
  if (data_.empty()) {
    return std::nullopt;
  }
  if (in_blocks_) {
    return Result<hcl::Resolved>(
        hcl::diagnostic("Unknown data source", hcl::format_traversal(traversal) + " does not exist",
                        traversal.root_span));
  }
  return Result<hcl::Resolved>(no_member(steps[type == data_.end() ? 0 : 1]));
}

Scope::Found Scope::resolve_block(const hcl::Traversal& traversal) {
  const std::vector<hcl::TraversalStep>& steps = traversal.steps;
  bool is_known = false;
  size_t matched = 0;  // labels that some block has in common with the reference
  for (const PlacedBlock& placed : blocks_) {
    const std::vector<std::string>& labels = placed.block->labels;
    if (placed.block->type != traversal.root || labels.empty()) {
      continue;
    }
    is_known = true;
    size_t at = 0;
    while (at < labels.size() && at < steps.size() && labels[at] == step_name(steps[at])) {
      ++at;
    }
    matched = std::max(matched, at);
    if (at == labels.size()) {
      return resolve_in_block(placed, traversal, at);
    }
  }
  if (!is_known) {
    return std::nullopt;
  }
  if (matched < steps.size()) {
    return Result<hcl::Resolved>(no_member(steps[matched]));
  }
  return Result<hcl::Resolved>(hcl::diagnostic(
      "Unsupported reference", hcl::format_traversal(traversal) + " is no single block",
      traversal.root_span));
}

Result<hcl::Resolved> Scope::resolve_in_block(const PlacedBlock& block,
                                              const hcl::Traversal& traversal,
                                              size_t steps) {
  const hcl::Body& body = block.block->body;
  if (steps == traversal.steps.size()) {
    const hcl::Value value = TRY(body_value(body, block.file));
    return hcl::Resolved{value, steps};
  }
  const std::string name = step_name(traversal.steps[steps]);
  if (const hcl::Attribute* attribute = body.find_attribute(name)) {
    const hcl::Value value = TRY(guarded_value(*attribute, block.file));
    return hcl::Resolved{value, steps + 1};
  }
  const auto inner = std::ranges::find(body.blocks, name, &hcl::Block::type);
  if (inner == body.blocks.end()) {
    return no_member(traversal.steps[steps]);
  }
  const hcl::Value value = TRY(body_value(inner->body, block.file));
  return hcl::Resolved{value, steps + 1};
}

Result<hcl::Value> Scope::body_value(const hcl::Body& body, size_t file) {
  hcl::ValueMap members;
  for (const hcl::Attribute& attribute : body.attributes) {
    members.insert_or_assign(attribute.name, TRY(guarded_value(attribute, file)));
  }
  for (const hcl::Block& block : body.blocks) {
    if (!members.contains(block.type)) {
      members.emplace(block.type, TRY(body_value(block.body, file)));
    }
  }
  return hcl::Value::object(std::move(members));
}

Result<hcl::Value> Scope::guarded_value(const hcl::Attribute& attribute, size_t file) {
  if (!open_.insert(&attribute).second) {
    return invalid("cyclic reference to " + go_quote(attribute.name));
  }
  Result<hcl::Value> value = hcl::evaluate(*attribute.expr, contexts_[file]);
  open_.erase(&attribute);
  if (!value.has_value()) {
    return invalid(value.error().message());  // the text has its position, it must not get another
  }
  return value;
}

}  // namespace rhumb::project
