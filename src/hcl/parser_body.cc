#include "hcl/parser_internal.h"

namespace rhumb::hcl {

namespace {

constexpr std::string_view kItemRequired = "Argument or block definition required";
constexpr std::string_view kItemDetail = "An argument or block definition is required here.";
constexpr std::string_view kItemEqualsDetail =
    "An argument or block definition is required here. To set an argument, use the equals sign "
    "\"=\" to introduce the argument value.";
constexpr std::string_view kBadBlock = "Invalid block definition";
constexpr std::string_view kBadSingleLine = "Invalid single-argument block definition";

}  // namespace

Body Parser::parse_root() {
  return parse_body(TokenKind::kEof, nullptr);
}

ExprPtr Parser::parse_single_expression() {
  const NewlineScope newlines(reader_, false);
  ExprPtr expr = parse_expr();
  if (expr != nullptr && reader_.kind() != TokenKind::kEof) {
    fail("Extra characters after expression",
         "An expression was successfully parsed, but extra characters were found after it.",
         reader_.span(reader_.peek()));
  }
  return expr;
}

// Up to and including `end`; `open` is the brace of a block's body.
Body Parser::parse_body(TokenKind end, const Token* open) {
  const NewlineScope newlines(reader_, true);
  Body body;
  const SourcePosition begin = reader_.peek().begin;
  while (true) {
    const Token& next = reader_.peek();
    if (next.kind == end) {
      break;
    }
    if (next.kind == TokenKind::kNewline) {
      reader_.read();
      continue;
    }
    if (next.kind == TokenKind::kIdent) {
      if (!parse_body_item(body)) {
        recover_after_body_item();
      }
      continue;
    }
    if (next.kind == TokenKind::kOpenQuote) {
      fail("Invalid argument name", "Argument names must not be quoted.", reader_.span(next));
    } else if (next.kind == TokenKind::kEof && open != nullptr) {
      fail("Unclosed configuration block",
           "There is no closing brace for this block before the end of the file. This may be "
           "caused by incorrect brace nesting elsewhere in this file.",
           reader_.span(*open));
    } else {
      fail(kItemRequired, kItemDetail, reader_.span(next));
    }
    recover_to(end);
    body.span = span_from(begin);
    return body;
  }
  body.span = reader_.span(begin, reader_.read().begin);
  return body;
}

bool Parser::parse_body_item(Body& body) {
  const Token name = reader_.read();
  switch (reader_.kind()) {
    case TokenKind::kEqual:
      return parse_attribute(body, name, false);
    case TokenKind::kOpenQuote:
    case TokenKind::kOpenBrace:
    case TokenKind::kIdent:
      return parse_block(body, name);
    default:
      report(kItemRequired, kItemEqualsDetail, reader_.span(name));
      return false;
  }
}

bool Parser::parse_attribute(Body& body, const Token& name, bool single_line) {
  Attribute attribute;
  attribute.name = std::string(name.text);
  attribute.name_span = reader_.span(name);
  attribute.equals_span = reader_.span(reader_.read());
  attribute.expr = parse_expr();
  if (attribute.expr == nullptr) {
    return false;
  }
  attribute.span = span_from(name.begin);
  if (const Attribute* first = body.find_attribute(attribute.name)) {
    report("Attribute redefined",
           "The argument \"" + attribute.name + "\" was already set at " +
               format_span(first->name_span) + ". Each argument may be set only once.",
           attribute.name_span);
  } else {
    body.attributes.push_back(std::move(attribute));
  }
  if (single_line) {
    return true;
  }
  const Token& end = reader_.peek();
  if (end.kind == TokenKind::kComma) {
    fail("Unexpected comma after argument",
         "Argument definitions must be separated by newlines, not commas. An argument definition "
         "must end with a newline.",
         reader_.span(end));
    return false;
  }
  if (end.kind != TokenKind::kNewline && end.kind != TokenKind::kEof) {
    fail("Missing newline after argument", "An argument definition must end with a newline.",
         reader_.span(end));
    return false;
  }
  if (end.kind == TokenKind::kNewline) {
    reader_.read();
  }
  return true;
}

bool Parser::parse_block(Body& body, const Token& type) {
  Block block;
  block.type = std::string(type.text);
  block.type_span = reader_.span(type);
  if (!parse_block_labels(block)) {
    return false;
  }
  const Token open = reader_.read();
  block.open_brace = reader_.span(open);
  if (!enter(open)) {
    return false;
  }
  const bool ok = parse_block_body(block, open);
  leave();
  block.close_brace = reader_.span(reader_.previous());
  block.span = span_from(type.begin);
  body.blocks.push_back(std::move(block));
  if (!ok) {
    return false;
  }
  check_block_end();
  return true;
}

// Up to the opening brace, which is left to be read.
bool Parser::parse_block_labels(Block& block) {
  while (reader_.kind() != TokenKind::kOpenBrace) {
    const Token& next = reader_.peek();
    switch (next.kind) {
      case TokenKind::kOpenQuote: {
        SourceSpan span;
        auto label = parse_label(span);
        if (!label) {
          return false;
        }
        block.labels.push_back(std::move(*label));
        block.label_spans.push_back(std::move(span));
        break;
      }
      case TokenKind::kIdent:
        block.labels.emplace_back(next.text);
        block.label_spans.push_back(reader_.span(next));
        reader_.read();
        break;
      case TokenKind::kEqual:
        fail(kBadBlock,
             "The equals sign \"=\" indicates an argument definition, and must not be used when "
             "defining a block.",
             reader_.span(next));
        return false;
      case TokenKind::kNewline:
        fail(kBadBlock,
             "A block definition must have block content delimited by \"{\" and \"}\", starting on "
             "the same line as the block header.",
             reader_.span(next));
        return false;
      default:
        fail(kBadBlock,
             "Either a quoted string block label or an opening brace (\"{\") is expected here.",
             reader_.span(next));
        return false;
    }
  }
  return true;
}

// A quoted label: text with escapes but without interpolation.
std::optional<std::string> Parser::parse_label(SourceSpan& span) {
  const Token open = reader_.read();
  std::string label;
  bool ok = true;
  while (true) {
    const Token token = reader_.read();
    switch (token.kind) {
      case TokenKind::kCloseQuote:
        span = span_from(open.begin);
        return ok ? std::optional(normalize_text(label)) : std::nullopt;
      case TokenKind::kQuotedText:
        if (auto text = decode_quoted(token)) {
          label += *text;
        } else {
          ok = false;
        }
        break;
      case TokenKind::kTemplateInterpolation:
      case TokenKind::kTemplateControl: {
        const std::string mark(token.text.substr(0, 1));
        fail("Invalid string literal",
             "Template sequences are not allowed in this string. To include a literal \"" + mark +
                 "\", double it (as \"" + mark + mark + "\") to escape it.",
             reader_.span(token));
        ok = false;
        recover_to(TokenKind::kTemplateEnd);
        break;
      }
      case TokenKind::kEof:
        fail("Unterminated string literal",
             "Unable to find the closing quote mark before the end of the file.",
             reader_.span(token));
        return std::nullopt;
      default:
        fail("Invalid string literal", "This item is not valid in a string literal.",
             reader_.span(token));
        ok = false;
        break;
    }
  }
}

// After the opening brace, up to and including the closing one.
bool Parser::parse_block_body(Block& block, const Token& open) {
  const TokenKind next = reader_.kind();
  if (next == TokenKind::kNewline || next == TokenKind::kEof || next == TokenKind::kCloseBrace) {
    block.body = parse_body(TokenKind::kCloseBrace, &open);
    return true;
  }
  if (!parse_single_attribute_body(block)) {
    recover_to(TokenKind::kCloseBrace);
    return true;
  }
  const Token& end = reader_.peek();
  switch (end.kind) {
    case TokenKind::kCloseBrace:
      reader_.read();
      return true;
    case TokenKind::kComma:
      fail(kBadSingleLine,
           "Single-line block syntax can include only one argument definition. To define multiple "
           "arguments, use the multi-line block syntax with one argument definition per line.",
           reader_.span(end));
      break;
    case TokenKind::kNewline:
      fail(kBadSingleLine,
           "An argument definition on the same line as its containing block creates a single-line "
           "block definition, which must also be closed on the same line. Place the block's "
           "closing brace immediately after the argument definition.",
           reader_.span(end));
      break;
    default:
      fail(kBadSingleLine,
           "A single-line block definition must end with a closing brace immediately after its "
           "single argument definition.",
           reader_.span(end));
      break;
  }
  recover_to(TokenKind::kCloseBrace);
  return true;
}

bool Parser::parse_single_attribute_body(Block& block) {
  const NewlineScope newlines(reader_, true);
  const Token name = reader_.read();
  block.body.span = reader_.span(name);
  if (name.kind != TokenKind::kIdent) {
    fail(kItemRequired, kItemDetail, reader_.span(name));
    return false;
  }
  switch (reader_.kind()) {
    case TokenKind::kEqual: {
      const bool ok = parse_attribute(block.body, name, true);
      block.body.span = span_from(name.begin);
      return ok;
    }
    case TokenKind::kOpenQuote:
    case TokenKind::kOpenBrace:
    case TokenKind::kIdent:
      fail("Argument definition required",
           "A single-line block definition can contain only a single argument. If you meant to "
           "define argument \"" +
               std::string(name.text) +
               "\", use an equals sign to assign it a value. To define a nested block, place it on "
               "a line of its own within its parent block.",
           reader_.span(name.begin, reader_.peek().end));
      return false;
    default:
      fail(kItemRequired, kItemEqualsDetail, reader_.span(name));
      return false;
  }
}

void Parser::check_block_end() {
  const Token& end = reader_.peek();
  if (end.kind == TokenKind::kNewline) {
    reader_.read();
  } else if (end.kind != TokenKind::kEof) {
    fail("Missing newline after block definition", "A block definition must end with a newline.",
         reader_.span(end));
    recover_after_body_item();
  }
}

const Attribute* Body::find_attribute(std::string_view name) const {
  for (const Attribute& attribute : attributes) {
    if (attribute.name == name) {
      return &attribute;
    }
  }
  return nullptr;
}

}  // namespace rhumb::hcl
