#include "graphql/introspection.h"

#include <string>
#include <utility>
#include <vector>

namespace rhumb::graphql {
namespace {

using codec::Json;

/// A `__Type` is passed around as the reference as written, `{"reference": "[Dir!]!"}`, and taken
/// apart when one of its fields is asked for: types contain each other.
constexpr std::string_view kReference = "reference";

Json type_node(std::string reference) {
  Json node = Json::object();
  node.set(kReference, std::move(reference));
  return node;
}

Json type_nodes(const std::vector<std::string>& names) {
  Json nodes = Json::array();
  for (const std::string& name : names) {
    nodes.push_back(type_node(name));
  }
  return nodes;
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

void set_deprecation(Json& node, const std::optional<std::string>& reason) {
  node.set("isDeprecated", reason.has_value());
  node.set("deprecationReason", reason ? Json(*reason) : Json());
}

Json input_values(const std::vector<InputValue>& values) {
  Json nodes = Json::array();
  for (const InputValue& value : values) {
    Json node = Json::object();
    node.set("name", value.name);
    node.set("description", text_or_null(value.description));
    node.set("type", type_node(format_type(value.type)));
    node.set("defaultValue",
             value.default_value ? Json(format_value(*value.default_value)) : Json());
    set_deprecation(node, value.deprecation_reason);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Json field_nodes(const std::vector<Field>& fields) {
  Json nodes = Json::array();
  for (const Field& field : fields) {
    Json node = Json::object();
    node.set("name", field.name);
    node.set("description", text_or_null(field.description));
    node.set("args", input_values(field.arguments));
    node.set("type", type_node(format_type(field.type)));
    set_deprecation(node, field.deprecation_reason);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Json enum_nodes(const std::vector<EnumValue>& values) {
  Json nodes = Json::array();
  for (const EnumValue& value : values) {
    Json node = Json::object();
    node.set("name", value.name);
    node.set("description", text_or_null(value.description));
    set_deprecation(node, value.deprecation_reason);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Json directive_nodes(const std::vector<Directive>& directives) {
  Json nodes = Json::array();
  for (const Directive& directive : directives) {
    Json locations = Json::array();
    for (const std::string& location : directive.locations) {
      locations.push_back(location);
    }
    Json node = Json::object();
    node.set("name", directive.name);
    node.set("description", text_or_null(directive.description));
    node.set("isRepeatable", directive.repeatable);
    node.set("locations", std::move(locations));
    node.set("args", input_values(directive.arguments));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

/// `nodes` without the deprecated ones, unless they are asked for.
Json without_deprecated(const Json& nodes, const Json& arguments) {
  if (arguments.find_bool("includeDeprecated").value_or(false)) {
    return nodes;
  }
  Json kept = Json::array();
  for (const Json& node : nodes.as_array()) {
    if (!node.find_bool("isDeprecated").value_or(false)) {
      kept.push_back(node);
    }
  }
  return kept;
}

Json resolve_schema(const Schema& schema, std::string_view field) {
  const auto root = [&schema](OperationKind kind) {
    const Type* type = schema.root(kind);
    return type == nullptr ? Json() : type_node(type->name);
  };
  if (field == "description") {
    return text_or_null(schema.description());
  }
  if (field == "types") {
    return type_nodes(schema.type_names());
  }
  if (field == "queryType") {
    return root(OperationKind::kQuery);
  }
  if (field == "mutationType") {
    return root(OperationKind::kMutation);
  }
  if (field == "subscriptionType") {
    return root(OperationKind::kSubscription);
  }
  return directive_nodes(schema.directives());
}

/// A reference with a list or non-null around it.
Json resolve_wrapper(const std::string& reference, std::string_view field) {
  const bool non_null = reference.ends_with('!');
  if (field == "kind") {
    return non_null ? "NON_NULL" : "LIST";
  }
  if (field == "ofType") {
    return type_node(non_null ? reference.substr(0, reference.size() - 1)
                              : reference.substr(1, reference.size() - 2));
  }
  return {};
}

Json resolve_named(const Schema& schema,
                   const Type& type,
                   std::string_view field,
                   const Json& arguments) {
  const bool has_fields = type.kind == TypeKind::kObject || type.kind == TypeKind::kInterface;
  if (field == "kind") {
    return to_string(type.kind);
  }
  if (field == "name") {
    return type.name;
  }
  if (field == "description") {
    return text_or_null(type.description);
  }
  if (field == "specifiedByURL") {
    return type.specified_by ? Json(*type.specified_by) : Json();
  }
  if (field == "fields" && has_fields) {
    return without_deprecated(field_nodes(type.fields), arguments);
  }
  if (field == "interfaces" && has_fields) {
    return type_nodes(type.interfaces);
  }
  if (field == "possibleTypes" &&
      (type.kind == TypeKind::kInterface || type.kind == TypeKind::kUnion)) {
    return type_nodes(schema.possible_types(type));
  }
  if (field == "enumValues" && type.kind == TypeKind::kEnum) {
    return without_deprecated(enum_nodes(type.enum_values), arguments);
  }
  if (field == "inputFields" && type.kind == TypeKind::kInputObject) {
    return without_deprecated(input_values(type.input_fields), arguments);
  }
  return {};
}

Json resolve_type(const Schema& schema,
                  const std::string& reference,
                  std::string_view field,
                  const Json& arguments) {
  if (reference.ends_with('!') || reference.ends_with(']')) {
    return resolve_wrapper(reference, field);
  }
  return resolve_named(schema, schema.type(reference), field, arguments);
}

}  // namespace

std::optional<Json> resolve_introspection(const Schema& schema,
                                          std::string_view type,
                                          std::string_view field,
                                          const Json& parent,
                                          const Json& arguments) {
  if (field == "__schema") {
    return Json::object();
  }
  if (field == "__type") {
    const std::string name = arguments.string_or_empty("name");
    return schema.find_type(name) == nullptr ? Json() : type_node(name);
  }
  if (type == "__Schema") {
    return resolve_schema(schema, field);
  }
  if (type == "__Type") {
    return resolve_type(schema, parent.string_or_empty(kReference), field, arguments);
  }
  if (field == "args" && type.starts_with("__")) {
    return without_deprecated(parent.at("args"), arguments);
  }
  return std::nullopt;
}

}  // namespace rhumb::graphql
