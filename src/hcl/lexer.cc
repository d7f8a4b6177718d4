#include "hcl/lexer.h"

#include <utf8proc.h>

#include <optional>
#include <string>

#include "base/text.h"
#include "base/utf8.h"
#include "hcl/diagnostic.h"

namespace rhumb::hcl {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_ident_start(char32_t rune) {
  if (rune < 0x80) {
    return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') || rune == '_';
  }
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(rune))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
      return true;
    default:
      return false;
  }
}

bool is_ident_continue(char32_t rune) {
  if (rune < 0x80) {
    return is_ident_start(rune) || (rune >= '0' && rune <= '9') || rune == '-';
  }
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(rune))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return is_ident_start(rune);
  }
}

// Turns growing byte offsets into lines and columns; columns count grapheme clusters.
class PositionTracker {
 public:
  explicit PositionTracker(std::string_view text) : text_(text) {}

  // Passes bytes that take no column.
  void skip(size_t size) { at_.offset += size; }

  SourcePosition advance_to(size_t offset) {
    while (at_.offset < offset) {
      const char c = text_[at_.offset];
      if (c == '\n') {
        ++at_.line;
        at_.column = 1;
        at_.offset += 1;
        previous_ = 0;
        state_ = 0;
        continue;
      }
      step();
    }
    return at_;
  }

 private:
  void step() {
    const DecodedRune next = decode_rune(text_.substr(at_.offset));
    const auto rune = static_cast<utf8proc_int32_t>(next.rune);
    const bool joins = previous_ != 0 && (previous_ >= 0x80 || rune >= 0x80) &&
                       !utf8proc_grapheme_break_stateful(previous_, rune, &state_);
    if (!joins) {
      ++at_.column;
    }
    previous_ = rune;
    at_.offset += next.size;
  }

