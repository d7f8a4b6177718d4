#include "gotmpl/walker.h"

#include <utility>

#include "base/go_format.h"
#include "gotmpl/printf.h"

namespace rhumb::gotmpl {
namespace {

using Kind = Value::Kind;

bool can_loop_over(const Slot& items) {
  switch (items.value.kind()) {
    case Kind::kList:
    case Kind::kBytes:
    case Kind::kMap:
    case Kind::kInteger:
      return true;
    default:
      return false;
  }
}

bool is_empty_loop(const Slot& items) {
  const Value& value = items.value;
  return !items.valid ||
         (value.kind() == Kind::kInteger ? !is_unsigned(value.int_kind()) && value.as_int() <= 0
                                         : value.length() == 0) ||
         (value.kind() == Kind::kInteger && value.as_uint() == 0);
}

}  // namespace

Result<void> Walker::run(const Tree& tree, const Value& root) {
  const Slot dot = Slot::of(root);
  const Evaluator::Frame caller = evaluator_.enter(tree, dot);
  ++calls_;
  frames_.push_back({.kind = Frame::Kind::kCall,
                     .node = tree.root.get(),
                     .dot = dot,
                     .variables = evaluator_.variable_count(),
                     .caller = caller});
  while (!frames_.empty()) {
    TRY(step());
  }
  return {};
}

Result<void> Walker::step() {
  Frame& frame = frames_.back();
  if (frame.kind == Frame::Kind::kLoop) {
    return turn(frame);
  }
  if (frame.next == frame.node->children.size()) {
    pop();
    return {};
  }
  const Node& node = *frame.node->children[frame.next++];
  evaluator_.at(node);
  if (++statements_ > set_.options().statements_max) {
    return evaluator_.fail(
        "more than " + std::to_string(set_.options().statements_max) + " statements were run",
        ErrorCode::kLimit);
  }
  const Slot dot = frame.dot;
  return statement(node, dot);
}

Result<void> Walker::statement(const Node& node, const Slot& dot) {
  switch (node.kind) {
    case NodeKind::kText:
      return write(node.text);
    case NodeKind::kAction:
      return action(node, dot);
    case NodeKind::kIf:
    case NodeKind::kWith:
      return branch(node, dot);
    case NodeKind::kRange:
      return begin_loop(node, dot);
    case NodeKind::kTemplate:
      return call(node, dot);
    case NodeKind::kBreak:
      return leave_turn(true);
    case NodeKind::kContinue:
      return leave_turn(false);
    default:
      return evaluator_.fail("unknown node: " + format_node(node), ErrorCode::kInternal);
  }
}

Result<void> Walker::action(const Node& node, const Slot& dot) {
  const Slot value = TRY(evaluator_.pipe(dot, node.pipe.get()));
  if (!node.pipe->declared.empty()) {
    return {};
  }
  evaluator_.at(node);
  const std::optional<Value> printable = printable_value(value);
  if (!printable.has_value()) {
    return evaluator_.fail("can't print " + format_node(node) + " of type " + value.type_name());
  }
  if (printable->kind() == Kind::kString && !printable->own_text().has_value()) {
    return write(printable->as_string());
  }
  return write(format_value(*printable));
}

Result<void> Walker::branch(const Node& node, const Slot& dot) {
  const size_t variables = evaluator_.variable_count();
  const Slot value = TRY(evaluator_.pipe(dot, node.pipe.get()));
  if (value.value.truth()) {
    push_block(*node.body, node.kind == NodeKind::kWith ? value : dot, variables);
  } else if (node.else_body != nullptr) {
    push_block(*node.else_body, dot, variables);
  } else {
    evaluator_.drop_variables(variables);
  }
  return {};
}

Result<void> Walker::begin_loop(const Node& node, const Slot& dot) {
  const size_t variables = evaluator_.variable_count();
  const Slot found = TRY(evaluator_.pipe(dot, node.pipe.get()));
  const Slot items = found.without_interface();
  if (found.valid && !can_loop_over(items)) {
    return evaluator_.fail("range can't iterate over " + format_value(items.value));
  }
  if (items.value.kind() == Kind::kInteger && node.pipe->declared.size() > 1) {
    return evaluator_.fail("can't use " + format_value(items.value) +
                           " to iterate over more than one variable");
  }
  if (!is_empty_loop(items)) {
    frames_.push_back({.kind = Frame::Kind::kLoop,
                       .node = &node,
                       .dot = dot,
                       .items = items,
                       .variables = variables});
    if (items.value.kind() == Kind::kMap) {
      frames_.back().entry = frames_.back().items.value.entries().begin();
    }
  } else if (node.else_body != nullptr) {
    push_block(*node.else_body, dot, variables);
  } else {
    evaluator_.drop_variables(variables);
  }
  return {};
}

Result<void> Walker::turn(Frame& loop) {
  const Value& items = loop.items.value;
  Slot key;
  Slot item;
  bool done = false;
  if (items.kind() == Kind::kInteger) {
    done = loop.next == items.as_uint();
    item = Slot::of(Value::integer(static_cast<int64_t>(loop.next), items.int_kind()));
  } else if (items.kind() == Kind::kMap) {
    done = loop.entry == items.entries().end();
    if (!done) {
      key = Slot::of(loop.entry->first);
      item = Slot::in(loop.entry->second, items.element_interface());
      ++loop.entry;
    }
  } else {
    done = loop.next == items.length().value_or(0);
    key = Slot::of(loop.next);
    if (!done && items.kind() == Kind::kBytes) {
      const auto byte = static_cast<unsigned char>(items.as_bytes()[loop.next]);
      item = Slot::of(Value::integer(byte, IntKind::kUint8));
    } else if (!done) {
      item = Slot::in(items.items()[loop.next], items.element_interface());
    }
  }
  if (done) {
    pop();
    return {};
  }
  ++loop.next;
  const Node& node = *loop.node;
  TRY(set_loop_variables(node, key, item));
  if (++statements_ > set_.options().statements_max) {
    return evaluator_.fail(
        "more than " + std::to_string(set_.options().statements_max) + " statements were run",
        ErrorCode::kLimit);
  }
  push_block(*node.body, item, evaluator_.variable_count());
  return {};
}

/// With two variables the key comes first; one alone is the element.
Result<void> Walker::set_loop_variables(const Node& node, const Slot& key, const Slot& item) {
  const std::vector<NodePtr>& declared = node.pipe->declared;
  if (declared.empty()) {
    return {};
  }
  if (node.pipe->assigns) {
    if (declared.size() > 1) {
      TRY(evaluator_.assign_variable(declared.front()->names.front(), key));
    }
    return evaluator_.assign_variable(declared.back()->names.front(), item);
  }
  evaluator_.set_top_variable(1, item);
  if (declared.size() > 1) {
    evaluator_.set_top_variable(2, key);
  }
  return {};
}

Result<void> Walker::call(const Node& node, const Slot& dot) {
  const auto found = set_.trees().find(node.text);
  if (found == set_.trees().end()) {
    return evaluator_.fail("template " + go_quote(node.text) + " not defined");
  }
  if (calls_ > kCallDepthMax) {
    return evaluator_.fail(
        "exceeded maximum template depth (" + std::to_string(kCallDepthMax) + ")",
        ErrorCode::kLimit);
  }
  const Slot argument = TRY(evaluator_.pipe(dot, node.pipe.get()));
  ++calls_;
  const Evaluator::Frame caller = evaluator_.enter(found->second, argument);
  frames_.push_back({.kind = Frame::Kind::kCall,
                     .node = found->second.root.get(),
                     .dot = argument,
                     .variables = evaluator_.variable_count(),
                     .caller = caller});
  return {};
}

/// `{{break}}` and `{{continue}}`: ends the blocks of this turn, and the loop itself.
Result<void> Walker::leave_turn(bool leaves_loop) {
  while (frames_.back().kind != Frame::Kind::kLoop) {
    pop();
  }
  if (leaves_loop) {
    pop();
  }
  return {};
}

void Walker::push_block(const Node& list, const Slot& dot, size_t variables) {
  frames_.push_back(
      {.kind = Frame::Kind::kBlock, .node = &list, .dot = dot, .variables = variables});
}

void Walker::pop() {
  const Frame& frame = frames_.back();
  if (frame.kind == Frame::Kind::kCall) {
    --calls_;
    evaluator_.leave(frame.caller);
  } else {
    evaluator_.drop_variables(frame.variables);
  }
  frames_.pop_back();
}

Result<void> Walker::write(std::string_view text) {
  const size_t limit = set_.options().output_bytes_max;
  if (text.size() > limit - written_) {
    return evaluator_.fail("output is larger than " + std::to_string(limit) + " bytes",
                           ErrorCode::kLimit);
  }
  written_ += text.size();
  out_ += text;
  return {};
}

}  // namespace rhumb::gotmpl
