#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gotmpl/builtins.h"
#include "gotmpl/node.h"
#include "gotmpl/slot.h"
#include "gotmpl/template.h"

namespace rhumb::gotmpl {

/// Evaluates the expressions of a template and keeps its variables.
///
/// Errors name the node that was looked at last, which is not always the one that failed:
/// `(index .l 0).X` fails at `<0>`. That is observable, so evaluation notes every node it enters.
class Evaluator {
 public:
  explicit Evaluator(const TemplateSet& set) : set_(set) {}

  /// The value of a pipeline, after its variables were set. A value in an `interface {}` comes out
  /// as itself. `pipe` may be null: no value.
  Result<Slot> pipe(const Slot& dot, const Node* pipe);

  /// An error at the node looked at last.
  [[nodiscard]] Error fail(const std::string& what, ErrorCode code = ErrorCode::kInvalid) const;
  void at(const Node& node) { node_ = &node; }

  struct Frame {
    const Tree* tree = nullptr;
    size_t variables_base = 0;
    const Node* node = nullptr;
  };
  /// Begins a template with `$` as its only variable; `leave` goes back to what was before.
  [[nodiscard]] Frame enter(const Tree& tree, const Slot& dot);
  void leave(const Frame& frame);

  [[nodiscard]] size_t variable_count() const { return variables_.size(); }
  void drop_variables(size_t count) { variables_.resize(count); }
  /// Sets the variable declared `from_top` places ago, 1 being the last.
  void set_top_variable(size_t from_top, Slot value);
  Result<void> assign_variable(std::string_view name, Slot value);

 private:
  struct Variable {
    std::string name;
    Slot value;
  };
  /// The operands of a command, the function or field in front included; the value piped in, or
  /// null.
  struct Arguments {
    std::span<const NodePtr> nodes;
    const Slot* final = nullptr;

    [[nodiscard]] bool any() const { return nodes.size() > 1 || final != nullptr; }
  };
  struct Signature {
    std::vector<ArgumentType> params;
    std::optional<ArgumentType> variadic;
  };

  Result<Slot> command(const Slot& dot, const Node& node, const Slot* final);
  Result<Slot> constant(const Slot& dot, const Node& node);
  Result<Slot> number(const Node& node);
  Result<void> no_arguments(const Node& first, Arguments args);
  Result<Slot> field_node(const Slot& dot, const Node& node, Arguments args);
  Result<Slot> chain_node(const Slot& dot, const Node& node, Arguments args);
  Result<Slot> variable_node(const Slot& dot, const Node& node, Arguments args);
  Result<Slot> field_chain(const Slot& dot,
                           Slot receiver,
                           const Node& node,
                           std::span<const std::string> names,
                           Arguments args);
  Result<Slot> field(const Slot& dot,
                     const std::string& name,
                     const Node& node,
                     Arguments args,
                     const Slot& receiver);
  Result<Slot> map_entry(const std::string& name, const Value& map);
  Result<Slot> function(const Slot& dot, const Node& name, const Node& call, Arguments args);
  Result<Slot> call_function(const Slot& dot,
                             const Function& function,
                             const std::string& name,
                             const Node& call,
                             Arguments args);
  Result<Slot> call_builtin(const Slot& dot,
                            const Builtin& builtin,
                            const Node& call,
                            Arguments args);
  Result<Slot> and_or(const Slot& dot, bool is_or, Arguments args);
  Result<Slot> call_value(std::span<const Slot> args, Arguments given);
  Result<void> check_count(const std::string& name, const Signature& signature, Arguments args);
  Result<std::vector<Slot>> arguments(const Slot& dot, const Signature& signature, Arguments args);
  Result<Slot> argument(const Slot& dot, const ArgumentType& type, const Node& node);
  Result<Slot> constant_argument(const Slot& dot, const ArgumentType& type, const Node& node);
  Result<Slot> nil_argument(const ArgumentType& type);
  Result<Slot> validate(const Slot& slot, const ArgumentType& type);
  Result<Slot> check_result(Slot result, const std::string& name);

  const TemplateSet& set_;
  const Tree* tree_ = nullptr;
  const Node* node_ = nullptr;
  std::vector<Variable> variables_;
  size_t variables_base_ = 0;
};

}  // namespace rhumb::gotmpl
