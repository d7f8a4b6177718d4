#include "registry/store/sqlite_session.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>

namespace rhumb::registry {
namespace {

constexpr int kBusyTimeoutMs = 10000;
constexpr size_t kStatementCacheMax = 256;

struct CloseConnection {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

Error store_error(sqlite3* connection, std::string_view doing) {
  const int code = sqlite3_extended_errcode(connection);
  const bool unique = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY;
  std::string text = sqlite3_errmsg(connection);
  return Error(unique ? ErrorCode::kConflict : ErrorCode::kDatabase,
               fmt::format("store: {}: {}", doing, text))
      .caused_by(Cause{std::to_string(code), text});
}

void bind(sqlite3_stmt* statement, int index, const Value& value) {
  const auto& state = value.state();
  if (const int64_t* number = std::get_if<int64_t>(&state)) {
    sqlite3_bind_int64(statement, index, *number);
  } else if (const std::string* text = std::get_if<std::string>(&state)) {
    sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  } else if (const Blob* blob = std::get_if<Blob>(&state)) {
    // A zero-length blob with a null pointer would be bound as NULL.
    const char* data = blob->bytes.empty() ? "" : blob->bytes.data();
    sqlite3_bind_blob64(statement, index, data, blob->bytes.size(), SQLITE_STATIC);
  } else {
    sqlite3_bind_null(statement, index);
  }
}

Value read_column(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return Value(int64_t{sqlite3_column_int64(statement, index)});
    case SQLITE_NULL:
      return {};
    case SQLITE_BLOB: {
      const char* data = static_cast<const char*>(sqlite3_column_blob(statement, index));
      const size_t size = static_cast<size_t>(sqlite3_column_bytes(statement, index));
      return Value(Blob{size == 0 ? std::string() : std::string(data, size)});
    }
    default: {
      const unsigned char* text = sqlite3_column_text(statement, index);
      const size_t size = static_cast<size_t>(sqlite3_column_bytes(statement, index));
      return Value(std::string(reinterpret_cast<const char*>(text), size));
    }
  }
}

/// Resets a kept statement when its use ends, whatever way that happens.
class ResetGuard {
 public:
  explicit ResetGuard(sqlite3_stmt* statement) : statement_(statement) {}
  ResetGuard(const ResetGuard&) = delete;
  ResetGuard& operator=(const ResetGuard&) = delete;
  ~ResetGuard() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

class SqliteSession final : public Session {
 public:
  explicit SqliteSession(Connection connection) : connection_(std::move(connection)) {}
  ~SqliteSession() override { statements_.clear(); }

  Result<void> for_each(std::string_view sql,
                        const Params& params,
                        const std::function<bool(const Row&)>& each) override {
    TRY(store_gathered());
    return step(sql, params, each);
  }

  Result<void> run_later(std::string_view sql, const Params& params) override {
    return step(sql, params, [](const Row&) { return true; });
  }
  Result<void> settle() override { return store_gathered(); }

  Result<void> begin_write() override {
    forget();
    return run("BEGIN IMMEDIATE");
  }
  Result<void> begin_read() override {
    forget();
    return run("BEGIN");
  }
  Result<void> commit() override { return run("COMMIT"); }
  void rollback() override {
    forget();
    (void)run("ROLLBACK");
  }
  Result<void> rollback_to(std::string_view savepoint) override {
    forget();
    return run(fmt::format("ROLLBACK TO {}", savepoint));
  }
  [[nodiscard]] bool may_run_again() const override { return false; }

  Result<void> tell_others(std::string_view) override { return {}; }  // there are none

  [[nodiscard]] std::string_view columns_sql() const override {
    return "SELECT t.name, c.name, c.pk FROM sqlite_schema t JOIN pragma_table_info(t.name) c "
           "WHERE t.type = 'table' AND t.name NOT IN ('atlas_schema_revisions', "
           "'sqlite_sequence', 'store_writers') ORDER BY t.name, c.cid";
  }
  /// A table that never gives a number twice has its greatest one in sqlite_sequence.
  Result<std::vector<int64_t>> new_ids(std::string_view table, size_t count) override {
    const Value last = TRY(scalar(
        fmt::format("SELECT max(coalesce((SELECT max(id) FROM {}), 0), coalesce((SELECT seq FROM "
                    "sqlite_sequence WHERE name = ?), 0))",
                    table),
        {table}));
    int64_t& given = given_ids_[std::string(table)];
    std::vector<int64_t> ids(count);
    std::iota(ids.begin(), ids.end(), std::max(given, last.number()) + 1);
    given = std::max(given, last.number()) + static_cast<int64_t>(count);
    return ids;
  }
  /// The greatest id counts, and sqlite_sequence follows what is inserted.
  Result<void> finish_filling(const std::string&) override { return {}; }

