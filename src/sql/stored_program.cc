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
#include <optional>
#include <vector>

#include "sql/program_tokens_internal.h"
#include "sql/scan_internal.h"
#include "sql/stored_program_internal.h"

namespace rhumb::sql::internal {
namespace {

enum class BlockKind { kBegin, kIf, kCase, kFor, kLoop, kRepeat, kWhile };

struct Block {
  BlockKind kind;
  /// IF and CASE: their THEN, WHILE and FOR: their DO, REPEAT: the END behind UNTIL.
  bool awaits = false;
};

/// The block that a keyword opens, or that END closes with it.
std::optional<BlockKind> block_kind(Keyword keyword) {
  switch (keyword) {
    case Keyword::kBegin:
      return BlockKind::kBegin;
    case Keyword::kIf:
      return BlockKind::kIf;
    case Keyword::kCase:
      return BlockKind::kCase;
    case Keyword::kFor:
      return BlockKind::kFor;
    case Keyword::kLoop:
      return BlockKind::kLoop;
    case Keyword::kRepeat:
      return BlockKind::kRepeat;
    case Keyword::kWhile:
      return BlockKind::kWhile;
    default:
      return std::nullopt;
  }
}

bool begins_simple_statement(Keyword keyword) {
  switch (keyword) {
    case Keyword::kReturn:
    case Keyword::kSelect:
    case Keyword::kSet:
    case Keyword::kInsert:
    case Keyword::kUpdate:
    case Keyword::kDelete:
    case Keyword::kReplace:
    case Keyword::kCall:
    case Keyword::kDo:
    case Keyword::kWith:
    case Keyword::kValues:
    case Keyword::kSignal:
      return true;
    default:
      return false;
  }
}

/// Words behind which those that begin simple statements are something else: `BEFORE INSERT`.
bool comes_before_no_statement(Keyword keyword) {
  switch (keyword) {
    case Keyword::kCharacter:
    case Keyword::kChar:
    case Keyword::kReturns:
    case Keyword::kBefore:
    case Keyword::kAfter:
    case Keyword::kOr:
      return true;
    default:
      return false;
  }
}

bool is_transaction_word(Keyword keyword) {
  switch (keyword) {
    case Keyword::kTransaction:
    case Keyword::kWork:
    case Keyword::kIsolation:
    case Keyword::kLevel:
    case Keyword::kSerializable:
    case Keyword::kRepeatable:
    case Keyword::kRead:
    case Keyword::kCommitted:
    case Keyword::kWrite:
    case Keyword::kOnly:
    case Keyword::kUncommitted:
    case Keyword::kDeferrable:
    case Keyword::kDeferred:
    case Keyword::kImmediate:
    case Keyword::kExclusive:
    case Keyword::kConcurrent:
      return true;
    default:
      return false;
  }
}

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
    if (options_.program_bodies && reads_compound(token)) {
      return true;
    }
    const bool alter = token.is(Keyword::kAlter);
    if (!token.is(Keyword::kCreate) && !(alter && options_.program_bodies)) {
      return false;
    }
    token = reader_.next();
    if (!alter && token.is(Keyword::kOr)) {
      if (!reader_.next().is(Keyword::kReplace)) {
        return false;
      }
      token = reader_.next();
    }
    if (token.is(Keyword::kDefiner)) {
      token = read_definer();
    }
    if (!alter && (token.is(Keyword::kAggregate) || token.is(Keyword::kTemp) ||
                   token.is(Keyword::kTemporary))) {
      token = reader_.next();
    }
    awaits_do_ = token.is(Keyword::kEvent);
    if (alter) {
      return token.is(Keyword::kEvent);
    }
    return token.is(Keyword::kTrigger) ||
           (options_.program_bodies && (token.is(Keyword::kProcedure) ||
                                        token.is(Keyword::kFunction) || token.is(Keyword::kEvent)));
  }

