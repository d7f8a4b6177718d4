#include "driver/sqlite/sqlite_connection.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "driver/sqlite/opening.h"
#include "driver/statement_target.h"

namespace rhumb::driver::sqlite {
namespace {

constexpr std::string_view kOpening = "sqlite: querying schemas";
constexpr std::string_view kUserTables =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT "
    "LIKE 'libsql_%'";

class DevSnapshot final : public Snapshot {
 public:
  DevSnapshot(Connection& connection, Database& database)
      : connection_(connection), database_(database) {}

  Result<void> restore() override {
    if (connection_.in_transaction()) {
      TRY(connection_.rollback());
    }
    return database_.reset();
  }

 private:
  Connection& connection_;
  Database& database_;
};

bool is_undoable(const std::vector<std::string>& words) {
  static constexpr std::string_view kUndoable[] = {"INSERT",  "UPDATE", "DELETE", "REPLACE",
                                                   "MERGE",   "CREATE", "ALTER",  "DROP",
                                                   "COMMENT", "GRANT",  "REVOKE", "TRUNCATE"};
  return !words.empty() && std::ranges::find(kUndoable, words[0]) != std::end(kUndoable);
}

std::string existence(bool exists) {
  return exists ? "exists" : "does not exist";
}

}  // namespace

SqliteConnection::SqliteConnection(Database database,
                                   ConnectionInfo info,
                                   std::shared_ptr<NamedLocks> locks)
    : database_(std::move(database)), info_(std::move(info)), locks_(std::move(locks)) {}

Result<std::unique_ptr<Connection>> SqliteConnection::open(const Dsn& dsn,
                                                           ConnectionInfo info,
                                                           std::shared_ptr<NamedLocks> locks) {
  const bool missing = makes_file(dsn);
  Database database =
      missing ? TRY(Database::open(":memory:")) : TRY(open_database(dsn).context(kOpening));
  std::unique_ptr<SqliteConnection> connection(
      new SqliteConnection(std::move(database), std::move(info), std::move(locks)));
  if (missing) {
    connection->missing_ = dsn;
  }
  return std::unique_ptr<Connection>(std::move(connection));
}

Result<void> SqliteConnection::make_file() {
  if (missing_) {
    database_ = TRY(open_database(*missing_).context(kOpening));
    missing_.reset();
  }
  return {};
}

// Somebody else may have made the file meanwhile.
Result<void> SqliteConnection::find_file() {
  return missing_ && !makes_file(*missing_) ? make_file() : Result<void>();
}

Result<ExecResult> SqliteConnection::execute(std::string_view statement) {
  TRY(make_file());
  return ExecResult{TRY(database_.run(statement))};
}

Result<ExecResult> SqliteConnection::execute(std::string_view sql, std::span<const Value> params) {
  TRY(make_file());
  return ExecResult{TRY(database_.run(sql, params))};
}

Result<Rows> SqliteConnection::query(std::string_view sql, std::span<const Value> params) {
  TRY(find_file());
  return database_.query(sql, params);
}

Result<SqliteConnection::Violations> SqliteConnection::check_foreign_keys() {
  const Rows rows = TRY(database_.query("PRAGMA foreign_key_check"));
  Violations found;
  found.reserve(rows.rows.size());
  for (const std::vector<Value>& row : rows.rows) {
    found.push_back(fmt::format("{{tbl:{} ref:{} row:{} index:{}}}", to_text(row[0]),
                                to_text(row[2]), to_int(row[1]), to_int(row[3])));
  }
  return found;
}

Result<void> SqliteConnection::begin() {
  TRY(make_file());
  std::optional<Violations> before;
  if (database_.enforces_foreign_keys()) {
    before = TRY(check_foreign_keys());
    TRY(database_.run("PRAGMA foreign_keys = off"));
  }
  violations_before_ = std::move(before);
  const Result<int64_t> begun = database_.run("BEGIN IMMEDIATE");
  if (!begun) {
    TRY(restore_foreign_keys());
    return begun.error();
  }
  return {};
}

Result<void> SqliteConnection::begin_plain() {
  TRY(make_file());
  TRY(database_.run("BEGIN IMMEDIATE"));
  return {};
}

Result<void> SqliteConnection::restore_foreign_keys() {
  if (violations_before_) {
    violations_before_.reset();
    TRY(database_.run("PRAGMA foreign_keys = on"));
  }
  return {};
}

Result<void> SqliteConnection::commit() {
  if (violations_before_) {
    Violations added = TRY(check_foreign_keys());
    std::erase_if(added, [this](const std::string& violation) {
      return std::ranges::find(*violations_before_, violation) != violations_before_->end();
    });
    if (!added.empty()) {
      TRY(rollback());
      return Error(ErrorCode::kDatabase,
                   fmt::format("sql/sqlite: foreign key mismatch: [{}]", join(added, " ")));
    }
  }
  const Result<int64_t> committed = database_.run("COMMIT");
  if (!committed) {
    // A busy commit leaves the transaction open; nobody will try again.
    TRY(rollback());
    return committed.error();
  }
  return restore_foreign_keys();
}

Result<void> SqliteConnection::rollback() {
  // SQLite ends the transaction itself after some errors; nothing is left to undo then.
  if (database_.in_transaction()) {
    TRY(database_.run("ROLLBACK"));
  }
  return restore_foreign_keys();
}

Result<std::unique_ptr<Lock>> SqliteConnection::lock(const LockRequest& request) {
  TRY(make_file());
  return acquire_lock(*locks_, database_.path(), held_file_, request);
}

Result<std::optional<std::string>> SqliteConnection::find_lock_holder(const LockRequest& request) {
  TRY(find_file());
  if (missing_) {
    return std::optional<std::string>();
  }
  return sqlite::find_lock_holder(*locks_, database_.path(), request.name);
}

Result<std::optional<std::string>> SqliteConnection::find_dirt(const CleanRules& rules) {
  const Rows tables = TRY(database_.query(kUserTables));
  size_t count = tables.rows.size();
  bool has_revisions = false;
  for (const std::vector<Value>& row : tables.rows) {
    has_revisions = has_revisions || to_text(row[0]) == rules.revisions_table;
  }
  if (count == 0 || (count == 1 && has_revisions)) {
    return std::optional<std::string>();
  }
  if (rules.pretend_table && !has_revisions) {
    ++count;
  }
  if (count == 1) {
    return std::optional(fmt::format("found table \"{}\"", to_text(tables.rows[0][0])));
  }
  return std::optional(fmt::format("found multiple tables: {}", count));
}

Result<std::optional<std::string>> SqliteConnection::find_dev_dirt() {
  const Rows found = TRY(database_.query(
      "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE "
      "'libsql_%' ORDER BY type <> 'table', rowid LIMIT 1"));
  if (found.rows.empty()) {
    return std::optional<std::string>();
  }
  return std::optional(
      fmt::format("found {} \"{}\"", to_text(found.rows[0][0]), to_text(found.rows[0][1])));
}

Result<std::unique_ptr<Snapshot>> SqliteConnection::snapshot() {
  TRY(make_file());
  const std::optional<std::string> dirt = TRY(find_dev_dirt());
  if (dirt) {
    return Error(ErrorCode::kConflict,
                 fmt::format("sql/migrate: connected database is not clean: {}", *dirt));
  }
  return std::make_unique<DevSnapshot>(*this, database_);
}

Result<Intent> SqliteConnection::classify(std::string_view statement) {
  Intent intent;
  if (is_undoable(leading_words(statement, 1)) && !has_several_statements(statement)) {
    intent.kind = IntentClass::kCommitsWithOutcome;
  }
  return intent;
}

Result<bool> SqliteConnection::object_exists(std::string_view kind, std::string_view name) {
  const Value params[] = {std::string(kind), std::string(name)};
  const Rows found = TRY(database_.query(
      "SELECT 1 FROM sqlite_master WHERE type = ? AND name = ? COLLATE NOCASE", params));
  return !found.rows.empty();
}

Result<bool> SqliteConnection::column_exists(std::string_view table, std::string_view column) {
  const Value params[] = {std::string(table), std::string(column)};
  const Rows found = TRY(
      database_.query("SELECT 1 FROM pragma_table_xinfo(?) WHERE name = ? COLLATE NOCASE", params));
  return !found.rows.empty();
}

Result<std::string> SqliteConnection::describe_part(const std::string& table,
                                                    const std::string& kind,
                                                    const std::string& name) {
  if (kind != "column") {
    return std::string("cannot tell");
  }
  const bool exists = TRY(column_exists(table, name));
  return fmt::format("column \"{}\" of table \"{}\" {}", name, table, existence(exists));
}

Result<std::string> SqliteConnection::describe_target(std::string_view statement) {
  const std::optional<StatementTarget> target = parse_statement_target(statement);
  if (!target || target->several) {
    return std::string("cannot tell");
  }
  if (!target->part_kind.empty()) {
    return describe_part(target->name, target->part_kind, target->part);
  }
  const bool exists = TRY(object_exists(target->kind, target->name));
  return fmt::format("{} \"{}\" {}", target->kind, target->name, existence(exists));
}

}  // namespace rhumb::driver::sqlite