  [[nodiscard]] int64_t rows_written() const override {
    return sqlite3_total_changes64(connection_.get()) + rows_gathered();
  }

  [[nodiscard]] bool in_transaction() const override {
    return sqlite3_get_autocommit(connection_.get()) == 0;
  }

 private:
  Result<void> step(std::string_view sql,
                    const Params& params,
                    const std::function<bool(const Row&)>& each) {
    Statement one_off;
    sqlite3_stmt* statement = TRY(prepare(sql, one_off));
    const ResetGuard guard(statement);
    for (size_t i = 0; i < params.size(); ++i) {
      bind(statement, static_cast<int>(i) + 1, params[i]);
    }
    const int columns = sqlite3_column_count(statement);
    Row row(static_cast<size_t>(columns));
    while (true) {
      const int code = sqlite3_step(statement);
      if (code == SQLITE_DONE) {
        return {};
      }
      if (code != SQLITE_ROW) {
        return store_error(connection_.get(), "run statement");
      }
      for (int i = 0; i < columns; ++i) {
        row[static_cast<size_t>(i)] = read_column(statement, i);
      }
      if (!each(row)) {
        return {};
      }
    }
  }

  void forget() {
    notes().clear();
    given_ids_.clear();
    forget_gathered();
  }

  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  /// A kept statement, or one in `one_off` when the kept one is in use further up the stack.
  Result<sqlite3_stmt*> prepare(std::string_view sql, Statement& one_off) {
    auto found = statements_.find(sql);
    if (found != statements_.end() && sqlite3_stmt_busy(found->second.get()) == 0) {
      return found->second.get();
    }
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
      return store_error(connection_.get(), "prepare statement");
    }
    Statement made(raw);
    if (found != statements_.end() || statements_.size() >= kStatementCacheMax) {
      one_off = std::move(made);
      return one_off.get();
    }
    return statements_.emplace(std::string(sql), std::move(made)).first->second.get();
  }

  Connection connection_;  // first: statements must go before it
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
  std::map<std::string, int64_t> given_ids_;  // the last of new_ids(), by table
};

int open_flags(SqliteAccess access) {
  switch (access) {
    case SqliteAccess::kRead:
      return SQLITE_OPEN_READWRITE;
    case SqliteAccess::kWrite:
      return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case SqliteAccess::kFile:
      break;
  }
  return SQLITE_OPEN_READONLY;
}

Result<Connection> open_connection(const std::string& path, SqliteAccess access) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_NOMUTEX | open_flags(access), nullptr);
  Connection connection(raw);
  if (code != SQLITE_OK) {
    return Error(ErrorCode::kIo, fmt::format("store {}: {}", path, sqlite3_errstr(code)));
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return connection;
}

}  // namespace

Result<std::unique_ptr<Session>> open_sqlite(const std::string& path, SqliteAccess access) {
  auto session = std::make_unique<SqliteSession>(TRY(open_connection(path, access)));
  if (access != SqliteAccess::kFile) {
    for (const char* setting : {"journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
                                "cache_size=-65536", "temp_store=MEMORY", "mmap_size=268435456",
                                // What was taken out is not left in the free space of the file.
                                "secure_delete=ON"}) {
      TRY(session->run(fmt::format("PRAGMA {}", setting)));
    }
  }
  if (access == SqliteAccess::kRead) {
    TRY(session->run("PRAGMA query_only=ON"));
  }
  return session;
}

Result<void> end_wal(const std::string& path) {
  SqliteSession session(TRY(open_connection(path, SqliteAccess::kWrite)));
  return session.run("PRAGMA journal_mode=DELETE");
}

}  // namespace rhumb::registry
