#include "hcl/evaluate.h"

#include <algorithm>

#include "base/check.h"
#include "base/go_format.h"
#include "base/utf8.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/evaluate_internal.h"
#include "hcl/syntax_internal.h"

namespace rhumb::hcl {

Value evaluate(const Expr& expr, const EvalContext& context, Diagnostics& diagnostics) {
  int64_t own_steps = kStepMax;
  int64_t* steps = nullptr;
  for (const EvalContext* at = &context; at != nullptr && steps == nullptr; at = at->parent) {
    steps = at->steps_left;
  }
  return Evaluator(steps == nullptr ? own_steps : *steps, diagnostics).eval(expr, context);
}

Result<Value> evaluate(const Expr& expr, const EvalContext& context) {
  Diagnostics diagnostics;
  Value value = evaluate(expr, context, diagnostics);
  if (!diagnostics.empty()) {
    return to_error(diagnostics);
  }
  return value;
}

Value Evaluator::eval(const Expr& expr, const EvalContext& context) {
  if (!spend(1, expr.span)) {
    return Value::unknown();
  }
  return std::visit([&](const auto& node) { return eval_node(expr, node, context); }, expr.node);
}

Value Evaluator::report(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  diagnostics_.add(diagnostic(summary, detail, span));
  return Value::unknown();
}

Value Evaluator::report(const Error& error) {
  diagnostics_.add(error);
  return Value::unknown();
}

Value Evaluator::unwrap(Result<Value> result) {
  return result ? *std::move(result) : report(result.error());
}

bool Evaluator::spend(int64_t steps, const SourceSpan& span) {
  if (steps_left_ < 0) {
    return false;
  }
  steps_left_ -= steps;
  if (steps_left_ < 0) {
    diagnostics_.add(diagnostic("Evaluation too long",
                                "The expression takes more steps or makes more text than allowed.",
                                span)
                         .with_code(ErrorCode::kLimit));
    return false;
  }
  return true;
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const LiteralExpr& node,
                           const EvalContext& /*context*/) {
  return node.value;
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const ParenExpr& node,
                           const EvalContext& context) {
  return eval(*node.inner, context);
}

// The text a value stands for inside a template.
std::optional<std::string> Evaluator::template_text(const Value& value, const SourceSpan& span) {
  if (value.is_null()) {
    report("Invalid template interpolation value",
           "The expression result is null. Cannot include a null value in a string template.",
           span);
    return std::nullopt;
  }
  const auto text = convert(value, Type::string());
  if (!text) {
    report("Invalid template interpolation value",
           "Cannot include the given value in a string template: " + text.error().message() + ".",
           span);
    return std::nullopt;
  }
  return text->is_known() ? std::optional(text->as_string()) : std::nullopt;
}

Value Evaluator::eval_node(const Expr& expr, const TemplateExpr& node, const EvalContext& context) {
  std::string out;
  bool known = true;
  for (const ExprPtr& part : node.parts) {
    const size_t before = problems();
    const Value value = eval(*part, context);
    if (failed_since(before)) {
      known = false;
      continue;
    }
    if (auto text = template_text(value, part->span)) {
      out += *text;
      known = spend(static_cast<int64_t>(text->size() / 256), expr.span) && known;
    } else {
      known = false;
    }
  }
  return known ? Value::string(out) : Value::unknown(Type::string());
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const TemplateWrapExpr& node,
                           const EvalContext& context) {
  return eval(*node.inner, context);
}

Value Evaluator::eval_node(const Expr& expr,
                           const TemplateJoinExpr& node,
                           const EvalContext& context) {
  const Value items = eval(*node.loop, context);
  if (!items.is_sequence()) {
    return Value::unknown(Type::string());
  }
  std::string out;
  for (const Value& item : items.elements()) {
    auto text = template_text(item, expr.span);
    if (!text) {
      return Value::unknown(Type::string());
    }
    out += *text;
  }
  return spend(static_cast<int64_t>(out.size() / 256), expr.span) ? Value::string(out)
                                                                  : Value::unknown(Type::string());
}

std::optional<std::string> suggest_name(std::string_view name,
                                        const std::vector<std::string>& names) {
  constexpr size_t kDistanceBelow = 3;
  const auto distance = [](std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j) {
      row[j] = j;
    }
    for (size_t i = 1; i <= a.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= b.size(); ++j) {
        const size_t above = row[j];
        row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
        diagonal = above;
      }
    }
    return row[b.size()];
  };
  std::optional<std::string> best;
  size_t best_distance = kDistanceBelow;
  for (const std::string& candidate : names) {
    const size_t gap = candidate.size() > name.size() ? candidate.size() - name.size()
                                                      : name.size() - candidate.size();
    if (gap >= kDistanceBelow) {
      continue;
    }
    const size_t current = distance(name, candidate);
    if (current < best_distance || (best && current == best_distance && candidate < *best)) {
      best = candidate;
      best_distance = current;
    }
  }
  return best;
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const ScopeTraversalExpr& node,
                           const EvalContext& context) {
  const Traversal& traversal = node.traversal;
  std::vector<std::string> names;
  bool any_names = false;
  for (const EvalContext* at = &context; at != nullptr; at = at->parent) {
    Resolved found;
    if (const auto variable = at->variables.find(traversal.root); variable != at->variables.end()) {
      found.value = variable->second;
    } else {
      auto resolved = at->resolver ? at->resolver(traversal) : std::nullopt;
      if (!resolved) {
        any_names = any_names || !at->variables.empty() || at->resolver;
        for (const auto& [name, value] : at->variables) {
          names.push_back(name);
        }
        names.insert(names.end(), at->resolver_names.begin(), at->resolver_names.end());
        continue;
      }
      if (!*resolved) {
        return report(resolved->error());
      }
      found = **resolved;
    }
    for (size_t i = found.steps; i < traversal.steps.size(); ++i) {
      auto next = apply_step(found.value, traversal.steps[i]);
      if (!next) {
        return report(next.error());
      }
      found.value = *std::move(next);
    }
    return found.value;
  }
  if (!any_names) {
    return report("Variables not allowed", "Variables may not be used here.", traversal.root_span);
  }
  std::string detail = "There is no variable named " + go_quote(traversal.root) + ".";
  if (const auto suggestion = suggest_name(traversal.root, names)) {
    detail += " Did you mean " + go_quote(*suggestion) + "?";
  }
  return report("Unknown variable", detail, traversal.root_span);
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const RelativeTraversalExpr& node,
                           const EvalContext& context) {
  const size_t before = problems();
  Value value = eval(*node.source, context);
  for (const TraversalStep& step : node.steps) {
    if (failed_since(before)) {
      return Value::unknown();
    }
    value = unwrap(apply_step(value, step));
  }
  return value;
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const IndexExpr& node,
                           const EvalContext& context) {
  const size_t before = problems();
  const Value collection = eval(*node.collection, context);
  const Value key = eval(*node.key, context);
  if (failed_since(before)) {
    return Value::unknown();
  }
  return unwrap(index_value(collection, key, node.brackets));
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const TupleExpr& node,
                           const EvalContext& context) {
  ValueList items;
  items.reserve(node.items.size());
  for (const ExprPtr& item : node.items) {
    items.push_back(eval(*item, context));
  }
  return Value::tuple(std::move(items));
}

