#include "graphql/schema.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace rhumb::graphql {
namespace {

template <typename T>
const T* find_named(const std::vector<T>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

TypeRef reference(std::string name, bool non_null) {
  TypeRef type;
  type.name = std::move(name);
  if (non_null) {
    type.wrappers.push_back(TypeWrapper::kNonNull);
  }
  return type;
}

const Field& typename_field() {
  static const Field field{.name = "__typename",
                           .description = "",
                           .arguments = {},
                           .type = reference("String", true),
                           .deprecation_reason = {}};
  return field;
}

const Field& schema_field() {
  static const Field field{.name = "__schema",
                           .description = "",
                           .arguments = {},
                           .type = reference("__Schema", true),
                           .deprecation_reason = {}};
  return field;
}

const Field& type_field() {
  static const Field field{.name = "__type",
                           .description = "",
                           .arguments = {{.name = "name",
                                          .description = "",
                                          .type = reference("String", true),
                                          .default_value = {},
                                          .deprecation_reason = {}}},
                           .type = reference("__Type", false),
                           .deprecation_reason = {}};
  return field;
}

/// Equal but for the case of the first letter.
bool equal_but_first_case(std::string_view a, std::string_view b) {
  return !a.empty() && !b.empty() && a.substr(1) == b.substr(1) &&
         equal_fold_ascii(a.substr(0, 1), b.substr(0, 1));
}

}  // namespace

std::string_view to_string(TypeKind kind) {
  switch (kind) {
    case TypeKind::kScalar:
      return "SCALAR";
    case TypeKind::kObject:
      return "OBJECT";
    case TypeKind::kInterface:
      return "INTERFACE";
    case TypeKind::kUnion:
      return "UNION";
    case TypeKind::kEnum:
      return "ENUM";
    case TypeKind::kInputObject:
      return "INPUT_OBJECT";
  }
  return "SCALAR";
}

const InputValue* Field::find_argument(std::string_view argument) const {
  return find_named(arguments, argument);
}

const Field* Type::find_field(std::string_view field) const {
  return find_named(fields, field);
}

const InputValue* Type::find_input_field(std::string_view field) const {
  return find_named(input_fields, field);
}

bool Type::has_enum_value(std::string_view value) const {
  return find_named(enum_values, value) != nullptr;
}

const InputValue* Directive::find_argument(std::string_view argument) const {
  return find_named(arguments, argument);
}

bool Directive::allowed_at(std::string_view location) const {
  return contains(locations, location);
}

const Type* Schema::find_type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : &found->second;
}

const Type& Schema::type(std::string_view name) const {
  const Type* found = find_type(name);
  RHUMB_CHECK(found != nullptr, "a type named by a complete schema exists");
  return *found;
}

const Directive* Schema::find_directive(std::string_view name) const {
  return find_named(directives_, name);
}

const Type* Schema::root(OperationKind kind) const {
  const auto found = roots_.find(kind);
  return found == roots_.end() ? nullptr : find_type(found->second);
}

std::vector<std::string> Schema::possible_types(const Type& type) const {
  switch (type.kind) {
    case TypeKind::kObject:
      return {type.name};
    case TypeKind::kUnion:
      return type.members;
    case TypeKind::kInterface: {
      std::vector<std::string> names;
      for (const std::string& name : type_names_) {
        const Type& candidate = this->type(name);
        if (candidate.kind == TypeKind::kObject && contains(candidate.interfaces, type.name)) {
          names.push_back(name);
        }
      }
      return names;
    }
    default:
      return {};
  }
}

bool Schema::overlap(const Type& a, const Type& b) const {
  if (a.name == b.name) {
    return true;
  }
  const std::vector<std::string> of_a = possible_types(a);
  const std::vector<std::string> of_b = possible_types(b);
  return std::any_of(of_a.begin(), of_a.end(),
                     [&of_b](const std::string& name) { return contains(of_b, name); });
}

const Field* Schema::find_selected_field(const Type& type, std::string_view name) const {
  if (name == typename_field().name) {
    return type.is_composite() ? &typename_field() : nullptr;
  }
  if (const Field* field = type.find_field(name)) {
    return field;
  }
  const bool is_query = &type == root(OperationKind::kQuery);
  if (is_query && name == schema_field().name) {
    return &schema_field();
  }
  if (is_query && name == type_field().name) {
    return &type_field();
  }
  if (is_query || &type == root(OperationKind::kMutation)) {
    const auto found =
        std::find_if(type.fields.begin(), type.fields.end(),
                     [name](const Field& field) { return equal_but_first_case(field.name, name); });
    return found == type.fields.end() ? nullptr : &*found;
  }
  return nullptr;
}

}  // namespace rhumb::graphql
