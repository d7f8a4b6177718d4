#include <algorithm>

#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

constexpr std::string_view kNoCollection = "collection must be a list, a map or a tuple";

// Objects are no collections here.
bool is_counted(const Value& value) {
  return value.is_sequence() || (value.is_mapping() && value.kind() == TypeKind::kMap);
}

Result<Value> length(const ValueList& args, CallProblem&) {
  if (!is_counted(args[0])) {
    return invalid(std::string(kNoCollection));
  }
  return Value::integer(static_cast<int64_t>(args[0].size()));
}

Result<Value> empty(const ValueList& args, CallProblem&) {
  if (!is_counted(args[0])) {
    return invalid(std::string(kNoCollection));
  }
  return Value::boolean(args[0].size() == 0);
}

bool is_true(const Value& value) {
  return value.has_content() && value.kind() == TypeKind::kBool && value.as_bool();
}

Result<Value> all_true(const ValueList& args, CallProblem&) {
  if (!is_counted(args[0])) {
    return invalid(std::string(kNoCollection));
  }
  if (args[0].is_mapping()) {
    return Value::boolean(std::all_of(args[0].entries().begin(), args[0].entries().end(),
                                      [](const auto& entry) { return is_true(entry.second); }));
  }
  return Value::boolean(std::all_of(args[0].elements().begin(), args[0].elements().end(), is_true));
}

Result<Value> index_sequence(const Value& collection, const Value& key) {
  const bool list = collection.kind() == TypeKind::kList;
  if (key.kind() != TypeKind::kNumber) {
    return invalid(list ? "key for list must be number" : "key for tuple must be number");
  }
  const auto number = key.as_number().to_int64();
  if (!number && !list) {
    return invalid("invalid key for tuple: " + to_integer(key).error().message());
  }
  const auto size = static_cast<int64_t>(collection.size());
  if (!number || *number < 0 || *number >= size) {
    return invalid(list ? "invalid index"
                        : "key must be between 0 and " + std::to_string(size) + " inclusive");
  }
  return collection.elements()[static_cast<size_t>(*number)];
}

Result<Value> index(const ValueList& args, CallProblem&) {
  const Value& collection = args[0];
  const Value& key = args[1];
  switch (collection.kind()) {
    case TypeKind::kList:
    case TypeKind::kTuple:
      return index_sequence(collection, key);
    case TypeKind::kMap: {
      if (key.kind() != TypeKind::kString) {
        return invalid("key for map must be string");
      }
      const auto found = collection.entries().find(key.as_string());
      if (found == collection.entries().end()) {
        return invalid("invalid index");
      }
      return found->second;
    }
    default:
      return invalid(std::string(kNoCollection));
  }
}

Result<Value> keys(const ValueList& args, CallProblem& problem) {
  if (!args[0].is_mapping()) {
    return problem.argument(0, "must have map or object type");
  }
  ValueList names;
  for (const auto& [name, value] : args[0].entries()) {
    names.push_back(Value::string(name));
  }
  return args[0].kind() == TypeKind::kMap ? Value::list(Type::string(), std::move(names))
                                          : Value::tuple(std::move(names));
}

Result<Value> values(const ValueList& args, CallProblem&) {
  if (!args[0].is_mapping()) {
    return invalid("values() requires a map as the first argument");
  }
  ValueList parts;
  for (const auto& [name, value] : args[0].entries()) {
    parts.push_back(value);
  }
  return args[0].kind() == TypeKind::kMap ? Value::list(args[0].type().element(), std::move(parts))
                                          : Value::tuple(std::move(parts));
}

Result<Value> merge(const ValueList& args, CallProblem&) {
  ValueMap merged;
  bool one_map_type = !args.empty();
  for (const Value& value : args) {
    if (value.is_null()) {
      one_map_type = one_map_type && value.type() == args.front().type();
      continue;
    }
    if (!value.is_mapping()) {
      return invalid("arguments must be maps or objects, got " +
                     go_quote(value.type().friendly_name()));
    }
    one_map_type =
        one_map_type && value.kind() == TypeKind::kMap && value.type() == args.front().type();
    for (const auto& [name, part] : value.entries()) {
      merged.insert_or_assign(name, part);
    }
  }
  return one_map_type && args.front().kind() == TypeKind::kMap
             ? Value::map(args.front().type().element(), std::move(merged))
             : Value::object(std::move(merged));
}

Result<Value> zipmap(const ValueList& args, CallProblem&) {
  const ValueList& names = args[0].elements();
  if (args[1].kind() != TypeKind::kList && args[1].kind() != TypeKind::kTuple) {
    return invalid("values argument must be a list or tuple value");
  }
  const ValueList& parts = args[1].elements();
  if (names.size() != parts.size()) {
    return invalid("number of keys (" + std::to_string(names.size()) +
                   ") does not match number of values (" + std::to_string(parts.size()) + ")");
  }
  ValueMap out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!names[i].has_content()) {
      return invalid("keys list has null value at index " + std::to_string(i));
    }
    out.insert_or_assign(names[i].as_string(), parts[i]);
  }
  return args[1].kind() == TypeKind::kList ? Value::map(args[1].type().element(), std::move(out))
                                           : Value::object(std::move(out));
}

}  // namespace

void add_collection_functions(FunctionTable& table) {
  table["length"] = fixed_function({{"collection", Type::dynamic()}}, length);
  table["empty"] = fixed_function({{"collection", Type::dynamic()}}, empty);
  table["alltrue"] = fixed_function({{"collection", Type::dynamic()}}, all_true);
  table["index"] =
      fixed_function({{"collection", Type::dynamic()}, {"key", Type::dynamic()}}, index);
  table["keys"] = fixed_function({{"inputMap", Type::dynamic()}}, keys);
  table["values"] = fixed_function({{"mapping", Type::dynamic()}}, values);
  table["merge"] = variadic_function({}, {"maps", Type::dynamic(), true}, merge);
  table["zipmap"] =
      fixed_function({{"keys", Type::list(Type::string())}, {"values", Type::dynamic()}}, zipmap);
}

}  // namespace rhumb::hcl
