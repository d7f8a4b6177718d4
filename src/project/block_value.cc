#include "project/block_value.h"

#include <algorithm>

namespace rhumb::project {

const hcl::Value* BlockValue::find(std::string_view name) const {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &found->value;
}

const BlockValue* BlockValue::find_block(std::string_view block_type) const {
  const auto found = std::ranges::find(blocks, block_type, &BlockValue::type);
  return found == blocks.end() ? nullptr : &*found;
}

}  // namespace rhumb::project
