// Finds where a stored program, a trigger or an event ends.
//
// The first `;` is not it, and counting BEGIN and END is not enough: END also closes CASE
// expressions, IF is a function too, and labels may follow END. So the text is read as tokens and a
// stack of open blocks is kept; a word opens or closes a block only at the start of a
// sub-statement, where the grammar has no expressions:
//
//   CREATE PROCEDURE p() l: BEGIN IF a THEN SET b = CASE c WHEN 1 THEN 2 END; END IF; END l;
//                           ^opens ^opens            ^not a block               ^closes IF  ^l
//
// Whatever does not fit gives the attempt up; the caller then falls back to a simpler rule.
#include "sql/stored_program_internal.h"

#include <span>
#include <vector>

#include "sql/scan_internal.h"

namespace rhumb::sql::internal {
namespace {

enum class TokenKind { kEnd, kWord, kQuoted, kPunctuation, kBad };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  size_t begin = 0;
  size_t end = 0;
  char mark = '\0';             ///< of kPunctuation
  std::string_view name{};  ///< of kWord; empty for `@x` and `t.x`, which are no keywords

  /// Whether it is the keyword `keyword` (lower case), in any case.
  [[nodiscard]] bool is(std::string_view keyword) const {
    return name.size() == keyword.size() && matches_word(name, 0, keyword);
  }
  [[nodiscard]] bool is_any(std::span<const std::string_view> words) const {
    for (const std::string_view word : words) {
      if (is(word)) {
        return true;
      }
    }
    return false;
  }
  [[nodiscard]] bool is_mark(char c) const { return kind == TokenKind::kPunctuation && mark == c; }
};

/// Tokens outside parentheses; comments of every kind count as blanks.
class TokenReader {
 public:
  TokenReader(std::string_view text, size_t at, const SplitOptions& options)
      : text_(text), at_(at), options_(options) {}

  [[nodiscard]] size_t at() const { return at_; }

  Token next() {
    at_ = skip_gap(text_, at_, options_);
    Token token{.kind = TokenKind::kPunctuation, .begin = at_, .end = at_ + 1};
    if (at_ >= text_.size()) {
      token.kind = TokenKind::kEnd;
      token.end = at_;
      return token;
    }
    const char c = text_[at_];
    if (is_word(c)) {
      read_word(token);
    } else if (c == '\'' || c == '"' || c == '`') {
      const size_t end = end_of_quote(text_, at_, options_);
      token.kind = end == kNowhere ? TokenKind::kBad : TokenKind::kQuoted;
      token.end = end == kNowhere ? text_.size() : end;
    } else if (c == '(') {
      skip_parentheses(token);
    } else if (c == ')') {
      token.kind = TokenKind::kBad;
    }
    token.mark = c;
    at_ = token.end;
    return token;
  }

  [[nodiscard]] Token peek() const {
    TokenReader copy = *this;
    return copy.next();
  }

 private:
  void read_word(Token& token) const {
    token.kind = TokenKind::kWord;
    token.end = end_of_word(text_, at_);
    const bool bound = at_ > 0 && (text_[at_ - 1] == '@' || text_[at_ - 1] == '.');
    token.name = bound ? std::string_view() : text_.substr(at_, token.end - at_);
  }

  void skip_parentheses(Token& token) const {
    size_t depth = 0;
    size_t at = at_;
    while (at < text_.size()) {
      const char c = text_[at];
      size_t end = at + 1;
      if (c == '(') {
        ++depth;
      } else if (c == ')') {
        --depth;
      } else if (c == '\'' || c == '"' || c == '`') {
        end = end_of_quote(text_, at, options_);
      } else if (const Comment comment = comment_at(text_, at, options_);
                 comment.kind != CommentKind::kNone) {
        end = comment.end;
      }
      if (depth == 0) {
        token.end = end;
        return;
      }
      at = end;
    }
    token.kind = TokenKind::kBad;
    token.end = text_.size();
  }

