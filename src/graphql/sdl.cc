#include "graphql/sdl.h"

#include <fmt/format.h>

#include <utility>

#include "graphql/builtin.h"
#include "graphql/literal.h"
#include "graphql/sdl_internal.h"

namespace rhumb::graphql {
namespace {

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

/// Turns definitions into a Schema: merges extensions and finds the root types.
class SchemaBuilder {
 public:
  explicit SchemaBuilder(Definitions definitions) : in_(std::move(definitions)) {}

  Result<Schema> run() {
    TRY(collect_types());
    TRY(merge_extensions());
    TRY(collect_roots());
    schema_.directives_ = std::move(in_.directives);
    schema_.description_ = std::move(in_.description);
    TRY(check_schema(schema_));
    link_members();
    return std::move(schema_);
  }

 private:
  Result<void> collect_types() {
    for (Type& type : in_.types) {
      if (schema_.find_type(type.name) != nullptr) {
        return error_at(type.position, fmt::format("type \"{}\" is defined twice", type.name));
      }
      schema_.type_names_.push_back(type.name);
      schema_.types_.emplace(type.name, std::move(type));
    }
    return {};
  }

  Result<void> merge_extensions() {
    for (const Type& extension : in_.extensions) {
      const auto found = schema_.types_.find(extension.name);
      if (found == schema_.types_.end() || found->second.kind != extension.kind) {
        return error_at(
            extension.position,
            fmt::format("type \"{}\" is extended but not defined as that kind", extension.name));
      }
      Type& type = found->second;
      append(type.fields, extension.fields);
      append(type.input_fields, extension.input_fields);
      append(type.enum_values, extension.enum_values);
      append(type.interfaces, extension.interfaces);
      append(type.members, extension.members);
    }
    return {};
  }

  Result<void> collect_roots() {
    if (!in_.has_schema_block && in_.roots.empty()) {
      for (const auto& [kind, name] : {std::pair{OperationKind::kQuery, "Query"},
                                       std::pair{OperationKind::kMutation, "Mutation"},
                                       std::pair{OperationKind::kSubscription, "Subscription"}}) {
        if (schema_.find_type(name) != nullptr) {
          TypeRef type;
          type.name = name;
          in_.roots.emplace_back(kind, std::move(type));
        }
      }
    }
    for (const auto& [kind, type] : in_.roots) {
      const Type* found = schema_.find_type(type.name);
      if (found == nullptr || found->kind != TypeKind::kObject || !type.wrappers.empty()) {
        return error_at(type.position,
                        fmt::format("root type \"{}\" is not an object type", format_type(type)));
      }
      if (!schema_.roots_.emplace(kind, type.name).second) {
        return error_at(type.position, fmt::format("schema has two types for {}", to_string(kind)));
      }
    }
    if (schema_.root(OperationKind::kQuery) == nullptr) {
      return invalid("schema has no query type");
    }
    return {};
  }

  void link_members() {
    for (auto& [name, type] : schema_.types_) {
      for (InputValue& member : type.input_fields) {
        member.named_type = &schema_.type(member.type.name);
      }
    }
  }

  Definitions in_;
  Schema schema_;
};

Result<Schema> parse_schema(std::string_view sdl) {
  Definitions definitions;
  for (const std::string_view text : {sdl, builtin_sdl()}) {
    TRY(parse_definitions(text, definitions));
  }
  return SchemaBuilder(std::move(definitions)).run();
}

}  // namespace rhumb::graphql
