#include <fmt/format.h>

#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/evaluate_internal.h"

namespace rhumb::hcl {

namespace {

const Function* find_function(const EvalContext& context, const std::string& name, bool& any) {
  for (const EvalContext* at = &context; at != nullptr; at = at->parent) {
    if (at->functions == nullptr) {
      continue;
    }
    any = true;
    if (const auto found = at->functions->find(name); found != at->functions->end()) {
      return &found->second;
    }
  }
  return nullptr;
}

const Parameter& parameter_of(const Function& function, size_t index) {
  const std::optional<Parameter>& variadic = function.variadic;
  return index < function.parameters.size() || !variadic ? function.parameters[index] : *variadic;
}

}  // namespace

Value Evaluator::eval_node(const Expr& /*expr*/, const CallExpr& node, const EvalContext& context) {
  bool any = false;
  const Function* function = find_function(context, node.name, any);
  if (function == nullptr) {
    if (!any) {
      return report("Function calls not allowed", "Functions may not be called here.",
                    node.name_span);
    }
    return report("Call to unknown function",
                  "There is no function named " + go_quote(node.name) + ".", node.name_span);
  }
  if (function->lazy) {
    return call_lazy(node, *function, context);
  }
  ValueList values;
  std::vector<SourceSpan> spans;
  const size_t before = problems();
  if (!expand_arguments(node, context, values, spans)) {
    return Value::unknown();
  }
  if (!check_argument_count(node, *function, values.size(), spans)) {
    return Value::unknown();
  }
  const bool converted = convert_arguments(*function, values, spans);
  if (!converted || failed_since(before)) {
    return Value::unknown();
  }
  return call_function(node, *function, std::move(values), spans);
}

// All arguments, the last one taken apart when it is expanded; each with the place shown for it.
bool Evaluator::expand_arguments(const CallExpr& node,
                                 const EvalContext& context,
                                 ValueList& values,
                                 std::vector<SourceSpan>& spans) {
  const size_t before = problems();
  for (const ExprPtr& argument : node.arguments) {
    values.push_back(eval(*argument, context));
    spans.push_back(argument->start_span());
  }
  if (!node.expand_last || failed_since(before)) {
    return !failed_since(before);
  }
  const Value last = values.back();
  const Expr& last_expr = *node.arguments.back();
  constexpr std::string_view kSummary = "Invalid expanding argument value";
  if (last.is_null()) {
    report(kSummary, "The expanding argument (indicated by ...) must not be null.", last_expr.span);
    return false;
  }
  if (!last.is_known()) {
    return false;
  }
  if (!last.is_sequence()) {
    report(kSummary,
           "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
           last_expr.span);
    return false;
  }
  values.pop_back();
  spans.pop_back();
  for (const Value& element : last.elements()) {
    values.push_back(element);
    spans.push_back(last_expr.span);
  }
  return true;
}

bool Evaluator::check_argument_count(const CallExpr& node,
                                     const Function& function,
                                     size_t count,
                                     const std::vector<SourceSpan>& spans) {
  const size_t wanted = function.parameters.size();
  if (count < wanted) {
    report("Not enough function arguments",
           fmt::format("Function \"{}\" expects {}{} argument(s). Missing value for \"{}\".",
                       node.name, function.variadic ? "at least " : "", wanted,
                       function.parameters[count].name),
           node.close_paren);
    return false;
  }
  if (count > wanted && !function.variadic) {
    const SourceSpan& at = spans[wanted];
    report("Too many function arguments",
           fmt::format("Function \"{}\" expects only {} argument(s).", node.name, wanted), at);
    return false;
  }
  return true;
}

bool Evaluator::convert_arguments(const Function& function,
                                  ValueList& values,
                                  const std::vector<SourceSpan>& spans) {
  const size_t before = problems();
  for (size_t i = 0; i < values.size(); ++i) {
    const Parameter& parameter = parameter_of(function, i);
    auto converted = convert(values[i], parameter.type);
    if (converted) {
      values[i] = *std::move(converted);
    } else {
      report("Invalid function argument",
             fmt::format("Invalid value for \"{}\" parameter: {}.", parameter.name,
                         converted.error().message()),
             spans[i]);
    }
  }
  if (failed_since(before)) {
    return false;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const Parameter& parameter = parameter_of(function, i);
    if (values[i].is_null() && !parameter.allow_null) {
      report("Invalid function argument",
             fmt::format("Invalid value for \"{}\" parameter: argument must not be null.",
                         parameter.name),
             spans[i]);
      return false;
    }
  }
  return true;
}

Value Evaluator::call_function(const CallExpr& node,
                               const Function& function,
                               ValueList values,
                               const std::vector<SourceSpan>& spans) {
  const SourceSpan call_span{node.name_span.file, node.name_span.begin, node.open_paren.end};
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_known() && !parameter_of(function, i).allow_unknown) {
      return Value::unknown();
    }
  }
  if (!spend(static_cast<int64_t>(values.size()), call_span)) {
    return Value::unknown();
  }
  CallProblem problem;
  auto result = function.call(values, problem);
  if (result) {
    if (result->has_content() && result->kind() == TypeKind::kString) {
      spend(static_cast<int64_t>(result->as_string().size() / 256), call_span);
    } else if (result->is_sequence()) {
      spend(static_cast<int64_t>(result->size()), call_span);
    }
    return *std::move(result);
  }
  if (const auto& index = problem.index(); index && *index < spans.size()) {
    return report("Invalid function argument",
                  fmt::format("Invalid value for \"{}\" parameter: {}.",
                              parameter_of(function, *index).name, result.error().message()),
                  spans[*index]);
  }
  return report(
      "Error in function call",
      fmt::format("Call to function \"{}\" failed: {}.", node.name, result.error().message()),
      call_span);
}

Value Evaluator::call_lazy(const CallExpr& node,
                           const Function& function,
                           const EvalContext& context) {
  std::vector<SourceSpan> spans;
  spans.reserve(node.arguments.size());
  for (const ExprPtr& argument : node.arguments) {
    spans.push_back(argument->start_span());
  }
  if (!check_argument_count(node, function, node.arguments.size(), spans)) {
    return Value::unknown();
  }
  const LazyEvaluate lazy = [&](const Expr& expr, Diagnostics& diagnostics) {
    Evaluator inner(steps_left_, diagnostics);
    inner.splat_item_ = splat_item_;
    return inner.eval(expr, context);
  };
  auto result = function.lazy(node.arguments, lazy);
  if (result) {
    return *std::move(result);
  }
  return report(
      "Error in function call",
      fmt::format("Call to function \"{}\" failed: {}.", node.name, result.error().message()),
      SourceSpan{node.name_span.file, node.name_span.begin, node.open_paren.end});
}

}  // namespace rhumb::hcl