  std::string_view text_;
  size_t at_;
  const SplitOptions& options_;
};

enum class BlockKind { kBegin, kIf, kCase, kLoop, kRepeat, kWhile };

struct Block {
  BlockKind kind;
  bool awaits = false;  ///< IF and CASE: their THEN, WHILE: its DO, REPEAT: the END behind UNTIL
};

struct BlockWord {
  std::string_view word;
  BlockKind kind;
};
constexpr BlockWord kBlockWords[] = {
    {"begin", BlockKind::kBegin}, {"if", BlockKind::kIf},         {"case", BlockKind::kCase},
    {"loop", BlockKind::kLoop},   {"repeat", BlockKind::kRepeat}, {"while", BlockKind::kWhile},
};

constexpr std::string_view kSimpleStatements[] = {
    "return", "select",  "set",  "insert", "update", "delete",
    "replace", "call", "with", "values", "signal",
};
/// Words behind which those of kSimpleStatements are something else: `BEFORE INSERT`, `OR REPLACE`.
constexpr std::string_view kNotBeforeStatement[] = {
    "character", "char", "returns", "before", "after", "or",
};

class ProgramScanner {
 public:
  ProgramScanner(std::string_view text, size_t at, const SplitOptions& options)
      : reader_(text, at, options), options_(options) {}

  size_t find_end() {
    if (!read_start()) {
      return kNowhere;
    }
    return blocks_.empty() ? read_header() : read_body();
  }

  [[nodiscard]] size_t at() const { return reader_.at(); }

 private:
  /// Reads `CREATE ... TRIGGER` and the like; false when the statement is something else.
  bool read_start() {
    Token token = reader_.next();
    if (options_.program_bodies && token.is("begin")) {
      open(BlockKind::kBegin);
      return true;
    }
    const bool alter = token.is("alter");
    if (!token.is("create") && !(alter && options_.program_bodies)) {
      return false;
    }
    token = reader_.next();
    if (!alter && token.is("or")) {
      if (!reader_.next().is("replace")) {
        return false;
      }
      token = reader_.next();
    }
    if (token.is("definer")) {
      token = read_definer();
    }
    if (!alter && (token.is("aggregate") || token.is("temp") || token.is("temporary"))) {
      token = reader_.next();
    }
    if (alter) {
      return token.is("event");
    }
    return token.is("trigger") || (options_.program_bodies && (token.is("procedure") ||
                                                               token.is("function") ||
                                                               token.is("event")));
  }

  /// Reads `= user`, where user is `name`, `name@host` or `CURRENT_USER()`; gives the token behind.
  Token read_definer() {
    if (!reader_.next().is_mark('=')) {
      return {};
    }
    reader_.next();
    Token token = reader_.next();
    if (token.is_mark('(')) {
      token = reader_.next();
    }
    if (token.is_mark('@')) {
      reader_.next();
      token = reader_.next();
      while (token.is_mark('.') || token.is_mark('%') || token.is_mark('-')) {
        reader_.next();
        token = reader_.next();
      }
    }
    return token;
  }

  size_t read_header() {
    bool simple = false;
    Token before;
    for (;;) {
      const Token token = reader_.next();
      if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kBad) {
        return kNowhere;
      }
      if (token.is_mark(';')) {
        return token.end;
      }
      if (opens_block(token, simple)) {
        return read_body();
      }
      simple = simple || is_simple_statement(token, before);
      before = token;
    }
  }

  static bool is_simple_statement(const Token& token, const Token& before) {
    return token.is_any(kSimpleStatements) && !before.is_any(kNotBeforeStatement) &&
           !before.is_mark(',');
  }

  /// Opens the block that `token` begins in a place where a statement need not start.
  bool opens_block(const Token& token, bool simple) {
    if (token.is("begin")) {
      open(BlockKind::kBegin);
      return true;
    }
    if (simple || !options_.program_bodies) {
      return false;
    }
    if (token.is("if")) {
      const Token next = reader_.peek();
      if (next.is("exists") || next.is("not")) {
        return false;
      }
    }
    return open_word(token);
  }

  bool open_word(const Token& token) {
    for (const BlockWord& word : kBlockWords) {
      const bool known = word.kind == BlockKind::kBegin || options_.program_bodies;
      if (known && token.is(word.word)) {
        open(word.kind);
        return true;
      }
    }
    return false;
  }

  void open(BlockKind kind) {
    const bool awaits =
        kind == BlockKind::kIf || kind == BlockKind::kCase || kind == BlockKind::kWhile;
    blocks_.push_back({.kind = kind, .awaits = awaits});
    at_start_ = !awaits;
    in_handler_ = false;
  }

