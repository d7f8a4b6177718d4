#include "driver/postgres/postgres_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "driver/lock_pauses.h"
#include "driver/postgres/pooler.h"

namespace rhumb::driver::postgres {
namespace {

constexpr std::string_view kSince = " since ";
constexpr size_t kApplicationNameBytesMax = 63;

uint32_t fnv1(std::string_view text) {
  uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash *= 16777619U;
    hash ^= static_cast<unsigned char>(c);
  }
  return hash;
}

// The time is the start of the session, which the server knows.
std::string application_name(std::string_view holder) {
  return std::string(holder.substr(0, std::min(holder.rfind(kSince), kApplicationNameBytesMax)));
}

Result<std::optional<std::string>> find_holder(Session& session, const LockKeys& keys) {
  const Value params[] = {keys.shared, static_cast<int64_t>(static_cast<uint32_t>(keys.name)),
                          static_cast<int64_t>(static_cast<uint32_t>(keys.schema)),
                          static_cast<int64_t>(static_cast<uint32_t>(keys.worker))};
  const Rows found = TRY(session.query(
      "SELECT l.pid, a.application_name, pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM pg_catalog.pg_locks l "
      "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
      "WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid() "
      "AND l.database = (SELECT oid FROM pg_catalog.pg_database "
      "WHERE datname = pg_catalog.current_database()) AND ("
      "(l.objsubid = 1 AND l.classid = 0 AND l.objid = $1 AND l.mode = 'ExclusiveLock') OR "
      "(l.objsubid = 2 AND l.classid IN ($2, $4) AND l.objid = $3)) "
      "ORDER BY l.objsubid, l.classid = $4 LIMIT 1",
      params));
  if (found.rows.empty()) {
    return std::optional<std::string>();
  }
  const std::vector<Value>& row = found.rows.front();
  std::string holder = to_text(row[1]);
  if (holder.empty()) {
    holder = fmt::format("session {}", to_int(row[0]));
  }
  if (!is_null(row[2])) {
    holder += std::string(kSince) + to_text(row[2]);
  }
  return std::optional(std::move(holder));
}

Result<bool> try_lock(Session& session, std::string_view sql, std::span<const Value> params) {
  const Rows tried = TRY(session.query(sql, params));
  return is_true(tried.rows.at(0).at(0));
}

Result<bool> try_exclusive(Session& session, int32_t name, int32_t schema) {
  const Value params[] = {static_cast<int64_t>(name), static_cast<int64_t>(schema)};
  return try_lock(session, "SELECT pg_catalog.pg_try_advisory_lock($1, $2)", params);
}

class HeldLock final : public Lock {
 public:
  HeldLock(std::unique_ptr<Session> session, std::weak_ptr<Worker> worker, const LockKeys& keys)
      : session_(std::move(session)), worker_(std::move(worker)), keys_(keys) {}
  ~HeldLock() override { free_worker(); }

  Result<void> release() override {
    if (!session_) {
      return {};
    }
    free_worker();
    const std::unique_ptr<Session> session = std::move(session_);
    const Value params[] = {static_cast<int64_t>(keys_.name), static_cast<int64_t>(keys_.schema),
                            keys_.shared};
    const Rows released = TRY(session->query(
        "SELECT pg_catalog.pg_advisory_unlock($1, $2), pg_catalog.pg_advisory_unlock_shared($3)",
        params));
    if (!is_true(released.rows.at(0).at(0)) || !is_true(released.rows.at(0).at(1))) {
      return Error(ErrorCode::kDatabase,
                   fmt::format("sql/postgres: failed releasing lock {}", keys_.shared));
    }
    return {};
  }

  // The executing session is a new one, and the server has ended the old one: its lock is free,
  // and nobody else takes it without ours.
  Result<void> regain() override {
    const std::shared_ptr<Worker> worker = worker_.lock();
    if (!session_ || !worker) {
      return Error(ErrorCode::kUnavailable, "the lock was released");
    }
    TRY(session_->query("SELECT 1"));
    const bool taken = TRY(try_exclusive(*worker->session, keys_.worker, keys_.schema));
    return taken ? Result<void>() : lock_busy(kHeldByOtherSession, {});
  }

 private:
  // That session may be gone, or a statement of the run has freed its locks.
  void free_worker() {
    const std::shared_ptr<Worker> worker = worker_.lock();
    worker_.reset();
    if (worker && !worker->session->lost()) {
      const Value params[] = {static_cast<int64_t>(keys_.worker),
                              static_cast<int64_t>(keys_.schema)};
      const Result<Rows> freed =
          worker->session->query("SELECT pg_catalog.pg_advisory_unlock($1, $2)", params);
      static_cast<void>(freed.has_value());
    }
  }

  std::unique_ptr<Session> session_;  // the server frees what it holds when it ends
  std::weak_ptr<Worker> worker_;
  LockKeys keys_;
};

// One attempt to get the lock after the other, until the time is over.
class Acquisition {
 public:
  Acquisition(Session& session, Session& worker, const LockRequest& request, const LockKeys& keys)
      : session_(session), worker_(worker), keys_(keys), waiting_(request) {}

  Result<void> run() {
    TRY(poll([this] {
      const Value shared[] = {keys_.shared};
      return try_lock(session_, "SELECT pg_catalog.pg_try_advisory_lock_shared($1)", shared);
    }));
    TRY(poll([this] { return try_exclusive(session_, keys_.name, keys_.schema); }));
    return poll([this] { return try_exclusive(worker_, keys_.worker, keys_.schema); });
  }

 private:
  Result<void> poll(const std::function<Result<bool>()>& attempt) {
    for (;;) {
      const bool taken = TRY(attempt());
      if (taken) {
        return {};
      }
      TRY(waiting_.wait([this]() -> Result<std::string> {
        return TRY(find_holder(session_, keys_)).value_or("");
      }));
    }
  }

  Session& session_;
  Session& worker_;
  const LockKeys& keys_;
  LockWaiting waiting_;
};

}  // namespace

LockKeys lock_keys(std::string_view name, std::string_view schema) {
  const uint32_t hash = fnv1(name);
  return {.shared = hash,
          .name = static_cast<int32_t>(hash),
          .schema = static_cast<int32_t>(fnv1(schema)),
          .worker = static_cast<int32_t>(fnv1(fmt::format("worker of {}", name)))};
}

Result<std::unique_ptr<Lock>> acquire_lock(const Parameters& parameters,
                                           const std::shared_ptr<Worker>& worker,
                                           const LockRequest& request) {
  Parameters own = parameters;
  own.values["application_name"] = application_name(request.holder);
  std::unique_ptr<Session> session = TRY(Session::open(own, request.stop));
  TRY(prepare_lock_session(*session, parameters));
  const LockKeys keys = lock_keys(request.name, request.revisions_schema);
  TRY(Acquisition(*session, *worker->session, request, keys).run());
  return std::make_unique<HeldLock>(std::move(session), worker, keys);
}

Result<std::optional<std::string>> find_lock_holder(Session& session, const LockRequest& request) {
  return find_holder(session, lock_keys(request.name, request.revisions_schema));
}

}  // namespace rhumb::driver::postgres
