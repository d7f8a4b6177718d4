#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

/// The narrow waist between the registry and the engine that stores it: statements with `?`
/// parameters in, rows of plain values out. Statements keep to what SQLite and PostgreSQL share
/// (`ON CONFLICT`, `RETURNING`), so that a second engine is a second Session and a second migration
/// directory, not a second registry.
namespace rhumb::registry {

/// Bytes that are no text.
struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

/// A parameter or a column: NULL, a number, text or bytes.
class Value {
 public:
  Value() = default;
  // NOLINTBEGIN(google-explicit-constructor)
  Value(std::nullptr_t) {}
  Value(int64_t number) : state_(number) {}
  Value(int number) : state_(int64_t{number}) {}
  Value(bool flag) : state_(int64_t{flag ? 1 : 0}) {}
  Value(std::string text) : state_(std::move(text)) {}
  Value(std::string_view text) : state_(std::string(text)) {}
  Value(const char* text) : state_(std::string(text)) {}
  Value(Blob blob) : state_(std::move(blob)) {}
  template <typename T>
  Value(const std::optional<T>& maybe) {
    if (maybe.has_value()) {
      *this = Value(*maybe);
    }
  }
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(state_); }
  /// The number; 0 for anything else.
  [[nodiscard]] int64_t number() const {
    const int64_t* number = std::get_if<int64_t>(&state_);
    return number == nullptr ? 0 : *number;
  }
  [[nodiscard]] bool flag() const { return number() != 0; }
  /// Text or bytes; empty for anything else.
  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] std::optional<int64_t> find_number() const {
    return is_null() ? std::nullopt : std::optional<int64_t>(number());
  }
  [[nodiscard]] std::optional<std::string> find_text() const {
    return is_null() ? std::nullopt : std::optional<std::string>(text());
  }

  [[nodiscard]] const std::variant<std::monostate, int64_t, std::string, Blob>& state() const {
    return state_;
  }
  bool operator==(const Value&) const = default;

 private:
  std::variant<std::monostate, int64_t, std::string, Blob> state_;
};

using Row = std::vector<Value>;
using Rows = std::vector<Row>;
using Params = std::vector<Value>;

/// Where rows go.
struct RowsInto {
  std::string_view table;          ///< with the columns that they fill, as `t (a, b)`
  std::string_view on_conflict{};  ///< what becomes of one that is there already, as SQL
};

/// One connection to the store, used by one thread at a time.
///
/// Errors: kDatabase with the engine's text as cause; kConflict where a unique rule refused a row.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// Runs one statement and hands over its rows one by one; `each` returning false stops early.
  virtual Result<void> for_each(std::string_view sql,
                                const Params& params,
                                const std::function<bool(const Row&)>& each) = 0;

  /// Opens a transaction for a batch of writes.
  virtual Result<void> begin_write() = 0;
  /// Opens a transaction that sees one state of the store and writes nothing.
  virtual Result<void> begin_read() = 0;
  /// Errors: nothing of the transaction is stored, but where the message says that nobody knows.
  virtual Result<void> commit() = 0;
  /// Ends the transaction, also one that the engine has ended by itself.
  virtual void rollback() = 0;
  /// Takes back what came after a savepoint, and with it the failure that ended the transaction.
  virtual Result<void> rollback_to(std::string_view savepoint) = 0;
  /// Whether the transaction failed for a reason that lies in the moment (others were in the way,
  /// the server was gone): run again from its beginning, it may succeed.
  [[nodiscard]] virtual bool may_run_again() const = 0;

  /// Grows with every statement that writes and every row that is inserted later, those undone
  /// included.
  [[nodiscard]] virtual int64_t rows_written() const = 0;
  /// False also when a failure made the engine roll back by itself.
  [[nodiscard]] virtual bool in_transaction() const = 0;

  /// Runs a statement whose rows nobody needs, and may not wait for it: a failure of it is one of a
  /// later statement, or of settle(). For what only a defect or a lost store lets fail.
  virtual Result<void> run_later(std::string_view sql, const Params& params) {
    return run(sql, params);
  }
  /// A row of a table, stored together with others of that table: no later than the next statement
  /// but those of run_later(), which do not see it; outside of a transaction at once. Fails as
  /// those.
  Result<void> insert_later(const RowsInto& into, Params row);
  /// Stores rows, which have a value for each column, in few statements. Does not wait for them, as
  /// run_later().
  virtual Result<void> insert_rows(const RowsInto& into, std::span<const Params> rows);
  /// Waits for those. Errors: the first of theirs.
  virtual Result<void> settle() = 0;

  /// Asks for rows that this transaction is about to read with the same statement and the same
  /// parameters, and does not wait for them: questions that are asked one after the other cost one
  /// round trip. The rows are as they were when they were asked for, so only for what nothing
  /// changes in between.
  virtual Result<void> ask_ahead(std::string_view /*sql*/, const Params& /*params*/) { return {}; }
  /// What was asked for and not read must be read anew.
  virtual void forget_asked() {}
  /// What this transaction has found out, by a name, and keeps right itself while it writes. Empty
  /// when it begins, and after any of it was taken back.
  [[nodiscard]] std::map<std::string, Row, std::less<>>& notes() { return notes_; }

  /// Says something to the other servers of the store; they hear it when the transaction is stored.
  virtual Result<void> tell_others(std::string_view message) = 0;

  /// A statement that lists the columns of the registry's tables: table, column, place in the
  /// primary key (0: none); by table, in the order of their making.
  [[nodiscard]] virtual std::string_view columns_sql() const = 0;
  /// Numbers for new rows of a table, in their order, that this transaction has given to no row;
  /// whoever inserts a row without one before those are there may get the same.
  virtual Result<std::vector<int64_t>> new_ids(std::string_view table, size_t count) = 0;
  /// Asks ahead for them.
  virtual Result<void> ask_for_ids(std::string_view /*table*/, size_t /*count*/) { return {}; }
  /// After rows were put into a table with their ids: the next id it gives is a new one, and the
  /// engine knows how large the table is.
  virtual Result<void> finish_filling(const std::string& table) = 0;

  Result<Rows> query(std::string_view sql, const Params& params = {});
  /// The first row, or nothing.
  Result<std::optional<Row>> find_row(std::string_view sql, const Params& params = {});
  /// The first column of the first row; NULL when there is none.
  Result<Value> scalar(std::string_view sql, const Params& params = {});
  Result<void> run(std::string_view sql, const Params& params = {});

 protected:
  /// Sends the rows of insert_later(), before a statement that may see them.
  Result<void> store_gathered();
  void forget_gathered();
  [[nodiscard]] int64_t rows_gathered() const { return rows_gathered_; }

 private:
  struct Gathered {
    std::string table;
    std::string on_conflict;
    std::vector<Params> rows;
  };

  std::map<std::string, Row, std::less<>> notes_;
  std::vector<Gathered> gathered_;  // few tables
  size_t rows_waiting_ = 0;
  size_t bytes_waiting_ = 0;   // of their texts
  int64_t rows_gathered_ = 0;  // ever
};

}  // namespace rhumb::registry
