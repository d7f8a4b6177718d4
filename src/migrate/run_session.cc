#include "migrate/run_session.h"

#include <algorithm>
#include <utility>

#include "migrate/lease.h"

namespace rhumb::migrate {
namespace {

constexpr std::chrono::milliseconds kPause{100};
/// The server may need a moment to see that the session of the lock is gone.
constexpr std::chrono::seconds kRegainTime{5};

}  // namespace

bool is_lost(const Error& error) {
  return error.code() == ErrorCode::kUnavailable;
}

bool may_pass(const Error& error) {
  return is_lost(error) || error.code() == ErrorCode::kBusy;
}

driver::LockRequest RunSession::request(std::chrono::nanoseconds timeout) const {
  return {.name = options_.lock_name,
          .timeout = timeout,
          .holder = options_.holder,
          .revisions_schema = options_.revisions_schema,
          .may_create_table = may_create_table_,
          .on_wait = options_.on_lock_wait,
          .stop = options_.stop};
}

Result<std::unique_ptr<driver::Lock>> RunSession::acquire(std::chrono::nanoseconds timeout) {
  return connection_.lock(request(timeout)).context("acquiring database lock");
}

Result<void> RunSession::respect_lease() {
  if (!lock_ || options_.dry_run || !connection_.info().features.session_locks) {
    return {};
  }
  return wait_for_lease(connection_, request(options_.lock_timeout))
      .context("acquiring database lock");
}

Result<void> RunSession::take_lock(bool may_create_table) {
  may_create_table_ = may_create_table;
  needs_lock_ = !options_.dry_run || connection_.info().features.session_locks;
  if (needs_lock_) {
    lock_ = TRY(acquire(options_.lock_timeout));
  }
  return {};
}

std::string_view RunSession::lock_warning() const {
  return lock_ ? lock_->warning() : std::string_view();
}

Result<void> RunSession::release_lock() {
  const std::unique_ptr<driver::Lock> lock = std::move(lock_);
  const Result<void> released = lock ? lock->release() : Result<void>();
  // After the last commit the network took both: the server has freed the lock by itself.
  const bool went_too = reconnected_ && !released && is_lost(released.error());
  return went_too ? Result<void>() : released;
}

Result<void> RunSession::reconnect(std::chrono::nanoseconds time) {
  const sys::Instant deadline = clock_.now() + time;
  for (;;) {
    Result<void> done = connection_.reconnect();
    if (done) {
      reconnected_ = true;
      return {};
    }
    const bool over = clock_.now() + kPause > deadline || options_.stop.is_cancelled();
    if (over || !may_pass(done.error())) {
      return done;
    }
    clock_.sleep(kPause);
  }
}

Result<void> RunSession::regain_lock() {
  if (!needs_lock_ || (lock_ && lock_->regain())) {
    return {};
  }
  lost_lock_ = true;
  lock_.reset();
  lock_ = TRY(acquire(kRegainTime));
  return {};
}

Result<void> RunSession::resume(std::chrono::nanoseconds time) {
  TRY(reconnect(time));
  return regain_lock();
}

bool RunSession::pause(std::chrono::nanoseconds time) {
  const sys::Instant end = clock_.now() + time;
  while (clock_.now() < end && !options_.stop.is_cancelled()) {
    clock_.sleep(std::min<std::chrono::nanoseconds>(kPause, end - clock_.now()));
  }
  return !options_.stop.is_cancelled();
}

bool RunSession::take_reconnected() {
  return std::exchange(reconnected_, false);
}

}  // namespace rhumb::migrate
