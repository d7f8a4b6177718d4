#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "gotmpl/evaluator.h"

namespace rhumb::gotmpl {

/// Runs the statements of a template.
///
/// Blocks, loops and calls are frames on a heap-allocated stack, so that the depth of template
/// calls is bound by kCallDepthMax and not by the thread's stack.
class Walker {
 public:
  Walker(const TemplateSet& set, std::string& out) : set_(set), out_(out), evaluator_(set) {}

  Result<void> run(const Tree& tree, const Value& root);

 private:
  /// A list being run: a block, a loop's body, or a template's root.
  struct Frame {
    enum class Kind { kBlock, kLoop, kCall };
    Kind kind = Kind::kBlock;
    const Node* node = nullptr;                 ///< kBlock, kCall: the list; kLoop: the range
    size_t next = 0;                            ///< statement or turn
    Slot dot;                                   ///< kLoop: the dot outside
    Slot items = {};                            ///< kLoop: what is walked over
    Value::Entries::const_iterator entry = {};  ///< kLoop over a map
    size_t variables = 0;                       ///< variables to keep when the frame ends
    Evaluator::Frame caller = {};               ///< kCall
  };

  Result<void> step();
  Result<void> statement(const Node& node, const Slot& dot);
  Result<void> action(const Node& node, const Slot& dot);
  Result<void> branch(const Node& node, const Slot& dot);
  Result<void> begin_loop(const Node& node, const Slot& dot);
  Result<void> turn(Frame& loop);
  Result<void> set_loop_variables(const Node& node, const Slot& key, const Slot& item);
  Result<void> call(const Node& node, const Slot& dot);
  Result<void> leave_turn(bool leaves_loop);
  void push_block(const Node& list, const Slot& dot, size_t variables);
  void pop();
  Result<void> write(std::string_view text);

  const TemplateSet& set_;
  std::string& out_;
  Evaluator evaluator_;
  std::vector<Frame> frames_;
  size_t written_ = 0;
  int64_t statements_ = 0;
  int calls_ = 0;
};

}  // namespace rhumb::gotmpl
