#include "driver/postgres/statement_class.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "sql/tokens.h"

namespace rhumb::driver::postgres {
namespace {

using sql::Token;
using sql::TokenKind;

std::vector<Token> significant_tokens(std::string_view statement) {
  std::vector<Token> tokens = sql::tokenize(statement, {.dialect = sql::Dialect::kPostgres});
  std::erase_if(tokens, [](const Token& token) {
    return token.kind == TokenKind::kBlank || token.kind == TokenKind::kComment;
  });
  return tokens;
}

// Reads words and names one after the other.
class Reader {
 public:
  explicit Reader(std::string_view statement) : tokens_(significant_tokens(statement)) {}

  bool take(std::string_view word) {
    const bool found = at_ < tokens_.size() && tokens_[at_].is(word);
    at_ += found ? 1 : 0;
    return found;
  }

  bool take_mark(char mark) {
    const bool found = at_ < tokens_.size() && tokens_[at_].is_mark(mark);
    at_ += found ? 1 : 0;
    return found;
  }

  std::optional<std::string> take_name() {
    if (at_ == tokens_.size()) {
      return std::nullopt;
    }
    const Token& token = tokens_[at_];
    if (token.kind == TokenKind::kWord) {
      ++at_;
      return to_lower_ascii(token.text);
    }
    if (token.kind == TokenKind::kQuotedIdentifier && token.closed && token.text.size() > 2) {
      ++at_;
      return replace_all(token.text.substr(1, token.text.size() - 2), "\"\"", "\"");
    }
    return std::nullopt;
  }

 private:
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

// `[schema .] name`
bool take_qualified(Reader& reader, std::string& schema, std::string& name) {
  const std::optional<std::string> first = reader.take_name();
  if (!first) {
    return false;
  }
  name = *first;
  if (reader.take_mark('.')) {
    schema = name;
    name = reader.take_name().value_or("");
  }
  return !name.empty();
}

std::optional<ConcurrentIndex> read_create(Reader& reader) {
  ConcurrentIndex found{.creates = true};
  reader.take("unique");
  if (!reader.take("index") || !reader.take("concurrently")) {
    return std::nullopt;
  }
  if (reader.take("if")) {
    reader.take("not");
    reader.take("exists");
  }
  const std::optional<std::string> name = reader.take_name();
  if (!name || !reader.take("on")) {
    return std::nullopt;
  }
  found.index = *name;
  reader.take("only");
  return take_qualified(reader, found.schema, found.table) ? std::optional(found) : std::nullopt;
}

std::optional<ConcurrentIndex> read_drop(Reader& reader) {
  ConcurrentIndex found;
  if (!reader.take("index") || !reader.take("concurrently")) {
    return std::nullopt;
  }
  if (reader.take("if")) {
    reader.take("exists");
  }
  const bool named = take_qualified(reader, found.schema, found.index);
  return named && !reader.take_mark(',') ? std::optional(found) : std::nullopt;
}

bool begins_with_undoable(const std::vector<Token>& tokens) {
  static constexpr std::string_view kUndoable[] = {"insert", "update", "delete",  "merge",
                                                   "create", "alter",  "drop",    "comment",
                                                   "grant",  "revoke", "truncate"};
  return !tokens.empty() && std::ranges::any_of(kUndoable, [&](std::string_view word) {
    return tokens.front().is(word);
  });
}

// In the words that name what is created, altered or dropped.
bool refuses_transaction(const std::vector<Token>& tokens) {
  static constexpr std::string_view kAlone[] = {"database", "tablespace", "system", "subscription"};
  if (tokens.front().is("grant") || tokens.front().is("revoke") || tokens.front().is("comment")) {
    return false;
  }
  if (tokens.size() > 1 &&
      std::ranges::any_of(kAlone, [&](std::string_view word) { return tokens[1].is(word); })) {
    return true;
  }
  return std::ranges::any_of(tokens, [](const Token& token) { return token.is("concurrently"); });
}

bool has_sql_body(const std::vector<Token>& tokens) {
  return std::ranges::any_of(tokens, [](const Token& token) { return token.is("atomic"); });
}

bool is_one_statement(const std::vector<Token>& tokens) {
  const auto end =
      std::ranges::find_if(tokens, [](const Token& token) { return token.is_mark(';'); });
  return end == tokens.end() || end + 1 == tokens.end() || has_sql_body(tokens);
}

}  // namespace

std::optional<ConcurrentIndex> parse_concurrent_index(std::string_view statement) {
  Reader reader(statement);
  if (reader.take("create")) {
    return read_create(reader);
  }
  return reader.take("drop") ? read_drop(reader) : std::nullopt;
}

bool commits_with_outcome(std::string_view statement) {
  const std::vector<Token> tokens = significant_tokens(statement);
  return begins_with_undoable(tokens) && !refuses_transaction(tokens) && is_one_statement(tokens);
}

}  // namespace rhumb::driver::postgres
