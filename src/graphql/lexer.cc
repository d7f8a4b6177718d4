#include "graphql/lexer.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "base/utf8.h"

namespace rhumb::graphql {
namespace {

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_part(char c) {
  return is_name_start(c) || is_digit(c);
}

std::optional<char32_t> hex_value(std::string_view digits) {
  char32_t value = 0;
  for (const char c : digits) {
    if (is_digit(c)) {
      value = value * 16 + static_cast<char32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value = value * 16 + static_cast<char32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      value = value * 16 + static_cast<char32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// The lines of a block string; CR LF, CR and LF each end one.
std::vector<std::string_view> block_lines(std::string_view raw) {
  std::vector<std::string_view> lines;
  size_t begin = 0;
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\n' && raw[i] != '\r') {
      continue;
    }
    lines.push_back(raw.substr(begin, i - begin));
    if (raw[i] == '\r' && i + 1 < raw.size() && raw[i + 1] == '\n') {
      ++i;
    }
    begin = i + 1;
  }
  lines.push_back(raw.substr(begin));
  return lines;
}

/// BlockStringValue() of the specification, section 2.9.4: the indentation that all lines but the
/// first share goes, and so do blank lines at both ends.
std::string block_string_value(std::string_view raw) {
  std::vector<std::string_view> lines = block_lines(raw);
  const auto indentation = [](std::string_view line) { return line.find_first_not_of(" \t"); };
  size_t common = std::string_view::npos;
  for (size_t i = 1; i < lines.size(); ++i) {
    common = std::min(common, indentation(lines[i]));
  }
  for (size_t i = 1; i < lines.size() && common != std::string_view::npos; ++i) {
    lines[i].remove_prefix(std::min(common, lines[i].size()));
  }
  size_t first = 0;
  size_t last = lines.size();
  while (first < last && indentation(lines[first]) == std::string_view::npos) {
    ++first;
  }
  while (last > first && indentation(lines[last - 1]) == std::string_view::npos) {
    --last;
  }
  return join(std::vector<std::string_view>(lines.begin() + static_cast<std::ptrdiff_t>(first),
                                            lines.begin() + static_cast<std::ptrdiff_t>(last)),
              "\n");
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> run() {
    while (true) {
      skip_ignored();
      if (tokens_.size() > kTokensMax) {
        return fail(ErrorCode::kLimit, fmt::format("document has more than {} tokens", kTokensMax));
      }
      start_ = here();
      if (at_end()) {
        push(TokenKind::kEnd, "");
        return std::move(tokens_);
      }
      TRY(next());
    }
  }

 private:
  [[nodiscard]] bool at_end() const { return offset_ >= source_.size(); }
  [[nodiscard]] char peek(size_t ahead = 0) const {
    return offset_ + ahead < source_.size() ? source_[offset_ + ahead] : '\0';
  }
  [[nodiscard]] bool starts_with(std::string_view text) const {
    return source_.substr(offset_).starts_with(text);
  }
  [[nodiscard]] SourcePosition here() const {
    return {.offset = offset_, .line = line_, .column = offset_ - line_begin_ + 1};
  }
  void push(TokenKind kind, std::string text) {
    tokens_.push_back({.kind = kind, .text = std::move(text), .position = start_});
  }
  [[nodiscard]] Error fail(ErrorCode code, std::string message) const {
    return Error(code, std::move(message)).at({.file = "", .begin = start_, .end = here()});
  }
  void new_line() {
    ++line_;
    line_begin_ = offset_;
  }
  /// Moves past one byte of white space inside or outside a token and keeps the line count.
  void advance() {
    const char c = source_[offset_++];
    if (c == '\n' || (c == '\r' && peek() != '\n')) {
      new_line();
    }
  }

  void skip_ignored() {
    while (!at_end()) {
      if (starts_with("\xEF\xBB\xBF")) {
        offset_ += 3;
      } else if (peek() == '#') {
        while (!at_end() && peek() != '\n' && peek() != '\r') {
          ++offset_;
        }
      } else if (std::string_view(" \t\r\n,").find(peek()) != std::string_view::npos) {
        advance();
      } else {
        return;
      }
    }
  }

  Result<void> next() {
    const char c = peek();
    if (is_name_start(c)) {
      lex_name();
      return {};
    }
    if (is_digit(c) || c == '-') {
      return lex_number();
    }
    if (starts_with("\"\"\"")) {
      return lex_block_string();
    }
    if (c == '"') {
      return lex_string();
    }
    if (starts_with("...")) {
      offset_ += 3;
      push(TokenKind::kPunctuator, "...");
      return {};
    }
    if (std::string_view("!$&():=@[]{|}").find(c) != std::string_view::npos) {
      ++offset_;
      push(TokenKind::kPunctuator, std::string(1, c));
      return {};
    }
    return unexpected();
  }

  Error unexpected() {
    const DecodedRune rune = decode_rune(source_.substr(offset_));
    if (!rune.valid) {
      return fail(ErrorCode::kInvalid, "document is not valid UTF-8");
    }
    if (rune.rune < 0x20 || rune.rune == 0x7f) {
      return fail(ErrorCode::kInvalid,
                  fmt::format("unexpected character U+{:04X}", static_cast<uint32_t>(rune.rune)));
    }
    return fail(ErrorCode::kInvalid,
                fmt::format("unexpected character \"{}\"", source_.substr(offset_, rune.size)));
  }

  void lex_name() {
    const size_t begin = offset_;
    while (is_name_part(peek())) {
      ++offset_;
    }
    push(TokenKind::kName, std::string(source_.substr(begin, offset_ - begin)));
  }

  bool lex_digits() {
    const size_t begin = offset_;
    while (is_digit(peek())) {
      ++offset_;
    }
    return offset_ > begin;
  }

  Result<void> lex_number() {
    const size_t begin = offset_;
    TokenKind kind = TokenKind::kInt;
    offset_ += peek() == '-' ? 1 : 0;
    const bool leading_zero = peek() == '0';
    const size_t digits = offset_;
    bool good = lex_digits() && (!leading_zero || offset_ - digits == 1);
    if (good && peek() == '.') {
      kind = TokenKind::kFloat;
      ++offset_;
      good = lex_digits();
    }
    if (good && (peek() == 'e' || peek() == 'E')) {
      kind = TokenKind::kFloat;
      ++offset_;
      offset_ += peek() == '+' || peek() == '-' ? 1 : 0;
      good = lex_digits();
    }
    if (!good || is_name_start(peek()) || peek() == '.') {
      return fail(ErrorCode::kInvalid,
                  fmt::format("malformed number \"{}\"", source_.substr(begin, offset_ - begin)));
    }
    push(kind, std::string(source_.substr(begin, offset_ - begin)));
    return {};
  }

  Result<void> lex_string() {
    ++offset_;
    std::string value;
    while (peek() != '"') {
      if (at_end() || peek() == '\n' || peek() == '\r') {
        return fail(ErrorCode::kUnterminated, "string has no closing quote");
      }
      if (peek() == '\\') {
        TRY(lex_escape(value));
      } else {
        TRY(lex_source_character(value));
      }
    }
    ++offset_;
    push(TokenKind::kString, std::move(value));
    return {};
  }

  Result<void> lex_source_character(std::string& value) {
    const DecodedRune rune = decode_rune(source_.substr(offset_));
    if (!rune.valid) {
      return fail(ErrorCode::kInvalid, "string is not valid UTF-8");
    }
    if (rune.rune < 0x20 && rune.rune != '\t' && rune.rune != '\n' && rune.rune != '\r') {
      return fail(ErrorCode::kInvalid, fmt::format("unexpected character U+{:04X} in a string",
                                                   static_cast<uint32_t>(rune.rune)));
    }
    value += source_.substr(offset_, rune.size);
    if (rune.size == 1) {
      advance();
    } else {
      offset_ += rune.size;
    }
    return {};
  }

  Result<void> lex_escape(std::string& value) {
    ++offset_;
    const char c = peek();
    ++offset_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        value += c;
        return {};
      case 'b':
        value += '\b';
        return {};
      case 'f':
        value += '\f';
        return {};
      case 'n':
        value += '\n';
        return {};
      case 'r':
        value += '\r';
        return {};
      case 't':
        value += '\t';
        return {};
      case 'u':
        return lex_unicode_escape(value);
      default:
        offset_ = std::min(offset_, source_.size());
        return fail(ErrorCode::kInvalid, "unknown escape in a string");
    }
  }

  std::optional<char32_t> lex_hex4() {
    if (source_.size() - offset_ < 4) {
      return std::nullopt;
    }
    const std::optional<char32_t> value = hex_value(source_.substr(offset_, 4));
    offset_ += value.has_value() ? 4 : 0;
    return value;
  }

  /// \uXXXX, a surrogate pair of two of them, or \u{X...}.
  Result<void> lex_unicode_escape(std::string& value) {
    const Error malformed = fail(ErrorCode::kInvalid, "malformed \\u escape in a string");
    std::optional<char32_t> rune;
    if (peek() == '{') {
      const size_t close = source_.find('}', offset_);
      if (close == std::string_view::npos || close == offset_ + 1 || close - offset_ > 9) {
        return malformed;
      }
      rune = hex_value(source_.substr(offset_ + 1, close - offset_ - 1));
      offset_ = close + 1;
    } else {
      rune = lex_hex4();
      if (rune && *rune >= 0xD800 && *rune <= 0xDBFF && starts_with("\\u")) {
        offset_ += 2;
        const std::optional<char32_t> low = lex_hex4();
        if (!low || *low < 0xDC00 || *low > 0xDFFF) {
          return malformed;
        }
        rune = 0x10000 + ((*rune - 0xD800) << 10) + (*low - 0xDC00);
      }
    }
    if (!rune || *rune > 0x10FFFF || (*rune >= 0xD800 && *rune <= 0xDFFF)) {
      return malformed;
    }
    append_rune(value, *rune);
    return {};
  }

  Result<void> lex_block_string() {
    offset_ += 3;
    std::string raw;
    while (!starts_with("\"\"\"")) {
      if (at_end()) {
        return fail(ErrorCode::kUnterminated, "block string has no closing quotes");
      }
      if (starts_with("\\\"\"\"")) {
        raw += "\"\"\"";
        offset_ += 4;
      } else {
        TRY(lex_source_character(raw));
      }
    }
    offset_ += 3;
    push(TokenKind::kBlockString, block_string_value(raw));
    return {};
  }

  std::string_view source_;  // the caller's document, alive for the whole run
  size_t offset_ = 0;
  size_t line_ = 1;
  size_t line_begin_ = 0;
  SourcePosition start_;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) {
  return Lexer(source).run();
}

}  // namespace rhumb::graphql
