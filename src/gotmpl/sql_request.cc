#include "gotmpl/sql_request.h"

#include <algorithm>

namespace rhumb::gotmpl {
namespace {

constexpr std::string_view kFunction = "sql";

bool calls_sql(const Node& node);

bool calls_sql(const NodePtr& node) {
  return node != nullptr && calls_sql(*node);
}

bool calls_sql(const Node& node) {
  const auto any_of = [](const std::vector<NodePtr>& nodes) {
    return std::ranges::any_of(nodes, [](const NodePtr& child) { return calls_sql(child); });
  };
  return (node.kind == NodeKind::kIdentifier && node.text == kFunction) || any_of(node.children) ||
         calls_sql(node.pipe) || calls_sql(node.body) || calls_sql(node.else_body);
}

/// The command of a template that is one action with one command; null for any other.
const Node* single_command(const Node& root) {
  if (root.children.size() != 1 || root.children.front()->kind != NodeKind::kAction) {
    return nullptr;
  }
  const Node& pipe = *root.children.front()->pipe;
  const bool single = pipe.children.size() == 1 && pipe.declared.empty();
  return single ? pipe.children.front().get() : nullptr;
}

bool is_root(const Node& node) {
  return node.kind == NodeKind::kDot ||
         (node.kind == NodeKind::kVariable && node.names.size() == 1 && node.names.front() == "$");
}

bool is_indent_request(const Node& command) {
  const std::vector<NodePtr>& operands = command.children;
  return (operands.size() == 2 || operands.size() == 3) &&
         operands[0]->kind == NodeKind::kIdentifier && operands[0]->text == kFunction &&
         is_root(*operands[1]);
}

}  // namespace

Result<std::optional<std::string>> find_sql_indent(const Template& parsed) {
  const Node* command = single_command(parsed.root());
  if (command != nullptr && is_indent_request(*command)) {
    if (command->children.size() == 2) {
      return std::optional(std::string());
    }
    const Node& indent = *command->children[2];
    if (indent.kind != NodeKind::kString) {
      return invalid("parse indent: invalid syntax");
    }
    return std::optional(indent.value);
  }
  const bool used = std::ranges::any_of(
      parsed.set().trees(), [](const auto& entry) { return calls_sql(*entry.second.root); });
  if (used) {
    return invalid("'sql' can only be used to indent statements. got: " +
                   format_node(parsed.root()));
  }
  return std::optional<std::string>();
}

}  // namespace rhumb::gotmpl
