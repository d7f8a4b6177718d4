#include <algorithm>

#include "hcl/parser_internal.h"
#include "hcl/syntax_internal.h"

namespace rhumb::hcl {

size_t TokenReader::next_index() const {
  size_t index = at_;
  while (tokens_[index].kind == TokenKind::kComment ||
         (tokens_[index].kind == TokenKind::kNewline && !newlines_.back())) {
    ++index;
  }
  return index;
}

const Token& TokenReader::read() {
  previous_ = next_index();
  at_ = tokens_[previous_].kind == TokenKind::kEof ? previous_ : previous_ + 1;
  return tokens_[previous_];
}

Parser::Parser(std::string_view file_name, std::string_view text, Diagnostics& diagnostics)
    : diagnostics_(diagnostics), reader_(file_name, {}) {
  std::vector<Token> tokens = lex(text);
  report_bad_tokens(file_name, tokens, diagnostics_);
  reader_ = TokenReader(file_name, std::move(tokens));
}

ExprPtr Parser::make(Expr::Node node, SourceSpan span) {
  int below = 0;
  for_each_child(node, [&below](const Expr& child) { below = std::max(below, child.height); });
  if (below >= kHeightMax) {
    fail_too_deep(span);
    return nullptr;
  }
  return std::make_shared<const Expr>(Expr{std::move(node), std::move(span), below + 1});
}

void Parser::fail_too_deep(const SourceSpan& span) {
  if (!recovery_) {
    diagnostics_.add(diagnostic("Nesting too deep",
                                "Expressions, templates and blocks may be nested at most " +
                                    std::to_string(kNestingMax) + " deep.",
                                span)
                         .with_code(ErrorCode::kLimit));
  }
  recovery_ = true;
}

void Parser::report(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  diagnostics_.add(diagnostic(summary, detail, span));
}

void Parser::fail(std::string_view summary, std::string_view detail, const SourceSpan& span) {
  if (!recovery_) {
    report(summary, detail, span);
  }
  recovery_ = true;
}

bool Parser::enter(const Token& token) {
  if (depth_ >= kNestingMax) {
    fail_too_deep(reader_.span(token));
    return false;
  }
  ++depth_;
  return true;
}

namespace {

std::optional<TokenKind> closing_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kOpenBrace:
      return TokenKind::kCloseBrace;
    case TokenKind::kOpenBracket:
      return TokenKind::kCloseBracket;
    case TokenKind::kOpenParen:
      return TokenKind::kCloseParen;
    case TokenKind::kOpenQuote:
      return TokenKind::kCloseQuote;
    case TokenKind::kOpenHeredoc:
      return TokenKind::kCloseHeredoc;
    case TokenKind::kTemplateInterpolation:
    case TokenKind::kTemplateControl:
      return TokenKind::kTemplateEnd;
    default:
      return std::nullopt;
  }
}

bool is_closing(TokenKind kind) {
  return kind == TokenKind::kCloseBrace || kind == TokenKind::kCloseBracket ||
         kind == TokenKind::kCloseParen || kind == TokenKind::kCloseQuote ||
         kind == TokenKind::kCloseHeredoc || kind == TokenKind::kTemplateEnd;
}

// Forgets what is open down to the bracket that `kind` closes, if there is one.
void close(std::vector<TokenKind>& open, TokenKind kind) {
  const auto found = std::find(open.rbegin(), open.rend(), kind);
  if (found != open.rend()) {
    open.erase(std::prev(found.base()), open.end());
  }
}

}  // namespace

// Reads past the `end` that matches what is open here.
void Parser::recover_to(TokenKind end) {
  recovery_ = true;
  const NewlineScope newlines(reader_, true);
  std::vector<TokenKind> open;
  while (true) {
    const TokenKind kind = reader_.read().kind;
    if (kind == TokenKind::kEof || (kind == end && open.empty())) {
      return;
    }
    if (const auto closing = closing_of(kind)) {
      open.push_back(*closing);
    } else if (is_closing(kind)) {
      close(open, kind);
    }
  }
}

// Reads past the line end that ends the item we are in.
void Parser::recover_after_body_item() {
  recovery_ = true;
  const NewlineScope newlines(reader_, true);
  std::vector<TokenKind> open;
  while (true) {
    const TokenKind kind = reader_.kind();
    if (kind == TokenKind::kEof) {
      return;
    }
    if (kind == TokenKind::kCloseBrace && open.empty()) {
      return;
    }
    reader_.read();
    if (kind == TokenKind::kNewline && open.empty()) {
      return;
    }
    if (const auto closing = closing_of(kind)) {
      open.push_back(*closing);
    } else if (is_closing(kind)) {
      close(open, kind);
    }
  }
}

File parse_file(std::string_view name, std::string_view text, Diagnostics& diagnostics) {
  File file;
  file.name = std::string(name);
  file.text = std::make_shared<const std::string>(text);
  file.body = Parser(name, *file.text, diagnostics).parse_root();
  return file;
}

ExprPtr parse_expression(std::string_view name, std::string_view text, Diagnostics& diagnostics) {
  const size_t before = diagnostics.errors().size();
  ExprPtr expr = Parser(name, text, diagnostics).parse_single_expression();
  return diagnostics.errors().size() == before ? expr : nullptr;
}

}  // namespace rhumb::hcl
