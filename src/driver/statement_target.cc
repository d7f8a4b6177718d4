#include "driver/statement_target.h"

#include <algorithm>
#include <cctype>
#include <span>

#include "base/text.h"

namespace rhumb::driver {
namespace {

enum class TokenKind { kEnd, kWord, kQuoted, kText, kSign };

// A piece of SQL: `text` is the word, the name inside quotes, or the sign.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
};

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Reads just enough SQL to find names: words, quoted names, string literals and signs.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) { advance(); }

  [[nodiscard]] const Token& token() const { return token_; }

  void advance() {
    skip_blanks();
    if (rest_.empty()) {
      token_ = {};
    } else if (is_word_byte(rest_[0])) {
      read_word();
    } else if (rest_[0] == '"' || rest_[0] == '`') {
      read_quoted(rest_[0], TokenKind::kQuoted);
    } else if (rest_[0] == '[') {
      read_quoted(']', TokenKind::kQuoted);
    } else if (rest_[0] == '\'') {
      read_quoted('\'', TokenKind::kText);
    } else {
      token_ = {TokenKind::kSign, std::string(rest_.substr(0, 1))};
      rest_.remove_prefix(1);
    }
  }

  /// Takes the word if it comes next, in any letter case.
  bool take(std::string_view word) {
    if (token_.kind != TokenKind::kWord || !equal_fold_ascii(token_.text, word)) {
      return false;
    }
    advance();
    return true;
  }

  bool take_sign(char sign) {
    if (token_.kind != TokenKind::kSign || token_.text[0] != sign) {
      return false;
    }
    advance();
    return true;
  }

  std::optional<std::string> take_name() {
    if (token_.kind != TokenKind::kWord && token_.kind != TokenKind::kQuoted) {
      return std::nullopt;
    }
    std::string name = token_.text;
    advance();
    return name;
  }

 private:
  void skip_blanks() {
    for (;;) {
      rest_ = trim_left(rest_);
      if (rest_.starts_with("--")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/*")) {
        const size_t end = rest_.find("*/", 2);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 2);
      } else {
        return;
      }
    }
  }

  void read_word() {
    size_t size = 0;
    while (size < rest_.size() && is_word_byte(rest_[size])) {
      ++size;
    }
    token_ = {TokenKind::kWord, std::string(rest_.substr(0, size))};
    rest_.remove_prefix(size);
  }

  void read_quoted(char close, TokenKind kind) {
    token_ = {kind, {}};
    size_t at = 1;
    while (at < rest_.size()) {
      if (rest_[at] != close) {
        token_.text += rest_[at++];
      } else if (close != ']' && rest_.substr(at + 1).starts_with(close)) {
        token_.text += close;
        at += 2;
      } else {
        break;
      }
    }
    rest_.remove_prefix(std::min(at + 1, rest_.size()));
  }

  std::string_view rest_;
  Token token_;
};

constexpr std::string_view kKinds[] = {"table",    "index",     "view",   "trigger",
                                       "sequence", "type",      "schema", "database",
                                       "function", "procedure", "event"};
constexpr std::string_view kKindPrefixes[] = {"temp",     "temporary", "unique", "virtual",
                                              "unlogged", "global",    "local",  "materialized",
                                              "fulltext", "spatial"};

bool take_any(Reader& reader, std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    if (reader.take(word)) {
      return true;
    }
  }
  return false;
}

bool take_kind(Reader& reader, StatementTarget& target) {
  while (take_any(reader, kKindPrefixes)) {
  }
  for (const std::string_view kind : kKinds) {
    if (reader.take(kind)) {
      target.kind = kind;
      return true;
    }
  }
  return false;
}

void take_condition(Reader& reader, StatementTarget& target) {
  if (reader.take("if")) {
    reader.take("not");
    reader.take("exists");
    target.conditional = true;
  }
}

bool take_object_name(Reader& reader, StatementTarget& target) {
  const std::optional<std::string> first = reader.take_name();
  if (!first) {
    return false;
  }
  target.name = *first;
  if (reader.take_sign('.')) {
    const std::optional<std::string> second = reader.take_name();
    if (!second) {
      return false;
    }
    target.schema = *first;
    target.name = *second;
  }
  return true;
}