  /// Reads the word that opens a compound statement which is in no program, a label before it;
  /// `token` is the first one of the statement.
  bool reads_compound(Token token) {
    const bool may_be_label = (token.kind == TokenKind::kWord && token.is(Keyword::kNone)) ||
                              (token.kind == TokenKind::kQuoted && token.mark == '`');
    if (may_be_label && reader_.peek().is_mark(':')) {
      reader_.next();
      token = reader_.next();
    }
    return open_word(token);
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
      if (awaits_do_ && token.is(Keyword::kDo)) {
        awaits_do_ = false;
      } else {
        simple = simple || is_simple_statement(token, before);
      }
      before = token;
    }
  }

  static bool is_simple_statement(const Token& token, const Token& before) {
    return begins_simple_statement(token.keyword) && !comes_before_no_statement(before.keyword) &&
           !before.is_mark(',');
  }

  /// Opens the block that `token` begins in a place where a statement need not start.
  bool opens_block(const Token& token, bool simple) {
    if (token.is(Keyword::kBegin)) {
      open(BlockKind::kBegin);
      return true;
    }
    if (simple || !options_.program_bodies) {
      return false;
    }
    if (token.is(Keyword::kIf)) {
      const Token next = reader_.peek();
      if (next.is(Keyword::kExists) || next.is(Keyword::kNot)) {
        return false;
      }
    }
    if (token.is(Keyword::kFor) && reader_.peek().is(Keyword::kEach)) {
      return false;
    }
    return open_word(token);
  }

  bool open_word(const Token& token) {
    const std::optional<BlockKind> kind = block_kind(token.keyword);
    if (!kind || (*kind != BlockKind::kBegin && !options_.program_bodies)) {
      return false;
    }
    open(*kind);
    return true;
  }

  void open(BlockKind kind) {
    if (kind == BlockKind::kBegin && reader_.peek().is(Keyword::kNot)) {
      reader_.next();  // BEGIN NOT ATOMIC
      reader_.next();
    }
    const bool awaits = kind == BlockKind::kIf || kind == BlockKind::kCase ||
                        kind == BlockKind::kFor || kind == BlockKind::kWhile;
    blocks_.push_back({.kind = kind, .awaits = awaits});
    at_start_ = !awaits;
    in_handler_ = false;
  }

  size_t read_body() {
    for (;;) {
      if (!at_start_ && !declares_ && !blocks_.back().awaits) {
        reader_.skip_inner_words();
        before_ = {};
      }
      const Token token = reader_.next();
      if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kBad) {
        return kNowhere;
      }
      const bool ends =
          token.is(Keyword::kEnd) && case_depth_ == 0 && (at_start_ || awaits_until_end());
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
    if (open_word(token) || token.is(Keyword::kElse)) {
      return;
    }
    at_start_ = false;
    Block& block = blocks_.back();
    if (token.is(Keyword::kElseif) || token.is(Keyword::kWhen) || token.is(Keyword::kUntil)) {
      block.awaits = true;
    }
    declares_ = token.is(Keyword::kDeclare);
  }

  void read_inner_word(const Token& token) {
    Block& block = blocks_.back();
    if (in_handler_ && opens_block(token, simple_)) {
      return;
    }
    simple_ = simple_ || (in_handler_ && is_simple_statement(token, before_));
    if (token.is(Keyword::kCase)) {
      ++case_depth_;
    } else if (token.is(Keyword::kEnd) && case_depth_ > 0) {
      --case_depth_;
    } else if (case_depth_ == 0 && block.awaits && opens_branch(token, block)) {
      block.awaits = false;
      start_statement();
    } else if (declares_ && token.is(Keyword::kFor) && before_.is(Keyword::kHandler)) {
      in_handler_ = true;
    }
  }

  static bool opens_branch(const Token& token, const Block& block) {
    const bool then = block.kind == BlockKind::kIf || block.kind == BlockKind::kCase;
    const bool loop = block.kind == BlockKind::kWhile || block.kind == BlockKind::kFor;
    return (then && token.is(Keyword::kThen)) || (loop && token.is(Keyword::kDo));
  }

  /// Reads what follows END; one past the `;`, or kNowhere when it is no end of an open block.
  size_t close_block() {
    Token token = reader_.next();
    BlockKind kind = BlockKind::kBegin;
    if (options_.program_bodies) {
      const std::optional<BlockKind> named = block_kind(token.keyword);
      if (named && *named != BlockKind::kBegin) {
        kind = *named;
        token = reader_.next();
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
  bool awaits_do_ = false;   ///< the body of an event comes behind DO, which is else a statement
};

}  // namespace

size_t end_of_transaction_statement(std::string_view text, size_t at, const SplitOptions& options) {
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
    const bool known = is_transaction_word(token.keyword) || token.is_mark(',') ||
                       (token.is(Keyword::kNot) && reader.peek().is(Keyword::kDeferrable));
    const bool name = named && (token.kind == TokenKind::kWord || token.kind == TokenKind::kQuoted);
    if (!known && !name) {
      return kNowhere;
    }
    named = token.is(Keyword::kTransaction);
  }
}

ProgramEnd end_of_stored_program(std::string_view text, size_t at, const SplitOptions& options) {
  ProgramScanner scanner(text, at, options);
  const size_t end = scanner.find_end();
  return {.end = end, .examined = scanner.at() - at};
}

}  // namespace rhumb::sql::internal
