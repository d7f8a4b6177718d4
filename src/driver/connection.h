#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/lock_wait_observer.h"
#include "driver/value.h"
#include "sql/dialect.h"
#include "sys/cancellation.h"

namespace rhumb::driver {

/// The database behind a connection, as the server itself says (TiDB speaks MySQL's protocol).
enum class Engine { kSqlite, kLibsql, kPostgres, kCockroach, kMysql, kMariadb, kTidb };

/// The lexical rules by which scripts for an engine are split.
[[nodiscard]] sql::Dialect sql_dialect(Engine engine);

/// What the engine can undo and where it keeps its revisions.
struct Features {
  /// A transaction takes DDL back as well (PostgreSQL, SQLite). Otherwise DDL commits by itself.
  bool transactional_ddl = true;
  /// Locks live in the session and leave no trace, so a dry run may take one.
  bool session_locks = false;
  /// Statements may name other schemas, so revisions may live in a schema of their own.
  bool schemas = false;
  /// A failed statement aborts the transaction: nothing can be written before the rollback.
  bool abort_on_error = false;
};

/// Who a connection is, for reports and messages.
struct ConnectionInfo {
  Engine engine = Engine::kSqlite;
  std::string driver{};  ///< name in reports: `sqlite`, `libsql`, `mysql`, `mariadb`, `postgres`
  std::string url{};     ///< as given, password and secret query values as `xxxxx`
  std::string schema{};  ///< the schema it is bound to; empty when it sees the whole database
  /// Where unqualified names are created, when bound: `schema`, or its first part when that is a
  /// search path of several.
  std::string default_schema{};
  /// As the client libraries count: 150020 is PostgreSQL 15.20, 101119 MariaDB 10.11.19; 0 on
  /// SQLite.
  int64_t server_version = 0;
  Features features;
};

/// A named lock that a run holds; gone with this object, and with the process.
class Lock {
 public:
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  virtual ~Lock() = default;

  /// Gives the lock back. The destructor does so too, but cannot tell when that fails.
  virtual Result<void> release() = 0;
  /// To be called after Connection::reconnect: makes sure that the lock was held all the time and
  /// still is. Errors: it was lost as well; whoever needs one takes another.
  virtual Result<void> regain() = 0;
  /// What weakens the lock, in words for a person; empty when nothing does.
  [[nodiscard]] virtual std::string_view warning() const { return {}; }
};

struct LockRequest {
  std::string name{};                  ///< `atlas_migrate_execute`, ...
  std::chrono::nanoseconds timeout{};  ///< 0 or less: one attempt
  std::string holder{};                ///< `<command> <user>@<host>:<pid> since <RFC 3339>`
  std::string revisions_schema{};      ///< part of the key where the engine has schemas
  /// A lock kept in the revisions table makes that where it is missing; otherwise everyone has it.
  bool may_create_table = true;
  /// Called once when somebody else holds it and the timeout is over two seconds.
  std::function<void(std::string_view held_by)> on_wait{};
  sys::CancellationToken stop{};  ///< ends the waiting with kCancelled `interrupted`
};

/// The text of a lock_busy of engines whose locks are sessions'.
inline constexpr std::string_view kHeldByOtherSession = "sql/schema: lock is held by other session";
/// Whoever waits no longer than this is not told for whom.
inline constexpr std::chrono::seconds kSilentLockWait{2};

/// What may stand in a database that counts as clean before the first migration.
struct CleanRules {
  std::string revisions_schema{};  ///< where the revisions table lives or would live; may be empty
  std::string revisions_table{};   ///< its name
  /// The table does not exist, but the texts count it as if it did (a dry run).
  bool pretend_table = false;
};

/// What a row that says "statement n was started" proves when its run is gone (revisions.md 3.1).
enum class IntentClass { kCommitsWithOutcome, kAbsentBefore, kPresentBefore, kUnknown };

struct Intent {
  IntentClass kind = IntentClass::kUnknown;
  std::string object_kind{};  ///< `table`, `index`, ... for kAbsentBefore and kPresentBefore
  std::string object_name{};
};

/// A dev database as it was found, and the way back to it.
class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  virtual ~Snapshot() = default;

  /// Brings the database back to the state it was taken in. The destructor does not.
  virtual Result<void> restore() = 0;
};

