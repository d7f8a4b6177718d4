#include "driver/postgres/copy_script.h"

#include <optional>

#include "sql/tokens.h"

namespace rhumb::driver::postgres {

CopyScript split_copy(std::string_view text) {
  sql::Lexer lexer(text, {.dialect = sql::Dialect::kPostgres});
  bool is_copy = false;
  while (const std::optional<sql::Token> token = lexer.next()) {
    if (token->kind == sql::TokenKind::kBlank || token->kind == sql::TokenKind::kComment) {
      continue;
    }
    if (!is_copy && !token->is("copy")) {
      break;
    }
    is_copy = true;
    if (token->kind == sql::TokenKind::kCopyData) {
      return {.statement = text.substr(0, token->offset), .data = token->text};
    }
    if (token->text == "\\.") {
      return {.statement = text.substr(0, token->offset), .data = {}};
    }
  }
  return {.statement = text, .data = {}};
}

}  // namespace rhumb::driver::postgres
