#include "project/node_graph.h"

#include <algorithm>

#include "base/go_format.h"

namespace rhumb::project {
namespace {

constexpr size_t kDataLabels = 2;

void collect_locals(const SourceFile& file, size_t index, std::vector<Node>& nodes) {
  for (const hcl::Block& block : file.tree.body.blocks) {
    if (block.type == "locals") {
      for (const hcl::Attribute& attribute : block.body.attributes) {
        Node node;
        node.file = index;
        node.local = &attribute;
        node.references = attribute.expr->variables();
        nodes.push_back(std::move(node));
      }
    } else if (block.type == "data" && block.labels.size() == kDataLabels) {
      Node node;
      node.file = index;
      node.data = &block;
      collect_references(block.body, node.references);
      nodes.push_back(std::move(node));
    }
  }
}

Error cycle_error(const std::vector<Node>& nodes, const std::vector<size_t>& path, size_t again) {
  const auto begin = std::ranges::find(path, again);
  const size_t first = *std::min_element(begin, path.end());
  return invalid("cyclic reference to " + go_quote(nodes[first].name()));
}

}  // namespace

std::string Node::name() const {
  return local != nullptr ? "local." + local->name
                          : "data." + data->labels[0] + "." + data->labels[1];
}

std::string step_name(const hcl::TraversalStep& step) {
  if (!step.is_index) {
    return step.name;
  }
  const bool is_text = step.key.has_content() && step.key.kind() == hcl::TypeKind::kString;
  return is_text ? step.key.as_string() : "";
}

void collect_references(const hcl::Body& body, std::vector<hcl::Traversal>& references) {
  for (const hcl::Attribute& attribute : body.attributes) {
    std::vector<hcl::Traversal> found = attribute.expr->variables();
    std::ranges::move(found, std::back_inserter(references));
  }
  for (const hcl::Block& block : body.blocks) {
    collect_references(block.body, references);
  }
}

NodeGraph::NodeGraph(const std::vector<SourceFile>& files) {
  std::vector<Node> all;
  for (size_t i = 0; i < files.size(); ++i) {
    collect_locals(files[i], i, all);
  }
  std::map<std::string, size_t> last;
  for (size_t i = 0; i < all.size(); ++i) {
    last[all[i].name()] = i;
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (last[all[i].name()] != i) {
      continue;
    }
    const size_t index = nodes_.size();
    if (all[i].local != nullptr) {
      locals_.emplace(all[i].local->name, index);
    } else {
      data_[all[i].data->labels[0]].emplace(all[i].data->labels[1], index);
    }
    nodes_.push_back(std::move(all[i]));
  }
}

std::vector<size_t> NodeGraph::locals() const {
  std::vector<size_t> all;
  all.reserve(locals_.size());
  for (const auto& [name, index] : locals_) {
    all.push_back(index);
  }
  return all;
}

std::vector<size_t> NodeGraph::targets(const hcl::Traversal& reference) const {
  const std::vector<hcl::TraversalStep>& steps = reference.steps;
  std::vector<size_t> found;
  if (reference.root == "local") {
    if (steps.empty()) {
      return locals();
    }
    const auto local = locals_.find(step_name(steps[0]));
    if (local != locals_.end()) {
      found.push_back(local->second);
    }
  } else if (reference.root == "data") {
    for (const auto& [type, names] : data_) {
      if (!steps.empty() && step_name(steps[0]) != type) {
        continue;
      }
      for (const auto& [name, index] : names) {
        if (steps.size() < kDataLabels || step_name(steps[1]) == name) {
          found.push_back(index);
        }
      }
    }
  }
  return found;
}

std::vector<size_t> NodeGraph::edges(size_t node) const {
  std::vector<size_t> all;
  for (const hcl::Traversal& reference : nodes_[node].references) {
    std::ranges::copy(targets(reference), std::back_inserter(all));
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

// Depth first with a stack of its own, so that long chains of locals need no deep recursion.
Result<std::vector<size_t>> NodeGraph::order(std::vector<size_t> roots,
                                             std::vector<bool>& done) const {
  done.resize(nodes_.size());
  std::ranges::sort(roots);
  std::vector<size_t> ordered;
  std::vector<size_t> path;
  std::vector<std::vector<size_t>> waiting;  // per node of the path: edges to follow, last first
  std::vector<bool> on_path(nodes_.size());
  const auto enter = [&](size_t node) {
    path.push_back(node);
    on_path[node] = true;
    waiting.push_back(edges(node));
    std::ranges::reverse(waiting.back());
  };
  for (const size_t root : roots) {
    if (done[root]) {
      continue;
    }
    enter(root);
    while (!path.empty()) {
      if (waiting.back().empty()) {
        ordered.push_back(path.back());
        done[path.back()] = true;
        on_path[path.back()] = false;
        path.pop_back();
        waiting.pop_back();
        continue;
      }
      const size_t next = waiting.back().back();
      waiting.back().pop_back();
      if (on_path[next]) {
        return cycle_error(nodes_, path, next);
      }
      if (!done[next]) {
        enter(next);
      }
    }
  }
  return ordered;
}

}  // namespace rhumb::project
