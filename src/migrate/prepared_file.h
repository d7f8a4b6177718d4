#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/file_statements.h"
#include "migrate/run_event.h"
#include "sql/dialect.h"

namespace rhumb::migrate {

/// A migration file that is read and split, ready to be executed. Copies share the text.
struct PreparedFile {
  File file;
  RunFile id{};
  FileContent content{};
  FileStatements statements{};
  std::vector<CheckGroup> checks{};

  [[nodiscard]] size_t size() const { return statements.size(); }
};

/// Reads and splits one file.
/// Errors: `sql/migrate: scanning statements from "<f>": ...`; those of File::load.
[[nodiscard]] Result<PreparedFile> prepare_file(const File& file, sql::Dialect dialect);

/// The files of a directory, each read and split once for all targets of a run. One thread.
class PreparedFiles {
 public:
  /// `directory` must outlive it.
  explicit PreparedFiles(const DirectoryFiles& directory) : directory_(directory) {}

  /// The file with that index. Shared with the plans that it is in. Errors: as prepare_file.
  [[nodiscard]] Result<std::shared_ptr<const PreparedFile>> prepare(size_t index,
                                                                    sql::Dialect dialect);

 private:
  const DirectoryFiles& directory_;
  std::map<std::pair<size_t, sql::Dialect>, std::shared_ptr<const PreparedFile>> prepared_;
};

/// `sql/migrate: executing statement "<text>" from version "<v>": <error>`.
[[nodiscard]] std::string statement_error_text(std::string_view statement,
                                               std::string_view version,
                                               std::string_view error);

}  // namespace rhumb::migrate
