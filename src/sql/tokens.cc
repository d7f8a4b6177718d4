#include "sql/tokens.h"

#include "base/utf8.h"
#include "sql/psql_internal.h"
#include "sql/scan_internal.h"

namespace rhumb::sql {
namespace {

using internal::Comment;
using internal::CommentKind;
using internal::is_digit;
using internal::is_word;
using internal::kNowhere;
using internal::lower;

constexpr std::string_view kPunctuationMarks = "(),;.[]{}";
constexpr std::string_view kOperatorMarks = "+-*/<>=~!@#%^&|?:";
constexpr std::string_view kLongOperators[] = {"->>", "#>>", "<=>", "::", ":=", "||", "->",
                                               "#>",  "<=",  ">=",  "<>", "!=", "&&", "=="};

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_hex_digit(char c) {
  const char small = lower(c);
  return is_digit(c) || (small >= 'a' && small <= 'f');
}

bool equals_word(std::string_view text, std::string_view word) {
  return text.size() == word.size() && internal::matches_word(text, 0, word);
}

/// The value of up to `count` digits of base 16 or 8 at `at`, which moves behind them.
char32_t read_code(std::string_view text, size_t& at, size_t count, char32_t base) {
  char32_t value = 0;
  for (; count > 0 && at < text.size(); --count, ++at) {
    const char small = lower(text[at]);
    const char32_t digit = is_digit(small)                ? static_cast<char32_t>(small - '0')
                           : small >= 'a' && small <= 'f' ? static_cast<char32_t>(small - 'a' + 10)
                                                          : 99;
    if (digit >= base) {
      break;
    }
    value = value * base + digit;
  }
  return value;
}

void append_code(std::string& out, char32_t code) {
  if (code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF)) {
    append_rune(out, code);
  }
}

/// Appends what the escape behind a backslash at `at` means; `at` moves behind it.
void append_escape(std::string& out, std::string_view text, size_t& at, bool postgres) {
  const char c = text[at++];
  constexpr std::string_view kNames = "nrtbf";
  constexpr std::string_view kMeanings = "\n\r\t\b\f";
  const size_t index = kNames.find(c);
  if (index != kNowhere && (postgres || c != 'f')) {
    out += kMeanings[index];
  } else if (!postgres) {
    out += c == '0' ? '\0' : c == 'Z' ? '\x1A' : c;
  } else if (c == 'x' && at < text.size() && is_hex_digit(text[at])) {
    out += static_cast<char>(read_code(text, at, 2, 16));
  } else if (c == 'u') {
    append_code(out, read_code(text, at, 4, 16));
  } else if (c == 'U') {
    append_code(out, read_code(text, at, 8, 16));
  } else if (c >= '0' && c <= '7') {
    --at;
    out += static_cast<char>(read_code(text, at, 3, 8));
  } else {
    out += c;
  }
}

}  // namespace

bool Token::is(std::string_view word) const {
  return kind == TokenKind::kWord && equals_word(text, word);
}

Lexer::Lexer(std::string_view text, const LexOptions& options)
    : whole_(text), text_(text), options_(options), rules_(split_options(options.dialect)) {
  if (!rules_.psql_input) {
    return;
  }
  const size_t start = internal::skip_gap(text, 0, rules_);
  const internal::CopyScan copy =
      internal::scan_copy(text, start, rules_, [](size_t /*at*/) { return false; });
  if (copy.kind == internal::CopyKind::kData || copy.kind == internal::CopyKind::kNoEnd) {
    data_closed_ = copy.kind == internal::CopyKind::kData;
    data_begin_ = copy.data;
    data_end_ = data_closed_ ? copy.at - 2 : text.size();
  }
}

std::optional<Token> Lexer::next() {
  if (at_ == data_begin_) {
    data_begin_ = std::string_view::npos;
    if (data_end_ > at_) {
      Token token = take(TokenKind::kCopyData, data_end_);
      token.closed = data_closed_;
      return token;
    }
  }
  if (data_end_ > 0 && at_ == data_end_ && data_closed_ && text_.substr(at_, 2) == "\\.") {
    return take(TokenKind::kPunctuation, at_ + 2);
  }
  if (!regions_.empty() && at_ == regions_.back()) {
    regions_.pop_back();
    text_ = whole_.substr(0, regions_.empty() ? whole_.size() : regions_.back());
    return take(TokenKind::kCommentMark, at_ + 2);
  }
  if (at_ >= text_.size()) {
    return std::nullopt;
  }
  return read(at_);
}

