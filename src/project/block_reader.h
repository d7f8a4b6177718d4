#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/block_value.h"

namespace rhumb::project {

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
  /// The entries of a map or an object, of any type.
  [[nodiscard]] Result<hcl::ValueMap> entries(std::string_view name) const;
  [[nodiscard]] Result<std::optional<bool>> flag(std::string_view name) const;
  /// As flag; the texts `"true"` and `"false"` will do.
  [[nodiscard]] Result<std::optional<bool>> lenient_flag(std::string_view name) const;
  [[nodiscard]] Result<std::optional<int64_t>> integer(std::string_view name) const;

 private:
  [[nodiscard]] const hcl::Value* find(std::string_view name) const;

  const BlockValue* block_;  // borrowed, may be null
};

}  // namespace rhumb::project
