#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/tokens.h"

namespace rhumb::driver {

/// A name as a statement writes it: `t`, `s.t`; without quotes.
struct QualifiedName {
  std::string schema{};
  std::string name{};

  bool operator==(const QualifiedName&) const = default;
};

/// Walks over the words of one statement, blanks and comments left out.
///
/// Lifetime: refers to the statement.
class TokenReader {
 public:
  TokenReader(std::string_view statement, const sql::LexOptions& options);

  /// Takes the word (lower case) if it comes next.
  bool take(std::string_view word);
  /// Takes the first of the words that comes next.
  bool take_any(std::initializer_list<std::string_view> words);
  bool take_mark(char mark);
  [[nodiscard]] bool at(std::string_view word) const;
  [[nodiscard]] bool at_mark(char mark) const;
  /// Whether nothing, or only the final `;`, is left.
  [[nodiscard]] bool at_end() const;
  /// A plain or quoted identifier; a plain one in lower case where the dialect folds names
  /// (PostgreSQL).
  std::optional<std::string> take_name();
  std::optional<QualifiedName> take_qualified_name();
  /// Passes one token; one in parentheses with everything in them.
  void skip();

  /// Whether one of the words comes anywhere in what is left, parentheses included.
  [[nodiscard]] bool has_any(std::initializer_list<std::string_view> words) const;
  /// Whether a comma outside parentheses is in what is left.
  [[nodiscard]] bool has_comma() const;
  /// Whether a `;` with something behind it is in what is left.
  [[nodiscard]] bool has_second_statement() const;
  /// False when server and reader may see different statements: executable comments, open quotes.
  [[nodiscard]] bool certain() const { return certain_; }

 private:
  [[nodiscard]] const sql::Token* peek() const {
    return at_ < tokens_.size() ? &tokens_[at_] : nullptr;
  }

  std::vector<sql::Token> tokens_;
  size_t at_ = 0;
  bool folds_names_ = false;
  bool certain_ = true;
};

}  // namespace rhumb::driver
