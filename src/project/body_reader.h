#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/syntax.h"

namespace rhumb::project {

/// An attribute that a block with a fixed layout may hold.
struct BodyField {
  std::string_view name;  // a literal
  hcl::Type type;         ///< what its value converts to; dynamic: anything
  bool is_required = false;
};

/// The attributes of a block with a fixed layout, evaluated and converted.
class BodyValues {
 public:
  /// Null when it was not set, or set to null.
  [[nodiscard]] const hcl::Value* find(std::string_view name) const;
  /// A text, "" when it was not set.
  [[nodiscard]] std::string text(std::string_view name) const;
  /// The elements of a list of texts. Errors: `<name> must not hold null`.
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;
  void put(std::string_view name, hcl::Value value);

 private:
  hcl::ValueMap values_;
};

/// Reads a block; `is_strict`: everything else in it is a problem.
///
/// Errors: `file.hcl:1,14-14: Missing required argument; ...` at the opening brace, `Unsupported
/// argument`, `Unsupported block type`, problems of evaluation, `Unsuitable value type`.
/// Source: scenarios data-sources and project-file/variables-block-errors.
[[nodiscard]] Result<BodyValues> read_body(const hcl::Block& block,
                                           const hcl::EvalContext& context,
                                           const std::vector<BodyField>& fields,
                                           bool is_strict);

/// Refuses attributes that no field takes; blocks are the caller's.
/// Errors: `file.hcl:1,14-19: Unsupported argument; ... Did you mean "soak"?`.
[[nodiscard]] Result<void> check_attributes(const hcl::Block& block,
                                            const std::vector<BodyField>& fields);

/// The other half of a lenient read: blocks and attributes that no field took are refused.
/// Errors: `getting attributes: ... Unexpected "x" block; Blocks are not allowed here.`,
/// `unexpected attributes: [a b]`.
Result<void> check_no_blocks(const hcl::Block& block);
Result<void> check_no_other_attributes(const hcl::Block& block,
                                       const std::vector<std::string_view>& known);

}  // namespace rhumb::project
