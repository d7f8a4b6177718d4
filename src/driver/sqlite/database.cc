#include "driver/sqlite/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace rhumb::driver::sqlite {
namespace {

// Reset on every way out, so that a statement never keeps a read transaction open.
class Resetting {
 public:
  explicit Resetting(sqlite3_stmt* statement) : statement_(statement) {}
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;
  ~Resetting() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

struct Bind {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
  int operator()(int64_t number) const { return sqlite3_bind_int64(statement, index, number); }
  int operator()(double number) const { return sqlite3_bind_double(statement, index, number); }
  int operator()(const std::string& text) const {
    return sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  }
  int operator()(const Blob& blob) const {
    return sqlite3_bind_blob64(statement, index, blob.bytes.data(), blob.bytes.size(),
                               SQLITE_TRANSIENT);
  }
};

std::string column_bytes(sqlite3_stmt* statement, int column) {
  const void* bytes = sqlite3_column_blob(statement, column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

Value column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT:
      return column_bytes(statement, column);
    case SQLITE_BLOB:
      return Blob{column_bytes(statement, column)};
    default:
      return std::monostate{};
  }
}

ErrorCode error_code(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kBusy;
    case SQLITE_INTERRUPT:
      return ErrorCode::kCancelled;
    default:
      return ErrorCode::kDatabase;
  }
}

bool statement_is_all(sqlite3_stmt* statement, std::string_view text) {
  return std::string_view(sqlite3_sql(statement)).size() == text.size();
}

}  // namespace

void CloseDatabase::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

void FinalizeStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::string& name) {
  // The library would take a lock for each allocation to keep figures that nobody reads.
  [[maybe_unused]] static const int kConfigured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* raw = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
  Database database{std::unique_ptr<sqlite3, CloseDatabase>(raw)};
  if (code != SQLITE_OK) {
    return database.last_error(code);
  }
  sqlite3_extended_result_codes(raw, 1);
  return database;
}

Error Database::last_error(int code) const {
  std::string text = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
  if ((code & 0xff) == SQLITE_CANTOPEN && handle_) {
    // SQLite retries a directory read-only and then reports success of nothing: look at errno.
    const int reason = sqlite3_system_errno(handle_.get());
    if (reason != 0) {
      text += ": " + to_lower_ascii(std::strerror(reason));
    }
  }
  Cause cause{.code = std::to_string(code), .text = text};
  return Error(error_code(code), std::move(text)).caused_by(std::move(cause));
}

Result<StatementHandle> Database::prepare(std::string_view& text, unsigned flags) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), text.data(), static_cast<int>(text.size()),
                                      flags, &raw, &tail);
  StatementHandle statement(raw);
  if (code != SQLITE_OK) {
    return last_error(code);
  }
  text.remove_prefix(static_cast<size_t>(tail - text.data()));
  return statement;
}

Result<void> Database::step_all(sqlite3_stmt* statement) {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) {
    code = sqlite3_step(statement);
  }
  if (code != SQLITE_DONE) {
    return last_error(code);
  }
  return {};
}

Result<int64_t> Database::run(std::string_view text) {
  int64_t affected = 0;
  while (!text.empty()) {
    const StatementHandle statement = TRY(prepare(text, 0));
    if (!statement) {
      continue;  // blanks, a comment or a lone semicolon
    }
    const int64_t before = sqlite3_total_changes64(handle_.get());
    TRY(step_all(statement.get()));
    const bool changed = sqlite3_total_changes64(handle_.get()) != before;
    affected = changed ? sqlite3_changes64(handle_.get()) : 0;
  }
  return affected;
}

Result<sqlite3_stmt*> Database::cached(std::string_view sql) {
  const auto found = prepared_.find(std::string(sql));
  if (found == prepared_.end()) {
    std::string_view rest = sql;
    StatementHandle statement = TRY(prepare(rest, SQLITE_PREPARE_PERSISTENT));
    if (!statement) {
      return invalid("not a statement");
    }
    return keep(sql, std::move(statement));
  }
  return found->second.get();
}

