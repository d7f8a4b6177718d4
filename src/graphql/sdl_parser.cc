#include <fmt/format.h>

#include <optional>
#include <utility>

#include "graphql/sdl_internal.h"
#include "graphql/token_stream.h"

namespace rhumb::graphql {
namespace {

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

}  // namespace

Result<void> parse_definitions(std::string_view sdl, Definitions& out) {
  std::vector<Token> tokens = TRY(tokenize(sdl));
  return SdlParser(std::move(tokens), out).run();
}

}  // namespace rhumb::graphql
