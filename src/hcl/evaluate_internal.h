#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hcl/evaluate.h"

namespace rhumb::hcl {

[[nodiscard]] Result<Value> index_value(const Value& collection,
                                        const Value& key,
                                        const SourceSpan& span);
[[nodiscard]] Result<Value> get_attribute(const Value& value,
                                          const std::string& name,
                                          const SourceSpan& span);

/// Applies a binary operator to operands of the right type.
[[nodiscard]] Result<Value> apply_operator(BinaryOperator op,
                                           const Value& left,
                                           const Value& right);
/// The type both operands of `op` are converted to; dynamic for equality.
[[nodiscard]] Type operand_type(BinaryOperator op);

/// Why the arms of a conditional do not go together.
[[nodiscard]] std::string conditional_mismatch(const Type& when_true, const Type& when_false);

/// One walk over an expression. A failed part is unknown and has left its problem behind.
class Evaluator {
 public:
  Evaluator(int64_t& steps_left, Diagnostics& diagnostics)
      : steps_left_(steps_left), diagnostics_(diagnostics) {}

  Value eval(const Expr& expr, const EvalContext& context);

 private:
  Value eval_node(const Expr& expr, const LiteralExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const TemplateExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const TemplateWrapExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const TemplateJoinExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const ScopeTraversalExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const RelativeTraversalExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const CallExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const ConditionalExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const IndexExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const TupleExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const ObjectExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const ForExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const SplatExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const SplatItemExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const UnaryExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const BinaryExpr& node, const EvalContext& context);
  Value eval_node(const Expr& expr, const ParenExpr& node, const EvalContext& context);

  Value report(std::string_view summary, std::string_view detail, const SourceSpan& span);
  Value report(const Error& error);
  Value unwrap(Result<Value> result);
  /// False when the budget is used up; the problem is reported once.
  bool spend(int64_t steps, const SourceSpan& span);
  [[nodiscard]] bool failed_since(size_t before) const {
    return diagnostics_.errors().size() > before;
  }
  [[nodiscard]] size_t problems() const { return diagnostics_.errors().size(); }

  std::optional<std::string> template_text(const Value& value, const SourceSpan& span);
  std::optional<bool> condition_value(const Expr& condition, const EvalContext& context);
  std::optional<std::string> object_key(const ObjectItem& item, const EvalContext& context);

  // Loops (evaluate_for.cc).
  struct Loop;
  bool eval_loop_round(Loop& loop, const Value& key, const Value& value, EvalContext& inner);
  std::optional<bool> loop_condition(const Expr& condition, const EvalContext& inner);
  std::optional<std::string> loop_key(const Expr& key, const EvalContext& inner);

  // Calls (evaluate_call.cc).
  bool expand_arguments(const CallExpr& node,
                        const EvalContext& context,
                        ValueList& values,
                        std::vector<SourceSpan>& spans);
  bool check_argument_count(const CallExpr& node,
                            const Function& function,
                            size_t count,
                            const std::vector<SourceSpan>& spans);
  bool convert_arguments(const Function& function,
                         ValueList& values,
                         const std::vector<SourceSpan>& spans);
  Value call_function(const CallExpr& node,
                      const Function& function,
                      ValueList values,
                      const std::vector<SourceSpan>& spans);
  Value call_lazy(const CallExpr& node, const Function& function, const EvalContext& context);

  int64_t& steps_left_;
  Diagnostics& diagnostics_;
  const Value* splat_item_ = nullptr;
};

}  // namespace rhumb::hcl
