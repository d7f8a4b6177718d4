#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "graphql/literal.h"
#include "graphql/sdl_internal.h"

namespace rhumb::graphql {
namespace {

template <typename T>
Result<void> check_unique(const std::vector<T>& named,
                          const SourcePosition& position,
                          const std::string& owner) {
  std::set<std::string_view> seen;
  for (const T& one : named) {
    if (!seen.insert(one.name).second) {
      return error_at(position, fmt::format("{} defines \"{}\" twice", owner, one.name));
    }
  }
  return {};
}

class SchemaChecker {
 public:
  explicit SchemaChecker(const Schema& schema) : schema_(schema) {}

  Result<void> run() {
    TRY(check_unique(schema_.directives(), {}, "schema"));
    for (const Directive& directive : schema_.directives()) {
      TRY(check_input_values(directive.arguments, {}, "directive @" + directive.name));
    }
    for (const std::string& name : schema_.type_names()) {
      TRY(check_type(schema_.type(name)));
    }
    return check_defaults();
  }

 private:
  Result<void> check_type(const Type& type) {
    const std::string owner = fmt::format("type \"{}\"", type.name);
    TRY(check_unique(type.fields, type.position, owner));
    TRY(check_unique(type.enum_values, type.position, owner));
    switch (type.kind) {
      case TypeKind::kScalar:
        return {};
      case TypeKind::kObject:
      case TypeKind::kInterface:
        return check_fields(type, owner);
      case TypeKind::kUnion:
        return check_union(type, owner);
      case TypeKind::kEnum:
        return check_not_empty(!type.enum_values.empty(), type);
      case TypeKind::kInputObject:
        TRY(check_not_empty(!type.input_fields.empty(), type));
        TRY(check_input_values(type.input_fields, type.position, owner));
        return check_finite(type);
    }
    return {};
  }

  static Result<void> check_not_empty(bool good, const Type& type) {
    if (!good) {
      return error_at(type.position, fmt::format("type \"{}\" has no members", type.name));
    }
    return {};
  }

  Result<const Type*> resolve(const TypeRef& reference, const std::string& owner) {
    const Type* type = schema_.find_type(reference.name);
    if (type == nullptr) {
      return error_at(reference.position,
                      fmt::format("{} uses the unknown type \"{}\"", owner, reference.name));
    }
    return type;
  }

  Result<void> check_fields(const Type& type, const std::string& owner) {
    TRY(check_not_empty(!type.fields.empty(), type));
    for (const Field& field : type.fields) {
      const std::string name = fmt::format("field \"{}.{}\"", type.name, field.name);
      const Type* of = TRY(resolve(field.type, name));
      if (of->kind == TypeKind::kInputObject) {
        return error_at(field.type.position,
                        fmt::format("{} has the input type \"{}\"", name, of->name));
      }
      TRY(check_input_values(field.arguments, field.type.position, name));
    }
    for (const std::string& interface : type.interfaces) {
      TRY(check_implements(type, interface, owner));
    }
    return {};
  }

  Result<void> check_implements(const Type& type,
                                const std::string& interface,
                                const std::string& owner) {
    const Type* wanted = schema_.find_type(interface);
    if (wanted == nullptr || wanted->kind != TypeKind::kInterface || wanted == &type) {
      return error_at(type.position, fmt::format("{} implements \"{}\", which is not an interface",
                                                 owner, interface));
    }
    for (const Field& field : wanted->fields) {
      const Field* own = type.find_field(field.name);
      if (own == nullptr || !is_subtype(own->type, field.type)) {
        return error_at(type.position,
                        fmt::format("{} lacks the field \"{}: {}\" of interface \"{}\"", owner,
                                    field.name, format_type(field.type), interface));
      }
      for (const InputValue& argument : field.arguments) {
        const InputValue* own_argument = own->find_argument(argument.name);
        if (own_argument == nullptr || !same_type(own_argument->type, argument.type)) {
          return error_at(type.position, fmt::format("{} lacks the argument \"{}\" of \"{}.{}\"",
                                                     owner, argument.name, interface, field.name));
        }
      }
    }
    return {};
  }

  [[nodiscard]] bool is_subtype(const TypeRef& own, const TypeRef& wanted) const {
    if (wanted.non_null()) {
      return own.non_null() && is_subtype(own.nullable(), wanted.nullable());
    }
    if (wanted.is_list() || own.is_list()) {
      return wanted.is_list() && own.is_list() && is_subtype(own.element(), wanted.element());
    }
    if (own.name == wanted.name) {
      return true;
    }
    const Type* abstract = schema_.find_type(wanted.name);
    if (abstract == nullptr) {
      return false;
    }
    const std::vector<std::string> possible = schema_.possible_types(*abstract);
    return std::find(possible.begin(), possible.end(), own.name) != possible.end();
  }

  Result<void> check_union(const Type& type, const std::string& owner) {
    TRY(check_not_empty(!type.members.empty(), type));
    for (const std::string& member : type.members) {
      const Type* found = schema_.find_type(member);
      if (found == nullptr || found->kind != TypeKind::kObject) {
        return error_at(
            type.position,
            fmt::format("{} has the member \"{}\", which is not an object type", owner, member));
      }
    }
    return {};
  }

  Result<void> check_input_values(const std::vector<InputValue>& values,
                                  const SourcePosition& position,
                                  const std::string& owner) {
    TRY(check_unique(values, position, owner));
    for (const InputValue& value : values) {
      const std::string name = fmt::format("{}, \"{}\"", owner, value.name);
      const Type* type = TRY(resolve(value.type, name));
      if (!type->is_input()) {
        return error_at(value.type.position,
                        fmt::format("{} has the output type \"{}\"", name, type->name));
      }
      if (value.default_value) {
        defaults_.push_back({.value = &value, .literal = &*value.default_value, .name = name});
      }
    }
    return {};
  }

  /// Comes last: a default may be of an input object, whose fields need types that exist.
  Result<void> check_defaults() {
    for (const Default& pending : defaults_) {
      Diagnostics problems;
      std::vector<VariableUse> uses;
      const InputRules rules;
      check_literal({.schema = schema_, .rules = rules, .diagnostics = problems, .uses = uses},
                    *pending.literal, *pending.value, "default of " + pending.name);
      if (!problems.empty()) {
        return problems.errors().front();
      }
    }
    return {};
  }

  /// An input object that needs a value of itself could never be written.
  Result<void> check_finite(const Type& start) {
    std::vector<const Type*> pending = {&start};
    std::set<const Type*> seen;
    while (!pending.empty()) {
      const Type* type = pending.back();
      pending.pop_back();
      for (const InputValue& member : type->input_fields) {
        const Type* next = schema_.find_type(member.type.name);
        if (!member.type.non_null() || member.type.is_list() || next == nullptr) {
          continue;
        }
        if (next == &start) {
          return error_at(start.position,
                          fmt::format("type \"{}\" needs a value of itself", start.name));
        }
        if (seen.insert(next).second) {
          pending.push_back(next);
        }
      }
    }
    return {};
  }

  struct Default {
    const InputValue* value;  ///< in `schema_`
    const Value* literal;     ///< its default
    std::string name;
  };

  const Schema& schema_;
  std::vector<Default> defaults_;
};

}  // namespace

Result<void> check_schema(const Schema& schema) {
  return SchemaChecker(schema).run();
}

}  // namespace rhumb::graphql
