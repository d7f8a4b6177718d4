#include "driver/postgres/postgres_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
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
                          static_cast<int64_t>(static_cast<uint32_t>(keys.schema))};
  const Rows found = TRY(session.query(
      "SELECT l.pid, a.application_name, pg_catalog.to_char(a.backend_start AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM pg_catalog.pg_locks l "
      "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
      "WHERE l.locktype = 'advisory' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid() "
      "AND l.database = (SELECT oid FROM pg_catalog.pg_database "
      "WHERE datname = pg_catalog.current_database()) AND ("
      "(l.objsubid = 1 AND l.classid = 0 AND l.objid = $1 AND l.mode = 'ExclusiveLock') OR "
      "(l.objsubid = 2 AND l.classid = $2 AND l.objid = $3)) ORDER BY l.objsubid LIMIT 1",
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

class HeldLock final : public Lock {
 public:
  HeldLock(std::unique_ptr<Session> session, const LockKeys& keys)
      : session_(std::move(session)), keys_(keys) {}

  Result<void> release() override {
    if (!session_) {
      return {};
    }
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

  Result<void> regain() override {
    if (!session_) {
      return Error(ErrorCode::kUnavailable, "the lock was released");
    }
    TRY(session_->query("SELECT 1"));
    return {};
  }

 private:
  std::unique_ptr<Session> session_;  // the server frees what it holds when it ends
  LockKeys keys_;
};

// One attempt to get the lock after the other, until the time is over.
class Acquisition {
 public:
  Acquisition(Session& session, const LockRequest& request, const LockKeys& keys)
      : session_(session),
        request_(request),
        keys_(keys),
        pauses_(request),
        told_(request.timeout <= kSilentLockWait || !request.on_wait) {}

  Result<void> run() {
    const Value shared[] = {keys_.shared};
    TRY(poll("SELECT pg_catalog.pg_try_advisory_lock_shared($1)", shared));
    const Value exclusive[] = {static_cast<int64_t>(keys_.name),
                               static_cast<int64_t>(keys_.schema)};
    return poll("SELECT pg_catalog.pg_try_advisory_lock($1, $2)", exclusive);
  }

 private:
  Result<void> poll(std::string_view sql, std::span<const Value> params) {
    for (;;) {
      const Rows tried = TRY(session_.query(sql, params));
      if (is_true(tried.rows.at(0).at(0))) {
        return {};
      }
      if (pauses_.over()) {
        return lock_busy(kHeldByOtherSession, TRY(find_holder(session_, keys_)).value_or(""));
      }
      if (!std::exchange(told_, true)) {
        request_.on_wait(TRY(find_holder(session_, keys_)).value_or(""));
      }
      TRY(pauses_.pause());
    }
  }

  Session& session_;
  const LockRequest& request_;
  const LockKeys& keys_;
  LockPauses pauses_;
  bool told_;
};

}  // namespace

LockKeys lock_keys(std::string_view name, std::string_view schema) {
  const uint32_t hash = fnv1(name);
  return {.shared = hash,
          .name = static_cast<int32_t>(hash),
          .schema = static_cast<int32_t>(fnv1(schema))};
}

Result<std::unique_ptr<Lock>> acquire_lock(const Parameters& parameters,
                                           const LockRequest& request) {
  Parameters own = parameters;
  own.values["application_name"] = application_name(request.holder);
  std::unique_ptr<Session> session = TRY(Session::open(own));
  TRY(prepare_lock_session(*session, parameters));
  const LockKeys keys = lock_keys(request.name, request.revisions_schema);
  TRY(Acquisition(*session, request, keys).run());
  return std::make_unique<HeldLock>(std::move(session), keys);
}

Result<std::optional<std::string>> find_lock_holder(Session& session, const LockRequest& request) {
  return find_holder(session, lock_keys(request.name, request.revisions_schema));
}

}  // namespace rhumb::driver::postgres
