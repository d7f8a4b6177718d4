#include "registry/store/postgres_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <unordered_map>
#include <utility>

#include "codec/uuid.h"
#include "driver/postgres/parameters.h"
#include "driver/postgres/pooler.h"
#include "driver/postgres/session.h"
#include "driver/url.h"
#include "registry/store/postgres_arrays.h"
#include "registry/store/postgres_questions.h"
#include "registry/store/postgres_sql.h"
#include "sys/environment.h"

namespace rhumb::registry {
namespace {

namespace pg = driver::postgres;

// How long the fate of a transaction is asked for before it counts as unknown.
constexpr std::chrono::seconds kReadBackMax{20};
constexpr std::chrono::milliseconds kReadBackPause{50};
constexpr std::chrono::milliseconds kAskedFor{2000};
// Numbers that nobody else locks; they must stay what they are. The first is held by whoever has
// the store, the second by the one who writes.
constexpr int kHoldKey = 727448;
constexpr int kWriteKey = 727449;

// An identifier, one for each schema of a database.
constexpr std::string_view kChannel = "'rhumb_' || md5(current_schema())";

// Behind a SELECT the planner does not see how many there are this time: with that it would make
// every plan anew.
constexpr std::string_view kNewIds =
    "SELECT nextval(CAST(? AS regclass)) FROM generate_series(1, (SELECT CAST(? AS bigint)))";

/// One at a time writes.
constexpr std::string_view kWaitForTurn =
    "SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))";

/// Writes down, in the transaction that it is part of, which batch of a session that is.
constexpr std::string_view kNoteBatch =
    "INSERT INTO store_writers (writer, batch, changed_at) VALUES ($1, $2, "
    "CAST(extract(epoch FROM clock_timestamp()) * 1000000000 AS bigint)) ON CONFLICT (writer) "
    "DO UPDATE SET batch = greatest(store_writers.batch, excluded.batch), changed_at = "
    "excluded.changed_at RETURNING batch";

// A network that swallows everything is found out, and does not hold the registry up for as long as
// the system would. Source: PostgreSQL 15 manual 34.1.2.
constexpr std::pair<std::string_view, std::string_view> kNetworkDefaults[] = {
    {"connect_timeout", "10"},      // seconds
    {"tcp_user_timeout", "20000"},  // milliseconds until data must have been acknowledged
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "2"}};

Result<pg::Parameters> read_url(const std::string& url) {
  const driver::DatabaseUrl parsed = TRY(driver::parse_database_url(url));
  const std::vector<std::string> keywords = TRY(pg::library_keywords());
  pg::Parameters parameters = pg::read_parameters(parsed.url, keywords, sys::SystemEnvironment());
  for (const auto& [keyword, value] : kNetworkDefaults) {
    if (std::ranges::find(keywords, keyword) != keywords.end()) {
      parameters.values.try_emplace(std::string(keyword), value);
    }
  }
  return parameters;
}

/// Truth values and sums are numbers here, as SQLite has them.
Value read_cell(driver::Value& cell, std::string_view type) {
  if (const int64_t* number = std::get_if<int64_t>(&cell)) {
    return *number;
  }
  if (type == "boolean" || type == "numeric") {
    return driver::is_null(cell) ? Value()
           : type == "boolean"   ? Value(driver::is_true(cell))
                                 : Value(driver::to_int(cell));
  }
  if (std::string* text = std::get_if<std::string>(&cell)) {
    return std::move(*text);
  }
  driver::Blob* blob = std::get_if<driver::Blob>(&cell);
  return blob == nullptr ? Value() : Value(Blob{std::move(blob->bytes)});
}

/// Serialization failures and deadlocks. Source: PostgreSQL 15 manual, appendix A and 13.5.
bool may_succeed_again(const Error& error) {
  return error.code() == ErrorCode::kUnavailable || error.cause_code() == "40001" ||
         error.cause_code() == "40P01";
}

Error store_error(const Error& error) {
  const bool unique = error.cause_code() == "23505";
  return error.with_code(unique ? ErrorCode::kConflict : error.code()).context("store");
}

bool is_reading(std::string_view sql) {
  return sql.starts_with("SELECT");
}

class PostgresSession final : public Session {
 public:
  PostgresSession(pg::Parameters parameters, PostgresAccess access)
      : parameters_(std::move(parameters)), access_(access) {}

