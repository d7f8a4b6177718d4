#include "graphql/sdl.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "graphql/builtin.h"
#include "graphql/literal.h"
#include "graphql/token_stream.h"

namespace rhumb::graphql {
namespace {

/// Definitions as written, before names are resolved.
struct Definitions {
  std::vector<Type> types;
  std::vector<Type> extensions;
  std::vector<Directive> directives;
  std::string description;
  std::vector<std::pair<OperationKind, TypeRef>> roots;
  bool has_schema_block = false;
};

class SdlParser {
 public:
  SdlParser(std::vector<Token> tokens, Definitions& out) : in_(std::move(tokens)), out_(out) {}

  Result<void> run() {
    while (!in_.at_end()) {
      TRY(parse_definition());
    }
    return {};
  }

 private:
  std::string parse_description() { return in_.at_string() ? in_.take().text : std::string(); }

  Result<void> parse_definition() {
    const std::string description = parse_description();
    const SourcePosition position = in_.peek().position;
    const bool extension = in_.accept_name("extend");
    if (in_.accept_name("schema")) {
      if (!extension) {
        if (out_.has_schema_block) {
          return TokenStream::fail_at(position, "schema is defined twice");
        }
        out_.has_schema_block = true;
        out_.description = description;
      }
      return parse_schema_block();
    }
    if (in_.at_name("directive") && !extension) {
      return parse_directive_definition(description);
    }
    Type type;
    type.description = description;
    type.position = position;
    TRY(parse_type_definition(type));
    (extension ? out_.extensions : out_.types).push_back(std::move(type));
    return {};
  }

  Result<void> parse_schema_block() {
    TRY(in_.parse_directives(true));
    TRY(in_.expect("{"));
    do {
      const Token kind = TRY(in_.expect_name("an operation kind"));
      OperationKind operation = OperationKind::kQuery;
      if (kind.text == "mutation") {
        operation = OperationKind::kMutation;
      } else if (kind.text == "subscription") {
        operation = OperationKind::kSubscription;
      } else if (kind.text != "query") {
        return TokenStream::fail_at(kind.position, "expected query, mutation or subscription");
      }
      TRY(in_.expect(":"));
      TypeRef type = TRY(in_.parse_type());
      out_.roots.emplace_back(operation, std::move(type));
    } while (!in_.accept("}"));
    return {};
  }

  Result<void> parse_type_definition(Type& type) {
    if (in_.accept_name("scalar")) {
      return parse_scalar(type);
    }
    if (in_.accept_name("type")) {
      return parse_fields_type(type, TypeKind::kObject);
    }
    if (in_.accept_name("interface")) {
      return parse_fields_type(type, TypeKind::kInterface);
    }
    if (in_.accept_name("union")) {
      return parse_union(type);
    }
    if (in_.accept_name("enum")) {
      return parse_enum(type);
    }
    if (in_.accept_name("input")) {
      return parse_input(type);
    }
    return in_.unexpected("a definition");
  }

  Result<void> parse_name(Type& type, TypeKind kind) {
    type.kind = kind;
    type.name = TRY(in_.expect_name("a type name")).text;
    return {};
  }

  Result<void> parse_scalar(Type& type) {
    TRY(parse_name(type, TypeKind::kScalar));
    const std::vector<DirectiveUse> directives = TRY(in_.parse_directives(true));
    for (const DirectiveUse& use : directives) {
      if (use.name == "specifiedBy" && !use.arguments.empty()) {
        type.specified_by = use.arguments.front().value.text;
      }
    }
    return {};
  }

  Result<void> parse_fields_type(Type& type, TypeKind kind) {
    TRY(parse_name(type, kind));
    if (in_.accept_name("implements")) {
      in_.accept("&");
      do {
        type.interfaces.push_back(TRY(in_.expect_name("an interface")).text);
      } while (in_.accept("&"));
    }
    TRY(in_.parse_directives(true));
    if (!in_.accept("{")) {
      return {};
    }
    do {
      type.fields.push_back(TRY(parse_field()));
    } while (!in_.accept("}"));
    return {};
  }

  Result<Field> parse_field() {
    Field field;
    field.description = parse_description();
    field.name = TRY(in_.expect_name("a field")).text;
    if (in_.accept("(")) {
      do {
        field.arguments.push_back(TRY(parse_input_value("an argument")));
      } while (!in_.accept(")"));
    }
    TRY(in_.expect(":"));
    field.type = TRY(in_.parse_type());
    field.deprecation_reason = TRY(parse_deprecation());
    return field;
  }

  Result<InputValue> parse_input_value(std::string_view what) {
    InputValue value;
    value.description = parse_description();
    value.name = TRY(in_.expect_name(what)).text;
    TRY(in_.expect(":"));
    value.type = TRY(in_.parse_type());
    if (in_.accept("=")) {
      value.default_value = TRY(in_.parse_value(true));
    }
    value.deprecation_reason = TRY(parse_deprecation());
    return value;
  }