Token Lexer::take(TokenKind kind, size_t end) {
  const Token token{.kind = kind, .offset = at_, .text = whole_.substr(at_, end - at_)};
  at_ = end;
  return token;
}

Token Lexer::read(size_t begin) {
  const char c = text_[begin];
  if (is_space(c)) {
    return read_blank();
  }
  if (c == '\'') {
    return read_string(0, has_backslashes({}));
  }
  if (c == '"') {
    const bool mysql_string = options_.dialect == Dialect::kMysql && !options_.ansi_quotes;
    return mysql_string || options_.dialect == Dialect::kGeneric
               ? read_string(0, has_backslashes({}))
               : read_quoted_identifier('"');
  }
  if (c == '`') {
    return read_quoted_identifier('`');
  }
  if (c == '[' &&
      (options_.dialect == Dialect::kSqlite || options_.dialect == Dialect::kSqlServer)) {
    return read_quoted_identifier(']');
  }
  const bool comment = (c == '-' || c == '#' || c == '/') &&
                       internal::comment_at(text_, begin, rules_).kind != CommentKind::kNone;
  if (comment || text_.substr(begin, 2) == "/*") {
    return read_comment();
  }
  const bool dot_number = c == '.' && begin + 1 < text_.size() && is_digit(text_[begin + 1]) &&
                          (begin == 0 || !is_word(text_[begin - 1]));
  if (is_digit(c) || dot_number) {
    return read_number();
  }
  if (c == '$' && rules_.dollar_quotes) {
    if (const size_t tag = internal::dollar_tag_at(text_, begin)) {
      return read_dollar_string(tag);
    }
  }
  if (c != '$' && is_word(c)) {
    return read_word_or_string();
  }
  return read_symbol();
}

Token Lexer::read_blank() {
  size_t end = at_ + 1;
  while (end < text_.size() && end != data_begin_ && is_space(text_[end])) {
    ++end;
  }
  return take(TokenKind::kBlank, end);
}

Token Lexer::read_dollar_string(size_t tag_size) {
  const size_t close = text_.find(text_.substr(at_, tag_size), at_ + tag_size);
  Token token = take(TokenKind::kDollarString, close == kNowhere ? text_.size() : close + tag_size);
  token.prefix_size = tag_size;
  token.closed = close != kNowhere;
  return token;
}

Token Lexer::read_comment() {
  if (!regions_.empty() && rules_.executable_comments) {
    if (const size_t mark = internal::joining_mark_at(text_, at_)) {
      return take(TokenKind::kCommentMark, at_ + mark);
    }
  }
  const Comment comment = internal::comment_at(text_, at_, rules_);
  if (comment.kind == CommentKind::kNone) {
    Token token = take(TokenKind::kComment, text_.size());
    token.closed = false;
    return token;
  }
  if (comment.kind == CommentKind::kText) {
    regions_.push_back(comment.end - 2);
    size_t end = at_ + (text_.substr(at_, 4) == "/*M!" ? 4 : 3);
    while (end < comment.end - 2 && is_digit(text_[end])) {
      ++end;
    }
    text_ = whole_.substr(0, comment.end - 2);
    return take(TokenKind::kCommentMark, end);
  }
  const bool line = comment.kind == CommentKind::kLine;
  const Dialect dialect = options_.dialect;
  size_t end = comment.end;
  while (line && end > at_ && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) {
    --end;
  }
  bool certain = true;
  if (line && text_[at_] == '-' && (dialect == Dialect::kMysql || dialect == Dialect::kGeneric)) {
    const bool blank_follows = at_ + 2 >= text_.size() || is_space(text_[at_ + 2]);
    certain = blank_follows || !line_has_quote(at_ + 2);
  } else if (!line && (dialect == Dialect::kGeneric || dialect == Dialect::kSqlServer)) {
    certain = text_.substr(at_ + 2, end - at_ - 2).find("/*") == kNowhere;
  }
  Token token = take(TokenKind::kComment, end);
  token.certain = certain;
  return token;
}

/// Whether the rest of the line holds what may open a quote or a comment.
bool Lexer::line_has_quote(size_t at) const {
  const std::string_view line = text_.substr(at, internal::end_of_line(text_, at) - at);
  return line.find_first_of("'\"`$") != kNowhere || line.find("/*") != kNowhere;
}

