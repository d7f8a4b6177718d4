#include "driver/postgres/postgres_connection.h"

#include <fmt/format.h>

#include <utility>

#include "driver/postgres/catalog.h"
#include "driver/postgres/clean_check.h"
#include "driver/postgres/cockroach_lock.h"
#include "driver/postgres/dev_snapshot.h"
#include "driver/postgres/lock_waits.h"
#include "driver/postgres/statement_class.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::string_view kOpening = "postgres: scanning system variables";
constexpr std::string_view kOwnSchema = "atlas_schema_revisions";
constexpr int kOldestVersion = 100000;
/// For connecting anew, unless the URL has its own.
constexpr const char* kReconnectSeconds = "5";

}  // namespace

PostgresConnection::PostgresConnection(Parameters parameters,
                                       ConnectionInfo info,
                                       std::unique_ptr<Session> session)
    : parameters_(std::move(parameters)), info_(std::move(info)), session_(std::move(session)) {
  worker_->session = session_;
  const bool is_cockroach = session_->reported_setting("crdb_version").has_value();
  info_.engine = is_cockroach ? Engine::kCockroach : Engine::kPostgres;
  info_.schema = parameters_.search_path;
  info_.server_version = session_->server_version();
  info_.features = {.transactional_ddl = true,
                    .session_locks = !is_cockroach,
                    .schemas = true,
                    .abort_on_error = true};
}

Result<std::unique_ptr<Connection>> PostgresConnection::open(Parameters parameters,
                                                             ConnectionInfo info,
                                                             const OpenTerms& terms) {
  std::unique_ptr<Session> session = TRY(Session::open(parameters, terms.stop).context(kOpening));
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(std::move(parameters), std::move(info), std::move(session)));
  const int version = connection->session_->server_version();
  if (version < kOldestVersion) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("postgres: unsupported postgres version: {}", version));
  }
  if (terms.pooled) {
    connection->pooled_ = true;
    connection->pooled_settings_ =
        TRY(PooledSettings::adopt(*connection->session_, connection->parameters_.settings)
                .context(kOpening));
  }
  TRY(connection->find_default_schema().context(kOpening));
  return std::unique_ptr<Connection>(std::move(connection));
}

// One name needs no question. Of several the server takes the first that is there.
Result<void> PostgresConnection::find_default_schema() {
  if (info_.schema.empty()) {
    return {};
  }
  const std::vector<std::string> names = split_search_path(info_.schema);
  info_.default_schema = names.front();
  if (names.size() == 1 && names.front() != "$user") {
    return {};
  }
  const Rows found = TRY(look<Rows>(
      [this]() -> Result<Rows> { return session_->query("SELECT pg_catalog.current_schema()"); }));
  if (!is_null(found.rows.at(0).at(0))) {
    info_.default_schema = to_text(found.rows[0][0]);
  }
  return {};
}

template <typename Answer>
Result<Answer> PostgresConnection::look(const std::function<Result<Answer>()>& ask) {
  if (pooled_settings_.empty() || in_transaction()) {
    return ask();
  }
  TRY(begin());
  Result<Answer> answer = ask();
  TRY(answer ? commit() : rollback());
  return answer;
}

Result<ExecResult> PostgresConnection::execute(std::string_view statement) {
  if (!in_transaction()) {
    TRY(pooled_settings_.check_search_path(*session_));
  }
  return ExecResult{TRY(session_->run(statement)).rows_affected};
}

Result<ExecResult> PostgresConnection::execute(std::string_view sql,
                                               std::span<const Value> params) {
  return ExecResult{TRY(session_->run(sql, params)).rows_affected};
}

Result<Rows> PostgresConnection::query(std::string_view sql, std::span<const Value> params) {
  return look<Rows>([&]() -> Result<Rows> { return session_->query(sql, params); });
}

// Behind a pooler every transaction may run in another process; the question costs no round trip.
Result<void> PostgresConnection::begin() {
  std::string sql = "BEGIN";
  const bool asks = server_pid_ != session_->backend_pid();
  if (asks) {
    sql += "; SELECT pg_catalog.pg_backend_pid()";
  }
  const Result<Rows> begun = session_->query(sql + pooled_settings_.sql_after_begin());
  if (!begun) {
    (void)rollback();
    return begun.error();
  }
  if (asks) {
    server_pid_ = to_int(begun->rows.at(0).at(0));
  }
  return {};
}

