#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrate/directory.h"
#include "sql/dialect.h"
#include "sql/statement_splitter.h"

namespace rhumb::migrate {

/// The statements of one direction of a file, with the text they refer to.
///
/// Shape: in file order; `position` and `offset` of a statement count in the file, whatever part of
/// it was split.
struct FileStatements {
  std::shared_ptr<const std::string> script;  ///< shared: copies refer to the same text
  std::vector<sql::Statement> statements;
  bool no_transaction = false;  ///< goose NO TRANSACTION, dbmate transaction:false
};

/// One group of assertions that must hold before a file is executed.
struct CheckGroup {
  std::string name;        ///< empty for `checks.sql`
  bool is_one_of = false;  ///< one passing assertion is enough
  FileStatements assertions;
};

/// Splits what a file executes when it is applied.
///
/// Atlas and liquibase files follow `dialect`; the others are split by the generic rules, goose and
/// dbmate after taking their up part; of a file with the directive `atlas:txtar` its
/// `migration.sql`.
///
/// Errors: those of sql::split_statements, without the file's name; `sql/migrate: goose: ...`; bad
/// sections. Callers put `sql/migrate: scanning statements from "<file>": ` before them.
/// Source: spec migration-directory.md 4 and 6.
[[nodiscard]] Result<FileStatements> split_file(const FileContent& file, sql::Dialect dialect);

/// Splits what undoes a file, where the author wrote that: golang-migrate's `.down.sql`, flyway's
/// `U` file, the down part of goose and dbmate, the section `down.sql`. Nothing when there is none.
[[nodiscard]] Result<std::optional<FileStatements>> split_down(const Directory& directory,
                                                               const FileContent& file,
                                                               sql::Dialect dialect);

/// The checks of a file with the directive `atlas:txtar`, in file order.
[[nodiscard]] Result<std::vector<CheckGroup>> split_checks(const FileContent& file,
                                                           sql::Dialect dialect);

/// Whether the file asks to run outside of a transaction by means of its own format.
[[nodiscard]] bool refuses_transaction(const FileContent& file);

/// The name of the file that undoes `name`, for formats that keep it apart.
[[nodiscard]] std::optional<std::string> down_file_name(std::string_view name, Format format);

}  // namespace rhumb::migrate