  Result<void> connect() {
    Result<std::unique_ptr<pg::Session>> opened = pg::Session::open(parameters_);
    if (!opened) {
      return store_error(opened.error());
    }
    if (access_ != PostgresAccess::kRead) {
      TRY(take_store(**opened));
    }
    session_ = std::move(*opened);
    return {};
  }

  Result<void> for_each(std::string_view sql,
                        const Params& params,
                        const std::function<bool(const Row&)>& each) override {
    driver::Rows rows = TRY(read(translated(sql), params));
    rows_written_ += is_reading(sql) ? 0 : 1;
    Row row(rows.columns.size());
    for (std::vector<driver::Value>& cells : rows.rows) {
      for (size_t i = 0; i < row.size(); ++i) {
        row[i] = read_cell(cells[i], rows.types[i]);
      }
      if (!each(row)) {
        break;
      }
    }
    return {};
  }

  Result<void> run_later(std::string_view sql, const Params& params) override {
    return send_later(translated(sql), bind_all(params));
  }

  Result<void> insert_rows(const RowsInto& into, std::span<const Params> rows) override {
    const std::optional<RowArrays> arrays = to_insert_arrays(rows);
    return arrays ? send_later(insert_sql(into, *arrays), arrays->values)
                  : Session::insert_rows(into, rows);
  }

  Result<void> settle() override {
    TRY(store_gathered());
    const Result<void> settled = session_->settle();
    return settled ? settled : fail(settled.error());
  }

  Result<void> ask_ahead(std::string_view sql, const Params& params) override {
    questions_.add(translated(sql), params);
    return {};
  }
  void forget_asked() override { questions_.forget(*session_); }

  Result<void> begin_write() override {
    is_writing_ = true;
    ++batch_;
    const Result<void> begun = begin_batch();
    if (!begun) {
      rollback();
    }
    return begun;
  }

