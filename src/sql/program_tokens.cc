#include <array>
#include <cstdint>

#include "sql/program_tokens_internal.h"
#include "sql/scan_internal.h"

namespace rhumb::sql::internal {
namespace {

struct KeywordName {
  std::string_view word;
  Keyword keyword;
};
constexpr KeywordName kKeywords[] = {
    // sorted, see kInitials
    {"after", Keyword::kAfter},
    {"aggregate", Keyword::kAggregate},
    {"alter", Keyword::kAlter},
    {"before", Keyword::kBefore},
    {"begin", Keyword::kBegin},
    {"call", Keyword::kCall},
    {"case", Keyword::kCase},
    {"char", Keyword::kChar},
    {"character", Keyword::kCharacter},
    {"committed", Keyword::kCommitted},
    {"concurrent", Keyword::kConcurrent},
    {"create", Keyword::kCreate},
    {"declare", Keyword::kDeclare},
    {"deferrable", Keyword::kDeferrable},
    {"deferred", Keyword::kDeferred},
    {"definer", Keyword::kDefiner},
    {"delete", Keyword::kDelete},
    {"do", Keyword::kDo},
    {"each", Keyword::kEach},
    {"else", Keyword::kElse},
    {"elseif", Keyword::kElseif},
    {"end", Keyword::kEnd},
    {"event", Keyword::kEvent},
    {"exclusive", Keyword::kExclusive},
    {"exists", Keyword::kExists},
    {"for", Keyword::kFor},
    {"function", Keyword::kFunction},
    {"handler", Keyword::kHandler},
    {"if", Keyword::kIf},
    {"immediate", Keyword::kImmediate},
    {"insert", Keyword::kInsert},
    {"isolation", Keyword::kIsolation},
    {"level", Keyword::kLevel},
    {"loop", Keyword::kLoop},
    {"not", Keyword::kNot},
    {"only", Keyword::kOnly},
    {"or", Keyword::kOr},
    {"procedure", Keyword::kProcedure},
    {"read", Keyword::kRead},
    {"repeat", Keyword::kRepeat},
    {"repeatable", Keyword::kRepeatable},
    {"replace", Keyword::kReplace},
    {"return", Keyword::kReturn},
    {"returns", Keyword::kReturns},
    {"select", Keyword::kSelect},
    {"serializable", Keyword::kSerializable},
    {"set", Keyword::kSet},
    {"signal", Keyword::kSignal},
    {"temp", Keyword::kTemp},
    {"temporary", Keyword::kTemporary},
    {"then", Keyword::kThen},
    {"transaction", Keyword::kTransaction},
    {"trigger", Keyword::kTrigger},
    {"uncommitted", Keyword::kUncommitted},
    {"until", Keyword::kUntil},
    {"update", Keyword::kUpdate},
    {"values", Keyword::kValues},
    {"when", Keyword::kWhen},
    {"while", Keyword::kWhile},
    {"with", Keyword::kWith},
    {"work", Keyword::kWork},
    {"write", Keyword::kWrite},
};

/// Where the keywords of one initial stand, and a bit for each of their sizes: most words are told
/// from all keywords by these two.
struct Initial {
  size_t begin = 0;
  size_t end = 0;
  uint32_t sizes = 0;
};
constexpr size_t kLetters = 26;
constexpr std::array<Initial, kLetters> kInitials = [] {
  std::array<Initial, kLetters> initials{};
  size_t index = 0;
  for (const KeywordName& name : kKeywords) {
    Initial& initial = initials[static_cast<size_t>(name.word[0] - 'a')];
    if (initial.sizes == 0) {
      initial.begin = index;
    }
    initial.end = ++index;
    initial.sizes |= uint32_t{1} << name.word.size();
  }
  return initials;
}();

constexpr StopBytes kInParentheses("()'\"`-/#");
/// What may be the C of CASE, the D of END or no plain word. A word with bytes outside ASCII may
/// begin with white space.
constexpr StopBytes kInStatement = [] {
  StopBytes stops(";()'\"`-/#cCdD");
  stops.add_non_ascii();
  return stops;
}();

}  // namespace

Keyword keyword_of(std::string_view word) {
  const size_t letter = static_cast<size_t>(static_cast<unsigned char>(lower(word[0]))) - 'a';
  if (letter >= kLetters || word.size() >= 32) {
    return Keyword::kNone;
  }
  const Initial& initial = kInitials[letter];
  if ((initial.sizes >> word.size() & 1) == 0) {
    return Keyword::kNone;
  }
  for (size_t i = initial.begin; i < initial.end; ++i) {
    if (kKeywords[i].word.size() == word.size() && matches_word(word, 0, kKeywords[i].word)) {
      return kKeywords[i].keyword;
    }
  }
  return Keyword::kNone;
}

Token TokenReader::next() {
  at_ = skip_gap(text_, at_, options_);
  if (at_ >= text_.size()) {
    return {.end = at_};
  }
  const char c = text_[at_];
  Token token{.kind = TokenKind::kPunctuation, .mark = c, .end = at_ + 1};
  if (is_word(c)) {
    token.kind = TokenKind::kWord;
    token.end = end_of_word(text_, at_);
    if (!is_bound(at_)) {
      token.keyword = keyword_of(text_.substr(at_, token.end - at_));
    }
  } else if (c == '\'' || c == '"' || c == '`') {
    const size_t end = end_of_quote(text_, at_, options_);
    token.kind = end == kNowhere ? TokenKind::kBad : TokenKind::kQuoted;
    token.end = end == kNowhere ? text_.size() : end;
  } else if (c == '(') {
    skip_parentheses(token);
  } else if (c == ')') {
    token.kind = TokenKind::kBad;
  }
  at_ = token.end;
  return token;
}

void TokenReader::skip_inner_words() {
  const size_t begin = at_;
  at_ = kInStatement.find(text_, at_);
  while (at_ < text_.size()) {
    const char c = lower(text_[at_]);
    if (c == 'd' && at_ >= begin + 2 && is_keyword_at(at_ - 2, begin, "end")) {
      at_ -= 2;
      return;
    }
    if (c == 'd' || (c == 'c' && !is_keyword_at(at_, begin, "case"))) {
      at_ = kInStatement.find(text_, at_ + 1);
      continue;
    }
    // A byte outside ASCII may stand within a word; next() reads the whole.
    while (at_ > begin && is_word(text_[at_]) && is_word(text_[at_ - 1])) {
      --at_;
    }
    return;
  }
}

/// Whether the word at `at` belongs to what is before it: `@x`, `t.x`.
bool TokenReader::is_bound(size_t at) const {
  return at > 0 && (text_[at - 1] == '@' || text_[at - 1] == '.');
}

/// Whether `word` and nothing more stands at `at`; a token starts at `begin`.
bool TokenReader::is_keyword_at(size_t at, size_t begin, std::string_view word) const {
  return is_whole_word(text_, at, word) && (at == begin || !is_word(text_[at - 1])) &&
         !is_bound(at);
}

void TokenReader::skip_parentheses(Token& token) const {
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
    at = end == kNowhere ? end : kInParentheses.find(text_, end);
  }
  token.kind = TokenKind::kBad;
  token.end = text_.size();
}

}  // namespace rhumb::sql::internal
