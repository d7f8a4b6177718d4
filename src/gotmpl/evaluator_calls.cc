#include <algorithm>
#include <utility>

#include "base/go_format.h"
#include "gotmpl/evaluator.h"

namespace rhumb::gotmpl {
namespace {

using ParamKind = Param::Kind;

constexpr const char* kDurationType = "time.Duration";

ArgumentType checked(const Param& param) {
  return {.param = param, .raw = false};
}

/// Whether Go's nil may stand for a value of that type.
bool takes_nil(const ArgumentType& type) {
  const std::string& name = type.param.type;
  return type.raw || type.param.kind == ParamKind::kAny || name.starts_with('*') ||
         name.starts_with("[]") || name.starts_with("map[") || name.starts_with("func(");
}

/// Go's nil as a value of that type.
Slot nil_of(const ArgumentType& type) {
  const std::string& name = type.param.type;
  if (type.raw || type.param.kind == ParamKind::kAny) {
    return Slot::none();
  }
  return Slot::of(name.starts_with("[]") ? Value::nil_list(name) : Value::nil_pointer(name));
}

bool is_of_type(const Value& value, const std::string& type) {
  const std::string actual = value.type_name();
  return actual == type || (!value.is_nil() && value.is_pointer() && actual.substr(1) == type);
}

/// What Go's reflect calls the text of a value: strings as they are, others by their type.
std::string reflect_text(const Slot& slot) {
  if (!slot.valid) {
    return "<invalid Value>";
  }
  if (slot.interface_type.empty() && slot.value.kind() == Value::Kind::kString) {
    return slot.value.as_string();
  }
  return "<" + slot.type_name() + " Value>";
}

}  // namespace

Result<Slot> Evaluator::function(const Slot& dot,
                                 const Node& name,
                                 const Node& call,
                                 Arguments args) {
  at(name);
  const auto found = set_.functions().find(name.text);
  if (found != set_.functions().end()) {
    return call_function(dot, found->second, name.text, call, args);
  }
  const Builtin* builtin = find_builtin(name.text);
  if (builtin == nullptr) {
    return fail(go_quote(name.text) + " is not a defined function");
  }
  return call_builtin(dot, *builtin, call, args);
}

Result<Slot> Evaluator::call_function(const Slot& dot,
                                      const Function& function,
                                      const std::string& name,
                                      const Node& call,
                                      Arguments args) {
  Signature signature;
  std::ranges::transform(function.params, std::back_inserter(signature.params), checked);
  if (function.variadic.has_value()) {
    signature.variadic = checked(*function.variadic);
  }
  TRY(check_count(name, signature, args));
  const std::vector<Slot> slots = TRY(arguments(dot, signature, args));
  std::vector<Value> values;
  values.reserve(slots.size());
  for (const Slot& slot : slots) {
    values.push_back(slot.value);
  }
  Result<Value> result = function.call(values);
  if (!result.has_value()) {
    at(call);
    return fail("error calling " + name + ": " + result.error().message(), result.error().code());
  }
  return check_result(Slot::of(std::move(*result)), name);
}

Result<Slot> Evaluator::call_builtin(const Slot& dot,
                                     const Builtin& builtin,
                                     const Node& call,
                                     Arguments args) {
  const std::string name(builtin.name);
  const Signature signature{.params = builtin.params, .variadic = builtin.variadic};
  TRY(check_count(name, signature, args));
  if (name == "and" || name == "or") {
    return and_or(dot, name == "or", args);
  }
  const std::vector<Slot> slots = TRY(arguments(dot, signature, args));
  Result<Slot> result = builtin.call != nullptr ? builtin.call(slots) : call_value(slots, args);
  if (!result.has_value()) {
    at(call);
    return fail("error calling " + name + ": " + result.error().message(), result.error().code());
  }
  return check_result(std::move(*result), name);
}

Result<Slot> Evaluator::check_result(Slot result, const std::string& name) {
  const size_t limit = set_.options().output_bytes_max;
  if (result.value.kind() == Value::Kind::kString && result.value.as_string().size() > limit) {
    return fail("result of " + name + " is larger than " + std::to_string(limit) + " bytes",
                ErrorCode::kLimit);
  }
  return result;
}

Result<Slot> Evaluator::and_or(const Slot& dot, bool is_or, Arguments args) {
  const ArgumentType raw{.param = Param::any(), .raw = true};
  Slot value;
  for (size_t i = 1; i < args.nodes.size(); ++i) {
    value = TRY(argument(dot, raw, *args.nodes[i]));
    if (value.value.truth() == is_or) {
      return value;
    }
  }
  return args.final != nullptr ? *args.final : value;
}

/// `call`: a function that is a value, such as a field of function type.
Result<Slot> Evaluator::call_value(std::span<const Slot> args, Arguments given) {
  const std::string name =
      given.nodes.size() > 1 ? format_node(*given.nodes[1]) : reflect_text(*given.final);
  const Slot callee = args[0].without_interface();
  if (!callee.valid || callee.value.is_nil()) {
    return invalid("call of nil");
  }
  if (callee.value.kind() != Value::Kind::kFunction) {
    return invalid("non-function " + name + " of type " + callee.value.type_name());
  }
  const Function& function = callee.value.as_function();
  const size_t fixed = function.params.size();
  const size_t count = args.size() - 1;
  const std::optional<Param>& variadic = function.variadic;
  if (variadic.has_value() ? count < fixed : count != fixed) {
    return invalid("wrong number of args for " + name + ": got " + std::to_string(count) +
                   " want " + (variadic.has_value() ? "at least " : "") + std::to_string(fixed));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < count; ++i) {
    const Slot arg = args[i + 1].without_interface();
    const Param& param = i < fixed || !variadic ? function.params[i] : *variadic;
    if (!arg.valid && !takes_nil(checked(param))) {
      return invalid("arg " + std::to_string(i) + ": value is nil; should be of type " +
                     param.type);
    }
    if (arg.valid && param.kind == ParamKind::kInt && arg.value.kind() == Value::Kind::kInteger) {
      values.emplace_back(arg.value.as_int());  // here, and only here, integers are converted
      continue;
    }
    if (arg.valid && param.kind != ParamKind::kAny && !is_of_type(arg.value, param.type)) {
      return invalid("arg " + std::to_string(i) + ": value has type " + arg.value.type_name() +
                     "; should be " + param.type);
    }
    values.push_back(arg.valid ? arg.value : nil_of(checked(param)).value);
  }
  return Slot::of(TRY(function.call(values)));
}

Result<void> Evaluator::check_count(const std::string& name,
                                    const Signature& signature,
                                    Arguments args) {
  const size_t written = args.nodes.empty() ? 0 : args.nodes.size() - 1;
  const size_t given = written + (args.final != nullptr ? 1 : 0);
  const size_t wanted = signature.params.size();
  const std::string start = "wrong number of args for " + name + ": want ";
  if (signature.variadic.has_value() && given < wanted) {
    return fail(start + "at least " + std::to_string(wanted) + " got " + std::to_string(written));
  }
  if (!signature.variadic.has_value() && given != wanted) {
    return fail(start + std::to_string(wanted) + " got " + std::to_string(given));
  }
  return {};
}

Result<std::vector<Slot>> Evaluator::arguments(const Slot& dot,
                                               const Signature& signature,
                                               Arguments args) {
  const auto type_at = [&](size_t index) -> const ArgumentType& {
    return index < signature.params.size() ? signature.params[index] : *signature.variadic;
  };
  std::vector<Slot> slots;
  for (size_t i = 1; i < args.nodes.size(); ++i) {
    slots.push_back(TRY(argument(dot, type_at(i - 1), *args.nodes[i])));
  }
  if (args.final != nullptr) {
    slots.push_back(TRY(validate(*args.final, type_at(slots.size()))));
  }
  return slots;
}

Result<Slot> Evaluator::argument(const Slot& dot, const ArgumentType& type, const Node& node) {
  at(node);
  switch (node.kind) {
    case NodeKind::kDot:
      return validate(dot, type);
    case NodeKind::kNil:
      return nil_argument(type);
    case NodeKind::kField:
      return validate(TRY(field_node(dot, node, {})), type);
    case NodeKind::kVariable:
      return validate(TRY(variable_node(dot, node, {})), type);
    case NodeKind::kPipe:
      return validate(TRY(pipe(dot, &node)), type);
    case NodeKind::kIdentifier:
      return validate(TRY(function(dot, node, node, {})), type);
    case NodeKind::kChain:
      return validate(TRY(chain_node(dot, node, {})), type);
    default:
      return constant_argument(dot, type, node);
  }
}

Result<Slot> Evaluator::nil_argument(const ArgumentType& type) {
  if (!takes_nil(type)) {
    return fail("cannot assign nil to " + type.param.type);
  }
  return nil_of(type);
}

Result<Slot> Evaluator::constant_argument(const Slot& dot,
                                          const ArgumentType& type,
                                          const Node& node) {
  const std::string found = "; found " + format_node(node);
  const bool is_number = node.kind == NodeKind::kNumber;
  switch (type.param.kind) {
    case ParamKind::kAny:
      return constant(dot, node);
    case ParamKind::kBool:
      return node.kind == NodeKind::kBool ? constant(dot, node)
                                          : Result<Slot>(fail("expected bool" + found));
    case ParamKind::kString:
      return node.kind == NodeKind::kString ? constant(dot, node)
                                            : Result<Slot>(fail("expected string" + found));
    case ParamKind::kInt:
      return is_number && node.number.is_int ? Slot::of(node.number.int_value)
                                             : Result<Slot>(fail("expected integer" + found));
    case ParamKind::kFloat:
      return is_number && node.number.is_float ? Slot::of(node.number.float_value)
                                               : Result<Slot>(fail("expected float" + found));
    case ParamKind::kTyped:
      break;
  }
  if (type.param.type == kDurationType) {
    return is_number && node.number.is_int
               ? Slot::of(Value::duration(std::chrono::nanoseconds(node.number.int_value)))
               : Result<Slot>(fail("expected integer" + found));
  }
  return fail("can't handle " + format_node(node) + " for arg of type " + type.param.type);
}

Result<Slot> Evaluator::validate(const Slot& slot, const ArgumentType& type) {
  if (type.raw) {
    return slot;
  }
  if (!slot.valid) {
    if (takes_nil(type)) {
      return nil_of(type);
    }
    return fail("invalid value; expected " + type.param.type);
  }
  if (type.param.kind == ParamKind::kAny || is_of_type(slot.value, type.param.type)) {
    return slot;
  }
  return fail("wrong type for value; expected " + type.param.type + "; got " +
              (slot.is_nil_interface() ? slot.interface_type : slot.value.type_name()));
}

}  // namespace rhumb::gotmpl
