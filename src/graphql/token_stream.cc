#include "graphql/token_stream.h"

#include <fmt/format.h>

#include <algorithm>

namespace rhumb::graphql {
namespace {

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "the end of the document";
    case TokenKind::kString:
    case TokenKind::kBlockString:
      return "a string";
    default:
      return fmt::format("\"{}\"", token.text);
  }
}

}  // namespace

const Token& TokenStream::peek_next() const {
  return tokens_[std::min(index_ + 1, tokens_.size() - 1)];
}

Token TokenStream::take() {
  if (at_end()) {
    return peek();
  }
  return std::move(tokens_[index_++]);
}

bool TokenStream::at(std::string_view punctuator) const {
  return peek().kind == TokenKind::kPunctuator && peek().text == punctuator;
}

bool TokenStream::at_name(std::string_view name) const {
  return peek().kind == TokenKind::kName && peek().text == name;
}

bool TokenStream::at_string() const {
  return peek().kind == TokenKind::kString || peek().kind == TokenKind::kBlockString;
}

bool TokenStream::accept(std::string_view punctuator) {
  if (!at(punctuator)) {
    return false;
  }
  ++index_;
  return true;
}

bool TokenStream::accept_name(std::string_view name) {
  if (!at_name(name)) {
    return false;
  }
  ++index_;
  return true;
}

Result<void> TokenStream::expect(std::string_view punctuator) {
  if (!accept(punctuator)) {
    return unexpected(fmt::format("\"{}\"", punctuator));
  }
  return {};
}

Result<Token> TokenStream::expect_name(std::string_view what) {
  if (peek().kind != TokenKind::kName) {
    return unexpected(what);
  }
  return take();
}

Error TokenStream::fail_at(const SourcePosition& position, std::string message) {
  return invalid(std::move(message)).at({.file = "", .begin = position, .end = position});
}

Error TokenStream::unexpected(std::string_view wanted) const {
  return fail_at(peek().position, fmt::format("expected {}, found {}", wanted, describe(peek())));
}

Result<void> TokenStream::check_depth() const {
  if (depth_ > kNestingMax) {
    return Error(ErrorCode::kLimit,
                 fmt::format("document is nested deeper than {} levels", kNestingMax))
        .at({.file = "", .begin = peek().position, .end = peek().position});
  }
  return {};
}

Result<Value> TokenStream::parse_value(bool constant) {
  const Nested nested(*this);
  TRY(check_depth());
  Value value;
  value.position = peek().position;
  switch (peek().kind) {
    case TokenKind::kInt:
      value.kind = ValueKind::kInt;
      break;
    case TokenKind::kFloat:
      value.kind = ValueKind::kFloat;
      break;
    case TokenKind::kString:
    case TokenKind::kBlockString:
      value.kind = ValueKind::kString;
      break;
    case TokenKind::kName:
      value.kind = at_name("null")                       ? ValueKind::kNull
                   : at_name("true") || at_name("false") ? ValueKind::kBoolean
                                                         : ValueKind::kEnum;
      break;
    case TokenKind::kPunctuator:
      if (at("[")) {
        return parse_list(constant);
      }
      if (at("{")) {
        return parse_object(constant);
      }
      if (at("$") && !constant) {
        take();
        value.kind = ValueKind::kVariable;
        value.text = TRY(expect_name("a variable name")).text;
        return value;
      }
      return unexpected(constant ? "a constant value" : "a value");
    case TokenKind::kEnd:
      return unexpected("a value");
  }
  value.text = take().text;
  return value;
}

Result<Value> TokenStream::parse_list(bool constant) {
  Value list;
  list.kind = ValueKind::kList;
  list.position = take().position;
  while (!accept("]")) {
    list.items.push_back(TRY(parse_value(constant)));
  }
  return list;
}

Result<Value> TokenStream::parse_object(bool constant) {
  Value object;
  object.kind = ValueKind::kObject;
  object.position = take().position;
  while (!accept("}")) {
    Token name = TRY(expect_name("a member name"));
    if (std::find(object.names.begin(), object.names.end(), name.text) != object.names.end()) {
      return fail_at(name.position, fmt::format("member \"{}\" is given twice", name.text));
    }
    TRY(expect(":"));
    Value value = TRY(parse_value(constant));
    object.names.push_back(std::move(name.text));
    object.items.push_back(std::move(value));
  }
  return object;
}

Result<TypeRef> TokenStream::parse_type() {
  const Nested nested(*this);
  TRY(check_depth());
  TypeRef type;
  const SourcePosition position = peek().position;
  if (accept("[")) {
    type = TRY(parse_type());
    TRY(expect("]"));
    type.wrappers.insert(type.wrappers.begin(), TypeWrapper::kList);
  } else {
    type.name = TRY(expect_name("a type")).text;
  }
  if (accept("!")) {
    type.wrappers.insert(type.wrappers.begin(), TypeWrapper::kNonNull);
  }
  type.position = position;
  return type;
}

Result<std::vector<Argument>> TokenStream::parse_arguments(bool constant) {
  std::vector<Argument> arguments;
  if (!accept("(")) {
    return arguments;
  }
  do {
    Token name = TRY(expect_name("an argument name"));
    TRY(expect(":"));
    Value value = TRY(parse_value(constant));
    arguments.push_back(
        {.name = std::move(name.text), .value = std::move(value), .position = name.position});
  } while (!accept(")"));
  return arguments;
}

Result<std::vector<DirectiveUse>> TokenStream::parse_directives(bool constant) {
  std::vector<DirectiveUse> directives;
  while (at("@")) {
    DirectiveUse use;
    use.position = take().position;
    use.name = TRY(expect_name("a directive name")).text;
    use.arguments = TRY(parse_arguments(constant));
    directives.push_back(std::move(use));
  }
  return directives;
}

}  // namespace rhumb::graphql
