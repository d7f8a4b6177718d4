#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graphql/ast.h"
#include "graphql/lexer.h"

namespace rhumb::graphql {

/// Nesting of values, list types and selection sets past this is refused, so that recursion over a
/// document is bounded.
inline constexpr size_t kNestingMax = 100;

/// Tokens being read, with the grammar rules that documents and schemas share: values, types,
/// arguments and directives. Internal to this folder.
///
/// Errors: kInvalid and kLimit with a span, like the parsers built on it.
class TokenStream {
 public:
  explicit TokenStream(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  [[nodiscard]] const Token& peek() const { return tokens_[index_]; }
  [[nodiscard]] const Token& peek_next() const;
  Token take();
  [[nodiscard]] bool at_end() const { return peek().kind == TokenKind::kEnd; }
  [[nodiscard]] bool at(std::string_view punctuator) const;
  [[nodiscard]] bool at_name(std::string_view name) const;
  [[nodiscard]] bool at_string() const;
  bool accept(std::string_view punctuator);
  bool accept_name(std::string_view name);
  Result<void> expect(std::string_view punctuator);
  Result<Token> expect_name(std::string_view what);

  /// `constant` forbids variables inside.
  Result<Value> parse_value(bool constant);
  Result<TypeRef> parse_type();
  Result<std::vector<Argument>> parse_arguments(bool constant);
  Result<std::vector<DirectiveUse>> parse_directives(bool constant);

  [[nodiscard]] Error unexpected(std::string_view wanted) const;
  [[nodiscard]] static Error fail_at(const SourcePosition& position, std::string message);

  /// Counts one level of nesting for as long as it lives.
  class Nested {
   public:
    explicit Nested(TokenStream& stream) : stream_(stream) { ++stream_.depth_; }
    ~Nested() { --stream_.depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    TokenStream& stream_;
  };
  [[nodiscard]] Result<void> check_depth() const;

 private:
  Result<Value> parse_list(bool constant);
  Result<Value> parse_object(bool constant);

  std::vector<Token> tokens_;  // never empty: the last one is kEnd
  size_t index_ = 0;
  size_t depth_ = 0;
};

}  // namespace rhumb::graphql
