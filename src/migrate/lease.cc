#include "migrate/lease.h"

#include <fmt/format.h>

#include <utility>

#include "codec/uuid.h"
#include "driver/lock_pauses.h"
#include "migrate/revision_store.h"
#include "sys/boot_time.h"

namespace rhumb::migrate {
namespace {

// One attempt to get the lease after the other.
class Acquisition {
 public:
  Acquisition(const LeaseRow& row,
              driver::Connection& connection,
              const driver::LockRequest& request)
      : row_(row), connection_(connection), request_(request), waiting_(request) {}

  /// When the attempt that succeeded was sent.
  [[nodiscard]] std::chrono::nanoseconds sent_at() const { return sent_at_; }

  Result<LeaseText> run() {
    for (;;) {
      const LeaseRow::Seen seen = TRY(look());
      std::optional<std::string> session = TRY(connection_.find_lock_holder(request_));
      const LeaseText wanted{.number = seen.next_number, .holder = request_.holder, .until = {}};
      if (seen.expired && !session && TRY(take(seen, wanted))) {
        // Runs with a session's lock look for a lease after they have theirs: one of two sees.
        session = TRY(connection_.find_lock_holder(request_));
        if (!session) {
          return wanted;
        }
        TRY(row_.clear(connection_, wanted));
      }
      TRY(waiting_.wait([&]() -> Result<std::string> {
        return session.value_or(seen.lease ? seen.lease->holder : std::string());
      }));
    }
  }

 private:
  Result<LeaseRow::Seen> look() {
    std::optional<LeaseRow::Seen> seen = TRY(row_.read(connection_));
    if (!seen) {
      return Error(ErrorCode::kDatabase, "the identity row of the revisions table is not there");
    }
    return *std::move(seen);
  }

  Result<bool> take(const LeaseRow::Seen& seen, const LeaseText& wanted) {
    sent_at_ = sys::time_since_boot();
    return row_.take(connection_, seen, wanted);
  }

  const LeaseRow& row_;
  driver::Connection& connection_;
  const driver::LockRequest& request_;
  driver::LockWaiting waiting_;
  std::chrono::nanoseconds sent_at_{};
};

// Nothing is written, and nobody waited for, where the row is there.
Result<void> ensure_row(const LeaseRow& row,
                        driver::Connection& connection,
                        const LeaseTerms& terms,
                        const driver::LockRequest& request) {
  const std::optional<LeaseRow::Seen> seen = TRY(row.read(connection));
  if (seen) {
    return {};
  }
  const auto store = TRY(open_revision_store(connection, request.revisions_schema));
  const StoredTime now{.at = std::chrono::time_point_cast<std::chrono::nanoseconds>(
                           std::chrono::system_clock::now()),
                       .offset = {}};
  TRY(store->ensure_identity(codec::Uuid::random().to_string(), now, terms.operator_version));
  return {};
}

// The lease that the row speaks of, whose time may be over.
Result<std::optional<LeaseText>> read_lease(const LeaseRow& row, driver::Connection& connection) {
  const std::optional<LeaseRow::Seen> seen = TRY(row.read(connection));
  return seen ? seen->lease : std::nullopt;
}

Error lost(std::string_view held_by) {
  return {ErrorCode::kConflict, held_by.empty()
                                    ? std::string("lost the lock")
                                    : fmt::format("lost the lock (held by {})", held_by)};
}

}  // namespace

Result<std::shared_ptr<Lease>> Lease::acquire(const LeaseTerms& terms,
                                              const driver::LockRequest& request) {
  std::unique_ptr<driver::Connection> keeper = TRY(terms.open());
  LeaseRow row = TRY(LeaseRow::open(keeper->info(), request.revisions_schema, terms.length));
  TRY(row.prepare(*keeper));
  TRY(ensure_row(row, *keeper, terms, request));
  Acquisition acquisition(row, *keeper, request);
  LeaseText text = TRY(acquisition.run());
  return std::shared_ptr<Lease>(
      new Lease(terms, std::move(row), std::move(text), std::move(keeper), acquisition.sent_at()));
}

Lease::Lease(const LeaseTerms& terms,
             LeaseRow row,
             LeaseText text,
             std::unique_ptr<driver::Connection> keeper,
             Time renewed_at)
    : terms_(terms),
      row_(std::move(row)),
      text_(std::move(text)),
      keeper_(std::move(keeper)),
      renewed_at_(renewed_at),
      thread_([this] { keep(); }) {}

Lease::~Lease() {
  static_cast<void>(release().has_value());
}

bool Lease::has_left(int parts) {
  const std::lock_guard guard(mutex_);
  return !lost_ && sys::time_since_boot() + parts * part() < renewed_at_ + terms_.length;
}

std::optional<Error> Lease::find_lost() {
  const std::lock_guard guard(mutex_);
  return lost_;
}

// The answer stays the same from now on, whoever asks.
Error Lease::lost_to(driver::Connection& connection) {
  const std::optional<LeaseText> now = read_lease(row_, connection).value_or(std::nullopt);
  const bool is_taken = now && now->number != text_.number;
  const std::lock_guard guard(mutex_);
  if (!lost_) {
    lost_ = lost(is_taken ? now->holder : std::string());
  }
  return *lost_;
}

Result<bool> Lease::renew_on_keeper() {
  if (keeper_ == nullptr) {
    std::unique_ptr<driver::Connection> opened = TRY(terms_.open());
    TRY(row_.prepare(*opened));
    keeper_ = std::move(opened);
  }
  return row_.renew(*keeper_, text_);
}

// Errors: kConflict when the lease belongs to somebody else by now; any other one may pass.
Result<void> Lease::renew() {
  const std::lock_guard keeper_guard(keeper_mutex_);
  const Time sent_at = sys::time_since_boot();
  const Result<bool> renewed = renew_on_keeper();
  if (!renewed) {
    keeper_.reset();
    return renewed.error();
  }
  if (*renewed) {
    const std::lock_guard guard(mutex_);
    renewed_at_ = sent_at;
    return {};
  }
  return explain_refusal();
}

// Why a change of the row was not made.
Error Lease::explain_refusal() {
  const Result<std::optional<LeaseText>> read = read_lease(row_, *keeper_);
  if (!read) {
    return read.error();
  }
  const std::optional<LeaseText>& now = *read;
  if (now && now->number == text_.number) {
    return {ErrorCode::kBusy, "another transaction has locked the row of the lease"};
  }
  return lost_to(*keeper_);
}

void Lease::keep() {
  Time pause = part();
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, pause, [this] { return stopping_ || lost_; })) {
    lock.unlock();
    const Result<void> renewed = renew();
    // A row that is locked is safe; the transaction of ours that locked it renews the lease.
    const bool soon = !renewed && renewed.error().code() != ErrorCode::kBusy;
    pause = soon ? part() / 10 : part();
    lock.lock();
  }
}

