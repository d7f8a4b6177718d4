#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gotmpl/token.h"

namespace rhumb::gotmpl {

/// Cuts a template into tokens, one at a time. Trim markers and comments are dealt with here: the
/// parser sees trimmed text and no comments.
///
/// Shape: after a kError or kEof token every further token is kEof.
/// Lifetime: refers to `input`, keep it alive.
class Lexer {
 public:
  struct Options {
    bool break_is_keyword = true;     ///< false if a function has that name
    bool continue_is_keyword = true;  ///< false if a function has that name
  };

  Lexer(std::string_view input, Options options) : input_(input), options_(options) {}

  [[nodiscard]] Token next();

 private:
  enum class State { kText, kLeftDelim, kAction, kDone };

  [[nodiscard]] bool next_outside_action(Token& token);
  [[nodiscard]] bool lex_text(Token& token);
  [[nodiscard]] bool lex_left_delim(Token& token);
  [[nodiscard]] bool lex_comment(Token& token);
  [[nodiscard]] Token lex_action();
  [[nodiscard]] Token lex_operator_or_word(char32_t rune, size_t size);
  [[nodiscard]] Token lex_right_delim();
  [[nodiscard]] Token lex_space();
  [[nodiscard]] Token lex_quoted(char quote, TokenKind kind, const char* error);
  [[nodiscard]] Token lex_raw_string();
  [[nodiscard]] Token lex_number();
  [[nodiscard]] Token lex_name(TokenKind kind);
  [[nodiscard]] bool scan_number();

  [[nodiscard]] Token emit(TokenKind kind);
  [[nodiscard]] Token fail(std::string message);
  [[nodiscard]] Token bad_character();
  [[nodiscard]] std::string_view rest() const { return input_.substr(at_); }
  [[nodiscard]] bool at_right_delim(bool& trims) const;
  [[nodiscard]] bool at_terminator() const;
  void skip_to(size_t offset);
  void skip_blanks();
  bool accept(std::string_view characters);
  void accept_run(std::string_view characters);

  std::string_view input_;
  Options options_;
  State state_ = State::kText;
  size_t start_ = 0;  ///< where the token being read begins
  size_t at_ = 0;
  size_t line_ = 1;  ///< of start_
  int paren_depth_ = 0;
};

}  // namespace rhumb::gotmpl
