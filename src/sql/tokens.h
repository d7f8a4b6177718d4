#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/dialect.h"

/// SQL as tokens: for masking, linting and highlighting, which look into statements.
namespace rhumb::sql {

enum class TokenKind {
  kBlank,             ///< a run of white space
  kWord,              ///< keyword or plain identifier; see Token::is
  kQuotedIdentifier,  ///< `"x"`, `` `x` ``, `[x]`, by dialect
  kString,            ///< with its prefix: `'x'`, `N'x'`, `E'x'`, `_utf8mb4'x'`; `"x"` on MySQL
  kNumber,            ///< decimal, hexadecimal or binary
  kDollarString,      ///< `$tag$ ... $tag$`
  kComment,           ///< without its line end
  kCommentMark,       ///< `/*!40101`, `/*+` and their `*/`: what is between them is SQL
  kOperator,
  kPunctuation,  ///< one of `( ) , ; . [ ] { }`, and the `\.` of COPY
  kParameter,    ///< `?`, `$1`, `:name`, `@name`, `@@name`
  kCopyData,     ///< the lines between `COPY ... FROM STDIN;` and `\.`
  kUnknown,      ///< one byte that starts nothing
};

/// Lifetime: `text` refers to the text that was read.
struct Token {
  TokenKind kind = TokenKind::kUnknown;
  size_t offset = 0;  ///< bytes from 0
  std::string_view text;
  /// kString: bytes before the quote; kDollarString: bytes of the tag.
  size_t prefix_size = 0;
  bool closed = true;  ///< false: a quote, comment or block of data without its end
  /// False when the database and the splitter may read the text from here on differently, for
  /// example `--'x'` on MySQL, which is no comment there.
  bool certain = true;

  /// Whether it is the word `word` (lower case), in any case.
  [[nodiscard]] bool is(std::string_view word) const;
  [[nodiscard]] bool is_mark(char c) const {
    return kind == TokenKind::kPunctuation && text.size() == 1 && text[0] == c;
  }
};

struct LexOptions {
  Dialect dialect = Dialect::kGeneric;
  bool ansi_quotes = false;           ///< MySQL: `"x"` is an identifier
  bool no_backslash_escapes = false;  ///< MySQL: a backslash in a string is a character
};

/// Reads tokens one after the other.
///
/// Shape: the texts of the tokens, put together, are the input, whatever it is. kGeneric takes
/// `"x"` for a string: a secret shown is worse than a name hidden.
/// Source: PostgreSQL 15 manual 4.1, MariaDB and MySQL 8.0 manuals "Literal Values" and "Comments",
/// SQLite "SQL Language Expressions"; spec reporting.md 5.3 for what counts as a literal.
class Lexer {
 public:
  Lexer(std::string_view text, const LexOptions& options);

  [[nodiscard]] std::optional<Token> next();

 private:
  Token read(size_t begin);
  Token read_blank();
  Token read_dollar_string(size_t tag_size);
  Token read_comment();
  Token read_string(size_t prefix_size, bool backslash);
  Token read_quoted_identifier(char close);
  Token read_word_or_string();
  Token read_number();
  Token read_symbol();
  Token take(TokenKind kind, size_t end);
  [[nodiscard]] bool is_string_prefix(std::string_view word) const;
  [[nodiscard]] bool line_has_quote(size_t at) const;
  [[nodiscard]] bool has_backslashes(std::string_view prefix) const;
  [[nodiscard]] size_t end_of_number(size_t at) const;
  [[nodiscard]] size_t end_of_parameter(size_t at) const;

  std::string_view whole_;
  std::string_view text_;  ///< up to the end of the innermost region
  LexOptions options_;
  SplitOptions rules_;
  size_t at_ = 0;
  std::vector<size_t> regions_;  ///< where the SQL in open executable comments and hints ends
  size_t data_begin_ = std::string_view::npos;  ///< of COPY
  size_t data_end_ = 0;
  bool data_closed_ = true;
};

[[nodiscard]] std::vector<Token> tokenize(std::string_view text, const LexOptions& options);

/// What stands between the quotes or tags of a kString or kDollarString, as written.
[[nodiscard]] std::string_view literal_content(const Token& token);
/// The value the database sees: doubled quotes and escapes resolved.
[[nodiscard]] std::string literal_value(const Token& token, const LexOptions& options);

}  // namespace rhumb::sql