Result<void> Lease::guard() {
  if (has_left(1)) {
    return {};
  }
  if (const std::optional<Error> lost = find_lost()) {
    return *lost;
  }
  Result<void> renewed = renew();
  if (!renewed && renewed.error().code() != ErrorCode::kConflict) {
    return Error(ErrorCode::kConflict,
                 "lost the lock: its lease could not be renewed: " + renewed.error().message());
  }
  return renewed;
}

Result<void> Lease::regain() {
  if (const std::optional<Error> lost = find_lost()) {
    return *lost;
  }
  return renew();
}

Result<void> Lease::fence(driver::Connection& connection) {
  const bool is_ours = TRY(row_.fence(connection, text_));
  if (!is_ours) {
    return lost_to(connection);
  }
  return {};
}

Result<void> Lease::renew_fenced(driver::Connection& connection) {
  const Time sent_at = sys::time_since_boot();
  const bool is_ours = TRY(row_.renew_fenced(connection, text_));
  if (!is_ours) {
    return lost_to(connection);
  }
  const std::lock_guard guard(mutex_);
  renewed_with_commit_ = sent_at;
  return {};
}

Result<void> Lease::guard_fenced(driver::Connection& connection) {
  return has_left(2) ? Result<void>() : renew_fenced(connection);
}

void Lease::committed() {
  const std::lock_guard guard(mutex_);
  renewed_at_ = std::exchange(renewed_with_commit_, std::nullopt).value_or(renewed_at_);
}

void Lease::abandoned() {
  const std::lock_guard guard(mutex_);
  renewed_with_commit_.reset();
}

void Lease::stop_keeping() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Result<void> Lease::release() {
  if (std::exchange(released_, true)) {
    return {};
  }
  stop_keeping();
  if (const std::optional<Error> lost = find_lost()) {
    return *lost;
  }
  if (keeper_ == nullptr) {
    keeper_ = TRY(terms_.open());
  }
  const bool cleared = TRY(row_.clear(*keeper_, text_));
  return cleared ? Result<void>() : explain_refusal();
}

namespace {

// The table must be there.
Result<std::optional<std::string>> find_holder(driver::Connection& connection,
                                               const LeaseRow& row) {
  const std::optional<LeaseRow::Seen> seen = TRY(row.read(connection));
  if (!seen || !seen->lease) {
    return std::optional<std::string>();
  }
  // A transaction of the holder outlasts the time of its lease.
  const bool held = !seen->expired || TRY(row.is_locked(connection));
  return held ? std::optional(seen->lease->holder) : std::nullopt;
}

}  // namespace

Result<std::optional<std::string>> find_lease_holder(driver::Connection& connection,
                                                     std::string_view revisions_schema) {
  const Result<LeaseRow> row = LeaseRow::open(connection.info(), revisions_schema, {});
  if (!row) {
    return std::optional<std::string>();
  }
  const auto store = TRY(open_revision_reader(connection, revisions_schema));
  const bool has_table = TRY(store->exists());
  return has_table ? find_holder(connection, *row) : std::optional<std::string>();
}

Result<void> wait_for_lease(driver::Connection& connection, const driver::LockRequest& request) {
  const Result<LeaseRow> row = LeaseRow::open(connection.info(), request.revisions_schema, {});
  if (!row) {
    return {};
  }
  driver::LockWaiting waiting(request);
  for (;;) {
    const std::optional<std::string> holder = TRY(find_holder(connection, *row));
    if (!holder) {
      return {};
    }
    TRY(waiting.wait([&]() -> Result<std::string> { return *holder; }));
  }
}

}  // namespace rhumb::migrate