  std::string_view text_;
  SourcePosition at_;
  utf8proc_int32_t previous_ = 0;
  utf8proc_int32_t state_ = 0;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text), tracker_(text) {}

  std::vector<Token> run() {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      at_ = 3;
      tracker_.skip(3);
    }
    modes_.push_back(Mode{ModeKind::kNormal, 0, {}, false});
    while (at_ < text_.size()) {
      switch (modes_.back().kind) {
        case ModeKind::kNormal:
          lex_normal();
          break;
        case ModeKind::kQuoted:
          lex_quoted();
          break;
        case ModeKind::kHeredoc:
          lex_heredoc();
          break;
      }
    }
    emit(TokenKind::kEof, text_.size(), text_.size());
    return std::move(tokens_);
  }

 private:
  enum class ModeKind { kNormal, kQuoted, kHeredoc };
  struct Mode {
    ModeKind kind;
    size_t braces;            // open ones inside a normal mode
    std::string_view marker;  // of a heredoc
    bool line_start;          // whether a heredoc stands at the start of a line
  };

  [[nodiscard]] char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void emit(TokenKind kind, size_t begin, size_t end) {
    Token token;
    token.kind = kind;
    token.text = text_.substr(begin, end - begin);
    token.begin = tracker_.advance_to(begin);
    token.end = tracker_.advance_to(end);
    tokens_.push_back(token);
    at_ = end;
  }

  void emit_next(TokenKind kind, size_t size) { emit(kind, at_, at_ + size); }

  [[nodiscard]] size_t newline_size(size_t at) const {
    if (at < text_.size() && text_[at] == '\n') {
      return 1;
    }
    return text_.substr(at).starts_with("\r\n") ? 2 : 0;
  }

  void lex_normal() {
    const char c = peek();
    if (const size_t size = newline_size(at_); size > 0) {
      emit_next(TokenKind::kNewline, size);
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (is_digit(c)) {
      lex_number();
    } else if (c == '"') {
      emit_next(TokenKind::kOpenQuote, 1);
      modes_.push_back(Mode{ModeKind::kQuoted, 0, {}, false});
    } else if (c == '#' || (c == '/' && peek(1) == '/')) {
      lex_line_comment();
    } else if (!lex_block_comment() && !lex_heredoc_start() && !lex_brace() && !lex_operator()) {
      lex_word();
    }
  }

  void lex_line_comment() {
    size_t end = text_.find('\n', at_);
    end = end == std::string_view::npos ? text_.size() : end;
    if (end > at_ && end < text_.size() && text_[end - 1] == '\r') {
      --end;
    }
    emit(TokenKind::kComment, at_, end);
  }

  bool lex_block_comment() {
    if (peek() != '/' || peek(1) != '*') {
      return false;
    }
    const size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) {
      return false;
    }
    emit(TokenKind::kComment, at_, end + 2);
    return true;
  }

  // Digits, points and exponents in any order, up to the last digit: whether they make a number is
  // for the parser to say.
  void lex_number() {
    size_t end = skip_digits(at_);
    for (size_t next = end; next < text_.size();) {
      if (text_[next] == '.') {
        ++next;
      } else if (text_[next] == 'e' || text_[next] == 'E') {
        const bool sign =
            next + 1 < text_.size() && (text_[next + 1] == '+' || text_[next + 1] == '-');
        next += sign ? 2 : 1;
        if (next >= text_.size() || !is_digit(text_[next])) {
          break;
        }
      }
      if (next < text_.size() && is_digit(text_[next])) {
        next = skip_digits(next);
        end = next;
      } else if (next >= text_.size() ||
                 (text_[next] != '.' && text_[next] != 'e' && text_[next] != 'E')) {
        break;
      }
    }
    emit(TokenKind::kNumber, at_, end);
  }

  [[nodiscard]] size_t skip_digits(size_t at) const {
    while (at < text_.size() && is_digit(text_[at])) {
      ++at;
    }
    return at;
  }

  [[nodiscard]] size_t skip_ident(size_t at) const {
    size_t end = at;
    while (end < text_.size()) {
      const DecodedRune next = decode_rune(text_.substr(end));
      const bool fits =
          next.valid && (end == at ? is_ident_start(next.rune) : is_ident_continue(next.rune));
      if (!fits) {
        break;
      }
      end += next.size;
    }
    return end;
  }

  bool lex_heredoc_start() {
    if (peek() != '<' || peek(1) != '<') {
      return false;
    }
    const size_t marker = at_ + (peek(2) == '-' ? 3 : 2);
    const size_t marker_end = skip_ident(marker);
    const size_t newline = newline_size(marker_end);
    if (marker_end == marker || newline == 0) {
      return false;
    }
    const std::string_view name = text_.substr(marker, marker_end - marker);
    emit(TokenKind::kOpenHeredoc, at_, marker_end + newline);
    modes_.push_back(Mode{ModeKind::kHeredoc, 0, name, true});
    return true;
  }

  // Braces end an interpolation when none of its own is open.
  bool lex_brace() {
    Mode& mode = modes_.back();
    const bool in_template = modes_.size() > 1;
    if (peek() == '{') {
      ++mode.braces;
      emit_next(TokenKind::kOpenBrace, 1);
      return true;
    }
    if (in_template && mode.braces == 0 && (peek() == '}' || (peek() == '~' && peek(1) == '}'))) {
      emit_next(TokenKind::kTemplateEnd, peek() == '~' ? 2 : 1);
      modes_.pop_back();
      return true;
    }
    if (peek() == '}') {
      mode.braces -= mode.braces > 0 ? 1 : 0;
      emit_next(TokenKind::kCloseBrace, 1);
      return true;
    }
    return false;
  }

  bool lex_operator() {
    struct Operator {
      std::string_view text;
      TokenKind kind;
    };
    static constexpr Operator kOperators[] = {
        {"...", TokenKind::kEllipsis},   {"==", TokenKind::kEqualEqual},
        {"=>", TokenKind::kFatArrow},    {"!=", TokenKind::kNotEqual},
        {"<=", TokenKind::kLessEqual},   {">=", TokenKind::kGreaterEqual},
        {"&&", TokenKind::kAnd},         {"||", TokenKind::kOr},
        {"::", TokenKind::kDoubleColon}, {"[", TokenKind::kOpenBracket},
        {"]", TokenKind::kCloseBracket}, {"(", TokenKind::kOpenParen},
        {")", TokenKind::kCloseParen},   {"+", TokenKind::kPlus},
        {"-", TokenKind::kMinus},        {"*", TokenKind::kStar},
        {"/", TokenKind::kSlash},        {"%", TokenKind::kPercent},
        {"=", TokenKind::kEqual},        {"<", TokenKind::kLess},
        {">", TokenKind::kGreater},      {"!", TokenKind::kBang},
        {"?", TokenKind::kQuestion},     {":", TokenKind::kColon},
        {",", TokenKind::kComma},        {".", TokenKind::kDot},
        {"&", TokenKind::kBitwise},      {"|", TokenKind::kBitwise},
        {"^", TokenKind::kBitwise},      {"~", TokenKind::kBitwise},
        {"'", TokenKind::kApostrophe},   {"`", TokenKind::kBacktick},
        {";", TokenKind::kSemicolon},
    };
    for (const Operator& op : kOperators) {
      if (text_.substr(at_).starts_with(op.text)) {
        emit_next(op.kind, op.text.size());
        return true;
      }
    }
    return false;
  }

  void lex_word() {
    const size_t end = skip_ident(at_);
    if (end > at_) {
      emit(TokenKind::kIdent, at_, end);
      return;
    }
    const DecodedRune rune = decode_rune(text_.substr(at_));
    emit_next(rune.valid ? TokenKind::kInvalid : TokenKind::kBadUtf8, rune.size);
  }

  // Emits `${` or `%{` with its strip marker, and enters the expression.
  void enter_sequence() {
    const TokenKind kind =
        peek() == '$' ? TokenKind::kTemplateInterpolation : TokenKind::kTemplateControl;
    emit_next(kind, peek(2) == '~' ? 3 : 2);
    modes_.push_back(Mode{ModeKind::kNormal, 0, {}, false});
  }

  // Past a run of `$` or `%` that is followed by `{`: its escaped form, or nothing when a sequence
  // begins at the last one.
  [[nodiscard]] size_t skip_marker_run(size_t at, bool& sequence) const {
    const char marker = text_[at];
    size_t end = at;
    while (end < text_.size() && text_[end] == marker) {
      ++end;
    }
    sequence = false;
    if (end < text_.size() && text_[end] == '{') {
      sequence = end - at == 1;
      return sequence ? at : end + 1;
    }
    return end;
  }

  void lex_quoted() {
    const size_t begin = at_;
    size_t end = at_;
    while (end < text_.size()) {
      const char c = text_[end];
      if (c == '"' || newline_size(end) > 0) {
        break;
      }
      if (c == '$' || c == '%') {
        bool sequence = false;
        end = skip_marker_run(end, sequence);
        if (sequence) {
          break;
        }
      } else if (c == '\\' && end + 1 < text_.size() && newline_size(end + 1) == 0) {
        end += 2;
      } else {
        ++end;
      }
    }
    if (end > begin) {
      emit(TokenKind::kQuotedText, begin, end);
    } else if (const size_t size = newline_size(at_); size > 0) {
      emit_next(TokenKind::kQuotedNewline, size);
    } else if (peek() == '"') {
      emit_next(TokenKind::kCloseQuote, 1);
      modes_.pop_back();
    } else {
      enter_sequence();
    }
  }

  [[nodiscard]] std::optional<size_t> heredoc_end() const {
    size_t line_end = text_.find('\n', at_);
    line_end = line_end == std::string_view::npos ? text_.size() : line_end;
    const std::string_view line = text_.substr(at_, line_end - at_);
    if (trim(line) != modes_.back().marker) {
      return std::nullopt;
    }
    return at_ + trim_right(line).size();
  }

  void lex_heredoc() {
    if (modes_.back().line_start) {
      if (const auto end = heredoc_end()) {
        emit(TokenKind::kCloseHeredoc, at_, *end);
        modes_.pop_back();
        return;
      }
      modes_.back().line_start = false;
    }
    const size_t begin = at_;
    size_t end = at_;
    while (end < text_.size()) {
      const char c = text_[end];
      if (c == '$' || c == '%') {
        bool sequence = false;
        end = skip_marker_run(end, sequence);
        if (sequence) {
          break;
        }
        continue;
      }
      ++end;
      if (c == '\n') {
        modes_.back().line_start = true;
        break;
      }
    }
    if (end > begin) {
      emit(TokenKind::kHeredocText, begin, end);
    } else {
      enter_sequence();
    }
  }

  std::string_view text_;
  PositionTracker tracker_;
  size_t at_ = 0;
  std::vector<Mode> modes_;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> lex(std::string_view text) {
  return Lexer(text).run();
}

