#include "project/expand.h"

#include <utility>

#include "hcl/convert.h"
#include "hcl/json.h"
#include "project/evaluate_block.h"

namespace rhumb::project {
namespace {

/// A key as text; an element of a set that has no text of its own as JSON.
std::string key_text(const hcl::Value& key) {
  const Result<hcl::Value> text = hcl::convert(key, hcl::Type::string());
  if (text.has_value() && text.value().has_content()) {
    return text.value().as_string();
  }
  return hcl::format_value_json(key).value_or("");
}

Result<void> expand_block(const PlacedBlock& placed,
                          const hcl::Attribute& for_each,
                          const Scope& scope,
                          std::vector<Instance>& instances) {
  const hcl::EvalContext& context = scope.context(placed.file);
  const hcl::Value collection = TRY(evaluate_expression(*for_each.expr, context));
  const std::vector<Each> elements = TRY(each_of(collection));
  for (const Each& each : elements) {
    hcl::EvalContext inner;
    inner.parent = &context;
    inner.variables = each.names();
    Instance instance;
    instance.placed = placed;
    instance.key = key_text(each.key);
    instance.value = TRY(evaluate_block(*placed.block, inner));
    instance.names = std::move(inner.variables);
    instances.push_back(std::move(instance));
  }
  return {};
}

}  // namespace

hcl::ValueMap Each::names() const {
  hcl::ValueMap members;
  members.emplace("key", key);
  members.emplace("value", value);
  hcl::ValueMap names;
  names.emplace("each", hcl::Value::object(std::move(members)));
  return names;
}

Result<std::vector<Each>> each_of(const hcl::Value& collection) {
  std::vector<Each> elements;
  if (collection.has_content()) {
    switch (collection.kind()) {
      case hcl::TypeKind::kSet:
        for (const hcl::Value& element : collection.elements()) {
          elements.push_back({.key = element, .value = element});
        }
        return elements;
      case hcl::TypeKind::kTuple:
        for (const hcl::Value& element : collection.elements()) {
          elements.push_back({.key = hcl::Value::integer(static_cast<int64_t>(elements.size())),
                              .value = element});
        }
        return elements;
      case hcl::TypeKind::kObject:
        for (const auto& [key, element] : collection.entries()) {
          elements.push_back({.key = hcl::Value::string(key), .value = element});
        }
        return elements;
      default:
        break;
    }
  }
  return invalid("schemahcl: for_each does not support " + collection.type().friendly_name() +
                 " type");
}

Result<std::vector<Instance>> expand_blocks(const std::vector<PlacedBlock>& blocks,
                                            const Scope& scope) {
  std::vector<Instance> instances;
  for (const PlacedBlock& placed : blocks) {
    if (placed.block->body.find_attribute("for_each") == nullptr) {
      Instance instance;
      instance.placed = placed;
      instance.value = TRY(evaluate_block(*placed.block, scope.context(placed.file)));
      instances.push_back(std::move(instance));
    }
  }
  for (const PlacedBlock& placed : blocks) {
    if (const hcl::Attribute* for_each = placed.block->body.find_attribute("for_each")) {
      TRY(expand_block(placed, *for_each, scope, instances));
    }
  }
  return instances;
}

}  // namespace rhumb::project
