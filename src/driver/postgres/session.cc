#include "driver/postgres/session.h"

#include <array>

#include "base/text.h"
#include "driver/postgres/answer.h"
#include "driver/postgres/connecting.h"
#include "driver/postgres/copy_script.h"
#include "driver/postgres/libpq.h"
#include "driver/postgres/server_error.h"

namespace rhumb::driver::postgres {
namespace {

constexpr size_t kCopyChunkBytes = size_t{1} << 20;

// The library takes texts that end at a NUL: what follows one would be left out in silence.
Result<void> check_no_nul(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return invalid("pq: the statement holds a NUL byte, which PostgreSQL has no room for");
  }
  return {};
}

bool forgets_statements(std::string_view text) {
  const std::string_view start = trim_left(text);
  return equal_fold_ascii(start.substr(0, 7), "discard") ||
         equal_fold_ascii(start.substr(0, 10), "deallocate");
}

}  // namespace

void CloseConnection::operator()(pg_conn* connection) const {
  pq->finish(connection);
}

void FreeCancel::operator()(pg_cancel* cancel) const {
  pq->free_cancel(cancel);
}

Result<std::vector<std::string>> library_keywords() {
  const Result<Libpq>& pq = libpq();
  if (!pq) {
    return pq.error();
  }
  std::vector<std::string> keywords;
  PQconninfoOption* options = pq->conndefaults();
  for (const PQconninfoOption* option = options; option != nullptr && option->keyword != nullptr;
       ++option) {
    keywords.emplace_back(option->keyword);
  }
  pq->conninfo_free(options);
  return keywords;
}

Session::Session(const Libpq& pq, std::unique_ptr<pg_conn, CloseConnection> connection)
    : pq_(pq),
      connection_(std::move(connection)),
      cancel_(pq.get_cancel(connection_.get()), FreeCancel{&pq}) {}

Result<std::unique_ptr<Session>> Session::open(const Parameters& parameters,
                                               const sys::CancellationToken& stop) {
  const Result<Libpq>& pq = libpq();
  if (!pq) {
    return pq.error();
  }
  PGconn* connection = TRY(connect(*pq, parameters, stop));
  return std::unique_ptr<Session>(
      new Session(*pq, std::unique_ptr<pg_conn, CloseConnection>(connection, {&*pq})));
}

Error Session::connection_error() const {
  return to_connection_error(pq_.error_message(connection_.get()));
}

Result<Session::Done> Session::run(std::string_view text) {
  TRY(check_no_nul(text));
  TRY(settle());
  const CopyScript script = split_copy(text);
  const std::string statement(script.statement);
  if (pq_.send_query(connection_.get(), statement.c_str()) == 0) {
    return connection_error();
  }
  Collected collected = TRY(collect(script.statement, script.data));
  if (forgets_statements(text)) {
    forget_statements();
  }
  return std::move(collected.done);
}

Result<Session::Done> Session::run(std::string_view sql, std::span<const Value> params) {
  Collected collected = TRY(send_with_parameters(sql, params));
  return std::move(collected.done);
}

Result<Rows> Session::query(std::string_view sql, std::span<const Value> params) {
  Collected collected = TRY(send_with_parameters(sql, params));
  return std::move(collected.rows);
}

Result<Rows> Session::query_within(const std::string& sql, std::chrono::milliseconds time) {
  TRY(settle());
  if (pq_.send_query(connection_.get(), sql.c_str()) == 0) {
    return connection_error();
  }
  if (!wait_until_readable(pq_.socket(connection_.get()), time)) {
    cancel();
    return Error(ErrorCode::kUnavailable, "pq: no answer in time");
  }
  Collected collected = TRY(collect(sql, {}));
  return std::move(collected.rows);
}

Result<std::vector<std::string>> Session::take_notifications(std::chrono::milliseconds time) {
  (void)wait_until_readable(pq_.socket(connection_.get()), time);  // or the time is over
  if (pq_.consume_input(connection_.get()) == 0) {
    return connection_error().with_code(ErrorCode::kUnavailable);
  }
  std::vector<std::string> payloads;
  while (PGnotify* notification = pq_.notifies(connection_.get())) {
    payloads.emplace_back(notification->extra);
    pq_.freemem(notification);
  }
  return payloads;
}

// Those that a migration has prepared itself stay.
Result<void> Session::deallocate_statements() {
  std::string names;
  for (const auto& [sql, statement] : statements_) {
    if (!statement.name.empty()) {
      names += "DEALLOCATE " + statement.name + ";";
    }
  }
  if (!names.empty()) {
    TRY(run(names));
  }
  forget_statements();
  return {};
}

// The name of the prepared statement; null while the text was used once only, for which preparing
// would cost a round trip more.
Result<const std::string*> Session::prepared_name(const std::string& sql) {
  if (!may_prepare_) {
    return nullptr;
  }
  if (statements_.size() >= kStatementsMax && !statements_.contains(sql)) {
    TRY(deallocate_statements());
  }
  Statement& statement = statements_[sql];
  ++statement.uses;
  if (statement.uses < 2) {
    return nullptr;
  }
  if (statement.name.empty()) {
    const std::string name = "rhumb_" + std::to_string(++prepared_count_);
    if (pq_.send_prepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr) == 0) {
      return connection_error();
    }
    TRY(collect(sql, {}));
    statement.name = name;
  }
  return &statement.name;
}

