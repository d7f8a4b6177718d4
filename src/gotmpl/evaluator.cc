#include "gotmpl/evaluator.h"

#include <utility>

#include "base/go_format.h"
#include "base/source.h"

namespace rhumb::gotmpl {
namespace {

constexpr std::string_view kAnyType = "interface {}";

}  // namespace

Error Evaluator::fail(const std::string& what, ErrorCode code) const {
  const SourcePosition position = position_at(tree_->source->text, node_->offset);
  // Columns count bytes from 0 here, as the reference prints them.
  return {code, "template: " + tree_->source->name + ":" + std::to_string(position.line) + ":" +
                    std::to_string(position.column - 1) + ": executing " + go_quote(tree_->name) +
                    " at <" + format_node(*node_) + ">: " + what};
}

Evaluator::Frame Evaluator::enter(const Tree& tree, const Slot& dot) {
  const Frame before{.tree = tree_, .variables_base = variables_base_, .node = node_};
  tree_ = &tree;
  node_ = tree.root.get();
  variables_base_ = variables_.size();
  variables_.push_back({.name = "$", .value = dot});
  return before;
}

void Evaluator::leave(const Frame& frame) {
  variables_.resize(variables_base_);
  tree_ = frame.tree;
  node_ = frame.node;
  variables_base_ = frame.variables_base;
}

void Evaluator::set_top_variable(size_t from_top, Slot value) {
  variables_[variables_.size() - from_top].value = std::move(value);
}

Result<void> Evaluator::assign_variable(std::string_view name, Slot value) {
  for (size_t i = variables_.size(); i > variables_base_; --i) {
    if (variables_[i - 1].name == name) {
      variables_[i - 1].value = std::move(value);
      return {};
    }
  }
  return fail("undefined variable: " + std::string(name));
}

Result<Slot> Evaluator::pipe(const Slot& dot, const Node* pipe) {
  if (pipe == nullptr) {
    return Slot::none();
  }
  at(*pipe);
  Slot value;
  const Slot* final = nullptr;
  for (const NodePtr& node : pipe->children) {
    value = TRY(command(dot, *node, final));
    if (value.interface_type == kAnyType) {
      value = value.without_interface();
    }
    final = &value;
  }
  for (const NodePtr& variable : pipe->declared) {
    const std::string& name = variable->names.front();
    if (pipe->assigns) {
      TRY(assign_variable(name, value));
    } else {
      variables_.push_back({.name = name, .value = value});
    }
  }
  return value;
}

Result<Slot> Evaluator::command(const Slot& dot, const Node& node, const Slot* final) {
  const Node& first = *node.children.front();
  const Slot piped = final != nullptr ? *final : Slot::none();
  const Arguments args{.nodes = node.children, .final = final != nullptr ? &piped : nullptr};
  switch (first.kind) {
    case NodeKind::kField:
      return field_node(dot, first, args);
    case NodeKind::kChain:
      return chain_node(dot, first, args);
    case NodeKind::kIdentifier:
      return function(dot, first, node, args);
    case NodeKind::kPipe:
      TRY(no_arguments(first, args));
      return pipe(dot, &first);
    case NodeKind::kVariable:
      return variable_node(dot, first, args);
    default:
      break;
  }
  at(first);
  TRY(no_arguments(first, args));
  if (first.kind == NodeKind::kNil) {
    return fail("nil is not a command");
  }
  return constant(dot, first);
}

Result<Slot> Evaluator::constant(const Slot& dot, const Node& node) {
  switch (node.kind) {
    case NodeKind::kBool:
      return Slot::of(node.text == "true");
    case NodeKind::kDot:
      return dot;
    case NodeKind::kNumber:
      return number(node);
    case NodeKind::kString:
      return Slot::of(node.value);
    default:
      return fail("can't evaluate command " + go_quote(format_node(node)));
  }
}

/// The kind that a number has where nothing asks for one.
Result<Slot> Evaluator::number(const Node& node) {
  at(node);
  const NumberLiteral& literal = node.number;
  const bool is_character = node.text.starts_with('\'');
  const bool is_hex_integer = node.text.find_first_of("xX") != std::string::npos &&
                              node.text.find_first_of("pP") == std::string::npos;
  if (literal.is_complex) {
    return Slot::of(Value::complex(literal.complex_value));
  }
  if (literal.is_float && !is_hex_integer && !is_character &&
      node.text.find_first_of(".eEpP") != std::string::npos) {
    return Slot::of(literal.float_value);
  }
  if (literal.is_int) {
    return Slot::of(literal.int_value);
  }
  return fail(node.text + " overflows int");
}

Result<void> Evaluator::no_arguments(const Node& first, Arguments args) {
  if (args.any()) {
    return fail("can't give argument to non-function " + format_node(first));
  }
  return {};
}

Result<Slot> Evaluator::field_node(const Slot& dot, const Node& node, Arguments args) {
  at(node);
  return field_chain(dot, dot, node, node.names, args);
}

Result<Slot> Evaluator::chain_node(const Slot& dot, const Node& node, Arguments args) {
  at(node);
  Slot receiver = TRY(argument(dot, {.param = Param::any(), .raw = true}, *node.children.front()));
  return field_chain(dot, std::move(receiver), node, node.names, args);
}

Result<Slot> Evaluator::variable_node(const Slot& dot, const Node& node, Arguments args) {
  at(node);
  const std::string& name = node.names.front();
  for (size_t i = variables_.size(); i > variables_base_; --i) {
    if (variables_[i - 1].name != name) {
      continue;
    }
    Slot value = variables_[i - 1].value;
    if (node.names.size() == 1) {
      TRY(no_arguments(node, args));
      return value;
    }
    return field_chain(dot, std::move(value), node, std::span(node.names).subspan(1), args);
  }
  return fail("undefined variable: " + name);
}

Result<Slot> Evaluator::field_chain(const Slot& dot,
                                    Slot receiver,
                                    const Node& node,
                                    std::span<const std::string> names,
                                    Arguments args) {
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    receiver = TRY(field(dot, names[i], node, {}, receiver));
  }
  return field(dot, names.back(), node, args, receiver);
}

