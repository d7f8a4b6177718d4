#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

std::string conversion_failure(const Value& value, const Type& type) {
  const bool text = value.kind() == TypeKind::kString;
  const std::string what =
      text && value.has_content() ? go_quote(value.as_string()) : std::string("string");
  if (text && type.kind() == TypeKind::kBool) {
    return "cannot convert " + what +
           " to bool; only the strings \"true\" or \"false\" are allowed";
  }
  if (text && type.kind() == TypeKind::kNumber) {
    return "cannot convert " + what +
           " to number; given string must be a decimal representation of a number";
  }
  return "cannot convert " + value.type().friendly_name() + " to " + type.constraint_name();
}

Function conversion(const Type& type) {
  return fixed_function({{"v", Type::dynamic(), true}},
                        [type](const ValueList& args, CallProblem& problem) -> Result<Value> {
                          auto converted = convert(args[0], type);
                          if (!converted) {
                            return problem.argument(0, converted.error().code() == ErrorCode::kLimit
                                                           ? converted.error().message()
                                                           : conversion_failure(args[0], type));
                          }
                          return *std::move(converted);
                        });
}

Result<Type> type_argument(const Value& value, CallProblem& problem) {
  const auto* capsule = value.find_capsule<TypeCapsule>();
  if (capsule == nullptr) {
    return problem.argument(0, "a type is required");
  }
  return capsule->type();
}

Function type_constructor(Type (*make)(Type)) {
  return fixed_function({{"type", Type::dynamic()}},
                        [make](const ValueList& args, CallProblem& problem) -> Result<Value> {
                          Type element = TRY(type_argument(args[0], problem));
                          return Value::type_value(make(std::move(element)));
                        });
}

Result<Value> tuple_type(const ValueList& args, CallProblem& problem) {
  if (!args[0].is_sequence()) {
    return problem.argument(0, "a tuple of types is required");
  }
  std::vector<Type> types;
  for (const Value& value : args[0].elements()) {
    Type type = TRY(type_argument(value, problem));
    types.push_back(std::move(type));
  }
  return Value::type_value(Type::tuple(std::move(types)));
}

Result<Value> object_type(const ValueList& args, CallProblem& problem) {
  if (!args[0].is_mapping()) {
    return problem.argument(0, "an object of types is required");
  }
  Type::Attributes types;
  for (const auto& [name, value] : args[0].entries()) {
    Type type = TRY(type_argument(value, problem));
    types.insert_or_assign(name, std::move(type));
  }
  return Value::type_value(Type::object(std::move(types)));
}

}  // namespace

void add_conversion_functions(FunctionTable& table) {
  table["tobool"] = conversion(Type::boolean());
  table["tonumber"] = conversion(Type::number());
  table["tostring"] = conversion(Type::string());
  table["tolist"] = conversion(Type::list(Type::dynamic()));
  table["toset"] = conversion(Type::set(Type::dynamic()));
}

void add_type_functions(FunctionTable& table) {
  table["list"] = type_constructor(Type::list);
  table["set"] = type_constructor(Type::set);
  table["map"] = type_constructor(Type::map);
  table["tuple"] = fixed_function({{"types", Type::dynamic()}}, tuple_type);
  table["object"] = fixed_function({{"attributes", Type::dynamic()}}, object_type);
}

std::map<std::string, Value, std::less<>> type_names() {
  std::map<std::string, Value, std::less<>> names;
  names.emplace("string", Value::type_value(Type::string()));
  names.emplace("number", Value::type_value(Type::number()));
  names.emplace("bool", Value::type_value(Type::boolean()));
  names.emplace("int", Value::type_value(Type::number()));
  return names;
}

}  // namespace rhumb::hcl
