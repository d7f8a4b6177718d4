#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/file_statements.h"
#include "migrate/run_event.h"
#include "sql/dialect.h"

namespace rhumb::migrate {

/// A migration file that is read and split, ready to be executed.
///
/// Lifetime: refers to the File it was made of.
struct PreparedFile {
  const File* file = nullptr;
  RunFile id{};
  FileContent content{};
  FileStatements statements{};
  std::vector<CheckGroup> checks{};

  [[nodiscard]] size_t size() const { return statements.statements.size(); }
  [[nodiscard]] std::string_view text(size_t index) const {
    return statements.statements[index].text;
  }
};

/// Reads and splits one file.
/// Errors: `sql/migrate: scanning statements from "<f>": ...`; those of File::load.
[[nodiscard]] Result<PreparedFile> prepare_file(const File& file, sql::Dialect dialect);

/// Whether a statement of the file begins or ends a transaction itself.
[[nodiscard]] bool controls_transactions(const PreparedFile& file);

/// `sql/migrate: executing statement "<text>" from version "<v>": <error>`.
[[nodiscard]] std::string statement_error_text(std::string_view statement,
                                               std::string_view version,
                                               std::string_view error);

}  // namespace rhumb::migrate
