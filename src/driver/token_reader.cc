#include "driver/token_reader.h"

#include <algorithm>

#include "base/text.h"

namespace rhumb::driver {
namespace {

std::string unquote(std::string_view quoted) {
  const char quote = quoted.front();
  const std::string doubled(2, quote);
  const std::string_view inner = quoted.substr(1, quoted.size() - 2);
  return replace_all(inner, doubled, std::string(1, quote));
}

}  // namespace

TokenReader::TokenReader(std::string_view statement, const sql::LexOptions& options)
    : folds_names_(options.dialect == sql::Dialect::kPostgres) {
  for (const sql::Token& token : sql::tokenize(statement, options)) {
    certain_ = certain_ && token.certain && token.closed &&
               token.kind != sql::TokenKind::kCommentMark && token.kind != sql::TokenKind::kUnknown;
    if (token.kind != sql::TokenKind::kBlank && token.kind != sql::TokenKind::kComment) {
      tokens_.push_back(token);
    }
  }
}

bool TokenReader::at(std::string_view word) const {
  const sql::Token* token = peek();
  return token != nullptr && token->is(word);
}

bool TokenReader::at_mark(char mark) const {
  const sql::Token* token = peek();
  return token != nullptr && token->is_mark(mark);
}

bool TokenReader::at_end() const {
  return at_ >= tokens_.size() || (at_mark(';') && at_ + 1 == tokens_.size());
}

bool TokenReader::take(std::string_view word) {
  const bool found = at(word);
  at_ += found ? 1 : 0;
  return found;
}

bool TokenReader::take_any(std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [this](std::string_view word) { return take(word); });
}

bool TokenReader::take_mark(char mark) {
  const bool found = at_mark(mark);
  at_ += found ? 1 : 0;
  return found;
}

std::optional<std::string> TokenReader::take_name() {
  const sql::Token* token = peek();
  if (token == nullptr) {
    return std::nullopt;
  }
  if (token->kind == sql::TokenKind::kWord) {
    ++at_;
    return folds_names_ ? to_lower_ascii(token->text) : std::string(token->text);
  }
  if (token->kind == sql::TokenKind::kQuotedIdentifier && token->closed && token->text.size() > 2) {
    ++at_;
    return unquote(token->text);
  }
  return std::nullopt;
}

std::optional<QualifiedName> TokenReader::take_qualified_name() {
  std::optional<std::string> first = take_name();
  if (!first) {
    return std::nullopt;
  }
  if (!take_mark('.')) {
    return QualifiedName{.name = std::move(*first)};
  }
  std::optional<std::string> second = take_name();
  if (!second) {
    return std::nullopt;
  }
  return QualifiedName{.schema = std::move(*first), .name = std::move(*second)};
}

void TokenReader::skip() {
  size_t depth = 0;
  do {
    const sql::Token* token = peek();
    if (token == nullptr) {
      return;
    }
    if (token->is_mark('(')) {
      ++depth;
    } else if (token->is_mark(')') && depth > 0) {
      --depth;
    }
    ++at_;
  } while (depth > 0);
}

bool TokenReader::has_any(std::initializer_list<std::string_view> words) const {
  return std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(at_), tokens_.end(),
                     [words](const sql::Token& token) {
                       return std::ranges::any_of(
                           words, [&token](std::string_view word) { return token.is(word); });
                     });
}

bool TokenReader::has_comma() const {
  for (TokenReader rest = *this; rest.peek() != nullptr; rest.skip()) {
    if (rest.at_mark(',')) {
      return true;
    }
  }
  return false;
}

bool TokenReader::has_second_statement() const {
  for (TokenReader rest = *this; !rest.at_end(); rest.skip()) {
    if (rest.at_mark(';')) {
      return true;
    }
  }
  return false;
}

}  // namespace rhumb::driver