namespace {

// How often a kind of bad token is reported; of quote-like ones every other, so that the two ends
// of one string count once.
class BadTokenReporter {
 public:
  BadTokenReporter(std::string_view file_name, Diagnostics& diagnostics)
      : file_name_(file_name), diagnostics_(diagnostics) {}

  void visit(const Token& token) {
    switch (token.kind) {
      case TokenKind::kBitwise:
        if (bitwise_++ < 4) {
          report_bitwise(token);
        }
        break;
      case TokenKind::kBacktick:
        report_alternating(token, backtick_,
                           "The \"`\" character is not valid. To create a multi-line string, use "
                           "the \"heredoc\" syntax, like \"<<EOT\".");
        break;
      case TokenKind::kApostrophe:
        report_alternating(token, apostrophe_,
                           "Single quotes are not valid. Use double quotes (\") to enclose "
                           "strings.");
        break;
      case TokenKind::kSemicolon:
        if (semicolon_++ < 1) {
          report(token, "Invalid character",
                 "The \";\" character is not valid. Use newlines to separate arguments and blocks, "
                 "and commas to separate items in collection values.");
        }
        break;
      case TokenKind::kBadUtf8:
        if (bad_utf8_++ < 1) {
          report(token, "Invalid character encoding",
                 "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in "
                 "your editor.");
        }
        break;
      case TokenKind::kQuotedNewline:
        report(token, "Invalid multi-line string",
               "Quoted strings may not be split over multiple lines. To produce a multi-line "
               "string, either use the \\n escape to represent a newline character or use the "
               "\"heredoc\" multi-line template syntax.");
        break;
      case TokenKind::kInvalid:
        report_invalid(token);
        break;
      default:
        break;
    }
  }

