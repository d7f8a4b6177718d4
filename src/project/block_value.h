#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/syntax.h"

namespace rhumb::project {

/// A block whose attributes have values; null ones are left out.
struct BlockValue {
  struct Attribute {
    std::string name{};
    hcl::Value value{};
  };
  std::string type{};
  std::vector<std::string> labels{};
  std::vector<Attribute> attributes{};
  std::vector<BlockValue> blocks{};

  [[nodiscard]] const hcl::Value* find(std::string_view name) const;
  /// The first inner block of that type; null when there is none.
  [[nodiscard]] const BlockValue* find_block(std::string_view block_type) const;
};

/// Evaluates every attribute of a block, but for `for_each` and blocks that are evaluated when they
/// are used (checks, rollouts).
///
/// Words such as `LINEAR` stand for themselves where an enumeration is expected.
/// Errors: of evaluation; `Unknown migration.exec_order; ...`; `<file>:46,3-21: mixed list types used
/// in "a" attribute`. Source: spec project-file.md 1.1, 2 step 5.
[[nodiscard]] Result<BlockValue> evaluate_block(const hcl::Block& block,
                                                const hcl::EvalContext& context);

/// Reads attributes as what they have to be, without conversion.
///
/// Shape: an attribute that is missing is empty. A reader of no block reads nothing.
/// Errors: `value of attr "url" cannot be read as string: string value is required` and its like.
class BlockReader {
 public:
  explicit BlockReader(const BlockValue* block) : block_(block) {}

  [[nodiscard]] bool has_block() const { return block_ != nullptr; }
  [[nodiscard]] BlockReader inner(std::string_view type) const;
  [[nodiscard]] Result<std::string> text(std::string_view name) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const;
  [[nodiscard]] Result<std::optional<bool>> flag(std::string_view name) const;
  /// As flag; the texts `"true"` and `"false"` will do.
  [[nodiscard]] Result<std::optional<bool>> lenient_flag(std::string_view name) const;
  [[nodiscard]] Result<std::optional<int64_t>> integer(std::string_view name) const;

 private:
  [[nodiscard]] const hcl::Value* find(std::string_view name) const;

  const BlockValue* block_;  // borrowed, may be null
};

}  // namespace rhumb::project
