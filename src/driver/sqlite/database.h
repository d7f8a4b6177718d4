#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "driver/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rhumb::driver::sqlite {

struct CloseDatabase {
  void operator()(sqlite3* database) const;
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// An open SQLite database, as the C library sees it; closed with the object.
///
/// Errors: kDatabase with the library's own message (`near "x": syntax error`), kBusy when another
/// connection holds the file past the busy timeout, kCancelled after interrupt(). A file that
/// cannot be opened adds the operating system's reason: `unable to open database file: is a
/// directory`. The cause's code is the extended result code.
class Database {
 public:
  /// `name` is a path, `:memory:` or a `file:` URI.
  static Result<Database> open(const std::string& name);

  /// Runs every statement in `text`, dropping rows; changed rows of the last one.
  Result<int64_t> run(std::string_view text);
  /// Runs one statement with parameters; it stays prepared for the next call with the same text.
  Result<int64_t> run(std::string_view sql, std::span<const Value> params);
  /// Runs every statement of `sql`, each with as many of the parameters as it has places; the rows
  /// of the last one. Parameters left over are ignored.
  /// Errors: kInvalid (`not enough args to execute query: want N got M`), else the database's.
  Result<Rows> query(std::string_view sql, std::span<const Value> params = {});

  [[nodiscard]] bool in_transaction() const;
  /// Whether foreign keys are enforced.
  [[nodiscard]] bool enforces_foreign_keys() const;
  /// Absolute path of the database file, symbolic links resolved; empty for one in memory.
  [[nodiscard]] std::string path() const;
  /// Stops what is running; from any thread.
  void interrupt() const;
  void set_busy_timeout(int milliseconds);
  /// Makes the database empty, as if it had just been created.
  Result<void> reset();
  /// Forgets prepared statements.
  void forget_statements() { prepared_.clear(); }
  [[nodiscard]] size_t prepared_count() const { return prepared_.size(); }

 private:
  static constexpr size_t kPreparedMax = 512;  // more are forgotten

  explicit Database(std::unique_ptr<sqlite3, CloseDatabase> handle) : handle_(std::move(handle)) {}

  [[nodiscard]] Error last_error(int code) const;
  /// The next statement of `text`, which loses it; nothing for blanks and comments.
  Result<StatementHandle> prepare(std::string_view& text, unsigned flags);
  Result<sqlite3_stmt*> cached(std::string_view sql);
  /// For the next call with that text; nobody may use another one now.
  sqlite3_stmt* keep(std::string_view sql, StatementHandle statement);
  Result<Rows> query_one(sqlite3_stmt* statement, std::span<const Value> params);
  Result<void> bind(sqlite3_stmt* statement, std::span<const Value> params);
  Result<void> step_all(sqlite3_stmt* statement);

  std::unique_ptr<sqlite3, CloseDatabase> handle_;
  std::unordered_map<std::string, StatementHandle> prepared_;  // finalised before the handle closes
};

}  // namespace rhumb::driver::sqlite