std::optional<std::string> Evaluator::object_key(const ObjectItem& item,
                                                 const EvalContext& context) {
  if (!item.word.empty()) {
    return normalize_text(item.word);
  }
  if (item.key->as_traversal() != nullptr) {
    report("Ambiguous attribute key",
           "If this expression is intended to be a reference, wrap it in parentheses. If it's "
           "instead intended as a literal name containing periods, wrap it in quotes to create a "
           "string literal.",
           item.key->span);
    return std::nullopt;
  }
  const size_t before = problems();
  const Value key = eval(*item.key, context);
  if (failed_since(before)) {
    return std::nullopt;
  }
  if (key.is_null()) {
    report("Null value as key", "Can't use a null value as a key.", item.value->span);
    return std::nullopt;
  }
  const auto text = convert(key, Type::string());
  if (!text) {
    report("Incorrect key type", "Can't use this value as a key: " + text.error().message() + ".",
           item.key->span);
    return std::nullopt;
  }
  return text->is_known() ? std::optional(text->as_string()) : std::nullopt;
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const ObjectExpr& node,
                           const EvalContext& context) {
  ValueMap attributes;
  bool known = true;
  for (const ObjectItem& item : node.items) {
    auto key = object_key(item, context);
    Value value = eval(*item.value, context);
    if (key) {
      attributes.insert_or_assign(*std::move(key), std::move(value));
    } else {
      known = false;
    }
  }
  return known ? Value::object(std::move(attributes)) : Value::unknown();
}

