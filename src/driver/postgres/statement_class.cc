#include "driver/postgres/statement_class.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "driver/token_reader.h"
#include "sql/tokens.h"

namespace rhumb::driver::postgres {
namespace {

using sql::Token;
using sql::TokenKind;

constexpr sql::LexOptions kLexing{.dialect = sql::Dialect::kPostgres};

std::vector<Token> significant_tokens(std::string_view statement) {
  std::vector<Token> tokens = sql::tokenize(statement, kLexing);
  std::erase_if(tokens, [](const Token& token) {
    return token.kind == TokenKind::kBlank || token.kind == TokenKind::kComment;
  });
  return tokens;
}

std::optional<ConcurrentIndex> read_create(TokenReader& reader) {
  ConcurrentIndex found{.creates = true};
  reader.take("unique");
  if (!reader.take("index") || !reader.take("concurrently")) {
    return std::nullopt;
  }
  if (reader.take("if")) {
    reader.take("not");
    reader.take("exists");
  }
  std::optional<std::string> name = reader.take_name();
  if (!name || !reader.take("on")) {
    return std::nullopt;
  }
  reader.take("only");
  std::optional<QualifiedName> table = reader.take_qualified_name();
  if (!table) {
    return std::nullopt;
  }
  found.index = *std::move(name);
  found.schema = std::move(table->schema);
  found.table = std::move(table->name);
  return found;
}

std::optional<ConcurrentIndex> read_drop(TokenReader& reader) {
  ConcurrentIndex found;
  if (!reader.take("index") || !reader.take("concurrently")) {
    return std::nullopt;
  }
  if (reader.take("if")) {
    reader.take("exists");
  }
  std::optional<QualifiedName> index = reader.take_qualified_name();
  if (!index || reader.at_mark(',')) {
    return std::nullopt;
  }
  found.schema = std::move(index->schema);
  found.index = std::move(index->name);
  return found;
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
  TokenReader reader(statement, kLexing);
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