  size_t read_body() {
    for (;;) {
      const Token token = reader_.next();
      if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kBad) {
        return kNowhere;
      }
      const bool ends = token.is("end") && case_depth_ == 0 && (at_start_ || awaits_until_end());
      if (ends) {
        const size_t end = close_block();
        if (end == kNowhere || blocks_.empty()) {
          return end;
        }
      } else if (token.is_mark(';')) {
        start_statement();
      } else if (at_start_) {
        read_first_word(token);
      } else {
        read_inner_word(token);
      }
      before_ = token;
    }
  }

  [[nodiscard]] bool awaits_until_end() const {
    return blocks_.back().kind == BlockKind::kRepeat && blocks_.back().awaits;
  }

  void start_statement() {
    at_start_ = true;
    in_handler_ = false;
    declares_ = false;
    simple_ = false;
  }

  void read_first_word(const Token& token) {
    const bool quoted = token.kind == TokenKind::kQuoted && token.mark == '`';
    const bool label = token.kind == TokenKind::kWord || quoted;
    if (label && reader_.peek().is_mark(':')) {
      reader_.next();
      return;
    }
    if (open_word(token) || token.is("else")) {
      return;
    }
    at_start_ = false;
    Block& block = blocks_.back();
    if (token.is("elseif") || token.is("when") || token.is("until")) {
      block.awaits = true;
    }
    declares_ = token.is("declare");
  }

  void read_inner_word(const Token& token) {
    Block& block = blocks_.back();
    if (in_handler_ && opens_block(token, simple_)) {
      return;
    }
    simple_ = simple_ || (in_handler_ && is_simple_statement(token, before_));
    if (token.is("case")) {
      ++case_depth_;
    } else if (token.is("end") && case_depth_ > 0) {
      --case_depth_;
    } else if (case_depth_ == 0 && block.awaits && opens_branch(token, block)) {
      block.awaits = false;
      start_statement();
    } else if (declares_ && token.is("for") && before_.is("handler")) {
      in_handler_ = true;
    }
  }

  static bool opens_branch(const Token& token, const Block& block) {
    const bool then = block.kind == BlockKind::kIf || block.kind == BlockKind::kCase;
    return (then && token.is("then")) || (block.kind == BlockKind::kWhile && token.is("do"));
  }

  /// Reads what follows END; one past the `;`, or kNowhere when it is no end of an open block.
  size_t close_block() {
    Token token = reader_.next();
    BlockKind kind = BlockKind::kBegin;
    if (options_.program_bodies) {
      for (const BlockWord& word : kBlockWords) {
        if (word.kind != BlockKind::kBegin && token.is(word.word)) {
          kind = word.kind;
          token = reader_.next();
          break;
        }
      }
      if (token.kind == TokenKind::kWord || token.kind == TokenKind::kQuoted) {
        token = reader_.next();
      }
    }
    if (!token.is_mark(';') && token.kind != TokenKind::kEnd) {
      return kNowhere;
    }
    while (!blocks_.empty() && blocks_.back().kind != kind) {
      blocks_.pop_back();
    }
    if (blocks_.empty()) {
      return kNowhere;
    }
    blocks_.pop_back();
    start_statement();
    return token.end;
  }

  TokenReader reader_;
  const SplitOptions& options_;
  std::vector<Block> blocks_;
  Token before_;
  size_t case_depth_ = 0;    ///< open CASE expressions
  bool at_start_ = true;     ///< a sub-statement begins here
  bool declares_ = false;    ///< the sub-statement is a DECLARE
  bool in_handler_ = false;  ///< behind `DECLARE ... HANDLER FOR`
  bool simple_ = false;      ///< a simple statement came behind it
};

constexpr std::string_view kTransactionWords[] = {
    "transaction", "work",       "isolation", "level",     "serializable", "repeatable",
    "read",        "committed",  "write",     "only",      "uncommitted",  "deferrable",
    "deferred",    "immediate",  "exclusive", "concurrent",
};

}  // namespace

size_t end_of_transaction_statement(std::string_view text,
                                    size_t at,
                                    const SplitOptions& options) {
  if (!is_whole_word(text, at, "begin")) {
    return kNowhere;
  }
  TokenReader reader(text, at + 5, options);
  bool named = false;  // the word before was TRANSACTION
  for (;;) {
    const Token token = reader.next();
    if (token.is_mark(';') || token.kind == TokenKind::kEnd) {
      return token.end;
    }
    const bool known = token.is_any(kTransactionWords) || token.is_mark(',') ||
                       (token.is("not") && reader.peek().is("deferrable"));
    const bool name =
        named && (token.kind == TokenKind::kWord || token.kind == TokenKind::kQuoted);
    if (!known && !name) {
      return kNowhere;
    }
    named = token.is("transaction");
  }
}

ProgramEnd end_of_stored_program(std::string_view text, size_t at, const SplitOptions& options) {
  ProgramScanner scanner(text, at, options);
  const size_t end = scanner.find_end();
  return {.end = end, .examined = scanner.at() - at};
}

}  // namespace rhumb::sql::internal
