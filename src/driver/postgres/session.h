#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "driver/postgres/parameters.h"
#include "driver/value.h"
#include "sys/cancellation.h"

struct pg_conn;
struct pg_cancel;

namespace rhumb::driver::postgres {

struct Libpq;
struct CloseConnection {
  const Libpq* pq;
  void operator()(pg_conn* connection) const;
};
struct FreeCancel {
  const Libpq* pq;
  void operator()(pg_cancel* cancel) const;
};

/// The keywords that this libpq knows; the other keys of a URL are run-time parameters.
[[nodiscard]] Result<std::vector<std::string>> library_keywords();

/// One session with a server, as libpq sees it; closed with the object. Notices are dropped.
///
/// Errors: those of to_error; kUnavailable when the connection is lost, kCancelled for what
/// cancel() stopped.
/// Threads: one at a time; only cancel() may come from another.
class Session {
 public:
  struct Done {
    int64_t rows_affected = 0;
    std::string tag;  ///< the last command as the server names it: `COMMIT`, `INSERT 0 1`
  };

  /// `stop` ends the wait for the server. Errors: kUnavailable, kCancelled, or the server's refusal
  /// with its SQLSTATE.
  static Result<std::unique_ptr<Session>> open(const Parameters& parameters,
                                               const sys::CancellationToken& stop = {});

  /// Runs a statement with the simple protocol, so that it may refuse a transaction block, and
  /// drops rows. A COPY FROM STDIN may bring its data behind it, ended by `\.`.
  Result<Done> run(std::string_view text);
  /// Runs one statement with parameters. From its second use on it is prepared, and kept by its
  /// text.
  Result<Done> run(std::string_view sql, std::span<const Value> params);
  /// As run with parameters, keeping rows. Without parameters there may be several statements; the
  /// first rows are the answer.
  Result<Rows> query(std::string_view sql, std::span<const Value> params = {});

  /// Runs one statement and does not wait for the answer, if it has no parameters or was prepared
  /// by its uses before: statement and answer travel with those of the next one that is waited for.
  /// What fails fails that one, and everything between them is skipped.
  Result<void> run_later(std::string_view sql, std::span<const Value> params);
  /// Runs one statement that travels with those, and waits for it and them.
  Result<Done> run_last(std::string_view sql);
  /// Waits for the answers to those. Errors: the first of theirs.
  Result<void> settle();

  /// Sends a question as run_later sends a statement: the number that its rows are taken by. What
  /// was not prepared before is not sent, and has none.
  Result<std::optional<int64_t>> ask_later(std::string_view sql, std::span<const Value> params);
  /// The rows of a question that was sent, once; nothing when they are taken or forgotten.
  Result<std::optional<Rows>> take_answer(int64_t question);
  /// Nobody wants the other answers.
  void forget_answers();

  /// A query whose answer has to come in time; otherwise kUnavailable, and the session is of no
  /// more use.
  Result<Rows> query_within(const std::string& sql, std::chrono::milliseconds time);

  /// What was said with NOTIFY on the channels this session listens to; waits up to `time` for the
  /// first. Errors: kUnavailable when the connection is lost.
  Result<std::vector<std::string>> take_notifications(std::chrono::milliseconds time);

  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] bool lost() const;
  [[nodiscard]] int server_version() const;
  /// A setting the server reports by itself, such as `crdb_version`.
  [[nodiscard]] std::optional<std::string> reported_setting(const char* name) const;
  /// The process of the session as the start of the connection named it; a pooler names itself.
  [[nodiscard]] int backend_pid() const;
  /// Never prepares a statement: the next one may be answered by another process of the server.
  void avoid_prepared_statements() { may_prepare_ = false; }
  /// Forgets prepared statements, because the server has.
  void forget_statements() { statements_.clear(); }

  /// Stops what is running, from any thread.
  void cancel();

 private:
  /// More texts than that are forgotten, here and by the server.
  static constexpr size_t kStatementsMax = 512;
  /// How often a text was run; from the second time on under a name.
  struct Statement {
    int64_t uses = 0;
    std::string name;
  };
  /// A statement that was sent and not answered yet.
  struct Sent {
    std::string sql;
    std::optional<int64_t> question{};  ///< by which its rows are taken; none: nobody wants them
  };
  struct Collected {
    Done done;
    Rows rows;
    std::optional<Error> error;
  };

  Session(const Libpq& pq, std::unique_ptr<pg_conn, CloseConnection> connection);
  [[nodiscard]] Error connection_error() const;
  [[nodiscard]] bool is_prepared(const std::string& sql) const;
  Result<void> send_prepared(const std::string& name, std::span<const Value> params);
  /// By its text.
  Result<void> send_unprepared(const std::string& sql, std::span<const Value> params);
  /// False when it has to be waited for.
  [[nodiscard]] bool may_send_later(const std::string& sql, std::span<const Value> params) const;
  Result<void> send_later(Sent statement, std::span<const Value> params);
  /// Reads the answer to a statement of the pipeline.
  Result<Collected> collect_sent(const Sent& statement);
  /// Ends the pipeline. The answer to its last statement; the failure of an earlier one.
  Result<Collected> collect_pipeline(const Sent& last);
  Result<Collected> send_with_parameters(std::string_view sql, std::span<const Value> params);
  Result<const std::string*> prepared_name(const std::string& sql);
  /// Forgets the prepared statements of this session, here and at the server.
  Result<void> deallocate_statements();
  /// Reads everything the server answers; the first failure is the one that counts.
  Result<Collected> collect(std::string_view statement, std::string_view copy_data);
  [[nodiscard]] Error finish_error(const Error& error) const;
  void send_copy_data(std::string_view data);
  void drop_copied_rows();

  const Libpq& pq_;
  std::unique_ptr<pg_conn, CloseConnection> connection_;
  std::unique_ptr<pg_cancel, FreeCancel> cancel_;
  std::unordered_map<std::string, Statement> statements_;
  int64_t prepared_count_ = 0;      // names are not used again
  std::vector<Sent> later_;
  std::unordered_map<int64_t, Rows> answers_;  // by question
  int64_t questions_ = 0;                      // ever
  bool may_prepare_ = true;
  std::atomic<bool> cancelled_{false};
};

}  // namespace rhumb::driver::postgres