// Whether a condition holds; nothing when it has no answer (a problem, or unknown).
std::optional<bool> Evaluator::condition_value(const Expr& condition, const EvalContext& context) {
  const size_t before = problems();
  const Value value = eval(condition, context);
  if (failed_since(before)) {
    return std::nullopt;
  }
  if (value.is_null()) {
    report("Null condition",
           "The condition value is null. Conditions must either be true or false.", condition.span);
    return std::nullopt;
  }
  const auto converted = convert(value, Type::boolean());
  if (!converted) {
    report("Incorrect condition type", "The condition expression must be of type bool.",
           condition.span);
    return std::nullopt;
  }
  return converted->is_known() ? std::optional(converted->as_bool()) : std::nullopt;
}

Value Evaluator::eval_node(const Expr& expr,
                           const ConditionalExpr& node,
                           const EvalContext& context) {
  // Both arms are evaluated, since the result has the type that both share; problems count only in
  // the arm that is taken.
  Diagnostics true_problems;
  Diagnostics false_problems;
  const auto eval_arm = [&](const Expr& arm, Diagnostics& into) {
    Evaluator inner(steps_left_, into);
    inner.splat_item_ = splat_item_;
    return inner.eval(arm, context);
  };
  const Value when_true = eval_arm(*node.when_true, true_problems);
  const Value when_false = eval_arm(*node.when_false, false_problems);
  Type type = Type::dynamic();
  const bool true_open = when_true.type().is_dynamic();
  const bool false_open = when_false.type().is_dynamic();
  if (true_open != false_open) {
    type = true_open ? when_false.type() : when_true.type();
  } else if (!true_open) {
    auto unified = unify({when_true.type(), when_false.type()});
    if (!unified) {
      return report("Inconsistent conditional result types",
                    "The true and false result expressions must have consistent types. " +
                        conditional_mismatch(when_true.type(), when_false.type()) + ".",
                    {expr.span.file, node.when_true->span.begin, node.when_false->span.end});
    }
    type = *std::move(unified);
  }
  const auto holds = condition_value(*node.condition, context);
  if (!holds) {
    return Value::unknown(type);
  }
  const Diagnostics& arm_problems = *holds ? true_problems : false_problems;
  for (const Error& error : arm_problems.errors()) {
    report(error);
  }
  const Value& chosen = *holds ? when_true : when_false;
  const Expr& arm = *holds ? *node.when_true : *node.when_false;
  if (!arm_problems.empty()) {
    return Value::unknown(type);
  }
  const auto converted = convert(chosen, type);
  if (!converted) {
    return report("Inconsistent conditional result types",
                  "The " + std::string(*holds ? "true" : "false") +
                      " result value has the wrong type: " + converted.error().message() + ".",
                  arm.span);
  }
  return *converted;
}

std::string conditional_mismatch(const Type& when_true, const Type& when_false) {
  if (when_true.kind() == TypeKind::kObject && when_false.kind() == TypeKind::kObject) {
    for (const auto& [name, type] : when_true.attributes()) {
      const auto other = when_false.attributes().find(name);
      if (other == when_false.attributes().end()) {
        return "The 'true' value includes object attribute " + go_quote(name) +
               ", which is absent in the 'false' value";
      }
      if (!unify({type, other->second})) {
        return "Type mismatch for object attribute " + go_quote(name) + ": " +
               conditional_mismatch(type, other->second);
      }
    }
    for (const auto& [name, type] : when_false.attributes()) {
      if (!when_true.attributes().contains(name)) {
        return "The 'false' value includes object attribute " + go_quote(name) +
               ", which is absent in the 'true' value";
      }
    }
  }
  if (when_true.kind() == TypeKind::kTuple && when_false.kind() == TypeKind::kTuple) {
    const auto& left = when_true.elements();
    const auto& right = when_false.elements();
    if (left.size() != right.size()) {
      return "The 'true' tuple has length " + std::to_string(left.size()) +
             ", but the 'false' tuple has length " + std::to_string(right.size());
    }
    for (size_t i = 0; i < left.size(); ++i) {
      if (!unify({left[i], right[i]})) {
        return "Type mismatch for tuple element " + std::to_string(i) + ": " +
               conditional_mismatch(left[i], right[i]);
      }
    }
  }
  return "The 'true' value is " + when_true.friendly_name() + ", but the 'false' value is " +
         when_false.friendly_name();
}

