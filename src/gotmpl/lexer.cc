#include "gotmpl/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/go_format.h"
#include "base/utf8.h"
#include "gotmpl/unicode.h"

namespace rhumb::gotmpl {
namespace {

constexpr std::string_view kLeftDelim = "{{";
constexpr std::string_view kRightDelim = "}}";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr size_t kTrimMarkerSize = 2;  // the minus and the blank beside it
constexpr std::string_view kDecimal = "0123456789_";
constexpr std::string_view kHexadecimal = "0123456789abcdefABCDEF_";

constexpr auto kKeywords = std::to_array<std::pair<std::string_view, TokenKind>>({
    {"block", TokenKind::kBlock},
    {"break", TokenKind::kBreak},
    {"continue", TokenKind::kContinue},
    {"define", TokenKind::kDefine},
    {"else", TokenKind::kElse},
    {"end", TokenKind::kEnd},
    {"if", TokenKind::kIf},
    {"nil", TokenKind::kNil},
    {"range", TokenKind::kRange},
    {"template", TokenKind::kTemplate},
    {"with", TokenKind::kWith},
    {"true", TokenKind::kBool},
    {"false", TokenKind::kBool},
});

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

bool is_word_rune(char32_t rune) {
  return rune == '_' || is_letter(rune) || is_digit(rune);
}

bool has_left_trim(std::string_view text) {
  return text.size() >= kTrimMarkerSize && text[0] == '-' && is_blank(text[1]);
}

std::string describe_rune(char32_t rune) {
  std::string out = fmt::format("U+{:04X}", static_cast<uint32_t>(rune));
  if (go_is_print(rune)) {
    out += " '";
    append_rune(out, rune);
    out += "'";
  }
  return out;
}

}  // namespace

std::string format_token(const Token& token) {
  if (token.kind == TokenKind::kEof) {
    return "EOF";
  }
  if (token.kind == TokenKind::kError) {
    return token.text;
  }
  if (token.kind >= TokenKind::kDot) {
    return "<" + token.text + ">";
  }
  constexpr size_t kShownMax = 10;
  if (token.text.size() <= kShownMax) {
    return go_quote(token.text);
  }
  size_t end = 0;
  for (size_t count = 0; count < kShownMax && end < token.text.size(); ++count) {
    end += decode_rune(std::string_view(token.text).substr(end)).size;
  }
  return go_quote(token.text.substr(0, end)) + "...";
}

Token Lexer::next() {
  Token token;
  while (state_ == State::kText || state_ == State::kLeftDelim) {
    if (next_outside_action(token)) {
      return token;
    }
  }
  if (state_ == State::kDone) {
    return emit(TokenKind::kEof);
  }
  return lex_action();
}

bool Lexer::next_outside_action(Token& token) {
  return state_ == State::kText ? lex_text(token) : lex_left_delim(token);
}

/// Text up to the next delimiter. True when there was a token; false when only the state changed.
bool Lexer::lex_text(Token& token) {
  const size_t delim = input_.find(kLeftDelim, at_);
  if (delim == std::string_view::npos) {
    at_ = input_.size();
    state_ = State::kDone;
    token = emit(at_ > start_ ? TokenKind::kText : TokenKind::kEof);
    return true;
  }
  state_ = State::kLeftDelim;
  at_ = delim;
  if (has_left_trim(input_.substr(delim + kLeftDelim.size()))) {
    const size_t last = input_.substr(0, delim).find_last_not_of(kBlanks);
    at_ = std::max(start_, last == std::string_view::npos ? 0 : last + 1);
  }
  const bool has_text = at_ > start_;
  if (has_text) {
    token = emit(TokenKind::kText);
  }
  skip_to(delim);
  return has_text;
}

bool Lexer::lex_left_delim(Token& token) {
  at_ += kLeftDelim.size();
  const size_t marker = has_left_trim(rest()) ? kTrimMarkerSize : 0;
  if (rest().substr(marker).starts_with("/*")) {
    skip_to(at_ + marker);
    return lex_comment(token);
  }
  token = emit(TokenKind::kLeftDelim);
  skip_to(at_ + marker);
  paren_depth_ = 0;
  state_ = State::kAction;
  return true;
}

/// Skips a comment and its closing delimiter. True when there was an error token.
bool Lexer::lex_comment(Token& token) {
  const size_t close = input_.find("*/", at_ + 2);
  if (close == std::string_view::npos) {
    token = fail("unclosed comment");
    return true;
  }
  at_ = close + 2;
  bool trims = false;
  if (!at_right_delim(trims)) {
    token = fail("comment ends before closing delimiter");
    return true;
  }
  skip_to(at_ + (trims ? kTrimMarkerSize : 0) + kRightDelim.size());
  if (trims) {
    skip_blanks();
  }
  state_ = State::kText;
  return false;
}

Token Lexer::lex_action() {
  bool trims = false;
  if (at_right_delim(trims)) {
    return paren_depth_ == 0 ? lex_right_delim() : fail("unclosed left paren");
  }
  if (rest().empty()) {
    return fail("unclosed action");
  }
  const DecodedRune next = decode_rune(rest());
  if (next.rune < 0x80 && is_blank(static_cast<char>(next.rune))) {
    return lex_space();
  }
  return lex_operator_or_word(next.rune, next.size);
}

Token Lexer::lex_operator_or_word(char32_t rune, size_t size) {
  // At the very end a point counts as a number too; it is a mistake either way.
  const bool point_of_number = rune == '.' && (at_ + 1 == input_.size() ||
                                               (input_[at_ + 1] >= '0' && input_[at_ + 1] <= '9'));
  const bool digit = rune >= '0' && rune <= '9';
  if (digit || rune == '+' || rune == '-' || point_of_number) {
    return lex_number();
  }
  if (rune == '.') {
    return lex_name(TokenKind::kField);
  }
  if (is_word_rune(rune)) {
    return lex_name(TokenKind::kIdentifier);
  }
  switch (rune) {
    case '"':
      return lex_quoted('"', TokenKind::kString, "unterminated quoted string");
    case '\'':
      return lex_quoted('\'', TokenKind::kCharConstant, "unterminated character constant");
    case '`':
      return lex_raw_string();
    case '$':
      return lex_name(TokenKind::kVariable);
    default:
      break;
  }
  at_ += size;
  switch (rune) {
    case '=':
      return emit(TokenKind::kAssign);
    case ':':
      return accept("=") ? emit(TokenKind::kDeclare) : fail("expected :=");
    case '|':
      return emit(TokenKind::kPipe);
    case '(':
      ++paren_depth_;
      return emit(TokenKind::kLeftParen);
    case ')':
      --paren_depth_;
      return paren_depth_ < 0 ? fail("unexpected right paren") : emit(TokenKind::kRightParen);
    default:
      break;
  }
  if (rune > ' ' && rune < 0x7F) {
    return emit(TokenKind::kChar);
  }
  return fail("unrecognized character in action: " + describe_rune(rune));
}

Token Lexer::lex_right_delim() {
  bool trims = false;
  (void)at_right_delim(trims);
  if (trims) {
    skip_to(at_ + kTrimMarkerSize);
  }
  at_ += kRightDelim.size();
  Token token = emit(TokenKind::kRightDelim);
  if (trims) {
    skip_blanks();
  }
  state_ = State::kText;
  return token;
}

Token Lexer::lex_space() {
  at_ = std::min(input_.find_first_not_of(kBlanks, at_), input_.size());
  // The last blank belongs to a trim marker: ` -}}`.
  if (rest().starts_with("-}}")) {
    --at_;
    if (at_ == start_) {
      return paren_depth_ == 0 ? lex_right_delim() : fail("unclosed left paren");
    }
  }
  return emit(TokenKind::kSpace);
}

Token Lexer::lex_quoted(char quote, TokenKind kind, const char* error) {
  for (++at_; at_ < input_.size() && input_[at_] != '\n'; ++at_) {
    if (input_[at_] == quote) {
      ++at_;
      return emit(kind);
    }
    if (input_[at_] == '\\') {
      ++at_;
      if (at_ >= input_.size() || input_[at_] == '\n') {
        break;
      }
    }
  }
  return fail(error);
}

Token Lexer::lex_raw_string() {
  const size_t close = input_.find('`', at_ + 1);
  if (close == std::string_view::npos) {
    return fail("unterminated raw quoted string");
  }
  at_ = close + 1;
  return emit(TokenKind::kRawString);
}

Token Lexer::lex_number() {
  const auto bad = [this] {
    return fail("bad number syntax: " + go_quote(input_.substr(start_, at_ - start_)));
  };
  if (!scan_number()) {
    return bad();
  }
  const bool sign_follows = !rest().empty() && (rest()[0] == '+' || rest()[0] == '-');
  if (!sign_follows) {
    return emit(TokenKind::kNumber);
  }
  if (!scan_number() || input_[at_ - 1] != 'i') {
    return bad();
  }
  return emit(TokenKind::kComplex);
}

/// Reads what looks like a number; the parser decides whether it is one. False when a letter or
/// digit follows, which is then part of the text for the error.
bool Lexer::scan_number() {
  accept("+-");
  std::string_view digits = kDecimal;
  if (accept("0")) {
    if (accept("xX")) {
      digits = kHexadecimal;
    } else if (accept("oO")) {
      digits = "01234567_";
    } else if (accept("bB")) {
      digits = "01_";
    }
  }
  accept_run(digits);
  if (accept(".")) {
    accept_run(digits);
  }
  const bool decimal_exponent = digits == kDecimal && accept("eE");
  if (decimal_exponent || (digits == kHexadecimal && accept("pP"))) {
    accept("+-");
    accept_run(kDecimal);
  }
  accept("i");
  if (rest().empty()) {
    return true;
  }
  const DecodedRune next = decode_rune(rest());
  if (is_word_rune(next.rune)) {
    at_ += next.size;
    return false;
  }
  return true;
}

/// A field, a variable or a word, with its sign in front if it has one.
Token Lexer::lex_name(TokenKind kind) {
  if (kind != TokenKind::kIdentifier) {
    ++at_;
    if (at_terminator()) {
      return emit(kind == TokenKind::kField ? TokenKind::kDot : kind);
    }
  }
  while (!rest().empty()) {
    const DecodedRune next = decode_rune(rest());
    if (!is_word_rune(next.rune)) {
      break;
    }
    at_ += next.size;
  }
  if (!at_terminator()) {
    return bad_character();
  }
  if (kind != TokenKind::kIdentifier) {
    return emit(kind);
  }
  const std::string_view word = input_.substr(start_, at_ - start_);
  const auto* found =
      std::ranges::find(kKeywords, word, &std::pair<std::string_view, TokenKind>::first);
  const bool is_function = (word == "break" && !options_.break_is_keyword) ||
                           (word == "continue" && !options_.continue_is_keyword);
  return emit(found == kKeywords.end() || is_function ? kind : found->second);
}

Token Lexer::emit(TokenKind kind) {
  Token token{.kind = kind,
              .offset = start_,
              .line = line_,
              .text = std::string(input_.substr(start_, at_ - start_))};
  skip_to(at_);
  return token;
}

Token Lexer::fail(std::string message) {
  Token token{
      .kind = TokenKind::kError, .offset = start_, .line = line_, .text = std::move(message)};
  state_ = State::kDone;
  at_ = input_.size();
  start_ = at_;
  return token;
}

Token Lexer::bad_character() {
  return fail("bad character " + describe_rune(decode_rune(rest()).rune));
}

bool Lexer::at_right_delim(bool& trims) const {
  const std::string_view text = rest();
  trims = text.size() >= kTrimMarkerSize && is_blank(text[0]) && text[1] == '-' &&
          text.substr(kTrimMarkerSize).starts_with(kRightDelim);
  return trims || text.starts_with(kRightDelim);
}

bool Lexer::at_terminator() const {
  const std::string_view text = rest();
  return text.empty() || is_blank(text[0]) ||
         std::string_view(".,|:)(").find(text[0]) != std::string_view::npos ||
         text.starts_with(kRightDelim);
}

/// Begins the next token at `offset`, which lies at or behind the present one.
void Lexer::skip_to(size_t offset) {
  const std::string_view passed = input_.substr(start_, offset - start_);
  line_ += static_cast<size_t>(std::ranges::count(passed, '\n'));
  start_ = offset;
  at_ = offset;
}

void Lexer::skip_blanks() {
  skip_to(std::min(input_.find_first_not_of(kBlanks, at_), input_.size()));
}

bool Lexer::accept(std::string_view characters) {
  const bool found = !rest().empty() && characters.find(rest()[0]) != std::string_view::npos;
  at_ += found ? 1 : 0;
  return found;
}

void Lexer::accept_run(std::string_view characters) {
  while (accept(characters)) {
  }
}

}  // namespace rhumb::gotmpl