 private:
  void report(const Token& token, std::string_view summary, std::string_view detail) {
    diagnostics_.add(
        diagnostic(summary, detail, SourceSpan{std::string(file_name_), token.begin, token.end}));
  }

  void report_bitwise(const Token& token) {
    std::string detail = "Bitwise operators are not supported.";
    if (token.text == "&") {
      detail += " Did you mean boolean AND (\"&&\")?";
    } else if (token.text == "|") {
      detail += " Did you mean boolean OR (\"||\")?";
    } else if (token.text == "~") {
      detail += " Did you mean boolean NOT (\"!\")?";
    }
    report(token, "Unsupported operator", detail);
  }

  void report_alternating(const Token& token, int& seen, std::string_view detail) {
    if (seen % 2 == 0) {
      report(token, "Invalid character", detail);
    }
    if (seen <= 2) {
      ++seen;
    }
  }

  void report_invalid(const Token& token) {
    const bool curly = token.text == "\u201c" || token.text == "\u201d";
    report(token, "Invalid character",
           curly ? "\"Curly quotes\" are not valid here. These can sometimes be inadvertently "
                   "introduced when sharing code via documents or discussion forums. It might help "
                   "to replace the character with a \"straight quote\"."
                 : "This character is not used within the language.");
  }

  std::string_view file_name_;
  Diagnostics& diagnostics_;
  int bitwise_ = 0;
  int backtick_ = 0;
  int apostrophe_ = 0;
  int semicolon_ = 0;
  int bad_utf8_ = 0;
};

}  // namespace

void report_bad_tokens(std::string_view file_name,
                       const std::vector<Token>& tokens,
                       Diagnostics& diagnostics) {
  BadTokenReporter reporter(file_name, diagnostics);
  for (const Token& token : tokens) {
    reporter.visit(token);
  }
}

}  // namespace rhumb::hcl