Value Evaluator::eval_node(const Expr& expr, const UnaryExpr& node, const EvalContext& context) {
  const size_t before = problems();
  const Value operand = eval(*node.operand, context);
  if (failed_since(before)) {
    return Value::unknown();
  }
  const Type type = node.op == UnaryOperator::kNot ? Type::boolean() : Type::number();
  const auto converted = convert(operand, type);
  if (!converted) {
    return report("Invalid operand",
                  "Unsuitable value for unary operand: " + converted.error().message() + ".",
                  node.operand->span);
  }
  if (converted->is_null()) {
    return report("Operation failed", "Error during operation: argument must not be null.",
                  expr.span);
  }
  if (!converted->is_known()) {
    return *converted;
  }
  return node.op == UnaryOperator::kNot ? Value::boolean(!converted->as_bool())
                                        : Value::number(converted->as_number().negate());
}

Value Evaluator::eval_node(const Expr& expr, const BinaryExpr& node, const EvalContext& context) {
  const size_t before = problems();
  const Value left = eval(*node.left, context);
  const Value right = eval(*node.right, context);
  if (failed_since(before)) {
    return Value::unknown();
  }
  const Type type = operand_type(node.op);
  const auto left_value = convert(left, type);
  const auto right_value = convert(right, type);
  if (!left_value) {
    report("Invalid operand",
           "Unsuitable value for left operand: " + left_value.error().message() + ".",
           node.left->span);
  }
  if (!right_value) {
    report("Invalid operand",
           "Unsuitable value for right operand: " + right_value.error().message() + ".",
           node.right->span);
  }
  if (!left_value || !right_value) {
    return Value::unknown();
  }
  auto result = apply_operator(node.op, *left_value, *right_value);
  if (!result) {
    return report("Operation failed", "Error during operation: " + result.error().message() + ".",
                  expr.span);
  }
  return *std::move(result);
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const SplatItemExpr& /*node*/,
                           const EvalContext& /*context*/) {
  RHUMB_CHECK(splat_item_ != nullptr, "the item of a splat is evaluated inside one");
  return *splat_item_;
}

Value Evaluator::eval_node(const Expr& /*expr*/,
                           const SplatExpr& node,
                           const EvalContext& context) {
  const size_t before = problems();
  const Value source = eval(*node.source, context);
  if (failed_since(before) || !source.is_known()) {
    return Value::unknown();
  }
  const bool iterates = source.is_sequence();
  if (source.is_null()) {
    if (source.kind() == TypeKind::kList || source.kind() == TypeKind::kSet ||
        source.kind() == TypeKind::kTuple) {
      return report("Splat of null value",
                    "Splat expressions (with the * symbol) cannot be applied to null sequences.",
                    node.marker);
    }
    return Value::tuple({});
  }
  const ValueList items = iterates ? source.elements() : ValueList{source};
  const Value* outer = splat_item_;
  ValueList out;
  for (const Value& item : items) {
    splat_item_ = &item;
    out.push_back(eval(*node.each, context));
  }
  splat_item_ = outer;
  if (failed_since(before)) {
    return Value::unknown();
  }
  if (iterates && source.kind() != TypeKind::kTuple) {
    const Type element = out.empty() ? Type::dynamic() : out.front().type();
    const bool uniform = std::all_of(out.begin(), out.end(),
                                     [&](const Value& value) { return value.type() == element; });
    if (uniform) {
      return Value::list(element, std::move(out));
    }
  }
  return Value::tuple(std::move(out));
}

}  // namespace rhumb::hcl
