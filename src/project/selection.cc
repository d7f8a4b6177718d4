#include "project/selection.h"

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "project/data_source.h"
#include "project/node_graph.h"

namespace rhumb::project {
namespace {

constexpr size_t kLabelsMax = 2;
/// Evaluated when they are used, with names of their own.
constexpr std::string_view kLateBlocks[] = {"check", "deployment", "docker"};

Result<void> check_labels(const hcl::Body& body) {
  for (const hcl::Block& block : body.blocks) {
    if (block.labels.size() > kLabelsMax) {
      return invalid("too many labels for block: [" + join(block.labels, " ") + "]");
    }
    TRY(check_labels(block.body));
  }
  return {};
}

bool mentions_env(const hcl::Block& block) {
  const hcl::Attribute* name = block.body.find_attribute("name");
  if (name == nullptr) {
    return false;
  }
  const std::vector<hcl::Traversal> references = name->expr->variables();
  return std::ranges::any_of(references, [](const hcl::Traversal& reference) {
    return reference.root == "atlas" && !reference.steps.empty() &&
           step_name(reference.steps[0]) == "env";
  });
}

bool is_labeled(const hcl::Block& block, const std::string& env) {
  return block.labels.size() == 1 && block.labels[0] == env;
}

/// Drops the `env` blocks that were not asked for.
void select_environments(const std::string& env, std::vector<PlacedBlock>& blocks) {
  const bool any_labeled = std::ranges::any_of(blocks, [&](const PlacedBlock& placed) {
    return placed.block->type == "env" && is_labeled(*placed.block, env);
  });
  std::erase_if(blocks, [&](const PlacedBlock& placed) {
    const hcl::Block& block = *placed.block;
    if (block.type != "env") {
      return false;
    }
    const bool is_selected =
        any_labeled ? is_labeled(block, env) : block.labels.empty() && mentions_env(block);
    return env.empty() || !is_selected;
  });
}

bool is_late(std::string_view type) {
  return std::ranges::find(kLateBlocks, type) != std::end(kLateBlocks);
}

bool has_rollout(const PlacedBlock& placed) {
  return placed.block->type == "env" &&
         std::ranges::find(placed.block->body.blocks, "rollout", &hcl::Block::type) !=
             placed.block->body.blocks.end();
}

void sort_block(const PlacedBlock& placed, Outline& outline) {
  const std::string& type = placed.block->type;
  if (type == "variable") {
    outline.variables.push_back(placed);
  } else if (type == "atlas") {
    outline.inits.push_back(placed);
  } else if (type == "data") {
    outline.data.push_back(placed);
  } else if (type == "check") {
    outline.checks.push_back(placed);
  } else if (type == "deployment") {
    outline.deployments.push_back(placed);
  } else if (type != "locals" && !is_late(type)) {
    outline.blocks.push_back(placed);
  }
}

}  // namespace

Result<Outline> outline(const std::vector<SourceFile>& files, const std::string& env) {
  Outline result;
  for (size_t i = 0; i < files.size(); ++i) {
    const hcl::Body& body = files[i].tree.body;
    TRY(check_labels(body));
    for (const hcl::Attribute& attribute : body.attributes) {
      result.attributes.emplace_back(&attribute, i);
    }
    for (const hcl::Block& block : body.blocks) {
      sort_block({.block = &block, .file = i}, result);
    }
  }
  select_environments(env, result.blocks);
  if (env.empty()) {
    result.checks.clear();
  }
  if (std::ranges::none_of(result.blocks, has_rollout)) {
    result.deployments.clear();
  }
  return result;
}

Result<void> check_data_blocks(const Outline& outline) {
  for (const PlacedBlock& placed : outline.data) {
    const std::vector<std::string>& labels = placed.block->labels;
    if (labels.size() != 2) {
      return invalid("data block \"data\" must have exactly 2 labels");
    }
    if (!is_data_source(labels[0])) {
      return invalid("missing data source handler for " + go_quote(labels[0]));
    }
  }
  return {};
}

Result<void> check_init_blocks(const Outline& outline) {
  if (outline.inits.size() > 1) {
    return invalid("duplicate init block \"atlas\"");
  }
  if (!outline.inits.empty() && !outline.inits[0].block->labels.empty()) {
    return invalid("init block \"atlas\" cannot have labels");
  }
  return {};
}

}  // namespace rhumb::project
