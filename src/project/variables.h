#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/syntax.h"

namespace rhumb::project {

/// The value of one `variable` block.
struct VariableValue {
  std::string name{};
  hcl::Value value{};
  bool is_sensitive = false;
};

/// Evaluates a `variable` block: `--var` (`given`, all pairs of the command line), else its
/// default.
///
/// `context` is what types and defaults can see.
/// Errors: those of spec project-file.md 2 step 2 and 2.1.
[[nodiscard]] Result<VariableValue> evaluate_variable(
    const hcl::Block& block,
    const hcl::EvalContext& context,
    const std::vector<std::pair<std::string, std::string>>& given);

/// The same with a value that was given in some other way, or with none.
[[nodiscard]] Result<VariableValue> evaluate_variable(const hcl::Block& block,
                                                      const hcl::EvalContext& context,
                                                      std::optional<hcl::Value> given);

/// The texts inside a value, at any depth: what has to be hidden of a sensitive one.
void collect_texts(const hcl::Value& value, std::vector<std::string>& texts);

}  // namespace rhumb::project