  Result<std::optional<std::string>> parse_deprecation() {
    std::optional<std::string> reason;
    const std::vector<DirectiveUse> directives = TRY(in_.parse_directives(true));
    for (const DirectiveUse& use : directives) {
      if (use.name == "deprecated") {
        reason = use.arguments.empty() ? "No longer supported" : use.arguments.front().value.text;
      }
    }
    return reason;
  }

  Result<void> parse_union(Type& type) {
    TRY(parse_name(type, TypeKind::kUnion));
    TRY(in_.parse_directives(true));
    if (in_.accept("=")) {
      in_.accept("|");
      do {
        type.members.push_back(TRY(in_.expect_name("a type")).text);
      } while (in_.accept("|"));
    }
    return {};
  }

  Result<void> parse_enum(Type& type) {
    TRY(parse_name(type, TypeKind::kEnum));
    TRY(in_.parse_directives(true));
    if (!in_.accept("{")) {
      return {};
    }
    do {
      EnumValue value;
      value.description = parse_description();
      const Token name = TRY(in_.expect_name("an enum value"));
      if (name.text == "true" || name.text == "false" || name.text == "null") {
        return TokenStream::fail_at(name.position,
                                    fmt::format("enum value cannot be named {}", name.text));
      }
      value.name = name.text;
      value.deprecation_reason = TRY(parse_deprecation());
      type.enum_values.push_back(std::move(value));
    } while (!in_.accept("}"));
    return {};
  }

  Result<void> parse_input(Type& type) {
    TRY(parse_name(type, TypeKind::kInputObject));
    TRY(in_.parse_directives(true));
    if (!in_.accept("{")) {
      return {};
    }
    do {
      type.input_fields.push_back(TRY(parse_input_value("a member")));
    } while (!in_.accept("}"));
    return {};
  }

  Result<void> parse_directive_definition(const std::string& description) {
    in_.take();
    TRY(in_.expect("@"));
    Directive directive;
    directive.description = description;
    directive.name = TRY(in_.expect_name("a directive name")).text;
    if (in_.accept("(")) {
      do {
        directive.arguments.push_back(TRY(parse_input_value("an argument")));
      } while (!in_.accept(")"));
    }
    directive.repeatable = in_.accept_name("repeatable");
    if (!in_.accept_name("on")) {
      return in_.unexpected("\"on\"");
    }
    in_.accept("|");
    do {
      directive.locations.push_back(TRY(in_.expect_name("a directive location")).text);
    } while (in_.accept("|"));
    out_.directives.push_back(std::move(directive));
    return {};
  }

  TokenStream in_;
  Definitions& out_;
};

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

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

}  // namespace

/// Turns definitions into a Schema: merges extensions, resolves names, checks the rules.
class SchemaBuilder {
 public:
  explicit SchemaBuilder(Definitions definitions) : in_(std::move(definitions)) {}

  Result<Schema> run() {
    TRY(collect_types());
    TRY(merge_extensions());
    TRY(collect_roots());
    schema_.directives_ = std::move(in_.directives);
    schema_.description_ = std::move(in_.description);
    TRY(check_unique(schema_.directives_, {}, "schema"));
    for (const Directive& directive : schema_.directives_) {
      TRY(check_input_values(directive.arguments, {}, "directive @" + directive.name));
    }
    for (const std::string& name : schema_.type_names_) {
      TRY(check_type(schema_.type(name)));
    }
    TRY(check_defaults());
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
        return error_at(extension.position,
                        fmt::format("type \"{}\" is extended but not defined as that kind",
                                    extension.name));
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
        return error_at(type.position, fmt::format("root type \"{}\" is not an object type",
                                                   format_type(type)));
      }
      if (!schema_.roots_.emplace(kind, type.name).second) {
        return error_at(type.position,
                        fmt::format("schema has two types for {}", to_string(kind)));
      }
    }
    if (schema_.root(OperationKind::kQuery) == nullptr) {
      return invalid("schema has no query type");
    }
    return {};
  }

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
      return error_at(type.position,
                      fmt::format("{} implements \"{}\", which is not an interface", owner,
                                  interface));
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
          return error_at(type.position,
                          fmt::format("{} lacks the argument \"{}\" of \"{}.{}\"", owner,
                                      argument.name, interface, field.name));
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
        return error_at(type.position,
                        fmt::format("{} has the member \"{}\", which is not an object type", owner,
                                    member));
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
        defaults_.push_back({.value = &value, .name = name});
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
                    *pending.value->default_value, *pending.value, "default of " + pending.name);
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
    const InputValue* value;  ///< in `schema_`, which no longer moves once it is checked
    std::string name;
  };

  Definitions in_;
  Schema schema_;
  std::vector<Default> defaults_;
};

Result<Schema> parse_schema(std::string_view sdl) {
  Definitions definitions;
  for (const std::string_view text : {sdl, builtin_sdl()}) {
    std::vector<Token> tokens = TRY(tokenize(text));
    TRY(SdlParser(std::move(tokens), definitions).run());
  }
  return SchemaBuilder(std::move(definitions)).run();
}

}  // namespace rhumb::graphql
