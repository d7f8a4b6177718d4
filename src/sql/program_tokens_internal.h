#pragma once

#include <cstddef>
#include <string_view>

#include "sql/dialect.h"

/// The tokens that stored programs and transactions are told by.
namespace rhumb::sql::internal {

/// The words that any rule asks for.
enum class Keyword {
  kNone,
  kAfter,
  kAggregate,
  kAlter,
  kBefore,
  kBegin,
  kCall,
  kCase,
  kChar,
  kCharacter,
  kCommitted,
  kConcurrent,
  kCreate,
  kDeclare,
  kDeferrable,
  kDeferred,
  kDefiner,
  kDelete,
  kDo,
  kEach,
  kElse,
  kElseif,
  kEnd,
  kEvent,
  kExclusive,
  kExists,
  kFor,
  kFunction,
  kHandler,
  kIf,
  kImmediate,
  kInsert,
  kIsolation,
  kLevel,
  kLoop,
  kNot,
  kOnly,
  kOr,
  kProcedure,
  kRead,
  kRepeat,
  kRepeatable,
  kReplace,
  kReturn,
  kReturns,
  kSelect,
  kSerializable,
  kSet,
  kSignal,
  kTemp,
  kTemporary,
  kThen,
  kTransaction,
  kTrigger,
  kUncommitted,
  kUntil,
  kUpdate,
  kValues,
  kWhen,
  kWhile,
  kWith,
  kWork,
  kWrite,
};
/// The keyword that `word` is, in any case.
[[nodiscard]] Keyword keyword_of(std::string_view word);

enum class TokenKind { kEnd, kWord, kQuoted, kPunctuation, kBad };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  char mark = '\0';                  ///< its first byte
  Keyword keyword = Keyword::kNone;  ///< of kWord; kNone for `@x` and `t.x`, which are no keywords
  size_t end = 0;

  [[nodiscard]] bool is(Keyword wanted) const { return keyword == wanted; }
  [[nodiscard]] bool is_mark(char c) const { return kind == TokenKind::kPunctuation && mark == c; }
};

/// Tokens outside parentheses; comments of every kind count as blanks.
class TokenReader {
 public:
  TokenReader(std::string_view text, size_t at, const SplitOptions& options)
      : text_(text), at_(at), options_(options) {}

  [[nodiscard]] size_t at() const { return at_; }

  Token next();
  [[nodiscard]] Token peek() const {
    TokenReader copy = *this;
    return copy.next();
  }
  /// Passes words other than CASE and END and marks other than `;`, up to any other token or, at
  /// will, fewer of them.
  void skip_inner_words();

 private:
  [[nodiscard]] bool is_bound(size_t at) const;
  [[nodiscard]] bool is_keyword_at(size_t at, size_t begin, std::string_view word) const;
  void skip_parentheses(Token& token) const;

  std::string_view text_;
  size_t at_;
  const SplitOptions& options_;
};

}  // namespace rhumb::sql::internal