bool Lexer::has_backslashes(std::string_view prefix) const {
  switch (options_.dialect) {
    case Dialect::kMysql:
      return !options_.no_backslash_escapes;
    case Dialect::kPostgres:
      return equals_word(prefix, "e");
    default:
      return false;
  }
}

/// Reads the string whose quote stands `prefix_size` bytes from here.
Token Lexer::read_string(size_t prefix_size, bool backslash) {
  size_t quote = at_ + prefix_size;
  const char mark = text_[quote];
  bool certain = true;
  const bool joins = backslash && options_.dialect == Dialect::kPostgres;
  for (;;) {
    const size_t end = internal::end_of_quote(text_, quote, backslash);
    if (end == kNowhere) {
      Token token = take(TokenKind::kString, text_.size());
      token.prefix_size = prefix_size;
      token.closed = false;
      return token;
    }
    const bool guess = options_.dialect == Dialect::kGeneric;
    certain = certain && !(guess && end >= quote + 3 && text_[end - 2] == '\\');
    const size_t next = end < text_.size() && text_[end] == mark ? end
                        : joins ? internal::continued_string_at(text_, end)
                                : kNowhere;
    if (next == kNowhere) {
      Token token = take(TokenKind::kString, end);
      token.prefix_size = prefix_size;
      token.certain = certain;
      return token;
    }
    quote = next;
  }
}

Token Lexer::read_quoted_identifier(char close) {
  size_t at = at_ + 1;
  for (;;) {
    const size_t end = text_.find(close, at);
    if (end == kNowhere) {
      Token token = take(TokenKind::kQuotedIdentifier, text_.size());
      token.closed = false;
      return token;
    }
    const bool doubled = end + 1 < text_.size() && text_[end + 1] == close &&
                         (close != ']' || options_.dialect == Dialect::kSqlServer);
    if (!doubled) {
      Token token = take(TokenKind::kQuotedIdentifier, end + 1);
      const std::string_view name = token.text.substr(1, token.text.size() - 2);
      const Dialect dialect = options_.dialect;
      // The splitter takes backslashes for escapes here too, the server does not.
      const bool escapes = rules_.backslash_escapes && name.find('\\') != kNowhere;
      // No quote at all to these servers, but to the splitter.
      const bool foreign = close == '`' && name.find_first_of("'\"") != kNowhere &&
                           (dialect == Dialect::kPostgres || dialect == Dialect::kSqlServer);
      const bool bracket = close == ']' && name.find_first_of("'\"`") != kNowhere;
      token.certain = !escapes && !foreign && !bracket;
      return token;
    }
    at = end + 2;
  }
}

bool Lexer::is_string_prefix(std::string_view word) const {
  switch (options_.dialect) {
    case Dialect::kMysql:
      return word.starts_with('_') || equals_word(word, "n") || equals_word(word, "x") ||
             equals_word(word, "b");
    case Dialect::kSqlite:
      return equals_word(word, "x");
    case Dialect::kSqlServer:
      return equals_word(word, "n");
    case Dialect::kGeneric:
    case Dialect::kPostgres:
      return equals_word(word, "n") || equals_word(word, "x") || equals_word(word, "b") ||
             equals_word(word, "e");
  }
  return false;
}

Token Lexer::read_word_or_string() {
  const size_t end = internal::end_of_word(text_, at_);
  const std::string_view word = text_.substr(at_, end - at_);
  if (equals_word(word, "u") && text_.substr(end, 2) == "&'" &&
      (options_.dialect == Dialect::kPostgres || options_.dialect == Dialect::kGeneric)) {
    return read_string(word.size() + 1, false);
  }
  if (end < text_.size() && text_[end] == '\'' && is_string_prefix(word)) {
    return read_string(word.size(), has_backslashes(word));
  }
  if (end < text_.size() && text_[end] == '"' && options_.dialect == Dialect::kMysql &&
      !options_.ansi_quotes && is_string_prefix(word)) {
    return read_string(word.size(), has_backslashes(word));
  }
  return take(TokenKind::kWord, end);
}

