#include "migrate/prepared_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_format.h"
#include "driver/statement_target.h"

namespace rhumb::migrate {

Result<PreparedFile> prepare_file(const File& file, sql::Dialect dialect) {
  PreparedFile prepared;
  prepared.file = &file;
  prepared.id = {.name = file.name(), .version = file.version(), .description = file.description()};
  prepared.content = TRY(file.load());
  const std::string scanning =
      fmt::format("sql/migrate: scanning statements from \"{}\"", file.name());
  prepared.statements = TRY(split_file(prepared.content, dialect).context(scanning));
  prepared.checks = TRY(split_checks(prepared.content, dialect).context(scanning));
  return prepared;
}

bool controls_transactions(const PreparedFile& file) {
  static constexpr std::string_view kWords[] = {
      "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"};
  return std::ranges::any_of(file.statements.statements, [](const sql::Statement& statement) {
    const std::vector<std::string> words = driver::leading_words(statement.text, 1);
    return !words.empty() && std::ranges::find(kWords, words[0]) != std::end(kWords);
  });
}

std::string statement_error_text(std::string_view statement,
                                 std::string_view version,
                                 std::string_view error) {
  return fmt::format("sql/migrate: executing statement {} from version {}: {}", go_quote(statement),
                     go_quote(version), error);
}

}  // namespace rhumb::migrate
