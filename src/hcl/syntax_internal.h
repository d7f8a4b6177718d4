#pragma once

#include "hcl/syntax.h"

namespace rhumb::hcl {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

/// Calls `visit` with every expression directly below `node`, in source order.
template <typename Visit>
void for_each_child(const Expr::Node& node, Visit visit) {
  const auto one = [&visit](const ExprPtr& child) {
    if (child != nullptr) {
      visit(*child);
    }
  };
  const auto all = [&one](const std::vector<ExprPtr>& children) {
    for (const ExprPtr& child : children) {
      one(child);
    }
  };
  std::visit(Overloaded{
                 [](const LiteralExpr&) {},
                 [](const ScopeTraversalExpr&) {},
                 [](const SplatItemExpr&) {},
                 [&](const TemplateExpr& expr) { all(expr.parts); },
                 [&](const TemplateWrapExpr& expr) { one(expr.inner); },
                 [&](const TemplateJoinExpr& expr) { one(expr.loop); },
                 [&](const RelativeTraversalExpr& expr) { one(expr.source); },
                 [&](const CallExpr& expr) { all(expr.arguments); },
                 [&](const ConditionalExpr& expr) {
                   one(expr.condition);
                   one(expr.when_true);
                   one(expr.when_false);
                 },
                 [&](const IndexExpr& expr) {
                   one(expr.collection);
                   one(expr.key);
                 },
                 [&](const TupleExpr& expr) { all(expr.items); },
                 [&](const ObjectExpr& expr) {
                   for (const ObjectItem& item : expr.items) {
                     if (item.word.empty()) {
                       one(item.key);
                     }
                     one(item.value);
                   }
                 },
                 [&](const ForExpr& expr) {
                   one(expr.collection);
                   one(expr.key);
                   one(expr.value);
                   one(expr.condition);
                 },
                 [&](const SplatExpr& expr) {
                   one(expr.source);
                   one(expr.each);
                 },
                 [&](const UnaryExpr& expr) { one(expr.operand); },
                 [&](const BinaryExpr& expr) {
                   one(expr.left);
                   one(expr.right);
                 },
                 [&](const ParenExpr& expr) { one(expr.inner); },
             },
             node);
}

}  // namespace rhumb::hcl
