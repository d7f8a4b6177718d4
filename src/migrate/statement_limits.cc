#include "migrate/statement_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::migrate {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::string_view kStatement = "statement_timeout";
constexpr std::string_view kTableLock = "table_lock_timeout";
constexpr int64_t kMillisecondsMax = std::numeric_limits<int32_t>::max();

bool is_sqlite(driver::Engine engine) {
  return engine == driver::Engine::kSqlite || engine == driver::Engine::kLibsql;
}

bool is_postgres(driver::Engine engine) {
  return engine == driver::Engine::kPostgres || engine == driver::Engine::kCockroach;
}

// Never less than asked for.
int64_t whole_milliseconds(nanoseconds time) {
  return std::min<int64_t>(std::chrono::ceil<milliseconds>(time).count(), kMillisecondsMax);
}

int64_t whole_seconds(nanoseconds time) {
  return whole_milliseconds(std::chrono::ceil<std::chrono::seconds>(time)) / 1000;
}

Result<nanoseconds> limit_of(const FileContent& file, std::string_view name, nanoseconds run) {
  const std::vector<std::string> values = file.arguments(name);
  if (values.empty()) {
    return run;
  }
  const std::string place = fmt::format("in file directive {}", go_quote(file.name));
  if (values.size() > 1) {
    return invalid(fmt::format("multiple {} values found {}", name, place));
  }
  const Result<nanoseconds> time = parse_go_duration(values.front());
  if (!time || time->count() < 0) {
    return invalid(fmt::format("invalid {} {} {}: {}", name, go_quote(values.front()), place,
                               time ? "less than nothing" : time.error().message()));
  }
  return *time;
}

// The variables of PostgreSQL that are to be set, with their values.
std::vector<std::pair<std::string, std::string>> postgres_settings(const StatementLimits& limits) {
  std::vector<std::pair<std::string, std::string>> settings;
  if (limits.statement.count() > 0) {
    settings.emplace_back("statement_timeout",
                          std::to_string(whole_milliseconds(limits.statement)));
  }
  if (limits.table_lock.count() > 0) {
    settings.emplace_back("lock_timeout", std::to_string(whole_milliseconds(limits.table_lock)));
  }
  return settings;
}

std::vector<std::pair<std::string, std::string>> mysql_settings(driver::Engine engine,
                                                                const StatementLimits& limits) {
  std::vector<std::pair<std::string, std::string>> settings;
  const int64_t statement_ms = whole_milliseconds(limits.statement);
  if (statement_ms > 0 && engine == driver::Engine::kMariadb) {
    settings.emplace_back("max_statement_time",
                          fmt::format("{}.{:03}", statement_ms / 1000, statement_ms % 1000));
  } else if (statement_ms > 0) {
    settings.emplace_back("max_execution_time", std::to_string(statement_ms));
  }
  if (limits.table_lock.count() > 0) {
    const std::string seconds = std::to_string(whole_seconds(limits.table_lock));
    settings.emplace_back("lock_wait_timeout", seconds);
    settings.emplace_back("innodb_lock_wait_timeout", seconds);
  }
  return settings;
}

}  // namespace

Result<StatementLimits> file_limits(const FileContent& file,
                                    const StatementLimits& run,
                                    driver::Engine engine) {
  StatementLimits limits;
  limits.statement = TRY(limit_of(file, kStatement, run.statement));
  limits.table_lock = TRY(limit_of(file, kTableLock, run.table_lock));
  if (limits.statement.count() > 0 && is_sqlite(engine)) {
    return Error(ErrorCode::kUnsupported,
                 fmt::format("file {}: SQLite has no limit for the time a statement takes; leave "
                             "out --statement-timeout and the directive atlas:statement_timeout",
                             go_quote(file.name)));
  }
  return limits;
}

Result<void> check_limits(const StatementLimits& limits,
                          const driver::ConnectionInfo& info,
                          std::string_view file,
                          bool in_transaction) {
  const bool is_pooled = info.engine == driver::Engine::kPostgres && !info.features.session_locks;
  if (limits.empty() || in_transaction || !is_pooled) {
    return {};
  }
  return Error(ErrorCode::kUnsupported,
               fmt::format("file {}: with --lock-mode lease limits hold in transactions of the run "
                           "only, and it does not run in one; leave out --statement-timeout and "
                           "--table-lock-timeout, or give the file the directives "
                           "atlas:statement_timeout 0 and atlas:table_lock_timeout 0",
                           go_quote(file)));
}

LimitedSession::LimitedSession(driver::Connection& connection,
                               StatementLimits limits,
                               bool in_transaction)
    : connection_(connection), limits_(limits), in_transaction_(in_transaction) {}

Result<void> LimitedSession::before_begin() {
  const driver::Engine engine = connection_.info().engine;
  if (limits_.empty() || is_postgres(engine)) {
    return {};
  }
  if (is_sqlite(engine)) {
    const driver::Rows before = TRY(connection_.query("PRAGMA busy_timeout"));
    restore_.push_back(
        fmt::format("PRAGMA busy_timeout = {}", driver::to_int(before.rows.at(0).at(0))));
    TRY(connection_.execute(
        fmt::format("PRAGMA busy_timeout = {}", whole_milliseconds(limits_.table_lock))));
    return {};
  }
  for (const auto& [name, value] : mysql_settings(engine, limits_)) {
    const driver::Rows before = TRY(connection_.query(fmt::format("SELECT @@SESSION.{}", name)));
    restore_.push_back(
        fmt::format("SET SESSION {} = {}", name, driver::to_text(before.rows.at(0).at(0))));
    TRY(connection_.execute(fmt::format("SET SESSION {} = {}", name, value)));
  }
  return {};
}

Result<void> LimitedSession::after_begin() {
  if (limits_.empty() || !is_postgres(connection_.info().engine)) {
    return {};
  }
  std::vector<std::string> statements;
  for (const auto& [name, value] : postgres_settings(limits_)) {
    statements.push_back(
        fmt::format("SET {}{} = {}", in_transaction_ ? "LOCAL " : "", name, value));
    restore_.push_back(in_transaction_ ? fmt::format("SET LOCAL {} TO DEFAULT", name)
                                       : fmt::format("RESET {}", name));
  }
  TRY(connection_.execute(join(statements, "; ")));
  return {};
}

// A limit that went with its transaction, or with the session, needs nothing more.
LimitedSession::~LimitedSession() {
  const bool went =
      is_postgres(connection_.info().engine) && in_transaction_ && !connection_.in_transaction();
  for (const std::string& statement : restore_) {
    if (!went) {
      const Result<driver::ExecResult> done = connection_.execute(statement);
      static_cast<void>(done.has_value());
    }
  }
}

}  // namespace rhumb::migrate
