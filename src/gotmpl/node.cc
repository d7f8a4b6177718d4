#include "gotmpl/node.h"

#include <algorithm>

#include "base/go_format.h"

namespace rhumb::gotmpl {
namespace {

void append_node(std::string& out, const Node& node);

void append_children(std::string& out, const Node& node, const char* separator) {
  bool first = true;
  for (const NodePtr& child : node.children) {
    if (!first) {
      out += separator;
    }
    first = false;
    const bool parenthesised = node.kind == NodeKind::kCommand && child->kind == NodeKind::kPipe;
    out += parenthesised ? "(" : "";
    append_node(out, *child);
    out += parenthesised ? ")" : "";
  }
}

void append_pipe(std::string& out, const Node& node) {
  bool first = true;
  for (const NodePtr& variable : node.declared) {
    out += first ? "" : ", ";
    first = false;
    append_node(out, *variable);
  }
  if (!first) {
    out += node.assigns ? " = " : " := ";
  }
  append_children(out, node, " | ");
}

void append_branch(std::string& out, const Node& node, const char* keyword) {
  out += "{{";
  out += keyword;
  out += ' ';
  append_node(out, *node.pipe);
  out += "}}";
  append_node(out, *node.body);
  if (node.else_body != nullptr) {
    out += "{{else}}";
    append_node(out, *node.else_body);
  }
  out += "{{end}}";
}

void append_template(std::string& out, const Node& node) {
  out += "{{template " + go_quote(node.text);
  if (node.pipe != nullptr) {
    out += ' ';
    append_node(out, *node.pipe);
  }
  out += "}}";
}

void append_chain(std::string& out, const Node& node) {
  const Node& head = *node.children.front();
  const bool parenthesised = head.kind == NodeKind::kPipe;
  out += parenthesised ? "(" : "";
  append_node(out, head);
  out += parenthesised ? ")" : "";
  for (const std::string& name : node.names) {
    out += "." + name;
  }
}

void append_names(std::string& out, const Node& node) {
  bool first = node.kind == NodeKind::kVariable;
  for (const std::string& name : node.names) {
    out += first ? "" : ".";
    first = false;
    out += name;
  }
}

void append_node(std::string& out, const Node& node) {
  switch (node.kind) {
    case NodeKind::kList:
      return append_children(out, node, "");
    case NodeKind::kAction:
      out += "{{";
      append_node(out, *node.pipe);
      out += "}}";
      return;
    case NodeKind::kIf:
      return append_branch(out, node, "if");
    case NodeKind::kWith:
      return append_branch(out, node, "with");
    case NodeKind::kRange:
      return append_branch(out, node, "range");
    case NodeKind::kTemplate:
      return append_template(out, node);
    case NodeKind::kBreak:
      out += "{{break}}";
      return;
    case NodeKind::kContinue:
      out += "{{continue}}";
      return;
    case NodeKind::kElse:
      out += "{{else}}";
      return;
    case NodeKind::kEnd:
      out += "{{end}}";
      return;
    case NodeKind::kPipe:
      return append_pipe(out, node);
    case NodeKind::kCommand:
      return append_children(out, node, " ");
    case NodeKind::kDot:
      out += '.';
      return;
    case NodeKind::kNil:
      out += "nil";
      return;
    case NodeKind::kField:
    case NodeKind::kVariable:
      return append_names(out, node);
    case NodeKind::kChain:
      return append_chain(out, node);
    case NodeKind::kText:
    case NodeKind::kBool:
    case NodeKind::kNumber:
    case NodeKind::kString:
    case NodeKind::kIdentifier:
      out += node.text;
      return;
  }
}

}  // namespace

std::string format_node(const Node& node) {
  std::string out;
  append_node(out, node);
  return out;
}

bool is_blank_list(const Node& list) {
  return std::ranges::all_of(list.children, [](const NodePtr& child) {
    return child->kind == NodeKind::kText &&
           child->text.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
  });
}

}  // namespace rhumb::gotmpl
