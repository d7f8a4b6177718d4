#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/evaluate_internal.h"

namespace rhumb::hcl {

struct Evaluator::Loop {
  const ForExpr& node;
  ValueList items;
  ValueMap entries;
  std::map<std::string, ValueList, std::less<>> groups;
  bool known = true;
};

std::optional<bool> Evaluator::loop_condition(const Expr& condition, const EvalContext& inner) {
  const size_t before = problems();
  const Value value = eval(condition, inner);
  if (failed_since(before)) {
    return std::nullopt;
  }
  if (value.is_null()) {
    report("Condition is null", "The value of the 'if' clause must not be null.", condition.span);
    return std::nullopt;
  }
  const auto converted = convert(value, Type::boolean());
  if (!converted) {
    report("Invalid 'for' condition",
           "The 'if' clause value is invalid: " + converted.error().message() + ".",
           condition.span);
    return std::nullopt;
  }
  return converted->is_known() ? std::optional(converted->as_bool()) : std::nullopt;
}

std::optional<std::string> Evaluator::loop_key(const Expr& key, const EvalContext& inner) {
  const size_t before = problems();
  const Value value = eval(key, inner);
  if (failed_since(before)) {
    return std::nullopt;
  }
  if (value.is_null()) {
    report("Invalid object key",
           "Key expression in 'for' expression must not produce a null value.", key.span);
    return std::nullopt;
  }
  const auto converted = convert(value, Type::string());
  if (!converted) {
    report("Invalid object key",
           "The key expression produced an invalid result: " + converted.error().message() + ".",
           key.span);
    return std::nullopt;
  }
  return converted->is_known() ? std::optional(converted->as_string()) : std::nullopt;
}

// One element; false when the loop cannot go on.
bool Evaluator::eval_loop_round(Loop& loop,
                                const Value& key,
                                const Value& value,
                                EvalContext& inner) {
  const ForExpr& node = loop.node;
  if (!node.key_name.empty()) {
    inner.variables.insert_or_assign(node.key_name, key);
  }
  inner.variables.insert_or_assign(node.value_name, value);
  const size_t before = problems();
  if (node.condition != nullptr) {
    const auto holds = loop_condition(*node.condition, inner);
    if (!holds) {
      loop.known = false;
      return !failed_since(before);
    }
    if (!*holds) {
      return true;
    }
  }
  if (node.key == nullptr) {
    loop.items.push_back(eval(*node.value, inner));
    return !failed_since(before);
  }
  auto name = loop_key(*node.key, inner);
  if (!name) {
    loop.known = false;
    return !failed_since(before);
  }
  Value result = eval(*node.value, inner);
  if (failed_since(before)) {
    return false;
  }
  if (node.group) {
    loop.groups[*name].push_back(std::move(result));
    return true;
  }
  if (!loop.entries.emplace(*name, std::move(result)).second) {
    report(
        "Duplicate object key",
        "Two different items produced the key " + go_quote(*name) +
            " in this 'for' expression. If duplicates are expected, use the ellipsis (...) after "
            "the value expression to enable grouping by key.",
        node.key->span);
    return false;
  }
  return true;
}

Value Evaluator::eval_node(const Expr& /*expr*/, const ForExpr& node, const EvalContext& context) {
  const size_t before = problems();
  const Value collection = eval(*node.collection, context);
  if (failed_since(before)) {
    return Value::unknown();
  }
  if (collection.is_null()) {
    return report("Iteration over null value",
                  "A null value cannot be used as the collection in a 'for' expression.",
                  node.collection->span);
  }
  if (!collection.is_known()) {
    return Value::unknown();
  }
  if (!collection.is_sequence() && !collection.is_mapping()) {
    return report("Iteration over non-iterable value",
                  "A value of type " + collection.type().friendly_name() +
                      " cannot be used as the collection in a 'for' expression.",
                  node.collection->span);
  }
  EvalContext inner;
  inner.parent = &context;
  Loop loop{node, {}, {}, {}, true};
  if (collection.is_mapping()) {
    for (const auto& [name, value] : collection.entries()) {
      if (!eval_loop_round(loop, Value::string(name), value, inner)) {
        return Value::unknown();
      }
    }
  } else {
    int64_t index = 0;
    for (const Value& value : collection.elements()) {
      const Value key = collection.kind() == TypeKind::kSet ? value : Value::integer(index);
      if (!eval_loop_round(loop, key, value, inner)) {
        return Value::unknown();
      }
      ++index;
    }
  }
  if (!loop.known) {
    return Value::unknown();
  }
  if (node.key == nullptr) {
    return Value::tuple(std::move(loop.items));
  }
  for (auto& [name, values] : loop.groups) {
    loop.entries.insert_or_assign(name, Value::tuple(std::move(values)));
  }
  return Value::object(std::move(loop.entries));
}

}  // namespace rhumb::hcl
