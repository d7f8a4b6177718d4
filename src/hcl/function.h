#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "hcl/syntax.h"
#include "hcl/value.h"

namespace rhumb::hcl {

/// A parameter of a function; arguments are converted to its type first.
struct Parameter {
  std::string name;
  Type type;  ///< dynamic: anything
  bool allow_null = false;
  bool allow_unknown = false;
};

/// How a function says which of its arguments is wrong.
class CallProblem {
 public:
  /// A failure of argument `index`, shown at its position.
  [[nodiscard]] Error argument(size_t index, std::string message) {
    index_ = index;
    return invalid(std::move(message));
  }
  [[nodiscard]] const std::optional<size_t>& index() const { return index_; }

 private:
  std::optional<size_t> index_;
};

/// Evaluates an argument that a function takes unevaluated.
using LazyEvaluate = std::function<Value(const Expr&, Diagnostics&)>;

/// A function of the language.
///
/// Shape: an argument that is unknown makes the result unknown, without a call, unless its
/// parameter allows it. `lazy`, when set, is called with the expressions instead of `call` with
/// values. Errors: what `call` returns is shown as `Error in function call` or, when it comes from
/// CallProblem::argument, as `Invalid function argument`.
struct Function {
  std::vector<Parameter> parameters;
  std::optional<Parameter> variadic;
  std::function<Result<Value>(const ValueList& arguments, CallProblem& problem)> call;
  std::function<Result<Value>(const std::vector<ExprPtr>& arguments, const LazyEvaluate& evaluate)>
      lazy;
};

using FunctionTable = std::map<std::string, Function, std::less<>>;

}  // namespace rhumb::hcl
