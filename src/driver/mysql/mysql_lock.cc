#include "driver/mysql/mysql_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "base/go_format.h"
#include "codec/hex.h"
#include "codec/sha256.h"

namespace rhumb::driver::mysql {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::string_view kStopped = "interrupted";
/// The server waits for us this long at a time: it wakes up at once, and we can be cancelled.
constexpr std::chrono::seconds kSlice{1};
constexpr size_t kKeyLengthMax = 64;
constexpr size_t kSuffixDigits = 16;
constexpr size_t kHashedDigits = 48;

std::string hash_digits(std::string_view text, size_t count) {
  return codec::hex_encode(codec::sha256(text)).substr(0, count);
}

class HeldLock final : public Lock {
 public:
  /// The executing session and its lock.
  struct Worker {
    std::weak_ptr<Session> session;
    std::string key;
  };

  HeldLock(std::unique_ptr<Session> session,
           std::string name,
           std::string key,
           Worker worker,
           std::string warning)
      : session_(std::move(session)),
        name_(std::move(name)),
        key_(std::move(key)),
        worker_(std::move(worker)),
        warning_(std::move(warning)) {}
  ~HeldLock() override { free_worker(); }

  std::string_view warning() const override { return warning_; }

  // The executing session is a new one, and the server has ended the old one: its lock is free,
  // and nobody else takes it without ours.
  Result<void> regain() override {
    const std::shared_ptr<Session> worker = worker_.session.lock();
    if (session_ == nullptr || worker == nullptr) {
      return Error(ErrorCode::kUnavailable, "the lock was released");
    }
    TRY(session_->query("DO 0"));
    const Value params[] = {worker_.key, static_cast<int64_t>(kSlice.count())};
    const Rows taken = TRY(worker->query("SELECT GET_LOCK(?, ?)", params));
    return is_true(taken.rows[0][0]) ? Result<void>() : lock_busy(kHeldByOtherSession, {});
  }

  // The server drops the lock of our session when it ends.
  Result<void> release() override {
    if (session_ == nullptr) {
      return {};
    }
    free_worker();
    const std::unique_ptr<Session> session = std::move(session_);
    const Value params[] = {key_};
    const Result<Rows> released = session->query("SELECT RELEASE_LOCK(?)", params);
    if (!released || !is_true(released->rows[0][0])) {
      const Error failed(
          released ? ErrorCode::kDatabase : released.error().code(),
          fmt::format("sql/mysql: failed releasing a named lock {}", go_quote(name_)));
      return released ? failed : failed.with_cause_of(released.error());
    }
    return {};
  }

 private:
  // The session may be gone, or may have been reset; the lock then is gone too.
  void free_worker() {
    const std::shared_ptr<Session> session = worker_.session.lock();
    worker_.session.reset();
    if (session != nullptr && !session->lost()) {
      const Value params[] = {worker_.key};
      const Result<Rows> freed = session->query("SELECT RELEASE_LOCK(?)", params);
      static_cast<void>(freed.has_value());
    }
  }

  std::unique_ptr<Session> session_;
  std::string name_;
  std::string key_;
  Worker worker_;
  std::string warning_;
};

// One attempt, waiting on the server for `seconds`.
Result<bool> try_lock(Session& session,
                      const LockRequest& request,
                      const std::string& key,
                      std::chrono::seconds wait) {
  const Value params[] = {key, static_cast<int64_t>(wait.count())};
  const Rows taken = TRY(session.query("SELECT GET_LOCK(?, ?)", params));
  if (is_null(taken.rows[0][0])) {
    return Error(ErrorCode::kDatabase,
                 fmt::format("sql/mysql: unexpected internal error on Lock({}, {})",
                             go_quote(request.name), format_go_duration(request.timeout)));
  }
  return is_true(taken.rows[0][0]);
}

// Who it is, as far as that can be found out; an error here is not worth failing for.
std::string holder_or_empty(Session& session, const std::string& key) {
  const Result<std::optional<std::string>> holder = find_holder(session, key);
  return holder ? holder->value_or("") : std::string();
}

// Waits a little when less than a slice is left: the server counts in seconds.
std::chrono::seconds next_wait(const LockRequest& request, SteadyClock::duration left) {
  if (left >= kSlice) {
    return kSlice;
  }
  std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<int> pause_ms(25, 50);
  const SteadyClock::duration pause = std::chrono::milliseconds(pause_ms(random));
  static_cast<void>(request.stop.wait_for(std::min(pause, left)));
  return std::chrono::seconds(0);
}

Result<void> wait_for_lock(Session& session,
                           const LockRequest& request,
                           const std::string& key,
                           SteadyClock::time_point deadline,
                           bool& told) {
  std::chrono::seconds wait{0};
  for (;;) {
    const bool taken = TRY(try_lock(session, request, key, wait));
    if (taken) {
      return {};
    }
    if (request.stop.is_cancelled()) {
      return Error(ErrorCode::kCancelled, std::string(kStopped));
    }
    const auto left = deadline - SteadyClock::now();
    if (left <= SteadyClock::duration::zero()) {
      return lock_busy(kHeldByOtherSession, holder_or_empty(session, key));
    }
    if (!told) {
      request.on_wait(holder_or_empty(session, key));
      told = true;
    }
    wait = next_wait(request, left);
  }
}

std::string hashed_key(const std::string& key) {
  return "rhumb." + hash_digits(key, kHashedDigits);
}

std::string without_port(std::string_view host) {
  return std::string(host.substr(0, host.rfind(':')));
}

// What the session called itself, where the server keeps that.
std::optional<std::string> find_program_name(Session& session, int64_t id) {
  const Value params[] = {id};
  const Result<Rows> found = session.query(
      "SELECT attr_value FROM performance_schema.session_connect_attrs WHERE processlist_id = ? "
      "AND attr_name = 'program_name'",
      params);
  const bool has_name = found && !found->rows.empty() && !is_null(found->rows[0][0]);
  const std::string name = has_name ? to_text(found->rows[0][0]) : std::string();
  // Other programs say no more than what they are.
  return name.find(" since ") == std::string::npos ? std::nullopt : std::optional(name);
}

}  // namespace

