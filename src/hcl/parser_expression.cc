#include <array>

#include "hcl/parser_internal.h"

namespace rhumb::hcl {

namespace {

struct OperatorToken {
  TokenKind kind;
  BinaryOperator op;
};

// Binary operators from the loosest to the tightest.
struct Level {
  std::array<OperatorToken, 4> operators;
  size_t count;
};
constexpr std::array<Level, 6> kLevels = {{
    {{{{TokenKind::kOr, BinaryOperator::kOr}}}, 1},
    {{{{TokenKind::kAnd, BinaryOperator::kAnd}}}, 1},
    {{{{TokenKind::kEqualEqual, BinaryOperator::kEqual},
       {TokenKind::kNotEqual, BinaryOperator::kNotEqual}}},
     2},
    {{{{TokenKind::kLess, BinaryOperator::kLess},
       {TokenKind::kLessEqual, BinaryOperator::kLessEqual},
       {TokenKind::kGreater, BinaryOperator::kGreater},
       {TokenKind::kGreaterEqual, BinaryOperator::kGreaterEqual}}},
     4},
    {{{{TokenKind::kPlus, BinaryOperator::kAdd}, {TokenKind::kMinus, BinaryOperator::kSubtract}}},
     2},
    {{{{TokenKind::kStar, BinaryOperator::kMultiply},
       {TokenKind::kSlash, BinaryOperator::kDivide},
       {TokenKind::kPercent, BinaryOperator::kModulo}}},
     3},
}};

std::optional<BinaryOperator> find_operator(const Level& level, TokenKind kind) {
  for (size_t i = 0; i < level.count; ++i) {
    if (level.operators[i].kind == kind) {
      return level.operators[i].op;
    }
  }
  return std::nullopt;
}

}  // namespace

ExprPtr Parser::parse_expr() {
  if (!enter(reader_.peek())) {
    return nullptr;
  }
  const SourcePosition begin = reader_.peek().begin;
  ExprPtr condition = parse_binary(0);
  if (condition == nullptr || reader_.kind() != TokenKind::kQuestion) {
    leave();
    return condition;
  }
  reader_.read();
  ExprPtr when_true = parse_expr();
  ExprPtr when_false;
  if (when_true != nullptr) {
    const Token colon = reader_.peek();
    if (colon.kind == TokenKind::kColon) {
      reader_.read();
      when_false = parse_expr();
    } else {
      fail("Missing false expression in conditional",
           "The conditional operator (...?...:...) requires a false expression, delimited by a "
           "colon.",
           reader_.span(colon));
    }
  }
  leave();
  if (when_false == nullptr) {
    return nullptr;
  }
  return make(ConditionalExpr{std::move(condition), std::move(when_true), std::move(when_false)},
              span_from(begin));
}

ExprPtr Parser::parse_binary(int level) {
  if (level == static_cast<int>(kLevels.size())) {
    return parse_with_traversals();
  }
  const SourcePosition begin = reader_.peek().begin;
  ExprPtr left = parse_binary(level + 1);
  while (left != nullptr) {
    const auto op = find_operator(kLevels[static_cast<size_t>(level)], reader_.kind());
    if (!op) {
      break;
    }
    reader_.read();
    ExprPtr right = parse_binary(level + 1);
    left = right == nullptr
               ? nullptr
               : make(BinaryExpr{*op, std::move(left), std::move(right)}, span_from(begin));
  }
  return left;
}

ExprPtr Parser::parse_with_traversals() {
  ExprPtr term = parse_term();
  return term == nullptr ? nullptr : parse_traversals(std::move(term));
}

ExprPtr Parser::parse_term() {
  const Token& start = reader_.peek();
  switch (start.kind) {
    case TokenKind::kOpenParen:
      return parse_parens();
    case TokenKind::kNumber:
      return parse_number();
    case TokenKind::kIdent:
      return parse_word();
    case TokenKind::kOpenQuote:
    case TokenKind::kOpenHeredoc:
      return parse_quoted_or_heredoc();
    case TokenKind::kMinus:
      return parse_unary(UnaryOperator::kNegate);
    case TokenKind::kBang:
      return parse_unary(UnaryOperator::kNot);
    case TokenKind::kOpenBracket:
      return parse_tuple();
    case TokenKind::kOpenBrace:
      return parse_object();
    case TokenKind::kEof:
      fail("Missing expression",
           "Expected the start of an expression, but found the end of the file.",
           reader_.span(start));
      return nullptr;
    default:
      fail("Invalid expression",
           "Expected the start of an expression, but found an invalid expression token.",
           reader_.span(start));
      return nullptr;
  }
}

ExprPtr Parser::parse_number() {
  const Token token = reader_.read();
  auto number = Number::parse(token.text);
  if (!number) {
    fail("Invalid number literal",
         number.error().code() == ErrorCode::kLimit
             ? number.error().message() + "."
             : "Failed to recognize the value of this number literal.",
         reader_.span(token));
    return nullptr;
  }
  return make(LiteralExpr{Value::number(*std::move(number))}, reader_.span(token));
}

ExprPtr Parser::parse_word() {
  const Token name = reader_.read();
  if (reader_.kind() == TokenKind::kOpenParen || reader_.kind() == TokenKind::kDoubleColon) {
    return parse_call(name);
  }
  const SourceSpan span = reader_.span(name);
  if (name.text == "true" || name.text == "false") {
    return make(LiteralExpr{Value::boolean(name.text == "true")}, span);
  }
  if (name.text == "null") {
    return make(LiteralExpr{Value::null()}, span);
  }
  return make(ScopeTraversalExpr{Traversal{std::string(name.text), span, {}}}, span);
}

ExprPtr Parser::parse_unary(UnaryOperator op) {
  const Token symbol = reader_.read();
  if (!enter(symbol)) {
    return nullptr;
  }
  ExprPtr operand = parse_with_traversals();
  leave();
  if (operand == nullptr) {
    return nullptr;
  }
  return make(UnaryExpr{op, std::move(operand)}, span_from(symbol.begin));
}

ExprPtr Parser::parse_parens() {
  const Token open = reader_.read();
  const NewlineScope newlines(reader_, false);
  ExprPtr inner = parse_expr();
  if (inner == nullptr) {
    recover_to(TokenKind::kCloseParen);
    return nullptr;
  }
  const Token& close = reader_.peek();
  if (close.kind != TokenKind::kCloseParen) {
    fail("Unbalanced parentheses", "Expected a closing parenthesis to terminate the expression.",
         reader_.span(close));
    recover_to(TokenKind::kCloseParen);
    return nullptr;
  }
  reader_.read();
  return make(ParenExpr{std::move(inner)}, span_from(open.begin));
}

ExprPtr Parser::parse_call(const Token& name) {
  CallExpr call;
  call.name = std::string(name.text);
  while (reader_.kind() == TokenKind::kDoubleColon) {
    reader_.read();
    const Token part = reader_.peek();
    if (part.kind != TokenKind::kIdent) {
      fail("Missing function name",
           "Function scope resolution symbol :: must be followed by a "
           "function name in this scope.",
           reader_.span(part));
      return nullptr;
    }
    call.name += "::" + std::string(reader_.read().text);
  }
  call.name_span = span_from(name.begin);
  if (reader_.kind() != TokenKind::kOpenParen) {
    fail("Missing open parenthesis",
         "Function selector must be followed by an open parenthesis to "
         "begin the function call.",
         reader_.span(reader_.peek()));
    return nullptr;
  }
  call.open_paren = reader_.span(reader_.read());
  const NewlineScope newlines(reader_, false);
  while (reader_.kind() != TokenKind::kCloseParen) {
    ExprPtr argument = parse_expr();
    if (argument == nullptr) {
      recover_to(TokenKind::kCloseParen);
      return nullptr;
    }
    call.arguments.push_back(std::move(argument));
    const Token separator = reader_.peek();
    if (separator.kind == TokenKind::kCloseParen) {
      break;
    }
    if (separator.kind == TokenKind::kEllipsis) {
      const SourceSpan ellipsis = reader_.span(reader_.read());
      call.expand_last = true;
      if (reader_.kind() != TokenKind::kCloseParen) {
        fail("Missing closing parenthesis",
             "An expanded function argument (with ...) must be immediately followed by closing "
             "parentheses.",
             ellipsis);
        recover_to(TokenKind::kCloseParen);
        return nullptr;
      }
      break;
    }
    if (separator.kind != TokenKind::kComma) {
      const bool end = separator.kind == TokenKind::kEof;
      fail(end ? "Unterminated function call" : "Missing argument separator",
           end ? "There is no closing parenthesis for this function call before the end of the "
                 "file. This may be caused by incorrect parenthesis nesting elsewhere in this file."
               : "A comma is required to separate each function argument from the next.",
           end ? reader_.span(name.begin, call.open_paren.end) : reader_.span(separator));
      recover_to(TokenKind::kCloseParen);
      return nullptr;
    }
    reader_.read();
  }
  call.close_paren = reader_.span(reader_.read());
  return make(std::move(call), span_from(name.begin));
}

bool Parser::at_for_keyword() {
  const NewlineScope newlines(reader_, false);
  return reader_.kind() == TokenKind::kIdent && reader_.peek().text == "for";
}

ExprPtr Parser::parse_tuple() {
  const Token open = reader_.read();
  if (at_for_keyword()) {
    return parse_for(open, false);
  }
  const NewlineScope newlines(reader_, false);
  TupleExpr tuple;
  tuple.open = reader_.span(open);
  while (reader_.kind() != TokenKind::kCloseBracket) {
    ExprPtr item = parse_expr();
    if (item == nullptr) {
      recover_to(TokenKind::kCloseBracket);
      return nullptr;
    }
    tuple.items.push_back(std::move(item));
    const Token next = reader_.peek();
    if (next.kind == TokenKind::kCloseBracket) {
      break;
    }
    if (next.kind != TokenKind::kComma) {
      const bool end = next.kind == TokenKind::kEof;
      fail(end ? "Unterminated tuple constructor expression" : "Missing item separator",
           end ? "There is no corresponding closing bracket before the end of the file. This may "
                 "be caused by incorrect bracket nesting elsewhere in this file."
               : "Expected a comma to mark the beginning of the next item.",
           end ? tuple.open : reader_.span(next));
      recover_to(TokenKind::kCloseBracket);
      return nullptr;
    }
    reader_.read();
  }
  reader_.read();
  return make(std::move(tuple), span_from(open.begin));
}

ExprPtr Parser::parse_object() {
  const Token open = reader_.read();
  if (at_for_keyword()) {
    return parse_for(open, true);
  }
  const NewlineScope newlines(reader_, true);
  ObjectExpr object;
  object.open = reader_.span(open);
  while (true) {
    if (reader_.kind() == TokenKind::kNewline) {
      reader_.read();
      continue;
    }
    if (reader_.kind() == TokenKind::kCloseBrace) {
      break;
    }
    if (!parse_object_item(object.items)) {
      recover_to(TokenKind::kCloseBrace);
      return nullptr;
    }
    const Token next = reader_.peek();
    if (next.kind == TokenKind::kCloseBrace) {
      break;
    }
    if (next.kind != TokenKind::kComma && next.kind != TokenKind::kNewline) {
      const bool end = next.kind == TokenKind::kEof;
      fail(end ? "Unterminated object constructor expression" : "Missing attribute separator",
           end ? "There is no corresponding closing brace before the end of the file. This may be "
                 "caused by incorrect brace nesting elsewhere in this file."
               : "Expected a newline or comma to mark the beginning of the next attribute.",
           end ? object.open : reader_.span(next));
      recover_to(TokenKind::kCloseBrace);
      return nullptr;
    }
    reader_.read();
  }
  reader_.read();
  return make(std::move(object), span_from(open.begin));
}

bool Parser::parse_object_item(std::vector<ObjectItem>& items) {
  ObjectItem item;
  item.key = parse_expr();
  if (item.key == nullptr) {
    return false;
  }
  const Traversal* reference = item.key->as_traversal();
  const auto* literal = std::get_if<LiteralExpr>(&item.key->node);
  if (reference != nullptr && reference->steps.empty()) {
    item.word = reference->root;
  } else if (literal != nullptr && literal->value.is_null()) {
    item.word = "null";
  }
  const Token next = reader_.peek();
  if (next.kind != TokenKind::kEqual && next.kind != TokenKind::kColon) {
    if (next.kind == TokenKind::kNewline || next.kind == TokenKind::kComma) {
      fail("Missing attribute value",
           "Expected an attribute value, introduced by an equals sign (\"=\").",
           reader_.span(next));
    } else if (next.kind == TokenKind::kEof) {
      fail("Unterminated object constructor expression",
           "There is no corresponding closing brace before the end of the file. This may be caused "
           "by incorrect brace nesting elsewhere in this file.",
           reader_.span(next));
    } else {
      fail("Missing key/value separator",
           next.kind == TokenKind::kIdent
               ? "Expected an equals sign (\"=\") to mark the beginning of the attribute value. If "
                 "you intended to given an attribute name containing periods or spaces, write the "
                 "name in quotes to create a string literal."
               : "Expected an equals sign (\"=\") to mark the beginning of the attribute value.",
           reader_.span(next));
    }
    return false;
  }
  reader_.read();
  item.value = parse_expr();
  if (item.value == nullptr) {
    return false;
  }
  items.push_back(std::move(item));
  return true;
}

// `k, v in`: after the word `for` of an expression or a directive, which is `what`.
bool Parser::parse_for_intro(std::string_view what,
                             std::string& key_name,
                             std::string& value_name) {
  const auto refuse = [&](std::string_view requirement, const Token& at) {
    fail("Invalid 'for' " + std::string(what),
         "For " + std::string(what) + " requires " + std::string(requirement), reader_.span(at));
    return false;
  };
  const Token first = reader_.peek();
  if (first.kind != TokenKind::kIdent) {
    return refuse("variable name after 'for'.", first);
  }
  value_name = std::string(reader_.read().text);
  if (reader_.kind() == TokenKind::kComma) {
    reader_.read();
    const Token second = reader_.peek();
    if (second.kind != TokenKind::kIdent) {
      return refuse("value variable name after comma.", second);
    }
    key_name = std::move(value_name);
    value_name = std::string(reader_.read().text);
  }
  const Token in = reader_.peek();
  if (in.kind != TokenKind::kIdent || in.text != "in") {
    return refuse(what == "directive" ? "'in' keyword after names."
                                      : "the 'in' keyword after its name declarations.",
                  in);
  }
  reader_.read();
  return true;
}

ExprPtr Parser::parse_for(const Token& open, bool object) {
  const NewlineScope newlines(reader_, false);
  const TokenKind close = object ? TokenKind::kCloseBrace : TokenKind::kCloseBracket;
  ForExpr loop;
  loop.open = reader_.span(open);
  reader_.read();  // the word for
  const auto give_up = [&]() -> ExprPtr {
    recover_to(close);
    return nullptr;
  };
  const auto refuse_at = [&](std::string_view detail, const SourceSpan& at) -> ExprPtr {
    fail("Invalid 'for' expression", detail, at);
    return give_up();
  };
  const auto refuse = [&](std::string_view detail, const Token& at) {
    return refuse_at(detail, reader_.span(at));
  };
  if (!parse_for_intro("expression", loop.key_name, loop.value_name)) {
    return give_up();
  }
  loop.collection = parse_expr();
  if (loop.collection == nullptr) {
    return give_up();
  }
  if (reader_.kind() != TokenKind::kColon) {
    return refuse("For expression requires a colon after the collection expression.",
                  reader_.peek());
  }
  reader_.read();
  loop.value = parse_expr();
  if (loop.value == nullptr) {
    return give_up();
  }
  const Token arrow = reader_.peek();
  if (arrow.kind == TokenKind::kFatArrow) {
    if (!object) {
      return refuse_at("Key expression is not valid when building a tuple.", loop.value->span);
    }
    reader_.read();
    loop.key = std::move(loop.value);
    loop.value = parse_expr();
    if (loop.value == nullptr) {
      return give_up();
    }
  } else if (object) {
    return refuse_at("Key expression is required when building an object.", loop.value->span);
  }
  if (const Token ellipsis = reader_.peek(); ellipsis.kind == TokenKind::kEllipsis) {
    if (!object) {
      return refuse("Grouping ellipsis (...) cannot be used when building a tuple.", ellipsis);
    }
    reader_.read();
    loop.group = true;
  }
  if (reader_.kind() == TokenKind::kIdent && reader_.peek().text == "if") {
    reader_.read();
    loop.condition = parse_expr();
    if (loop.condition == nullptr) {
      return give_up();
    }
  }
  if (reader_.kind() != close) {
    return refuse("Extra characters after the end of the 'for' expression.", reader_.peek());
  }
  reader_.read();
  return make(std::move(loop), span_from(open.begin));
}

ExprPtr Parser::add_step(const ExprPtr& source, TraversalStep step) {
  const SourceSpan span = reader_.span(source->span.begin, step.span.end);
  if (const auto* scope = std::get_if<ScopeTraversalExpr>(&source->node)) {
    ScopeTraversalExpr longer = *scope;
    longer.traversal.steps.push_back(std::move(step));
    return make(std::move(longer), span);
  }
  if (const auto* relative = std::get_if<RelativeTraversalExpr>(&source->node)) {
    RelativeTraversalExpr longer = *relative;
    longer.steps.push_back(std::move(step));
    return make(std::move(longer), span);
  }
  return make(RelativeTraversalExpr{source, {std::move(step)}}, span);
}

ExprPtr Parser::parse_traversals(ExprPtr source) {
  while (source != nullptr) {
    const TokenKind next = reader_.kind();
    if (next != TokenKind::kDot && next != TokenKind::kOpenBracket) {
      break;
    }
    source =
        next == TokenKind::kDot ? parse_dot(std::move(source)) : parse_brackets(std::move(source));
  }
  return source;
}

ExprPtr Parser::parse_dot(ExprPtr source) {
  const Token dot = reader_.read();
  const Token next = reader_.peek();
  switch (next.kind) {
    case TokenKind::kIdent: {
      reader_.read();
      return add_step(source,
                      TraversalStep{false, std::string(next.text), Value(), span_from(dot.begin)});
    }
    case TokenKind::kNumber: {
      auto step = parse_legacy_index(dot);
      return step ? add_step(source, std::move(*step)) : nullptr;
    }
    case TokenKind::kStar:
      return parse_attribute_splat(std::move(source), dot);
    default:
      fail("Invalid attribute name", "An attribute name is required after a dot.",
           reader_.span(next));
      return nullptr;
  }
}

// `.0`, the old form of `[0]`.
std::optional<TraversalStep> Parser::parse_legacy_index(const Token& dot) {
  const Token token = reader_.read();
  const std::string_view text = token.text;
  if (const size_t point = text.find('.'); point != std::string_view::npos) {
    fail("Invalid legacy index syntax",
         "When using the legacy index syntax, chaining two indexes together is not permitted. Use "
         "the proper index syntax instead, like [" +
             std::string(text.substr(0, point)) + "][" + std::string(text.substr(point + 1)) + "].",
         reader_.span(token));
    return std::nullopt;
  }
  auto number = Number::parse(text);
  if (!number) {
    fail("Invalid number literal", number.error().message() + ".", reader_.span(token));
    return std::nullopt;
  }
  return TraversalStep{true, "", Value::number(*std::move(number)), span_from(dot.begin)};
}

// `.*` and the attributes after it, which are taken from every element.
ExprPtr Parser::parse_attribute_splat(ExprPtr source, const Token& dot) {
  reader_.read();  // the star
  const SourceSpan marker = span_from(dot.begin);
  ExprPtr each = make(SplatItemExpr{}, marker);
  while (reader_.kind() == TokenKind::kDot) {
    const Token inner_dot = reader_.read();
    const Token name = reader_.peek();
    if (name.kind == TokenKind::kIdent) {
      reader_.read();
      each = add_step(
          each, TraversalStep{false, std::string(name.text), Value(), span_from(inner_dot.begin)});
    } else if (name.kind == TokenKind::kNumber) {
      auto step = parse_legacy_index(inner_dot);
      if (!step) {
        return nullptr;
      }
      each = add_step(each, std::move(*step));
    } else if (name.kind == TokenKind::kStar) {
      fail("Nested splat expression not allowed",
           "A splat expression (*) cannot be used inside another attribute-only splat expression.",
           reader_.span(name));
      return nullptr;
    } else {
      fail("Invalid attribute name", "An attribute name is required after a dot.",
           reader_.span(name));
      return nullptr;
    }
  }
  const SourcePosition begin = source->span.begin;
  return make(SplatExpr{std::move(source), std::move(each), marker}, span_from(begin));
}

// Shows the bracket that is found after all, or the end of the file.
void Parser::fail_unclosed_index(std::string_view summary, std::string_view detail) {
  const bool is_echo = recovery_;
  recover_to(TokenKind::kCloseBracket);
  if (!is_echo) {
    report(summary, detail, reader_.span(reader_.previous()));
  }
}

ExprPtr Parser::parse_brackets(ExprPtr source) {
  const Token open = reader_.read();
  const SourcePosition begin = source->span.begin;
  ExprPtr key;
  {
    const NewlineScope newlines(reader_, false);
    if (reader_.kind() == TokenKind::kStar) {
      reader_.read();
      if (reader_.kind() != TokenKind::kCloseBracket) {
        fail_unclosed_index("Missing close bracket on splat index",
                            "The star for a full splat operator must be immediately followed by a "
                            "closing bracket (\"]\").");
        return nullptr;
      }
    } else {
      key = parse_expr();
      if (key == nullptr) {
        recover_to(TokenKind::kCloseBracket);
        return nullptr;
      }
      if (reader_.kind() != TokenKind::kCloseBracket) {
        fail_unclosed_index("Missing close bracket on index",
                            "The index operator must end with a closing bracket (\"]\").");
        return nullptr;
      }
    }
    reader_.read();
  }
  const SourceSpan brackets = span_from(open.begin);
  if (key == nullptr) {
    if (!enter(open)) {
      return nullptr;
    }
    ExprPtr each = parse_traversals(make(SplatItemExpr{}, brackets));
    leave();
    if (each == nullptr) {
      return nullptr;
    }
    return make(SplatExpr{std::move(source), std::move(each), brackets}, span_from(begin));
  }
  const Value* constant = nullptr;
  if (const auto* literal = std::get_if<LiteralExpr>(&key->node)) {
    constant = &literal->value;
  } else if (const auto* text = std::get_if<TemplateExpr>(&key->node);
             text != nullptr && text->parts.size() == 1) {
    if (const auto* part = std::get_if<LiteralExpr>(&text->parts[0]->node)) {
      constant = &part->value;
    }
  }
  if (constant != nullptr &&
      (constant->kind() == TypeKind::kString || constant->kind() == TypeKind::kNumber)) {
    return add_step(source, TraversalStep{true, "", *constant, brackets});
  }
  return make(IndexExpr{std::move(source), std::move(key), brackets}, span_from(begin));
}

}  // namespace rhumb::hcl