bool read_create_or_drop(Reader& reader, StatementTarget& target) {
  if (target.verb == "create" && reader.take("or")) {
    reader.take("replace");
    target.conditional = true;
  }
  if (!take_kind(reader, target)) {
    return false;
  }
  target.concurrently = reader.take("concurrently");
  take_condition(reader, target);
  if (!take_object_name(reader, target)) {
    return false;
  }
  target.several = reader.take_sign(',');
  return true;
}

bool take_part(Reader& reader, StatementTarget& target) {
  target.part_kind = "column";
  if (reader.take("index") || reader.take("key")) {
    target.part_kind = "index";
  } else if (reader.take("constraint")) {
    target.part_kind = "constraint";
  } else {
    reader.take("column");
  }
  take_condition(reader, target);
  const std::optional<std::string> name = reader.take_name();
  target.part = name.value_or("");
  return name.has_value();
}

// Whether a comma outside parentheses follows: another action or another name.
bool has_further_action(Reader& reader) {
  int depth = 0;
  for (; reader.token().kind != TokenKind::kEnd; reader.advance()) {
    if (reader.token().kind != TokenKind::kSign) {
      continue;
    }
    const char sign = reader.token().text[0];
    depth += sign == '(' ? 1 : sign == ')' ? -1 : 0;
    if (sign == ',' && depth == 0) {
      return true;
    }
  }
  return false;
}

bool read_rename(Reader& reader, StatementTarget& target) {
  if (reader.take("to")) {
    target.verb = "rename";
    target.new_name = reader.take_name().value_or("");
    return !target.new_name.empty();
  }
  target.part_verb = "rename";
  if (!take_part(reader, target) || !reader.take("to")) {
    return false;
  }
  target.new_name = reader.take_name().value_or("");
  return !target.new_name.empty();
}

bool read_alter(Reader& reader, StatementTarget& target) {
  if (!take_kind(reader, target)) {
    return false;
  }
  take_condition(reader, target);
  reader.take("only");
  if (!take_object_name(reader, target)) {
    return false;
  }
  if (reader.take("rename")) {
    return read_rename(reader, target);
  }
  const bool adds = reader.take("add");
  if (adds || reader.take("drop")) {
    target.part_verb = adds ? "add" : "drop";
    if (!take_part(reader, target)) {
      return false;
    }
    target.several = has_further_action(reader);
  }
  return true;
}

// Upper case, a quoted name as `"`; empty at the end.
std::string shown_word(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      break;
    case TokenKind::kWord:
      return to_upper_ascii(token.text);
    case TokenKind::kQuoted:
    case TokenKind::kText:
      return "\"";
    case TokenKind::kSign:
      return token.text;
  }
  return {};
}

}  // namespace

std::optional<StatementTarget> parse_statement_target(std::string_view statement) {
  Reader reader(statement);
  StatementTarget target;
  for (const std::string_view verb : {"create", "drop", "alter", "rename"}) {
    if (reader.take(verb)) {
      target.verb = verb;
      break;
    }
  }
  bool known = false;
  if (target.verb == "create" || target.verb == "drop") {
    known = read_create_or_drop(reader, target);
  } else if (target.verb == "alter") {
    known = read_alter(reader, target);
  } else if (target.verb == "rename") {
    known = take_kind(reader, target) && take_object_name(reader, target) && reader.take("to");
    target.new_name = known ? reader.take_name().value_or("") : "";
    target.several = reader.take_sign(',');
  }
  if (!known) {
    return std::nullopt;
  }
  return target;
}

std::vector<std::string> leading_words(std::string_view statement, size_t count) {
  std::vector<std::string> words;
  Reader reader(statement);
  while (words.size() < count && reader.token().kind != TokenKind::kEnd) {
    words.push_back(shown_word(reader.token()));
    reader.advance();
  }
  return words;
}

std::string first_word(std::string_view statement) {
  return shown_word(Reader(statement).token());
}

bool has_several_statements(std::string_view text) {
  const std::optional<StatementTarget> target = parse_statement_target(text);
  if (target && target->verb == "create" && target->kind == "trigger") {
    return false;
  }
  for (Reader reader(text); reader.token().kind != TokenKind::kEnd; reader.advance()) {
    if (reader.token().kind == TokenKind::kSign && reader.token().text == ";") {
      reader.advance();
      return reader.token().kind != TokenKind::kEnd;
    }
  }
  return false;
}

}  // namespace rhumb::driver