std::string lock_key(std::string_view name, std::string_view database) {
  std::string key = fmt::format("{}.{}", name, hash_digits(database, kSuffixDigits));
  const auto characters = std::ranges::count_if(
      key, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  if (static_cast<size_t>(characters) > kKeyLengthMax) {
    return hashed_key(key);
  }
  return key;
}

std::string worker_key(std::string_view name, std::string_view database) {
  return hashed_key("worker of " + lock_key(name, database));
}

Result<std::optional<std::string>> find_holder(Session& session, const std::string& key) {
  const Value key_params[] = {key};
  const Rows used = TRY(session.query("SELECT IS_USED_LOCK(?)", key_params));
  if (is_null(used.rows[0][0])) {
    return std::optional<std::string>();
  }
  const int64_t id = to_int(used.rows[0][0]);
  if (std::optional<std::string> name = find_program_name(session, id)) {
    return name;
  }
  const Value id_params[] = {id};
  const Result<Rows> process = session.query(
      "SELECT user, host FROM information_schema.processlist WHERE id = ?", id_params);
  if (!process || process->rows.empty()) {
    return std::optional(fmt::format("session {}", id));
  }
  return std::optional(fmt::format("session {} of {}@{}", id, to_text(process->rows[0][0]),
                                   without_port(to_text(process->rows[0][1]))));
}

Result<std::unique_ptr<Lock>> acquire_lock(const Dsn& dsn,
                                           const std::shared_ptr<Session>& worker,
                                           const LockRequest& request,
                                           const std::string& database,
                                           std::string warning) {
  Dsn own = dsn;
  own.read_timeout = {};  // the server answers when the lock is free
  std::unique_ptr<Session> session = TRY(Session::open(own, request.holder, request.stop));
  // A run may take hours, in which this session says nothing.
  TRY(session->run("SET SESSION wait_timeout = 31536000"));
  std::string key = lock_key(request.name, database);
  const auto deadline = SteadyClock::now() + request.timeout;
  bool told = request.timeout <= kSilentLockWait || !request.on_wait;
  TRY(wait_for_lock(*session, request, key, deadline, told));
  const std::string own_key = worker_key(request.name, database);
  TRY(wait_for_lock(*worker, request, own_key, deadline, told));
  return std::make_unique<HeldLock>(std::move(session), request.name, std::move(key),
                                    HeldLock::Worker{.session = worker, .key = own_key},
                                    std::move(warning));
}

Result<LockSurroundings> read_lock_surroundings(Session& session) {
  const Rows variables = TRY(session.query(
      "SHOW VARIABLES WHERE Variable_name IN ('lower_case_table_names', 'wsrep_on')"));
  LockSurroundings found;
  bool is_galera = false;
  for (const std::vector<Value>& row : variables.rows) {
    if (to_text(row[0]) == "wsrep_on") {
      is_galera = is_true(row[1]);
    } else {
      found.folds_names = is_true(row[1]);
    }
  }
  if (!is_galera) {
    return found;
  }
  const Rows size = TRY(session.query("SHOW STATUS LIKE 'wsrep_cluster_size'"));
  const int64_t nodes = size.rows.empty() ? 0 : to_int(size.rows[0][1]);
  if (nodes > 1) {
    found.warning = fmt::format(
        "the lock holds on this node of a Galera cluster of {} only: send every run to the same "
        "node",
        nodes);
  }
  return found;
}

}  // namespace rhumb::driver::mysql