  Result<void> begin_read() override {
    is_writing_ = false;
    return begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  Result<void> commit() override {
    TRY(store_gathered());
    const Result<pg::Session::Done> done = session_->run_last("COMMIT");
    if (!done) {
      return session_->lost() && is_writing_ ? read_back(done.error()) : fail(done.error());
    }
    // A transaction that had failed is ended by COMMIT as well, and the tag says how.
    return done->tag == "COMMIT"
               ? Result<void>()
               : Error(ErrorCode::kDatabase, "store: the transaction was rolled back");
  }

  void rollback() override {
    (void)session_->settle();
    (void)session_->run("ROLLBACK");
    forget();
  }

  Result<void> rollback_to(std::string_view savepoint) override {
    forget_gathered();
    TRY(query(fmt::format("ROLLBACK TO {}", savepoint), {}));
    forget();
    return {};
  }

  [[nodiscard]] int64_t rows_written() const override { return rows_written_ + rows_gathered(); }
  [[nodiscard]] bool in_transaction() const override {
    return !failed_ && session_->in_transaction();
  }
  [[nodiscard]] bool may_run_again() const override { return may_run_again_; }

  Result<void> tell_others(std::string_view message) override {
    // Counts as written: a job that fails after it has spoken must be taken back.
    return run_later(fmt::format("SELECT pg_notify({}, ?)", kChannel), {message});
  }

  [[nodiscard]] std::string_view columns_sql() const override {
    return "SELECT t.relname, c.attname, coalesce(array_position(k.conkey, c.attnum), 0) "
           "FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT "
           "c.attisdropped LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p' "
           "WHERE t.relkind = 'r' AND t.relname NOT IN ('atlas_schema_revisions', "
           "'store_writers') AND t.relnamespace = current_schema()::regnamespace ORDER BY "
           "t.relname COLLATE \"C\", c.attnum";
  }
  Result<std::vector<int64_t>> new_ids(std::string_view table, size_t count) override {
    std::vector<int64_t> ids;
    ids.reserve(count);
    const Params params = TRY(new_ids_params(table, count));
    TRY(for_each(kNewIds, params, [&ids](const Row& row) {
      ids.push_back(row[0].number());
      return true;
    }));
    return ids;
  }
  Result<void> ask_for_ids(std::string_view table, size_t count) override {
    const Params params = TRY(new_ids_params(table, count));
    return ask_ahead(kNewIds, params);
  }
  Result<void> finish_filling(const std::string& table) override {
    // A table that was filled at once would be taken for a small one until the server looks at it.
    TRY(run("ANALYZE " + table));
    const std::optional<Row> key =
        TRY(find_row("SELECT attname, pg_get_serial_sequence(?, attname) FROM pg_attribute WHERE "
                     "attrelid = to_regclass(?) AND attidentity <> ''",
                     {table, table}));
    if (!key) {
      return {};
    }
    return run(fmt::format("SELECT setval(?, coalesce(max({0}), 1), max({0}) IS NOT NULL) FROM {1}",
                           (*key)[0].text(), table),
               {(*key)[1]});
  }

 private:
  /// The lock goes with the connection.
  Result<void> take_store(pg::Session& session) {
    const Result<void> prepared = pg::prepare_lock_session(session, parameters_);
    if (!prepared) {
      return prepared.error().code() == ErrorCode::kUnsupported
                 ? Error(ErrorCode::kUnsupported,
                         "store: a connection pooler in transaction mode cannot hold it; use a "
                         "direct connection")
                 : store_error(prepared.error());
    }
    const Result<driver::Rows> rows =
        session.query(fmt::format("SELECT pg_try_advisory_lock{}({}, hashtext(current_schema()))",
                                  access_ == PostgresAccess::kWrite ? "_shared" : "", kHoldKey));
    if (!rows) {
      return store_error(rows.error());
    }
    return driver::is_true(rows->rows.at(0).at(0))
               ? Result<void>()
               : Error(ErrorCode::kBusy, "store: it is in use by another server");
  }

  Result<void> begin(const std::string& sql) {
    forget();
    may_run_again_ = false;
    if (session_->lost()) {
      const Result<void> connected = connect();
      if (!connected) {
        may_run_again_ = true;
        return connected.error();
      }
    }
    return send_later(sql, {});
  }

  Result<void> begin_batch() {
    TRY(begin("BEGIN"));
    TRY(send_later(kWaitForTurn, bind_all({kWriteKey})));
    return send_later(kNoteBatch, bind_all({writer_, batch_}));
  }

  /// The sequence of a table is looked for once.
  Result<Params> new_ids_params(std::string_view table, size_t count) {
    Value& sequence = sequences_[std::string(table)];
    if (sequence.is_null()) {
      sequence = TRY(scalar("SELECT pg_get_serial_sequence(?, 'id')", {table}));
    }
    return Params{sequence, static_cast<int64_t>(count)};
  }

  /// Nothing that the transaction had found out, and no failure of it, counts any more.
  void forget() {
    failed_ = false;
    notes().clear();
    forget_gathered();
    forget_asked();
  }

  /// Takes the rows that were asked for, or asks for them now.
  Result<driver::Rows> read(const std::string& sql, const Params& params) {
    TRY(send_questions());
    Result<std::optional<driver::Rows>> asked = questions_.take(*session_, sql, params);
    if (!asked) {
      return fail(asked.error());
    }
    std::optional<driver::Rows> rows = *std::move(asked);
    if (rows.has_value()) {
      return *std::move(rows);
    }
    TRY(store_gathered());
    return query(sql, bind_all(params));
  }

  Result<void> send_questions() {
    if (!questions_.are_waiting()) {
      return {};
    }
    TRY(store_gathered());
    const Result<void> sent = questions_.send(*session_);
    return sent ? sent : fail(sent.error());
  }

  Result<void> send_later(std::string_view sql, std::span<const driver::Value> params) {
    ++rows_written_;
    const Result<void> sent = session_->run_later(sql, params);
    return sent ? sent : fail(sent.error());
  }

  Result<driver::Rows> query(const std::string& sql, std::span<const driver::Value> params) {
    Result<driver::Rows> rows = session_->query(sql, params);
    if (!rows) {
      return fail(rows.error());
    }
    return rows;
  }

  Error fail(const Error& error) {
    failed_ = true;
    may_run_again_ = may_run_again_ || session_->lost() || may_succeed_again(error);
    return store_error(error);
  }

  /// The connection went while the server was told to commit: what became of it? The number of the
  /// transaction would not tell: after a crash that may be given to another one.
  Result<void> read_back(const Error& lost) {
    const auto give_up = std::chrono::steady_clock::now() + kReadBackMax;
    failed_ = true;
    while (std::chrono::steady_clock::now() < give_up) {
      const std::optional<bool> committed = find_outcome();
      if (committed.has_value()) {
        may_run_again_ = !*committed;
        return *committed ? Result<void>() : Result<void>(store_error(lost));
      }
      std::this_thread::sleep_for(kReadBackPause);
    }
    return store_error(lost).context("it is not known whether this was stored");
  }

  /// Whether the batch was committed; nothing while nobody can tell. Asked on a connection of its
  /// own: what is left of the old one in the server may still hold the store. Asking changes the
  /// row that the batch has changed, and so waits until that has ended.
  std::optional<bool> find_outcome() {
    const Result<std::unique_ptr<pg::Session>> asking = pg::Session::open(parameters_);
    if (!asking || !(*asking)->run(fmt::format("SET lock_timeout = {}", kAskedFor.count()))) {
      return std::nullopt;
    }
    const Result<driver::Rows> rows = (*asking)->query(kNoteBatch, bind_all({writer_, 0}));
    return rows ? std::optional(driver::to_int(rows->rows.at(0).at(0)) == batch_) : std::nullopt;
  }

  const std::string& translated(std::string_view sql) {
    const auto found = translations_.find(sql);
    return found != translations_.end()
               ? found->second
               : translations_.emplace(std::string(sql), to_postgres(sql)).first->second;
  }

  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  pg::Parameters parameters_;
  PostgresAccess access_;
  std::unique_ptr<pg::Session> session_;
  PostgresQuestions questions_;
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> translations_;
  std::unordered_map<std::string, Value> sequences_;  // by table
  const std::string writer_ = codec::Uuid::random().to_string();
  int64_t batch_ = 0;
  int64_t rows_written_ = 0;  // statements that write, which is enough to tell that one did
  bool is_writing_ = false;
  bool failed_ = false;
  bool may_run_again_ = false;
};

}  // namespace

Result<void> check_holds_registry(Session& session) {
  const Value table = TRY(session.scalar("SELECT to_regclass('event_keys') IS NOT NULL"));
  return table.flag() ? Result<void>() : Error(ErrorCode::kNotFound, "store holds no registry");
}

Result<std::unique_ptr<pg::Session>> connect_to_store(const std::string& url) {
  return pg::Session::open(TRY(read_url(url)));
}

Result<std::string> channel_of_store(pg::Session& session) {
  const driver::Rows rows = TRY(session.query(fmt::format("SELECT {}", kChannel)));
  return driver::to_text(rows.rows.at(0).at(0));
}

Result<std::unique_ptr<Session>> open_postgres_session(const std::string& url,
                                                       PostgresAccess access) {
  auto session = std::make_unique<PostgresSession>(TRY(read_url(url)), access);
  TRY(session->connect());
  return session;
}

}  // namespace rhumb::registry
