#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hcl/diagnostic.h"
#include "hcl/lexer.h"
#include "hcl/syntax.h"

namespace rhumb::hcl {

/// Reads tokens, leaving comments out, and line ends too where they mean nothing.
class TokenReader {
 public:
  TokenReader(std::string_view file_name, std::vector<Token> tokens)
      : file_name_(file_name), tokens_(std::move(tokens)) {}

  [[nodiscard]] const Token& peek() const { return tokens_[next_index()]; }
  const Token& read();
  [[nodiscard]] TokenKind kind() const { return peek().kind; }
  /// The token read last.
  [[nodiscard]] const Token& previous() const { return tokens_[previous_]; }
  [[nodiscard]] SourceSpan span(const Token& token) const {
    return SourceSpan{file_name_, token.begin, token.end};
  }
  [[nodiscard]] SourceSpan span(SourcePosition begin, SourcePosition end) const {
    return SourceSpan{file_name_, begin, end};
  }
  void push_newlines(bool significant) { newlines_.push_back(significant); }
  void pop_newlines() { newlines_.pop_back(); }

 private:
  [[nodiscard]] size_t next_index() const;

  std::string file_name_;
  std::vector<Token> tokens_;
  std::vector<bool> newlines_ = {true};
  size_t at_ = 0;
  size_t previous_ = 0;
};

/// Whether line ends count, for the time of a scope.
class NewlineScope {
 public:
  NewlineScope(TokenReader& reader, bool significant) : reader_(reader) {
    reader_.push_newlines(significant);
  }
  NewlineScope(const NewlineScope&) = delete;
  NewlineScope& operator=(const NewlineScope&) = delete;
  ~NewlineScope() { reader_.pop_newlines(); }

 private:
  TokenReader& reader_;
};

/// A piece of a template while it is parsed: text, an expression, or a directive.
struct TemplatePart {
  enum class Kind { kText, kExpr, kIf, kElse, kEndIf, kFor, kEndFor, kEnd };
  Kind kind = Kind::kText;
  std::string text;
  ExprPtr expr;  ///< interpolation, condition or collection
  std::string key_name;
  std::string value_name;
  SourceSpan span;
};

/// Recursive descent over the tokens of one file.
///
/// After the first problem the parser is in recovery: it goes on to find more structure, but most
/// further problems would only be echoes and are not reported.
class Parser {
 public:
  Parser(std::string_view file_name, std::string_view text, Diagnostics& diagnostics);

  [[nodiscard]] Body parse_root();
  [[nodiscard]] ExprPtr parse_single_expression();

 private:
  // Bodies (parser_body.cc).
  Body parse_body(TokenKind end, const Token* open);
  bool parse_body_item(Body& body);
  bool parse_attribute(Body& body, const Token& name, bool single_line);
  bool parse_block(Body& body, const Token& type);
  bool parse_block_labels(Block& block);
  std::optional<std::string> parse_label(SourceSpan& span);
  bool parse_block_body(Block& block, const Token& open);
  bool parse_single_attribute_body(Block& block);
  void check_block_end();

  // Expressions (parser_expression.cc). Null means a problem was reported or suppressed.
  ExprPtr parse_expr();
  ExprPtr parse_binary(int level);
  ExprPtr parse_with_traversals();
  ExprPtr parse_term();
  ExprPtr parse_number();
  ExprPtr parse_word();
  ExprPtr parse_unary(UnaryOperator op);
  ExprPtr parse_parens();
  ExprPtr parse_call(const Token& name);
  ExprPtr parse_tuple();
  ExprPtr parse_object();
  bool parse_object_item(std::vector<ObjectItem>& items);
  ExprPtr parse_for(const Token& open, bool object);
  bool parse_for_intro(std::string_view what, std::string& key_name, std::string& value_name);
  ExprPtr parse_traversals(ExprPtr source);
  ExprPtr parse_dot(ExprPtr source);
  ExprPtr parse_brackets(ExprPtr source);
  ExprPtr parse_attribute_splat(ExprPtr source, const Token& dot);
  std::optional<TraversalStep> parse_legacy_index(const Token& dot);
  [[nodiscard]] ExprPtr add_step(const ExprPtr& source, TraversalStep step);
  [[nodiscard]] bool at_for_keyword();

  // Templates (parser_template.cc).
  ExprPtr parse_quoted_or_heredoc();
  std::vector<TemplatePart> parse_template_parts(TokenKind end, bool flush, bool& ok);
  bool add_text_part(std::vector<TemplatePart>& parts, const Token& token, bool trim_left);
  bool add_interpolation(std::vector<TemplatePart>& parts, TokenKind end, bool& trim_next);
  bool add_control(std::vector<TemplatePart>& parts, TokenKind end, bool& trim_next);
  bool parse_control(TemplatePart& part);
  bool finish_sequence(const Token& open,
                       std::string_view directive,
                       TokenKind end,
                       bool& trim_next,
                       SourceSpan& span);
  struct BuiltParts {
    std::vector<ExprPtr> exprs;
    const TemplatePart* end = nullptr;  ///< the directive or the kEnd that was met
    bool ok = true;
  };
  BuiltParts build_parts(const std::vector<TemplatePart>& parts,
                         size_t& at,
                         const TemplatePart* directive);
  ExprPtr build_if(const std::vector<TemplatePart>& parts, size_t& at);
  ExprPtr build_for(const std::vector<TemplatePart>& parts, size_t& at);
  std::optional<std::string> decode_quoted(const Token& token);

  // Problems and recovery.
  void report(std::string_view summary, std::string_view detail, const SourceSpan& span);
  /// Reports unless recovering, then recovers.
  void fail(std::string_view summary, std::string_view detail, const SourceSpan& span);
  void fail_unclosed_index(std::string_view summary, std::string_view detail);
  void recover_to(TokenKind end);
  void recover_after_body_item();
  bool enter(const Token& token);
  void fail_too_deep(const SourceSpan& span);
  void leave() { --depth_; }

  [[nodiscard]] SourceSpan span_from(SourcePosition begin) const {
    return reader_.span(begin, reader_.previous().end);
  }
  /// Null, with a problem reported, when the tree would be too high.
  [[nodiscard]] ExprPtr make(Expr::Node node, SourceSpan span);

  Diagnostics& diagnostics_;
  TokenReader reader_;
  bool recovery_ = false;
  int depth_ = 0;
};

/// Decodes `$${` and `%%{`.
[[nodiscard]] std::string decode_marker_escapes(std::string_view text);

}  // namespace rhumb::hcl
