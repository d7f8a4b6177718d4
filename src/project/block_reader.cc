#include "project/block_reader.h"

#include "base/go_format.h"
#include "hcl/convert.h"

namespace rhumb::project {
namespace {

constexpr std::string_view kWholeNumber =
    "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

Error unreadable(std::string_view name,
                 std::string_view kind,
                 const hcl::Value& value,
                 std::string_view reason) {
  return invalid("value of attr " + go_quote(name) + " cannot be read as " + std::string(kind) +
                 ": " + std::string(value.is_known() ? reason : "value must be known"));
}

}  // namespace

const hcl::Value* BlockReader::find(std::string_view name) const {
  return block_ == nullptr ? nullptr : block_->find(name);
}

BlockReader BlockReader::inner(std::string_view type) const {
  return BlockReader(block_ == nullptr ? nullptr : block_->find_block(type));
}

Result<std::string> BlockReader::text(std::string_view name) const {
  const hcl::Value* value = find(name);
  if (value == nullptr) {
    return std::string();
  }
  if (!value->has_content() || value->kind() != hcl::TypeKind::kString) {
    return unreadable(name, "string", *value, "string value is required");
  }
  return value->as_string();
}

Result<std::vector<std::string>> BlockReader::texts(std::string_view name) const {
  std::vector<std::string> texts;
  const hcl::Value* value = find(name);
  if (value == nullptr) {
    return texts;
  }
  if (!value->is_sequence()) {
    return invalid("schemahcl: field is of type slice but attr " + go_quote(name) +
                   " is type: " + value->type().friendly_name());
  }
  for (const hcl::Value& element : value->elements()) {
    if (!element.has_content() || element.kind() != hcl::TypeKind::kString) {
      return unreadable(name, "string", element, "string value is required");
    }
    texts.push_back(element.as_string());
  }
  return texts;
}

Result<hcl::ValueMap> BlockReader::entries(std::string_view name) const {
  const hcl::Value* value = find(name);
  if (value == nullptr) {
    return hcl::ValueMap();
  }
  if (!value->is_mapping()) {
    return unreadable(name, "map", *value, "map or object value is required");
  }
  return value->entries();
}

Result<std::optional<bool>> BlockReader::flag(std::string_view name) const {
  const hcl::Value* value = find(name);
  if (value == nullptr) {
    return std::optional<bool>();
  }
  if (!value->has_content() || value->kind() != hcl::TypeKind::kBool) {
    return unreadable(name, "bool", *value, "bool value is required");
  }
  return std::optional(value->as_bool());
}

Result<std::optional<bool>> BlockReader::lenient_flag(std::string_view name) const {
  const hcl::Value* value = find(name);
  if (value == nullptr || value->kind() == hcl::TypeKind::kBool) {
    return flag(name);
  }
  const Result<hcl::Value> converted = hcl::convert(*value, hcl::Type::boolean());
  if (!converted.has_value() || !converted.value().has_content()) {
    return unreadable(name, "bool", *value, "bool value is required");
  }
  return std::optional(converted.value().as_bool());
}

Result<std::optional<int64_t>> BlockReader::integer(std::string_view name) const {
  const hcl::Value* value = find(name);
  if (value == nullptr) {
    return std::optional<int64_t>();
  }
  if (!value->has_content() || value->kind() != hcl::TypeKind::kNumber) {
    return unreadable(name, "integer", *value, "number value is required");
  }
  const std::optional<int64_t> integer = value->as_number().to_int64();
  if (!integer) {
    return unreadable(name, "integer", *value, kWholeNumber);
  }
  return integer;
}

}  // namespace rhumb::project
