#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/diagnostics.h"
#include "base/result.h"
#include "hcl/function.h"
#include "hcl/syntax.h"
#include "hcl/value.h"

namespace rhumb::hcl {

/// What a resolver found: the value of the root and its first `steps` steps.
struct Resolved {
  Value value;
  size_t steps = 0;
};

/// Finds a value when an expression asks for it, so that locals and data sources are evaluated on
/// demand. Nothing: the name is unknown here. An error that has a position is reported as it is,
/// one without as it is at the reference.
using VariableResolver = std::function<std::optional<Result<Resolved>>(const Traversal& traversal)>;

/// The names an expression can see. Contexts chain: what is not found here is looked for in
/// `parent`. Lifetime: `parent`, `functions` and `steps_left` must outlive the evaluation.
struct EvalContext {
  const EvalContext* parent = nullptr;
  std::map<std::string, Value, std::less<>> variables;
  VariableResolver resolver;                ///< asked after `variables`; may be empty
  std::vector<std::string> resolver_names;  ///< roots the resolver knows, for suggestions
  const FunctionTable* functions = nullptr;
  int64_t* steps_left = nullptr;  ///< shared budget; null: kStepMax for this evaluation alone
};

/// The most steps (nodes visited, and text made in pieces of 256 bytes) of one evaluation.
inline constexpr int64_t kStepMax = 50'000'000;

/// The value of `expr`. Problems go to `diagnostics`, and then the value is unknown or incomplete.
/// Errors: each `Summary; Detail` with its span; kLimit when the steps are used up.
[[nodiscard]] Value evaluate(const Expr& expr,
                             const EvalContext& context,
                             Diagnostics& diagnostics);

/// The value of `expr`, or all its problems as one error that is ready to be printed:
/// `file.hcl:3,5-10: Summary; Detail`.
[[nodiscard]] Result<Value> evaluate(const Expr& expr, const EvalContext& context);

/// Follows `step` from `value`, with the language's messages.
[[nodiscard]] Result<Value> apply_step(const Value& value, const TraversalStep& step);

/// `names` nearest to `name`: the one at the least edit distance below 3, then the first by name.
[[nodiscard]] std::optional<std::string> suggest_name(std::string_view name,
                                                      const std::vector<std::string>& names);

}  // namespace rhumb::hcl