sqlite3_stmt* Database::keep(std::string_view sql, StatementHandle statement) {
  if (prepared_.size() >= kPreparedMax) {
    forget_statements();
  }
  return prepared_.emplace(std::string(sql), std::move(statement)).first->second.get();
}

Result<void> Database::bind(sqlite3_stmt* statement, std::span<const Value> params) {
  for (size_t i = 0; i < params.size(); ++i) {
    const int code = std::visit(Bind{statement, static_cast<int>(i) + 1}, params[i]);
    if (code != SQLITE_OK) {
      return last_error(code);
    }
  }
  return {};
}

Result<int64_t> Database::run(std::string_view sql, std::span<const Value> params) {
  sqlite3_stmt* statement = TRY(cached(sql));
  const Resetting resetting(statement);
  TRY(bind(statement, params));
  TRY(step_all(statement));
  return sqlite3_changes64(handle_.get());
}

Result<Rows> Database::query(std::string_view sql, std::span<const Value> params) {
  if (const auto found = prepared_.find(std::string(sql)); found != prepared_.end()) {
    return query_one(found->second.get(), params);
  }
  Rows rows;
  for (std::string_view rest = sql; !rest.empty();) {
    StatementHandle statement = TRY(prepare(rest, SQLITE_PREPARE_PERSISTENT));
    if (!statement) {
      continue;  // blanks, a comment or a lone semicolon
    }
    const auto wanted = static_cast<size_t>(sqlite3_bind_parameter_count(statement.get()));
    rows = TRY(query_one(statement.get(), params));
    params = params.subspan(wanted);
    if (rest.empty() && statement_is_all(statement.get(), sql)) {
      keep(sql, std::move(statement));
    }
  }
  return rows;
}

Result<Rows> Database::query_one(sqlite3_stmt* statement, std::span<const Value> params) {
  const auto wanted = static_cast<size_t>(sqlite3_bind_parameter_count(statement));
  if (params.size() < wanted) {
    return invalid("not enough args to execute query: want " + std::to_string(wanted) + " got " +
                   std::to_string(params.size()));
  }
  const Resetting resetting(statement);
  TRY(bind(statement, params.first(wanted)));
  // A statement that was prepared before the schema changed gets its new columns by the first step.
  int code = sqlite3_step(statement);
  Rows result;
  const int columns = sqlite3_column_count(statement);
  for (int i = 0; i < columns; ++i) {
    result.columns.emplace_back(sqlite3_column_name(statement, i));
    const char* type = sqlite3_column_decltype(statement, i);
    result.types.push_back(to_lower_ascii(type == nullptr ? "" : type));
  }
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    std::vector<Value>& row = result.rows.emplace_back();
    row.reserve(static_cast<size_t>(columns));
    for (int i = 0; i < columns; ++i) {
      row.push_back(column_value(statement, i));
    }
  }
  if (code != SQLITE_DONE) {
    return last_error(code);
  }
  return result;
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

bool Database::enforces_foreign_keys() const {
  int enforced = 0;
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_ENABLE_FKEY, -1, &enforced);
  return enforced != 0;
}

std::string Database::path() const {
  const char* path = sqlite3_db_filename(handle_.get(), "main");
  return path == nullptr ? std::string() : std::string(path);
}

void Database::interrupt() const {
  sqlite3_interrupt(handle_.get());
}

void Database::set_busy_timeout(int milliseconds) {
  sqlite3_busy_timeout(handle_.get(), milliseconds);
}

Result<void> Database::reset() {
  forget_statements();
  const auto set_reset = [this](int on) {
    return sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_RESET_DATABASE, on, nullptr);
  };
  if (const int code = set_reset(1); code != SQLITE_OK) {
    return last_error(code);
  }
  const Result<int64_t> vacuumed = run("VACUUM");
  set_reset(0);
  if (!vacuumed) {
    return vacuumed.error();
  }
  return {};
}

}  // namespace rhumb::driver::sqlite
