#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/shared_text.h"
#include "migrate/directory.h"
#include "migrate/section_script.h"
#include "sql/dialect.h"
#include "sql/statement_splitter.h"

namespace rhumb::migrate {

class StatementReader;

/// The statements of one direction of a file: its script and the rules it is split by.
///
/// They are read one by one whenever somebody needs them, so memory does not grow with their
/// number. Copies share the script. Threads: several may read.
class FileStatements {
 public:
  FileStatements() = default;
  /// Reads the script once, to know that it can be split and into how many statements.
  /// Errors: those of sql::StatementScanner.
  static Result<FileStatements> create(SharedText script,
                                       sql::Dialect dialect,
                                       ScriptPlaces places = {});

  [[nodiscard]] size_t size() const { return size_; }
  /// Whether a statement begins or ends a transaction itself.
  [[nodiscard]] bool controls_transactions() const { return controls_transactions_; }
  [[nodiscard]] StatementReader read() const;

  bool no_transaction = false;  ///< goose NO TRANSACTION, dbmate transaction:false

 private:
  friend class StatementReader;

  SharedText script_;
  sql::Dialect dialect_ = sql::Dialect::kGeneric;
  ScriptPlaces places_;
  size_t size_ = 0;
  bool controls_transactions_ = false;
};

/// One pass over the statements of a file, in file order; `position` and `offset` of a statement
/// count in the file, whatever part of it was split.
///
/// Lifetime: refers to the FileStatements; the views of a statement to its script.
class StatementReader {
 public:
  explicit StatementReader(const FileStatements& statements);

  /// The next statement, or nothing at the end.
  [[nodiscard]] std::optional<sql::Statement> next();

 private:
  const FileStatements* statements_;
  sql::StatementScanner scanner_;
};

/// Statements by their number, for who goes through them nearly in order: one that lies behind
/// costs a new pass.
class StatementCursor {
 public:
  explicit StatementCursor(const FileStatements& statements)
      : statements_(&statements), reader_(statements) {}

  /// `number` counts from 1 and is at most the number of statements. The reference lives until the
  /// next call.
  [[nodiscard]] const sql::Statement& at(size_t number);

 private:
  const FileStatements* statements_;
  StatementReader reader_;
  sql::Statement current_{};
  size_t number_ = 0;  // of current_; 0 before the first
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
/// Errors: those of sql::StatementScanner, without the file's name; `sql/migrate: goose: ...`; bad
/// sections. Callers put `sql/migrate: scanning statements from "<file>": ` before them.
/// Source: spec migration-directory.md 4 and 6.
[[nodiscard]] Result<FileStatements> split_file(const FileContent& file, sql::Dialect dialect);

/// What undoes a migration file, and where it stands.
struct DownScript {
  FileContent content{};  ///< of the file it stands in: the migration's own, or one beside it
  FileStatements statements{};
};

/// Splits what undoes a file, where the author wrote that: golang-migrate's `.down.sql`, flyway's
/// `U` file, the down part of goose and dbmate, the section `down.sql`. Nothing when there is none.
[[nodiscard]] Result<std::optional<DownScript>> split_down(const Directory& directory,
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