/// One session with one database.
///
/// Errors: code kDatabase (kUnavailable: connection lost; kCancelled: cancel() was called), message
/// exactly the driver's text as reports show it (`near "x": syntax error`,
/// `pq: relation "t" already exists (42P07)`), cause() with the error number or SQLSTATE and the
/// bare server text.
/// Threads: used by one thread at a time; only cancel() may be called from another.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  [[nodiscard]] virtual const ConnectionInfo& info() const = 0;

  /// Runs one statement and drops the rows it returns. Text without a statement (empty, `;`,
  /// comments) succeeds.
  virtual Result<ExecResult> execute(std::string_view statement) = 0;
  /// Runs a statement of ours with bound parameters; it is prepared once and kept by its text.
  /// Placeholders are the engine's (`?`, `$1`).
  virtual Result<ExecResult> execute(std::string_view sql, std::span<const Value> params) = 0;
  /// As execute with parameters, keeping the rows.
  virtual Result<Rows> query(std::string_view sql, std::span<const Value> params = {}) = 0;

  /// Opens the transaction of a file or of a run. SQLite switches foreign keys off for it.
  virtual Result<void> begin() = 0;
  /// Commits. Errors also for what the engine checks only now: SQLite's
  /// `sql/sqlite: foreign key mismatch: [{tbl:pets ref:users row:1 index:0}]`; the transaction has
  /// then been rolled back.
  virtual Result<void> commit() = 0;
  virtual Result<void> rollback() = 0;
  /// Opens a short transaction for one statement or a few rows of ours: no checks around it.
  virtual Result<void> begin_plain() = 0;
  /// Whether a transaction is open on the server, whoever opened it.
  [[nodiscard]] virtual bool in_transaction() const = 0;

  virtual Result<std::unique_ptr<Lock>> lock(const LockRequest& request) = 0;
  /// Who holds that lock, nothing when it is free; takes no lock and leaves no trace.
  virtual Result<std::optional<std::string>> find_lock_holder(const LockRequest& request) = 0;

  /// Why the database is not clean, or nothing when it is; only tables count.
  /// Source: spec revisions.md 5 (`found multiple tables: 2`, `found table "t" in schema "s"`).
  virtual Result<std::optional<std::string>> find_dirt(const CleanRules& rules) = 0;
  /// As find_dirt for a dev database: no table is exempt and every kind of object counts.
  virtual Result<std::optional<std::string>> find_dev_dirt() = 0;
  /// Remembers the state of a dev database. Errors: kConflict
  /// `sql/migrate: connected database is not clean: <reason>`.
  virtual Result<std::unique_ptr<Snapshot>> snapshot() = 0;

  /// What the intent row of `statement`, run alone or in a short transaction of its own, may
  /// promise. Not to be asked of a statement inside a transaction that the file opened: that is
  /// kUnknown.
  virtual Result<Intent> classify(std::string_view statement) = 0;
  /// What the catalog says about the one object a statement creates, drops or alters:
  /// `table "t" exists`, `column "c" of table "t" does not exist`, else `cannot tell`.
  virtual Result<std::string> describe_target(std::string_view statement) = 0;
  /// Whether a named object exists, for an intent of kAbsentBefore or kPresentBefore.
  virtual Result<bool> object_exists(std::string_view kind, std::string_view name) = 0;

  /// Stops the statement that is running, from any thread; it fails with kCancelled.
  virtual void cancel() = 0;

  /// Tells what this session, as it is now, waits for. Connects only when it is asked. Null: the
  /// engine does not tell.
  [[nodiscard]] virtual std::unique_ptr<LockWaitObserver> observe_lock_waits() const = 0;

  /// Takes up a connection that was lost in a new session, without what the old one had set, and
  /// makes sure that the server has ended the old one: what it did last is decided then. Does
  /// nothing while the connection is there.
  ///
  /// Errors, after which it may be called again: kUnavailable when the server cannot be reached,
  /// kBusy while it still runs the old session. kUnsupported: the server does not tell
  /// (CockroachDB).
  virtual Result<void> reconnect() = 0;
};

/// What Connection::reconnect says while the server still runs the lost session.
[[nodiscard]] Error old_session_runs();

/// `sql/schema: lock is held by other session (held by <holder>)` and its like, code kBusy.
[[nodiscard]] Error lock_busy(std::string_view text, std::string_view held_by);

}  // namespace rhumb::driver
