#include "migrate/prepared_file.h"

#include <fmt/format.h>

#include "base/go_format.h"

namespace rhumb::migrate {

Result<PreparedFile> prepare_file(const File& file, sql::Dialect dialect) {
  PreparedFile prepared{.file = file};
  prepared.id = {.name = file.name(), .version = file.version(), .description = file.description()};
  prepared.content = TRY(file.load());
  const std::string scanning =
      fmt::format("sql/migrate: scanning statements from \"{}\"", file.name());
  prepared.statements = TRY(split_file(prepared.content, dialect).context(scanning));
  prepared.checks = TRY(split_checks(prepared.content, dialect).context(scanning));
  return prepared;
}

Result<std::shared_ptr<const PreparedFile>> PreparedFiles::prepare(size_t index,
                                                                   sql::Dialect dialect) {
  std::shared_ptr<const PreparedFile>& known = prepared_[{index, dialect}];
  if (!known) {
    known =
        std::make_shared<const PreparedFile>(TRY(prepare_file(directory_.files[index], dialect)));
  }
  return known;
}

std::string statement_error_text(std::string_view statement,
                                 std::string_view version,
                                 std::string_view error) {
  return fmt::format("sql/migrate: executing statement {} from version {}: {}", go_quote(statement),
                     go_quote(version), error);
}

}  // namespace rhumb::migrate
