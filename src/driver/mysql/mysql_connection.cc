#include "driver/mysql/mysql_connection.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "driver/mysql/cleanliness.h"
#include "driver/mysql/dev_snapshot.h"
#include "driver/mysql/lock_waits.h"
#include "driver/mysql/mysql_lock.h"
#include "driver/mysql/server_error.h"

namespace rhumb::driver::mysql {
namespace {

constexpr std::string_view kOpening = "mysql: query system variables";
constexpr std::string_view kProgramName = "rhumb";
/// Where revisions live when nothing else is said.
constexpr std::string_view kOwnDatabase = "atlas_schema_revisions";
constexpr std::chrono::seconds kKillTimeout{5};
/// A kill that comes before the server has begun the statement is forgotten there.
constexpr int kKillAttempts = 3;
constexpr std::chrono::milliseconds kKillPause{100};

Engine detect_engine(std::string_view version) {
  if (version.find("TiDB") != std::string_view::npos) {
    return Engine::kTidb;
  }
  return version.find("MariaDB") != std::string_view::npos ? Engine::kMariadb : Engine::kMysql;
}

// `10.11.19-MariaDB` is 101119.
int64_t version_number(std::string_view version) {
  std::array<int64_t, 3> parts{};
  const char* at = version.data();
  const char* end = version.data() + version.size();
  for (int64_t& part : parts) {
    at = std::from_chars(at, end, part).ptr;
    if (at == end || *at != '.') {
      break;
    }
    ++at;
  }
  return parts[0] * 10000 + parts[1] * 100 + parts[2];
}

bool changes_data_only(std::string_view statement) {
  const std::string_view word = trim_left(statement).substr(0, 6);
  return equal_fold_ascii(word, "insert") || equal_fold_ascii(word, "update") ||
         equal_fold_ascii(word, "delete") || equal_fold_ascii(word, "select");
}

}  // namespace

MysqlConnection::MysqlConnection(std::shared_ptr<Session> session, Dsn dsn, ConnectionInfo info)
    : session_(std::move(session)),
      dsn_(std::move(dsn)),
      info_(std::move(info)),
      catalog_(*session_),
      judge_(
          *session_, catalog_, has_atomic_ddl(info_.engine, info_.server_version), info_.schema) {}

Result<std::unique_ptr<Connection>> MysqlConnection::open(const Dsn& dsn,
                                                          ConnectionInfo info,
                                                          const sys::CancellationToken& stop) {
  std::unique_ptr<Session> session =
      TRY(Session::open(dsn, std::string(kProgramName), stop).context(kOpening));
  const std::string version = session->server_version();
  info.engine = detect_engine(version);
  info.server_version = version_number(version);
  info.features = {.transactional_ddl = false, .session_locks = true, .schemas = true};
  return std::unique_ptr<Connection>(new MysqlConnection(std::move(session), dsn, std::move(info)));
}

template <typename Answer>
Result<Answer> MysqlConnection::run_cancellable(Result<Answer> (Session::*run)(std::string_view),
                                                std::string_view text) {
  {
    const std::lock_guard guard(running_.mutex);
    running_.statement = true;
    running_.killed = false;
  }
  Result<Answer> answer = (session_.get()->*run)(text);
  bool killed = false;
  {
    // Whoever is killing the statement is waited for, so that nothing later is hit.
    const std::lock_guard guard(running_.mutex);
    running_.statement = false;
    killed = running_.killed;
  }
  if (!killed) {
    return answer;
  }
  const Result<ExecResult> stray = session_->run("DO 0");  // takes a kill that came too late
  static_cast<void>(stray.has_value());
  if (!answer && is_server_error(answer.error(), kQueryInterrupted)) {
    return answer.error().with_code(ErrorCode::kCancelled);
  }
  return answer;
}

Result<ExecResult> MysqlConnection::execute(std::string_view statement) {
  if (!changes_data_only(statement)) {
    catalog_.forget();
  }
  return run_cancellable<ExecResult>(&Session::run, statement);
}

Result<ExecResult> MysqlConnection::execute(std::string_view sql, std::span<const Value> params) {
  return session_->run(sql, params);
}

Result<Rows> MysqlConnection::query(std::string_view sql, std::span<const Value> params) {
  return params.empty() ? run_cancellable<Rows>(&Session::query, sql)
                        : session_->query(sql, params);
}

Result<void> MysqlConnection::run_alone(std::string_view statement) {
  TRY(session_->run(statement));
  return {};
}

Result<void> MysqlConnection::rollback() {
  return session_->lost() ? Result<void>() : run_alone("ROLLBACK");
}

// Whether a statement was running. The server is reached by a session of its own.
bool MysqlConnection::kill_statement() {
  const std::lock_guard guard(running_.mutex);
  if (!running_.statement) {
    return false;
  }
  running_.killed = true;
  Dsn dsn = dsn_;
  dsn.database.clear();
  dsn.variables.clear();
  dsn.connect_timeout = kKillTimeout;
  const Result<std::unique_ptr<Session>> killer = Session::open(dsn, std::string(kProgramName));
  if (killer) {
    const std::string_view word = info_.engine == Engine::kTidb ? "TIDB QUERY" : "QUERY";
    const Result<ExecResult> sent =
        killer.value()->run(fmt::format("KILL {} {}", word, session_->id()));
    return sent.has_value();
  }
  return false;
}

void MysqlConnection::cancel() {
  for (int attempt = 0; attempt < kKillAttempts && kill_statement(); ++attempt) {
    std::this_thread::sleep_for(kKillPause);
  }
}

std::unique_ptr<LockWaitObserver> MysqlConnection::observe_lock_waits() const {
  if (info_.engine == Engine::kTidb) {
    return nullptr;
  }
  return mysql::observe_lock_waits(dsn_, session_->id());
}

Result<void> MysqlConnection::reconnect() {
  if (session_->lost()) {
    lost_id_ = lost_id_.value_or(static_cast<int64_t>(session_->id()));
    TRY(session_->reopen());
    catalog_.forget();
  }
  if (!lost_id_) {
    return {};
  }
  // Nodes of a TiDB cluster share the numbers of sessions.
  const std::string_view list =
      info_.engine == Engine::kTidb ? "CLUSTER_PROCESSLIST" : "PROCESSLIST";
  const Value params[] = {*lost_id_};
  const Rows found = TRY(session_->query(
      fmt::format("SELECT 1 FROM information_schema.{} WHERE ID = ?", list), params));
  if (!found.rows.empty()) {
    return old_session_runs();
  }
  lost_id_.reset();
  return {};
}

// The database whose revisions table the lock guards, in the letters the server compares.
std::string MysqlConnection::lock_database(const LockRequest& request, bool folds_names) const {
  std::string database = request.revisions_schema;
  if (database.empty()) {
    database = info_.schema.empty() ? std::string(kOwnDatabase) : info_.schema;
  }
  return folds_names ? to_lower_ascii(database) : database;
}

Result<std::unique_ptr<Lock>> MysqlConnection::lock(const LockRequest& request) {
  LockSurroundings around = TRY(read_lock_surroundings(*session_));
  return acquire_lock(dsn_, session_, request, lock_database(request, around.folds_names),
                      std::move(around.warning));
}

Result<std::optional<std::string>> MysqlConnection::find_lock_holder(const LockRequest& request) {
  const LockSurroundings around = TRY(read_lock_surroundings(*session_));
  const std::string database = lock_database(request, around.folds_names);
  const std::optional<std::string> holder =
      TRY(find_holder(*session_, lock_key(request.name, database)));
  if (holder) {
    return holder;
  }
  return find_holder(*session_, worker_key(request.name, database));
}

Result<std::optional<std::string>> MysqlConnection::find_dirt(const CleanRules& rules) {
  return mysql::find_dirt(*session_, info_.schema, rules);
}

Result<std::optional<std::string>> MysqlConnection::find_dev_dirt() {
  return mysql::find_dev_dirt(*session_, info_.schema);
}

Result<std::unique_ptr<Snapshot>> MysqlConnection::snapshot() {
  return take_snapshot(*session_, info_.schema);
}

Result<Intent> MysqlConnection::classify(std::string_view statement) {
  return judge_.classify(statement);
}

Result<std::string> MysqlConnection::describe_target(std::string_view statement) {
  return judge_.describe_target(statement);
}

Result<bool> MysqlConnection::object_exists(std::string_view kind, std::string_view name) {
  return judge_.object_exists(kind, name);
}

}  // namespace rhumb::driver::mysql
