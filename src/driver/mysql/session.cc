#include "driver/mysql/session.h"

#include <fmt/format.h>

#include <utility>

#include "driver/mysql/cells.h"
#include "driver/mysql/client_library.h"
#include "driver/mysql/connecting.h"
#include "driver/mysql/server_error.h"

namespace rhumb::driver::mysql {
namespace {

/// Statements of ours that stay prepared; there are about twenty of them.
constexpr size_t kPreparedMax = 64;
/// For connecting anew, unless the URL has its own.
constexpr std::chrono::seconds kReopenTimeout{5};

struct FreeResult {
  void operator()(MYSQL_RES* result) const { client_library()->free_result(result); }
};
using ResultHandle = std::unique_ptr<MYSQL_RES, FreeResult>;

Error last_error(MYSQL* handle) {
  const ClientLibrary& library = *client_library();
  return server_error(library.error_number(handle), library.sqlstate(handle),
                      library.error(handle));
}

// Reads every row, keeping them when `kept` is given. Errors come in the place of a row.
Result<void> read_rows(MYSQL* handle, MYSQL_RES* result, Rows* kept) {
  const ClientLibrary& library = *client_library();
  const unsigned count = library.num_fields(result);
  const MYSQL_FIELD* fields = library.fetch_fields(result);
  for (unsigned i = 0; kept != nullptr && i < count; ++i) {
    kept->columns.emplace_back(fields[i].name, fields[i].name_length);
    kept->types.push_back(type_name(fields[i]));
  }
  while (const MYSQL_ROW row = library.fetch_row(result)) {
    if (kept == nullptr) {
      continue;
    }
    const unsigned long* sizes = library.fetch_lengths(result);
    std::vector<Value>& cells = kept->rows.emplace_back();
    for (unsigned i = 0; i < count; ++i) {
      cells.push_back(row[i] == nullptr ? Value() : decode_cell(fields[i], {row[i], sizes[i]}));
    }
  }
  return library.error_number(handle) == 0 ? Result<void>() : Result<void>(last_error(handle));
}

}  // namespace

Session::~Session() {
  prepared_.clear();
  client_library()->close(handle_);
}

Result<std::unique_ptr<Session>> Session::open(const Dsn& dsn,
                                               const std::string& program_name,
                                               const sys::CancellationToken& stop) {
  const Result<ClientLibrary>& library = client_library();
  if (!library) {
    return library.error();
  }
  MYSQL* handle = library->init(nullptr);
  if (handle == nullptr) {
    return Error(ErrorCode::kUnavailable, "libmariadb cannot make a session");
  }
  std::unique_ptr<Session> session(new Session(handle));
  session->dsn_ = dsn;
  session->program_name_ = program_name;
  TRY(session->connect(dsn, program_name, stop));
  return session;
}

Result<void> Session::connect(const Dsn& dsn,
                              const std::string& program_name,
                              const sys::CancellationToken& stop) {
  TRY(connect_handle(handle_, dsn, program_name, stop));
  id_ = client_library()->thread_id(handle_);
  return set_up();
}

Result<void> Session::set_up() {
  for (const std::string& statement : set_up_statements(dsn_)) {
    TRY(run(statement));
  }
  return {};
}

Result<void> Session::send(std::string_view text) {
  if (client_library()->real_query(handle_, text.data(), text.size()) != 0) {
    return last_error(handle_);
  }
  return {};
}

// Reads all results of what was sent. Even when one fails, none may stay unread.
Result<ExecResult> Session::drain(Rows* kept) {
  const ClientLibrary& library = *client_library();
  ExecResult done;
  for (;;) {
    const bool has_rows = library.field_count(handle_) > 0;
    if (has_rows) {
      const ResultHandle result(library.use_result(handle_));
      if (result == nullptr) {
        return last_error(handle_);
      }
      TRY(read_rows(handle_, result.get(), kept));
      kept = nullptr;
    }
    done.rows_affected = has_rows ? 0 : static_cast<int64_t>(library.affected_rows(handle_));
    const int next = library.next_result(handle_);
    if (next < 0) {
      return done;
    }
    if (next > 0) {
      return last_error(handle_);
    }
  }
}

Result<ExecResult> Session::run(std::string_view text) {
  const Result<void> sent = send(text);
  Result<ExecResult> done = sent ? drain(nullptr) : Result<ExecResult>(sent.error());
  if (!done && is_server_error(done.error(), kEmptyQuery)) {
    return ExecResult{};
  }
  if (!done) {
    learn_from(done.error());
  }
  return done;
}

Result<Rows> Session::query(std::string_view text) {
  Rows rows;
  const Result<void> sent = send(text);
  const Result<ExecResult> done = sent ? drain(&rows) : Result<ExecResult>(sent.error());
  if (!done) {
    learn_from(done.error());
    return done.error();
  }
  return rows;
}

Result<PreparedStatement*> Session::prepared(std::string_view sql) {
  std::string key(sql);
  const auto found = prepared_.find(key);
  if (found != prepared_.end()) {
    return found->second.get();
  }
  if (prepared_.size() >= kPreparedMax) {
    prepared_.clear();
  }
  std::unique_ptr<PreparedStatement> statement = TRY(PreparedStatement::prepare(handle_, sql));
  return prepared_.emplace(std::move(key), std::move(statement)).first->second.get();
}

template <typename Answer>
Result<Answer> Session::run_prepared(
    Result<Answer> (PreparedStatement::*how)(std::span<const Value>),
    std::string_view sql,
    std::span<const Value> params) {
  PreparedStatement* statement = TRY(prepared(sql));
  Result<Answer> answer = (statement->*how)(params);
  // The server gives up a statement whose tables keep changing; it has not run then.
  if (!answer && is_server_error(answer.error(), kNeedsReprepare)) {
    prepared_.erase(std::string(sql));
    PreparedStatement* again = TRY(prepared(sql));
    answer = (again->*how)(params);
  }
  if (!answer) {
    learn_from(answer.error());
  }
  return answer;
}

Result<ExecResult> Session::run(std::string_view sql, std::span<const Value> params) {
  return run_prepared<ExecResult>(&PreparedStatement::run, sql, params);
}

Result<Rows> Session::query(std::string_view sql, std::span<const Value> params) {
  return run_prepared<Rows>(&PreparedStatement::query, sql, params);
}

// An error packet carries no status, but DDL that failed has committed all the same, and a deadlock
// has rolled back.
void Session::learn_from(const Error& error) {
  lost_ = lost_ || error.code() == ErrorCode::kUnavailable;
  if (in_transaction() && send("DO 0")) {
    const Result<ExecResult> ignored = drain(nullptr);
    static_cast<void>(ignored.has_value());
  }
}

unsigned Session::status() const {
  unsigned status = 0;
  client_library()->get_infov(handle_, MARIADB_CONNECTION_SERVER_STATUS, &status);
  return status;
}

bool Session::in_transaction() const {
  return !lost_ && (status() & SERVER_STATUS_IN_TRANS) != 0;
}

bool Session::has_backslash_escapes() const {
  return (status() & SERVER_STATUS_NO_BACKSLASH_ESCAPES) == 0;
}

bool Session::has_ansi_quotes() const {
  return (status() & SERVER_STATUS_ANSI_QUOTES) != 0;
}

std::string Session::server_version() const {
  const char* version = client_library()->get_server_info(handle_);
  return version == nullptr ? std::string() : std::string(version);
}

Result<void> Session::reopen() {
  Dsn dsn = dsn_;
  if (dsn.connect_timeout.count() == 0) {
    dsn.connect_timeout = kReopenTimeout;
  }
  const std::unique_ptr<Session> fresh = TRY(open(dsn, program_name_));
  prepared_.clear();
  std::swap(handle_, fresh->handle_);
  id_ = fresh->id_;
  lost_ = false;
  return {};
}

Result<void> Session::reset() {
  prepared_.clear();
  if (client_library()->reset_connection(handle_) != 0) {
    return last_error(handle_);
  }
  // The server falls back to its own character set.
  TRY(run(fmt::format("SET NAMES {}", dsn_.charsets.empty() ? "utf8mb4" : dsn_.charsets.front())));
  return set_up();
}

}  // namespace rhumb::driver::mysql