size_t Lexer::end_of_number(size_t at) const {
  const auto digits = [this](size_t from, bool hex) {
    while (from < text_.size() &&
           (is_digit(text_[from]) || text_[from] == '_' || (hex && is_hex_digit(text_[from])))) {
      ++from;
    }
    return from;
  };
  const char base = at + 1 < text_.size() ? lower(text_[at + 1]) : '\0';
  if (text_[at] == '0' && (base == 'x' || base == 'b' || base == 'o') && at + 2 < text_.size() &&
      is_hex_digit(text_[at + 2])) {
    return digits(at + 2, true);
  }
  size_t end = digits(at, false);
  if (end < text_.size() && text_[end] == '.' && text_.substr(end, 2) != "..") {
    end = digits(end + 1, false);
  }
  if (end < text_.size() && lower(text_[end]) == 'e') {
    size_t exponent = end + 1;
    if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) {
      ++exponent;
    }
    if (exponent < text_.size() && is_digit(text_[exponent])) {
      end = digits(exponent, false);
    }
  }
  return end;
}

Token Lexer::read_number() {
  const size_t end = end_of_number(at_);
  const size_t word = internal::end_of_word(text_, end);
  return word > end ? take(TokenKind::kWord, word) : take(TokenKind::kNumber, end);
}

/// One past the parameter at `at`, or `at` when there is none.
size_t Lexer::end_of_parameter(size_t at) const {
  const char c = text_[at];
  if (c == '?') {
    return options_.dialect == Dialect::kPostgres ? at : internal::end_of_word(text_, at + 1);
  }
  size_t name = at + 1;
  if (c == '@' && name < text_.size() && text_[name] == '@') {
    ++name;
  }
  const bool typed = c == ':' && at > 0 && (text_[at - 1] == ':' || is_word(text_[at - 1]));
  if (typed || (c != ':' && c != '@' && c != '$')) {
    return at;
  }
  const size_t end = internal::end_of_word(text_, name);
  return end > name ? end : at;
}

Token Lexer::read_symbol() {
  const char c = text_[at_];
  if (const size_t end = end_of_parameter(at_); end > at_) {
    return take(TokenKind::kParameter, end);
  }
  if (kPunctuationMarks.find(c) != kNowhere) {
    return take(TokenKind::kPunctuation, at_ + 1);
  }
  if (kOperatorMarks.find(c) == kNowhere) {
    return take(TokenKind::kUnknown, at_ + 1);
  }
  for (const std::string_view mark : kLongOperators) {
    if (text_.substr(at_).starts_with(mark)) {
      return take(TokenKind::kOperator, at_ + mark.size());
    }
  }
  const bool hash_comment_elsewhere =
      c == '#' && options_.dialect == Dialect::kGeneric && line_has_quote(at_);
  Token token = take(TokenKind::kOperator, at_ + 1);
  token.certain = !hash_comment_elsewhere;
  return token;
}

std::vector<Token> tokenize(std::string_view text, const LexOptions& options) {
  Lexer lexer(text, options);
  std::vector<Token> tokens;
  while (std::optional<Token> token = lexer.next()) {
    tokens.push_back(*token);
  }
  return tokens;
}

std::string_view literal_content(const Token& token) {
  const size_t tail = !token.closed                            ? 0
                      : token.kind == TokenKind::kDollarString ? token.prefix_size
                                                               : 1;
  const size_t head =
      token.kind == TokenKind::kDollarString ? token.prefix_size : token.prefix_size + 1;
  const size_t size = token.text.size();
  return size < head + tail ? std::string_view() : token.text.substr(head, size - head - tail);
}

std::string literal_value(const Token& token, const LexOptions& options) {
  const std::string_view content = literal_content(token);
  if (token.kind == TokenKind::kDollarString) {
    return std::string(content);
  }
  const char quote = token.text[token.prefix_size];
  const bool postgres = options.dialect == Dialect::kPostgres;
  const bool backslash = postgres
                             ? equals_word(token.text.substr(0, token.prefix_size), "e")
                             : options.dialect == Dialect::kMysql && !options.no_backslash_escapes;
  std::string value;
  for (size_t at = 0; at < content.size();) {
    const char c = content[at++];
    const bool doubled = c == quote && at < content.size() && content[at] == quote;
    if (c == '\\' && backslash && at < content.size()) {
      append_escape(value, content, at, postgres);
    } else if (c == quote && !doubled && postgres) {
      const size_t next = internal::continued_string_at(content, at);
      at = next == kNowhere ? content.size() : next + 1;
    } else {
      at += doubled ? 1 : 0;
      value += c;
    }
  }
  return value;
}

}  // namespace rhumb::sql
