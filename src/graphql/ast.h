#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"

namespace rhumb::graphql {

enum class ValueKind {
  kNull,
  kVariable,
  kInt,
  kFloat,
  kString,
  kBoolean,
  kEnum,
  kList,
  kObject,
};

/// A literal or a variable as written in a document.
///
/// Shape: `text` is the variable's name without `$`, the number as written, the string's value, the
/// enum value's name, or `true`/`false`. A list has `items`; an object has as many `names` as
/// `items`, in written order.
struct Value {
  ValueKind kind = ValueKind::kNull;
  std::string text;
  std::vector<std::string> names;
  std::vector<Value> items;
  SourcePosition position;
};

/// Equal in kind and content, wherever they stand; the order of object members does not count.
[[nodiscard]] bool same_value(const Value& a, const Value& b);
/// The value as a document would write it, on one line.
[[nodiscard]] std::string format_value(const Value& value);

enum class TypeWrapper { kNonNull, kList };

/// A reference to a type, `[Dir!]!`.
///
/// Shape: `wrappers` from the outside in: kNonNull, kList, kNonNull for the example, whose `name`
/// is Dir. Two kNonNull never follow each other.
struct TypeRef {
  std::string name;
  std::vector<TypeWrapper> wrappers;
  SourcePosition position;

  [[nodiscard]] bool non_null() const {
    return !wrappers.empty() && wrappers.front() == TypeWrapper::kNonNull;
  }
  /// A list, perhaps inside a non-null.
  [[nodiscard]] bool is_list() const;
  /// Without the outer non-null, if any.
  [[nodiscard]] TypeRef nullable() const;
  /// The element of a list; call it only when is_list().
  [[nodiscard]] TypeRef element() const;
};

[[nodiscard]] bool same_type(const TypeRef& a, const TypeRef& b);
/// `[Dir!]!`
[[nodiscard]] std::string format_type(const TypeRef& type);

struct Argument {
  std::string name;
  Value value;
  SourcePosition position;
};

struct DirectiveUse {
  std::string name;
  std::vector<Argument> arguments;
  SourcePosition position;
};

enum class SelectionKind { kField, kFragmentSpread, kInlineFragment };

/// One entry of a selection set.
///
/// Shape: `name` is the field's or the spread fragment's name, or the type condition of an inline
/// fragment (empty when it has none). `alias` is empty when the field has none.
struct Selection {
  SelectionKind kind = SelectionKind::kField;
  std::string name;
  std::string alias;
  std::vector<Argument> arguments;
  std::vector<DirectiveUse> directives;
  std::vector<Selection> selections;
  SourcePosition position;

  /// The key of the field in the reply.
  [[nodiscard]] const std::string& response_key() const { return alias.empty() ? name : alias; }
};

enum class OperationKind { kQuery, kMutation, kSubscription };
[[nodiscard]] std::string_view to_string(OperationKind kind);

struct VariableDefinition {
  std::string name;
  TypeRef type;
  std::optional<Value> default_value;
  std::vector<DirectiveUse> directives;
  SourcePosition position;
};

struct Operation {
  OperationKind kind = OperationKind::kQuery;
  std::string name;  ///< empty when anonymous
  std::vector<VariableDefinition> variables;
  std::vector<DirectiveUse> directives;
  std::vector<Selection> selections;
  SourcePosition position;
};

struct Fragment {
  std::string name;
  std::string type_condition;
  std::vector<DirectiveUse> directives;
  std::vector<Selection> selections;
  SourcePosition position;
};

/// An executable document. Shape: definitions in written order; names may repeat until validated.
struct Document {
  std::vector<Operation> operations;
  std::vector<Fragment> fragments;

  [[nodiscard]] const Fragment* find_fragment(std::string_view name) const;
};

}  // namespace rhumb::graphql
