#include "hcl/syntax.h"

#include <algorithm>

#include "base/go_format.h"
#include "hcl/syntax_internal.h"

namespace rhumb::hcl {

namespace {

// The one character a span begins with: an operator or a bracket.
SourceSpan first_character(SourceSpan span) {
  span.end = span.begin;
  span.end.offset += 1;
  span.end.column += 1;
  return span;
}

}  // namespace

SourceSpan Expr::start_span() const {
  return std::visit(Overloaded{
                        [](const CallExpr& expr) {
                          return SourceSpan{expr.name_span.file, expr.name_span.begin,
                                            expr.open_paren.end};
                        },
                        [](const TupleExpr& expr) { return expr.open; },
                        [](const ObjectExpr& expr) { return expr.open; },
                        [](const ForExpr& expr) { return expr.open; },
                        [this](const TemplateExpr& expr) {
                          return expr.parts.empty() ? span : expr.parts.front()->start_span();
                        },
                        [](const ConditionalExpr& expr) { return expr.condition->start_span(); },
                        [](const IndexExpr& expr) { return first_character(expr.brackets); },
                        [](const SplatExpr& expr) { return expr.marker; },
                        [this](const UnaryExpr&) { return first_character(span); },
                        [](const BinaryExpr& expr) { return expr.left->start_span(); },
                        [](const ParenExpr& expr) { return expr.inner->start_span(); },
                        [this](const auto&) { return span; },
                    },
                    node);
}

namespace {

void collect(const Expr& expr, std::vector<std::string>& bound, std::vector<Traversal>& out) {
  if (const auto* scope = std::get_if<ScopeTraversalExpr>(&expr.node)) {
    if (std::find(bound.begin(), bound.end(), scope->traversal.root) == bound.end()) {
      out.push_back(scope->traversal);
    }
    return;
  }
  if (const auto* loop = std::get_if<ForExpr>(&expr.node)) {
    collect(*loop->collection, bound, out);
    const size_t before = bound.size();
    bound.push_back(loop->value_name);
    if (!loop->key_name.empty()) {
      bound.push_back(loop->key_name);
    }
    for (const ExprPtr& part : {loop->key, loop->value, loop->condition}) {
      if (part != nullptr) {
        collect(*part, bound, out);
      }
    }
    bound.resize(before);
    return;
  }
  for_each_child(expr.node, [&](const Expr& child) { collect(child, bound, out); });
}

}  // namespace

std::vector<Traversal> Expr::variables() const {
  std::vector<std::string> bound;
  std::vector<Traversal> out;
  collect(*this, bound, out);
  return out;
}

const Traversal* Expr::as_traversal() const {
  const auto* scope = std::get_if<ScopeTraversalExpr>(&node);
  return scope == nullptr ? nullptr : &scope->traversal;
}

std::string format_traversal(const Traversal& traversal) {
  std::string out = traversal.root;
  for (const TraversalStep& step : traversal.steps) {
    if (!step.is_index) {
      out += "." + step.name;
    } else if (step.key.kind() == TypeKind::kNumber) {
      out += "[" + step.key.as_number().to_text() + "]";
    } else {
      out += "[" + go_quote(step.key.as_string()) + "]";
    }
  }
  return out;
}

}  // namespace rhumb::hcl