Result<Slot> Evaluator::field(const Slot& dot,
                              const std::string& name,
                              const Node& node,
                              Arguments args,
                              const Slot& receiver) {
  if (!receiver.valid) {
    if (set_.options().missing_key == MissingKey::kError) {
      return fail("nil data; no entry for key " + go_quote(name));
    }
    return Slot::none();
  }
  const std::string type = receiver.type_name();
  const Value& value = receiver.value;
  if (value.is_nil()) {
    return fail("nil pointer evaluating " + type + "." + name);
  }
  if (const std::optional<Function> method = value.find_method(name); method.has_value()) {
    return call_function(dot, *method, name, node, args);
  }
  if (const Field* found = value.find_field(name); found != nullptr) {
    if (args.any()) {
      return fail(name + " has arguments but cannot be invoked as function");
    }
    return Slot::in(found->value, found->options.interface_type);
  }
  if (value.kind() == Value::Kind::kMap) {
    if (args.any()) {
      return fail(name + " is not a method but has arguments");
    }
    return map_entry(name, value);
  }
  return fail("can't evaluate field " + name + " in type " + type);
}

Result<Slot> Evaluator::map_entry(const std::string& name, const Value& map) {
  const auto found = map.entries().find(name);
  if (found != map.entries().end()) {
    return Slot::in(found->second, map.element_interface());
  }
  switch (set_.options().missing_key) {
    case MissingKey::kNoValue:
      return Slot::none();
    case MissingKey::kZero:
      return Slot::in(Value(), map.element_interface());
    case MissingKey::kError:
      break;
  }
  return fail("map has no entry for key " + go_quote(name));
}

}  // namespace rhumb::gotmpl