Result<void> PostgresConnection::commit() {
  const Result<Session::Done> committed = session_->run("COMMIT");
  if (!committed) {
    // Nobody will try again; a deferred constraint has ended the transaction already.
    (void)rollback();
    return committed.error();
  }
  if (committed->tag == "ROLLBACK") {
    return Error(ErrorCode::kDatabase,
                 "pq: a statement of the transaction failed, so COMMIT rolled it back (25P02)")
        .caused_by({.code = "25P02", .text = "COMMIT rolled back"});
  }
  return {};
}

Result<void> PostgresConnection::rollback() {
  if (session_->in_transaction()) {
    TRY(session_->run("ROLLBACK"));
  }
  return {};
}

// The schema of the revisions is part of the key; the rule for it is that of their table.
LockRequest PostgresConnection::complete(const LockRequest& request) const {
  LockRequest completed = request;
  if (completed.revisions_schema.empty()) {
    completed.revisions_schema =
        info_.default_schema.empty() ? std::string(kOwnSchema) : info_.default_schema;
  }
  return completed;
}

Result<std::unique_ptr<Lock>> PostgresConnection::lock(const LockRequest& request) {
  const LockRequest completed = complete(request);
  return info_.engine == Engine::kCockroach ? acquire_row_lock(parameters_, completed)
                                            : acquire_lock(parameters_, worker_, completed);
}

Result<std::optional<std::string>> PostgresConnection::find_lock_holder(
    const LockRequest& request) {
  const LockRequest completed = complete(request);
  return info_.engine == Engine::kCockroach ? find_row_lock_holder(parameters_, completed)
                                            : postgres::find_lock_holder(*session_, completed);
}

Result<std::optional<std::string>> PostgresConnection::find_dirt(const CleanRules& rules) {
  return postgres::find_dirt(*session_, info_.default_schema, rules);
}

Result<std::optional<std::string>> PostgresConnection::find_dev_dirt() {
  return postgres::find_dev_dirt(*session_, info_.default_schema);
}

Result<std::unique_ptr<Snapshot>> PostgresConnection::snapshot() {
  return take_snapshot(*session_, info_.default_schema);
}

Result<Intent> PostgresConnection::classify(std::string_view statement) {
  if (const std::optional<ConcurrentIndex> index = parse_concurrent_index(statement)) {
    return look<Intent>([&] { return index_intent(*session_, *index); });
  }
  Intent intent;
  if (commits_with_outcome(statement)) {
    intent.kind = IntentClass::kCommitsWithOutcome;
  }
  return intent;
}

Result<std::string> PostgresConnection::describe_target(std::string_view statement) {
  return look<std::string>([&] { return postgres::describe_target(*session_, statement); });
}

void PostgresConnection::cancel() {
  const std::lock_guard guard(replacing_);
  session_->cancel();
}

std::unique_ptr<LockWaitObserver> PostgresConnection::observe_lock_waits() const {
  if (info_.engine == Engine::kCockroach) {
    return nullptr;
  }
  return postgres::observe_lock_waits(parameters_,
                                      server_pid_ != 0 ? server_pid_ : session_->backend_pid());
}

Result<void> PostgresConnection::open_again() {
  lost_pid_ = lost_pid_.value_or(server_pid_ != 0 ? server_pid_ : session_->backend_pid());
  Parameters parameters = parameters_;
  parameters.values.try_emplace("connect_timeout", kReconnectSeconds);
  std::unique_ptr<Session> session = TRY(Session::open(parameters));
  if (pooled_) {
    pooled_settings_ = TRY(PooledSettings::adopt(*session, parameters_.settings));
  }
  const std::lock_guard guard(replacing_);
  session_ = std::move(session);
  worker_->session = session_;
  server_pid_ = 0;
  return {};
}

Result<void> PostgresConnection::reconnect() {
  if (info_.engine == Engine::kCockroach) {
    return Error(ErrorCode::kUnsupported, "the server does not tell whether a session has ended");
  }
  if (session_->lost()) {
    TRY(open_again());
  }
  if (!lost_pid_) {
    return {};
  }
  const Value params[] = {*lost_pid_};
  const Rows found =
      TRY(session_->query("SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1", params));
  if (!found.rows.empty()) {
    return old_session_runs();
  }
  lost_pid_.reset();
  return {};
}

Result<bool> PostgresConnection::object_exists(std::string_view kind, std::string_view name) {
  if (kind == "index") {
    return look<bool>([&] { return index_exists(*session_, name); });
  }
  return Error(ErrorCode::kUnsupported, fmt::format("cannot look for a {} by name", kind));
}

}  // namespace rhumb::driver::postgres
