#include <algorithm>

#include "hcl/convert.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

// All arguments as sets of one element type.
Result<ValueList> unified_sets(const ValueList& args) {
  std::vector<Type> elements;
  for (const Value& set : args) {
    elements.push_back(set.type().element());
  }
  const auto element = unify(elements);
  if (!element) {
    return invalid("given sets must all have compatible element types");
  }
  ValueList sets;
  for (const Value& set : args) {
    Value converted = TRY(convert(set, Type::set(*element)));
    sets.push_back(std::move(converted));
  }
  return sets;
}

bool holds(const Value& set, const Value& value) {
  return std::binary_search(
      set.elements().begin(), set.elements().end(), value,
      [](const Value& a, const Value& b) { return compare_values(a, b) < 0; });
}

using Combine = ValueList (*)(const Value&, const Value&);

Result<Value> fold_sets(const ValueList& args, Combine combine) {
  const ValueList sets = TRY(unified_sets(args));
  Value result = sets.front();
  for (size_t i = 1; i < sets.size(); ++i) {
    result = Value::set(result.type().element(), combine(result, sets[i]));
  }
  return result;
}

ValueList union_of(const Value& a, const Value& b) {
  ValueList all = a.elements();
  all.insert(all.end(), b.elements().begin(), b.elements().end());
  return all;
}

ValueList intersection_of(const Value& a, const Value& b) {
  ValueList kept;
  std::copy_if(a.elements().begin(), a.elements().end(), std::back_inserter(kept),
               [&](const Value& value) { return holds(b, value); });
  return kept;
}

ValueList difference_of(const Value& a, const Value& b) {
  ValueList kept;
  std::copy_if(a.elements().begin(), a.elements().end(), std::back_inserter(kept),
               [&](const Value& value) { return !holds(b, value); });
  return kept;
}

Function set_function(Combine combine) {
  const Type any_set = Type::set(Type::dynamic());
  return variadic_function({{"first_set", any_set}}, {"other_sets", any_set},
                           [combine](const ValueList& args, CallProblem&) -> Result<Value> {
                             return fold_sets(args, combine);
                           });
}

Result<Value> setproduct(const ValueList& args, CallProblem& problem) {
  constexpr size_t kProductMax = 1'000'000;
  if (args.size() < 2) {
    return invalid("at least two arguments are required");
  }
  bool all_sets = true;
  size_t total = 1;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i].is_sequence()) {
      return problem.argument(i, "a set or a list is required");
    }
    all_sets = all_sets && args[i].kind() == TypeKind::kSet;
    total *= args[i].size();
    if (total > kProductMax) {
      return invalid("the product has more than 1000000 elements");
    }
  }
  std::vector<ValueList> rows = {{}};
  std::vector<Type> types;
  for (const Value& arg : args) {
    const Value list = TRY(convert(arg, Type::list(Type::dynamic())));
    types.push_back(list.type().element());
    std::vector<ValueList> longer;
    for (const ValueList& row : rows) {
      for (const Value& value : list.elements()) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    }
    rows = std::move(longer);
  }
  ValueList tuples;
  for (ValueList& row : rows) {
    tuples.push_back(Value::tuple(std::move(row)));
  }
  Type element = Type::tuple(std::move(types));
  return all_sets ? Value::set(std::move(element), std::move(tuples))
                  : Value::list(std::move(element), std::move(tuples));
}

}  // namespace

void add_set_functions(FunctionTable& table) {
  table["setunion"] = set_function(union_of);
  table["setintersection"] = set_function(intersection_of);
  table["setsubtract"] =
      fixed_function({{"a", Type::set(Type::dynamic())}, {"b", Type::set(Type::dynamic())}},
                     [](const ValueList& args, CallProblem&) -> Result<Value> {
                       return fold_sets(args, difference_of);
                     });
  table["setproduct"] = variadic_function({}, {"sets", Type::dynamic()}, setproduct);
}

}  // namespace rhumb::hcl
