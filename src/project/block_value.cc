#include "project/block_value.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"

namespace rhumb::project {
namespace {

struct Enumeration {
  std::string_view block;
  std::string_view attribute;
  std::array<std::string_view, 6> words;
};

constexpr Enumeration kEnumerations[] = {
    {"migration", "format",
     {"atlas", "golang-migrate", "goose", "flyway", "liquibase", "dbmate"}},
    {"migration", "exec_order", {"LINEAR", "LINEAR_SKIP", "NON_LINEAR"}},
    {"migration", "report_masking", {"ALL", "VALUES", "NONE"}},
    {"migration", "policy_unreachable", {"FAIL", "WARN"}},
    {"lint", "review", {"ALWAYS", "WARNING", "ERROR"}},
};

constexpr std::string_view kLateBlocks[] = {"check", "rollout"};
constexpr std::string_view kWholeNumber =
    "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

const Enumeration* find_enumeration(std::string_view block, std::string_view attribute) {
  const auto* found = std::ranges::find_if(kEnumerations, [&](const Enumeration& enumeration) {
    return enumeration.block == block && enumeration.attribute == attribute;
  });
  return found == std::end(kEnumerations) ? nullptr : found;
}

/// Speaks of `migration.exec_order` and `exec_order` where the language speaks of variables.
Error enumeration_error(const Error& error, const Enumeration& enumeration) {
  constexpr std::string_view kUnknown = "Unknown variable; There is no variable named ";
  const std::string& message = error.message();
  if (!message.starts_with(kUnknown) || !error.span()) {
    return error;
  }
  const std::string attribute(enumeration.attribute);
  return hcl::diagnostic(
      "Unknown " + std::string(enumeration.block) + "." + attribute,
      "There is no " + attribute + " named " + message.substr(kUnknown.size()), *error.span());
}

Result<hcl::Value> evaluate_word(const hcl::Attribute& attribute, const hcl::EvalContext& context,
                                 const Enumeration& enumeration) {
  hcl::EvalContext words;
  words.parent = &context;
  for (const std::string_view word : enumeration.words) {
    if (!word.empty()) {
      words.variables.emplace(word, hcl::Value::string(word));
    }
  }
  Diagnostics problems;
  hcl::Value value = hcl::evaluate(*attribute.expr, words, problems);
  if (problems.empty()) {
    return value;
  }
  Diagnostics told;
  for (const Error& error : problems.errors()) {
    told.add(enumeration_error(error, enumeration));
  }
  return hcl::to_error(told);
}

bool is_mixed(const hcl::Value& value) {
  if (value.kind() != hcl::TypeKind::kTuple || !value.is_sequence()) {
    return false;
  }
  const hcl::Value* first = nullptr;
  for (const hcl::Value& element : value.elements()) {
    if (element.is_null() || !element.is_known()) {
      continue;
    }
    if (first != nullptr && element.type() != first->type()) {
      return true;
    }
    first = first == nullptr ? &element : first;
  }
  return false;
}

Result<hcl::Value> evaluate_attribute(const hcl::Block& block, const hcl::Attribute& attribute,
                                      const hcl::EvalContext& context) {
  const Enumeration* enumeration = find_enumeration(block.type, attribute.name);
  hcl::Value value = TRY(enumeration == nullptr
                             ? hcl::evaluate(*attribute.expr, context)
                             : evaluate_word(attribute, context, *enumeration));
  if (is_mixed(value)) {
    return invalid(hcl::format_span(attribute.span) + ": mixed list types used in " +
                   go_quote(attribute.name) + " attribute");
  }
  return value;
}

Error unreadable(std::string_view name, std::string_view kind, const hcl::Value& value,
                 std::string_view reason) {
  return invalid("value of attr " + go_quote(name) + " cannot be read as " + std::string(kind) +
                 ": " + std::string(value.is_known() ? reason : "value must be known"));
}

}  // namespace

const hcl::Value* BlockValue::find(std::string_view name) const {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &found->value;
}

const BlockValue* BlockValue::find_block(std::string_view block_type) const {
  const auto found = std::ranges::find(blocks, block_type, &BlockValue::type);
  return found == blocks.end() ? nullptr : &*found;
}

Result<BlockValue> evaluate_block(const hcl::Block& block, const hcl::EvalContext& context) {
  BlockValue result;
  result.type = block.type;
  result.labels = block.labels;
  for (const hcl::Attribute& attribute : block.body.attributes) {
    if (attribute.name == "for_each") {
      continue;
    }
    hcl::Value value = TRY(evaluate_attribute(block, attribute, context));
    if (!value.is_null()) {
      result.attributes.push_back({.name = attribute.name, .value = std::move(value)});
    }
  }
  for (const hcl::Block& inner : block.body.blocks) {
    if (std::ranges::find(kLateBlocks, inner.type) == std::end(kLateBlocks)) {
      result.blocks.push_back(TRY(evaluate_block(inner, context)));
    }
  }
  return result;
}

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
