#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hcl/value.h"

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

}  // namespace rhumb::project
