#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graphql/ast.h"

namespace rhumb::graphql {

struct Type;

enum class TypeKind { kScalar, kObject, kInterface, kUnion, kEnum, kInputObject };
/// `SCALAR`, `OBJECT`, ... as introspection names them.
[[nodiscard]] std::string_view to_string(TypeKind kind);

/// An argument of a field or directive, or a member of an input object.
struct InputValue {
  std::string name;
  std::string description;
  TypeRef type;
  std::optional<Value> default_value;
  std::optional<std::string> deprecation_reason;
  const Type* named_type = nullptr;  ///< what `type` names; of members of input objects only

  /// It must be given: non-null without a default.
  [[nodiscard]] bool required() const { return type.non_null() && !default_value.has_value(); }
};

struct Field {
  std::string name;
  std::string description;
  std::vector<InputValue> arguments;
  TypeRef type;
  std::optional<std::string> deprecation_reason;

  [[nodiscard]] const InputValue* find_argument(std::string_view argument) const;
};

struct EnumValue {
  std::string name;
  std::string description;
  std::optional<std::string> deprecation_reason;
};

/// A named type.
///
/// Shape: members in declaration order. `fields` for objects and interfaces, `input_fields` for
/// input objects, `enum_values` for enums, `members` for unions, `interfaces` for what objects and
/// interfaces implement.
struct Type {
  TypeKind kind = TypeKind::kScalar;
  std::string name;
  std::string description;
  std::vector<Field> fields;
  std::vector<InputValue> input_fields;
  std::vector<EnumValue> enum_values;
  std::vector<std::string> interfaces;
  std::vector<std::string> members;
  std::optional<std::string> specified_by;
  SourcePosition position;

  [[nodiscard]] const Field* find_field(std::string_view field) const;
  [[nodiscard]] const InputValue* find_input_field(std::string_view field) const;
  [[nodiscard]] bool has_enum_value(std::string_view value) const;
  /// Object, interface or union: selected with braces.
  [[nodiscard]] bool is_composite() const {
    return kind == TypeKind::kObject || kind == TypeKind::kInterface || kind == TypeKind::kUnion;
  }
  /// Scalar, enum or input object: what arguments and variables can have.
  [[nodiscard]] bool is_input() const {
    return kind == TypeKind::kScalar || kind == TypeKind::kEnum || kind == TypeKind::kInputObject;
  }
};

struct Directive {
  std::string name;
  std::string description;
  std::vector<InputValue> arguments;
  std::vector<std::string> locations;  ///< `FIELD`, `QUERY`, ...
  bool repeatable = false;

  [[nodiscard]] const InputValue* find_argument(std::string_view argument) const;
  [[nodiscard]] bool allowed_at(std::string_view location) const;
};

/// What a server offers: named types, directives and the root types.
///
/// Shape: made by parse_schema() and complete: every reference is resolved, the built-in scalars,
/// directives and introspection types are part of it. Immutable, safe from any thread.
/// Lifetime: pointers into it live as long as it does and survive a move.
class Schema {
 public:
  Schema() = default;
  Schema(Schema&&) = default;
  Schema& operator=(Schema&&) = default;
  ~Schema() = default;

  [[nodiscard]] const Type* find_type(std::string_view name) const;
  /// The type must exist.
  [[nodiscard]] const Type& type(std::string_view name) const;
  [[nodiscard]] const Directive* find_directive(std::string_view name) const;
  /// The root type of an operation kind; null when the schema has none.
  [[nodiscard]] const Type* root(OperationKind kind) const;

  /// Types in declaration order, the built-in ones last.
  [[nodiscard]] const std::vector<std::string>& type_names() const { return type_names_; }
  [[nodiscard]] const std::vector<Directive>& directives() const { return directives_; }
  [[nodiscard]] const std::string& description() const { return description_; }
  /// Names of the object types a value of `type` can have: itself for an object, members of a
  /// union, implementations of an interface; in declaration order.
  [[nodiscard]] std::vector<std::string> possible_types(const Type& type) const;
  /// Some object can be of both types.
  [[nodiscard]] bool overlap(const Type& a, const Type& b) const;

  /// The field of `type` that a selection names. Besides the declared ones: `__typename`
  /// everywhere, `__schema` and `__type` on the query root. On root types the case of the first
  /// letter does not count.
  [[nodiscard]] const Field* find_selected_field(const Type& type, std::string_view name) const;

 private:
  friend class SchemaBuilder;

  std::map<std::string, Type, std::less<>> types_;
  std::vector<std::string> type_names_;
  std::vector<Directive> directives_;
  std::string description_;
  std::map<OperationKind, std::string> roots_;
};

}  // namespace rhumb::graphql
