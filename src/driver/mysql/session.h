#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "driver/mysql/dsn.h"
#include "driver/mysql/prepared_statement.h"
#include "driver/value.h"
#include "sys/cancellation.h"

// Of <mariadb/mysql.h>, which only client_library.h includes.
struct st_mysql;

namespace rhumb::driver::mysql {

/// One session with a server, as libmariadb sees it; closed with the object.
///
/// Errors: those of server_error.h. Threads: one at a time.
class Session {
 public:
  /// Connects and sets character set and session variables. `program_name` is what the server
  /// shows of us where it keeps connection attributes (performance schema). `stop` ends the wait
  /// for the server with kCancelled.
  /// Errors: kUnsupported when libmariadb is not installed; else the server's or the library's, a
  /// refused connection as `dial tcp 127.0.0.1:3306: connect: connection refused or ...`.
  static Result<std::unique_ptr<Session>> open(const Dsn& dsn,
                                               const std::string& program_name,
                                               const sys::CancellationToken& stop = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs the text as it is and drops the rows; of several results the last one counts. Text
  /// without a statement succeeds.
  Result<ExecResult> run(std::string_view text);
  /// As run, keeping the rows of the first result that has some.
  Result<Rows> query(std::string_view text);
  /// Runs one statement with bound parameters (`?`); it stays prepared for the next call with the
  /// same text.
  Result<ExecResult> run(std::string_view sql, std::span<const Value> params);
  Result<Rows> query(std::string_view sql, std::span<const Value> params);

  /// The server's status after the last statement, failed ones included; false once the connection
  /// is lost, because the server then rolls back.
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] bool has_backslash_escapes() const;
  [[nodiscard]] bool has_ansi_quotes() const;
  [[nodiscard]] bool lost() const { return lost_; }
  /// The number of the session, as the server's process list shows it.
  [[nodiscard]] unsigned long id() const { return id_; }
  /// `10.11.19-MariaDB`, `8.0.36`, `8.0.11-TiDB-v8.1.0`.
  [[nodiscard]] std::string server_version() const;
  /// Brings the session back to how it was opened: variables, temporary tables, locks.
  Result<void> reset();
  /// Becomes a new session of the same server, as it was opened; stays lost when that fails.
  Result<void> reopen();

 private:
  using Handle = ::st_mysql;

  explicit Session(Handle* handle) : handle_(handle) {}
  Result<void> connect(const Dsn& dsn,
                       const std::string& program_name,
                       const sys::CancellationToken& stop);
  Result<void> set_up();
  Result<ExecResult> drain(Rows* kept);
  Result<void> send(std::string_view text);
  void learn_from(const Error& error);
  [[nodiscard]] unsigned status() const;
  Result<PreparedStatement*> prepared(std::string_view sql);
  template <typename Answer>
  Result<Answer> run_prepared(Result<Answer> (PreparedStatement::*how)(std::span<const Value>),
                              std::string_view sql,
                              std::span<const Value> params);

  Handle* handle_;
  Dsn dsn_;
  std::string program_name_;
  unsigned long id_ = 0;
  bool lost_ = false;
  std::unordered_map<std::string, std::unique_ptr<PreparedStatement>> prepared_;
};

}  // namespace rhumb::driver::mysql
