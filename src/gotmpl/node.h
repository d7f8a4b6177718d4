#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "gotmpl/number.h"

namespace rhumb::gotmpl {

enum class NodeKind {
  kList,      ///< `children`: statements
  kText,      ///< `text`: as it is written out
  kAction,    ///< `pipe`
  kIf,        ///< `pipe`, `body`, `else_body` (or null)
  kWith,      ///< as kIf
  kRange,     ///< as kIf
  kTemplate,  ///< `text`: name; `pipe` (or null)
  kBreak,
  kContinue,
  kElse,     ///< ends a list while parsing; in no finished tree
  kEnd,      ///< as kElse
  kPipe,     ///< `children`: commands; `declared`: variables; `assigns`: `=` instead of `:=`
  kCommand,  ///< `children`: operands
  kBool,     ///< `text`: true or false
  kDot,
  kNil,
  kNumber,      ///< `number`; `text` as written
  kString,      ///< `value`; `text` as written, with quotes
  kField,       ///< `names`: without points
  kVariable,    ///< `names`: the variable with its dollar sign, then fields
  kIdentifier,  ///< `text`: a function
  kChain,       ///< `children[0]`: a pipeline or word; `names`: fields taken from it
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

/// One node of a template's syntax tree; which members count depends on the kind.
struct Node {
  NodeKind kind = NodeKind::kList;
  size_t offset = 0;  ///< in the template's text; where errors point to
  std::string text = {};
  std::string value = {};
  std::vector<std::string> names = {};
  NumberLiteral number = {};
  bool assigns = false;
  std::vector<NodePtr> declared = {};
  std::vector<NodePtr> children = {};
  NodePtr pipe = nullptr;
  NodePtr body = nullptr;
  NodePtr else_body = nullptr;
};

/// The template text of a node with canonical spacing, as error texts show it: `index .l 1`,
/// `{{if .}}{{sql . "  "}}{{end}}`.
[[nodiscard]] std::string format_node(const Node& node);

/// Whether a list has nothing but blank text, so that it defines no template.
[[nodiscard]] bool is_blank_list(const Node& list);

}  // namespace rhumb::gotmpl