Result<void> Session::send_prepared(const std::string& name, std::span<const Value> params) {
  const BoundParameters bound = bind_parameters(params);
  const int sent =
      pq_.send_query_prepared(connection_.get(), name.c_str(), bound.size(), bound.values.data(),
                              bound.lengths.data(), bound.formats.data(), 0);
  return sent == 0 ? Result<void>(connection_error()) : Result<void>();
}

Result<void> Session::send_unprepared(const std::string& sql, std::span<const Value> params) {
  const BoundParameters bound = bind_parameters(params);
  const int sent =
      pq_.send_query_params(connection_.get(), sql.c_str(), bound.size(), nullptr,
                            bound.values.data(), bound.lengths.data(), bound.formats.data(), 0);
  return sent == 0 ? Result<void>(connection_error()) : Result<void>();
}

Result<Session::Collected> Session::send_with_parameters(std::string_view sql,
                                                         std::span<const Value> params) {
  TRY(check_no_nul(sql));
  const std::string text(sql);
  if (!later_.empty() && !params.empty() && is_prepared(text)) {
    TRY(send_prepared(statements_.at(text).name, params));
    return collect_pipeline({text});
  }
  TRY(settle());
  if (params.empty()) {
    if (pq_.send_query(connection_.get(), text.c_str()) == 0) {
      return connection_error();
    }
    return collect(sql, {});
  }
  const std::string* name = TRY(prepared_name(text));
  if (name != nullptr) {
    TRY(send_prepared(*name, params));
    return collect(sql, {});
  }
  TRY(send_unprepared(text, params));
  return collect(sql, {});
}

void Session::send_copy_data(std::string_view data) {
  // A refusal shows in the result that follows.
  for (size_t at = 0; at < data.size(); at += kCopyChunkBytes) {
    const std::string_view chunk = data.substr(at, kCopyChunkBytes);
    pq_.put_copy_data(connection_.get(), chunk.data(), static_cast<int>(chunk.size()));
  }
  pq_.put_copy_end(connection_.get(), nullptr);
}

void Session::drop_copied_rows() {
  char* row = nullptr;
  while (pq_.get_copy_data(connection_.get(), &row, 0) > 0) {
    pq_.freemem(row);
  }
}

Result<Session::Collected> Session::collect(std::string_view statement,
                                            std::string_view copy_data) {
  Collected collected;
  for (;;) {
    const ResultHandle result(pq_.get_result(connection_.get()), {&pq_});
    if (!result) {
      break;
    }
    switch (pq_.result_status(result.get())) {
      case PGRES_TUPLES_OK:
        if (collected.rows.columns.empty()) {
          collected.rows = read_rows(pq_, result.get());
        }
        [[fallthrough]];
      case PGRES_COMMAND_OK:
        collected.done = {.rows_affected = changed_rows(pq_, result.get()),
                          .tag = pq_.cmd_status(result.get())};
        break;
      case PGRES_COPY_IN:
        send_copy_data(copy_data);
        break;
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        drop_copied_rows();
        break;
      case PGRES_EMPTY_QUERY:
      case PGRES_PIPELINE_ABORTED:  // one before it failed
        break;
      default:
        if (!collected.error) {
          collected.error = result_error(pq_, result.get(), statement);
        }
    }
  }
  if (collected.error) {
    return finish_error(*collected.error);
  }
  return collected;
}

// What only the session knows about a failure: that somebody asked for it, or that it was the last.
Error Session::finish_error(const Error& error) const {
  if (cancelled_ && error.cause_code() == "57014") {
    return error.with_code(ErrorCode::kCancelled);
  }
  if (lost()) {
    return error.with_code(ErrorCode::kUnavailable);
  }
  // A connection that the statement itself has made (dblink) may be what was lost.
  return error.code() == ErrorCode::kUnavailable ? error.with_code(ErrorCode::kDatabase) : error;
}

bool Session::lost() const {
  return pq_.status(connection_.get()) == CONNECTION_BAD;
}

bool Session::in_transaction() const {
  switch (pq_.transaction_status(connection_.get())) {
    case PQTRANS_ACTIVE:
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
      return true;
    default:
      return false;
  }
}

int Session::server_version() const {
  return pq_.server_version(connection_.get());
}

std::optional<std::string> Session::reported_setting(const char* name) const {
  const char* value = pq_.parameter_status(connection_.get(), name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int Session::backend_pid() const {
  return pq_.backend_pid(connection_.get());
}

void Session::cancel() {
  cancelled_ = true;
  std::array<char, 256> reason{};
  if (cancel_) {
    pq_.cancel(cancel_.get(), reason.data(), static_cast<int>(reason.size()));
  }
}

}  // namespace rhumb::driver::postgres
