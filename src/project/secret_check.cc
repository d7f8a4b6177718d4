#include "project/secret_check.h"

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "project/variables.h"
#include "sql/tokens.h"

namespace rhumb::project {
namespace {

constexpr std::string_view kSecretWords[] = {"pass", "secret", "token", "key", "credential"};
/// Shorter values are not masked anywhere.
constexpr size_t kValueSizeMin = 3;

struct SecretVariable {
  std::string name;
  std::vector<std::string> values;
};

bool is_secret_name(const std::string& name) {
  const std::string lower = to_lower_ascii(name);
  return std::ranges::any_of(
      kSecretWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

std::vector<SecretVariable> secret_variables(const hcl::Value& vars) {
  std::vector<SecretVariable> found;
  if (!vars.is_mapping()) {
    return found;
  }
  for (const auto& [name, value] : vars.entries()) {
    if (!is_secret_name(name)) {
      continue;
    }
    SecretVariable variable{.name = name, .values = {}};
    collect_texts(value, variable.values);
    std::erase_if(variable.values,
                  [](const std::string& text) { return text.size() < kValueSizeMin; });
    if (!variable.values.empty()) {
      found.push_back(std::move(variable));
    }
  }
  return found;
}

/// The script with its string literals taken out.
std::string without_literals(const std::string& script) {
  std::string rest;
  sql::Lexer lexer(script, {});
  while (const std::optional<sql::Token> token = lexer.next()) {
    const bool is_literal = token->kind == sql::TokenKind::kString ||
                            token->kind == sql::TokenKind::kDollarString ||
                            token->kind == sql::TokenKind::kCopyData;
    rest += is_literal ? std::string_view("''") : token->text;
  }
  return rest;
}

}  // namespace

Result<std::optional<std::string>> find_secret_variable(const migrate::MemoryDirectory& directory,
                                                        const hcl::Value& vars) {
  const std::vector<SecretVariable> variables = secret_variables(vars);
  if (variables.empty()) {
    return std::optional<std::string>();
  }
  const std::vector<std::string> names = TRY(directory.list());
  for (const std::string& file : names) {
    const std::string script = TRY(directory.read(file));
    if (script.find("atlas:sensitive") != std::string::npos) {
      continue;
    }
    const std::string rest = without_literals(script);
    for (const SecretVariable& variable : variables) {
      if (std::ranges::any_of(variable.values, [&](const std::string& value) {
            return rest.find(value) != std::string::npos;
          })) {
        return std::optional("variable " + go_quote(variable.name) + " stands in " + file +
                             " outside a string literal and is not masked in reports; mark the "
                             "file with -- atlas:sensitive");
      }
    }
  }
  return std::optional<std::string>();
}

}  // namespace rhumb::project
